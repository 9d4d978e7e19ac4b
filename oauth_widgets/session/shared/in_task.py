"""What a task reads with a shared session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import IO, Any, NoReturn

import pandas as pd
from distributed import Worker, get_worker

from oauth_widgets._net.loop import run
from oauth_widgets.errors import ConfigurationError, NotShared
from oauth_widgets.frames import Reading
from oauth_widgets.resource.download import download
from oauth_widgets.session.shared.mailbox import mailbox_of
from oauth_widgets.session.shared.parts import fitted
from oauth_widgets.session.shared.turns import PoliteResource


class Reader(Reading):
    """Reads for one task, as a session does."""

    def __init__(self, resource: PoliteResource) -> None:
        self._resource: PoliteResource = resource

    def open(self, url_or_path: str, params: Mapping[str, Any] | None, **limits: Any) -> IO[bytes]:  # noqa: ANN401 - as `download` has them
        """Return what is at an address as a file."""
        return run(download(self._resource, url_or_path, params, **limits))


def reader(identity: str) -> Reader:
    """Return what reads with the shared session `identity`. Raises NotShared or ClientGone."""
    return Reader(resource(identity))


def resource(identity: str) -> PoliteResource:
    """Return the API as this worker may reach it. Raises NotShared or ClientGone."""
    worker = _worker()
    if _is_on_a_loop():
        raise ConfigurationError(
            "A shared session can't be used in a task that is async: it would block the worker.",
            next_step="Make the task a plain function (def, not async def).",
        )
    return run(_resource(worker, identity))


async def _resource(worker: Worker, identity: str) -> PoliteResource:
    mailbox = mailbox_of(worker, identity)
    # The client says what the API is, so a task that was tampered with can't add an origin.
    # check: shared/origin
    api = (await mailbox.letter()).api
    return PoliteResource(worker, identity, mailbox, api)


def part(identity: str, each: Any, how: dict[str, Any]) -> pd.DataFrame:  # noqa: ANN401
    """Return the rows of some addresses, with the columns that all parts have."""
    options = dict(how["options"])
    if each is not None:
        options["each"] = each
    table = reader(identity).arrow(how["address"], how["params"], **options)
    made: pd.DataFrame = fitted(table, how["schema"]).to_pandas(types_mapper=pd.ArrowDtype)
    return made


def refuse(name: str) -> NoReturn:
    """Say that `name` is for the process that shares the session."""
    raise NotShared(
        f"{name} works only in the process that shares the session.",
        next_step=f"Call shared.{name}(…) where session.share(client) was called.",
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
