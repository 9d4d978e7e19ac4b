"""What a task reads with a shared session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, NoReturn

import pandas as pd
from distributed import Worker, get_worker, warn

from oauth_widgets._net.loop import run
from oauth_widgets.errors import ClientGone, ConfigurationError, MaybeIncompleteWarning, NotShared
from oauth_widgets.frames import Reading
from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.plan import Kind, Params, ReadOptions
from oauth_widgets.resource.download import download
from oauth_widgets.session.shared.mailbox import mailbox_of
from oauth_widgets.session.shared.parts import fitted
from oauth_widgets.session.shared.ticket import installed
from oauth_widgets.session.shared.turns import PoliteResource

VERSION = installed()
"""The version of this package here, looked up once."""


class Reader(Reading):
    """Reads for one task, as a session does, and shows no progress in the worker's log."""

    def __init__(self, resource: PoliteResource) -> None:
        self._resource: PoliteResource = resource

    def open(self, url_or_path: str, params: Mapping[str, Any] | None, **limits: Any) -> IO[bytes]:  # noqa: ANN401 - as `download` has them
        """Return what is at an address as a file."""
        return run(download(self._resource, url_or_path, params, **limits))

    async def _begin(
        self,
        kind: Kind,
        how: Any,  # noqa: ANN401 - what belongs to the kind
        place: tuple[str, Params | None],
        options: ReadOptions,
    ) -> Fetch[Any]:
        quiet: ReadOptions = {"progress": False, **options}
        return await super()._begin(kind, how, place, quiet)

    def tell_doubts(self) -> None:
        """Warn in the client's process too if there may be more rows than were read."""
        for doubt in () if self._begun is None else self._begun.doubts:
            warn(doubt, MaybeIncompleteWarning)


@dataclass(frozen=True)
class NotBegun:
    """What a task was to read, with which ClientGone resumes if no token arrived."""

    name: str
    url_or_path: str
    params: Any
    options: dict[str, Any]
    partial: None = None

    def begun(self, resource: PoliteResource) -> Any:  # noqa: ANN401 - what the method returns
        """Return what is read."""
        reader = Reader(resource)
        made = getattr(reader, self.name)(self.url_or_path, self.params, **self.options)
        reader.tell_doubts()
        return made

    def resume(self, shared: Any) -> Any:  # noqa: ANN401 - a handle
        """Read it with another handle."""
        return self.begun(shared._resource)  # noqa: SLF001 - a handle's inner side is ours

    async def aresume(self, shared: Any) -> Any:  # noqa: ANN401 - likewise
        """Await `resume`."""
        return await asyncio.to_thread(self.resume, shared)


def read(
    identity: str,
    name: str,
    url_or_path: str,
    params: Any,  # noqa: ANN401 - what the method takes
    options: dict[str, Any],
) -> Any:  # noqa: ANN401 - what the method returns
    """Return what the method `name` of a session returns. Raises NotShared or ClientGone too."""
    reading = NotBegun(name, url_or_path, params, options)
    try:
        found = resource(identity)
    except ClientGone as problem:
        problem.unfinished = reading
        raise
    return reading.begun(found)


def resource(identity: str) -> PoliteResource:
    """Return the API as this worker may reach it. Raises NotShared or ClientGone."""
    worker = _worker()
    if _is_on_a_loop():
        raise ConfigurationError(
            "A shared session can't be used in an async task: it would block the worker.",
            next_step="Make the task a plain function (def, not async def).",
        )
    return run(_resource(worker, identity))


async def _resource(worker: Worker, identity: str) -> PoliteResource:
    mailbox = mailbox_of(worker, identity)
    # The client says what the API is, so a task that was tampered with can't add an origin.
    api = (await mailbox.letter()).api
    return PoliteResource(worker, identity, mailbox, api)


def part(identity: str, each: Any, how: dict[str, Any]) -> pd.DataFrame:  # noqa: ANN401
    """Return the rows of some addresses, with the columns that all parts have."""
    options = dict(how["options"])
    if each is not None:
        options["each"] = each
    table = read(identity, "arrow", how["address"], how["params"], options)
    made: pd.DataFrame = fitted(table, how["schema"]).to_pandas(types_mapper=pd.ArrowDtype)
    return made


def refuse(name: str) -> NoReturn:
    """Say that `name` is for the process that shares the session."""
    raise NotShared(
        f"{name} works only in the process that shares the session.",
        next_step=f"Call shared.{name}(…) in the process that called session.share(client).",
    )


def _worker() -> Worker:
    try:
        return get_worker()
    except ValueError:
        raise NotShared(
            "A shared session works only in tasks of the cluster that it's shared with.",
            next_step="Use it in a function that you submit: client.submit(function, shared). "
            "Outside tasks, call session.frame(…).",
        ) from None


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
