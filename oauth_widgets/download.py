"""What is at one address of an API, as a file."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO

from oauth_widgets.resource import Resource

IN_MEMORY = 8 * 2**20
"""Bytes of a file that are kept in memory; a longer one is kept on disk, with no name."""


async def download(
    resource: Resource, url_or_path: str, params: dict[str, str] | None = None
) -> IO[bytes]:
    """Return the whole of what is at an address, ready to be read and sought in.

    Raises ConfigurationError where it is not an address, and what `Resource.get` raises.
    """
    url = resource.address(url_or_path, params)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller's to close
    try:
        await resource.get(url, accept="*/*", into=file)
        await asyncio.to_thread(file.seek, 0)
    except BaseException:
        file.close()
        raise
    return file
