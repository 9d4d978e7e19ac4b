"""The files of an API as a file system of fsspec, which pandas, xarray, zarr and duckdb read."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any, NoReturn, cast

from fsspec.asyn import AsyncFileSystem, sync
from fsspec.spec import AbstractBufferedFile

from oauth_widgets._net.loop import arun
from oauth_widgets.errors import (
    ConfigurationError,
    ResourceError,
    UnexpectedAnswer,
    without_frames,
)
from oauth_widgets.resource.download import download
from oauth_widgets.resource.part import Part, part
from oauth_widgets.resource.resource import Resource

_BLOCK = 5 * 2**20
"""Bytes that an open file asks for at once."""

_NOTHING_THERE = (404, 410)


class ApiFileSystem(AsyncFileSystem):  # type: ignore[misc] # fsspec has no types
    """The files of one API, read with a session's token. See `Session.filesystem`."""

    protocol = "api"
    # An instance has a session, so fsspec must not give it to someone else
    cachable = False

    def __init__(self, resource: Resource, **options: Any) -> None:  # noqa: ANN401 - fsspec's own
        super().__init__(**options)
        self._resource = resource

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix("api:/")

    async def _info(self, path: str, **_options: object) -> dict[str, object]:
        start = await self.part(path, 0, 1)
        return {"name": path, "size": start.size, "type": "file", "ETag": start.version}

    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **_options: object
    ) -> bytes:
        start = start or 0
        if end is not None and (end < 0 or start < 0):
            size = cast("int", (await self._info(path))["size"])
            start, end = (at + size if at < 0 else at for at in (start, end))
        if end is not None and end <= start:
            return b""
        return (await self.part(path, start, end)).body

    async def _get_file(self, rpath: str, lpath: str, **_options: object) -> None:
        with await _found(lambda: download(self._resource, rpath)) as file:
            await asyncio.to_thread(_copy, file, lpath)

    async def _exists(self, path: str, **_options: object) -> bool:
        try:
            await self._info(path)
        except FileNotFoundError:
            return False
        return True

    async def _ls(self, path: str, **_options: object) -> NoReturn:
        raise ConfigurationError(
            f"{path} can't be listed: an API has addresses, not folders.",
            next_step="Pass the address of each file.",
        )

    def modified(self, path: str) -> datetime:
        """Return when a file last changed. If the API doesn't say, that is now."""
        # So that no tool reuses an older copy
        known: Part = sync(self.loop, self.part, path, 0, 1)
        try:
            return parsedate_to_datetime(known.modified).astimezone(UTC)
        except ValueError:
            return datetime.now(UTC)

    def _open(self, path: str, mode: str = "rb", **options: Any) -> ApiFile:  # noqa: ANN401 - fsspec's own
        if mode != "rb":
            raise ConfigurationError(
                f"{path} can't be opened in that mode: these files are read-only.",
                next_step='Leave out mode, or use "rb".',
            )
        options["block_size"] = options.get("block_size") or _BLOCK
        return ApiFile(self, path, mode, **options)

    async def part(self, path: str, start: int, end: int | None) -> Part:
        """Return a part of the file at `path`. Raises FileNotFoundError if there is none."""
        path = self._strip_protocol(path)
        found: Part = await _found(lambda: part(self._resource, path, start, end))
        return found

    def __repr__(self) -> str:
        return f"<files of {self._resource.known}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("files of a session can't be pickled; sign in again in the other process")

    def to_dict(self, *, include_password: bool = True) -> NoReturn:
        """Refuse what fsspec offers: the token must not be written anywhere."""
        del include_password
        self.__reduce_ex__(2)


class ApiFile(AbstractBufferedFile):  # type: ignore[misc] # fsspec has no types
    """One open file, which is fetched in blocks as it is read."""

    def __init__(self, fs: ApiFileSystem, path: str, mode: str, **options: Any) -> None:  # noqa: ANN401 - fsspec's own
        self._version: str | None = None
        # For its repr: tools that print local variables ask for it if the request below fails
        self.fs, self.path = fs, path
        if options.get("size") is None:
            start = sync(fs.loop, fs.part, path, 0, 1)
            if start.size is None:
                raise UnexpectedAnswer(
                    f"The API doesn't say how long {path} is, so it can't be read in parts.",
                    next_step="Read the whole file: session.open(…).",
                )
            options["size"], self._version = start.size, start.version
        super().__init__(fs, path, mode, **options)

    def _fetch_range(self, start: int, end: int) -> bytes:
        found: Part = sync(self.fs.loop, self.fs.part, self.path, start, end)
        if self._version is None:
            self._version = found.version
        if found.version != self._version:
            raise UnexpectedAnswer(
                f"{self.path} changed while it was being read.", next_step="Open it again."
            )
        return found.body


async def _found(fetching: Callable[[], Any]) -> Any:  # noqa: ANN401 - a file or a part
    """Await what `fetching` makes, on the I/O loop. Raises FileNotFoundError as fsspec wants it."""
    try:
        return await arun(fetching())
    except ResourceError as refusal:
        # They may show where a redirect led.
        without_frames(refusal)
        if refusal.status not in _NOTHING_THERE:
            raise
        raise FileNotFoundError(str(refusal)) from refusal


def _copy(file: IO[bytes], target: str) -> None:
    with open(target, "wb") as into:  # noqa: PTH123 - a path as fsspec has it
        shutil.copyfileobj(file, into)
