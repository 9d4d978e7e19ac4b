"""What is at one address of an API, as a file."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from oauth_widgets._net import http
from oauth_widgets._net.address import origin
from oauth_widgets._net.message import Response
from oauth_widgets.resource.gate import gate_to
from oauth_widgets.resource.resource import Resource, positive

IN_MEMORY = 8 * 2**20
"""Bytes of a file that are kept in memory; a longer one is kept on disk, with no name."""


async def download(
    resource: Resource,
    url_or_path: str,
    params: Mapping[str, Any] | None = None,
    *,
    max_body: float | None = None,
    deadline: float | None = None,
) -> IO[bytes]:
    """Return the whole of what is at an address, ready to be read and sought in.

    `max_body` is in bytes, `deadline` in seconds; None stands for those of `_http`. Raises
    ConfigurationError if it is not an address, and what `Resource.get` raises.
    """
    url = resource.address(url_or_path, params)
    most = positive(http.MAX_FILE if max_body is None else max_body, "max_body")
    until = positive(http.FILE_DEADLINE if deadline is None else deadline, "deadline")
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller's to close
    sink = http.Sink(file, most, until)

    async def filled(lane: int) -> Response:
        # What a try before this one brought.
        file.seek(0)
        file.truncate()
        return await resource.get(url, accept="*/*", lane=lane, into=sink)

    try:
        await gate_to(origin(resource.check(url))).through(filled)
        await asyncio.to_thread(file.seek, 0)
    except BaseException:
        file.close()
        raise
    return file
