"""What tasks carry in place of a session. Its code travels with it.

So a worker without this package gets a ticket that says what to install. Otherwise the worker
would fail while it unpacks the task, and end. For the same reason nothing here may need the package
before it is known to be there.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pickle
import sys
import threading
from typing import Any

import cloudpickle

_ROOM = "oauth_widgets.session.shared.in_task"
_by_value = threading.Lock()


class Unprepared(ImportError):
    """Becomes a WorkerUnprepared in a process that has this package."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(f"{message} {next_step}")
        self.parts = (message, next_step)

    def __reduce__(self) -> Any:  # noqa: ANN401 - as pickle takes it
        return _typed, self.parts


def _typed(message: str, next_step: str) -> BaseException:
    try:
        errors = importlib.import_module("oauth_widgets.errors")
    except ImportError:
        # Dask unpacks an error on the worker too, to see whether that can be done.
        return Unprepared(message, next_step)
    problem: BaseException = errors.WorkerUnprepared(message, next_step=next_step)
    return problem


def installed() -> str | None:
    """Return the version of this package here; None if it isn't installed."""
    try:
        return importlib.metadata.version("oauth-widgets")
    except importlib.metadata.PackageNotFoundError:
        return None


def check_version(where: str, here: str | None, needed: str) -> None:
    """Raise Unprepared if `here` isn't the `needed` version."""
    if here == needed:
        return
    has = "doesn't have oauth-widgets" if here is None else f"has oauth-widgets {here}"
    raise Unprepared(
        f"{where} {has}, but the client has {needed}.",
        f'Install it in the workers\' environment: pip install "oauth-widgets[dask]=={needed}"',
    )


class Ticket:
    """Names a shared session by its id. In a task of its cluster it reads as the session does."""

    def __init__(self, identity: str, version: str) -> None:
        self._identity = identity
        self._version = version

    def frame(self, url_or_path: str, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        """Return what `session.frame` returns."""
        return self._read("frame", url_or_path, params, options)

    def arrow(self, url_or_path: str, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        """Return what `session.arrow` returns."""
        return self._read("arrow", url_or_path, params, options)

    def open(self, url_or_path: str, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        """Return what `session.open` returns."""
        return self._read("open", url_or_path, params, options)

    def part(self, each: Any, how: Any) -> Any:  # noqa: ANN401
        """Return one part of what `dask_frame` describes."""
        return self._room().part(self._identity, each, how)

    def dask_frame(self, *_: object, **__: object) -> None:
        """Refuse: only the process that shares the session knows its columns."""
        self._room().refuse("dask_frame")

    def unshare(self) -> None:
        """Refuse: only the process that shares the session can stop that."""
        self._room().refuse("unshare")

    @property
    def _resource(self) -> Any:  # noqa: ANN401 - what resumes a fetch
        return self._room().resource(self._identity)

    def _read(self, *what: Any) -> Any:  # noqa: ANN401
        return self._room().read(self._identity, *what)

    def _room(self) -> Any:  # noqa: ANN401 - a module
        room = sys.modules.get(_ROOM)
        # Looking the version up takes longer than all the rest of a task's beginning. While another
        # task loads the room, it has none yet.
        if room is not None and getattr(room, "VERSION", None) == self._version:
            return room
        # check: shared/version
        check_version("This worker", installed(), self._version)
        return importlib.import_module(_ROOM)

    def __repr__(self) -> str:
        return f"<shared session {self._identity}>"

    def __dask_tokenize__(self) -> tuple[str, str]:
        return "oauth-widgets", self._identity


def with_code(thing: Any) -> bytes:  # noqa: ANN401 - something of this module
    """Return `thing` pickled together with its code."""
    module = sys.modules[__name__]
    with _by_value:
        cloudpickle.register_pickle_by_value(module)
        try:
            pickled: bytes = cloudpickle.dumps(thing)
        finally:
            cloudpickle.unregister_pickle_by_value(module)
    return pickled


def version_there() -> Any:  # noqa: ANN401 - a function
    """Return `installed` as a function that runs without this package."""
    return pickle.loads(with_code(installed))  # noqa: S301 - made in this line
