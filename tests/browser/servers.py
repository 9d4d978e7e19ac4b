"""The servers of one test run, each started when a test first asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .foreign import ForeignServer
from .hub import Hub
from .jupyter_server import JupyterServer
from .voila import Voila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from .conftest import FrontEnd
    from .jupyter_server import App

Server = TypeVar("Server", JupyterServer, Voila, Hub, ForeignServer)

FRONT_ENDS: dict[str, Callable[[Servers], FrontEnd]] = {
    "lab": lambda servers: servers.jupyter("lab"),
    "notebook7": lambda servers: servers.jupyter("notebook", prefixed=True),
    "voila": lambda servers: servers.voila(),
    "hub": lambda servers: servers.hub().users["alice"],
}


class Servers:
    """Hands out servers; asked for the same twice, it is the same server."""

    def __init__(self, make_folder: Callable[[str], Path]) -> None:
        self._make_folder = make_folder
        self._started: dict[tuple[object, ...], JupyterServer | Voila | Hub | ForeignServer] = {}

    def jupyter(self, app: App = "lab", **options: Any) -> JupyterServer:
        """A Jupyter server; `options` are those of JupyterServer."""
        return self._one(JupyterServer, app, **options)

    def voila(self) -> Voila:
        """Voilà, below a random base URL."""
        return self._one(Voila)

    def hub(self) -> Hub:
        """JupyterHub."""
        return self._one(Hub)

    def foreign(self, *, opener_policy: bool = False) -> ForeignServer:
        """An authorization server that no kernel runs."""
        return self._one(ForeignServer, opener_policy=opener_policy)

    def end_kernels(self) -> None:
        """End every kernel, so that the next test starts with fresh ones."""
        for server in self._started.values():
            server.end_kernels()

    @property
    def left(self) -> list[Page]:
        """The pages that stay open after a test."""
        running = self._started.values()
        return [page for one in running if isinstance(one, JupyterServer) for page in one.left]

    def stop(self) -> None:
        """End every server."""
        for server in self._started.values():
            server.stop()

    def _one(self, kind: type[Server], *args: Any, **options: Any) -> Server:
        key = (kind, *args, *sorted(options.items()))
        if key not in self._started:
            self._started[key] = kind(self._make_folder(kind.__name__.lower()), *args, **options)
        return self._started[key]
