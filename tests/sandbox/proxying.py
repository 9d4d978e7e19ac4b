"""A real Jupyter server with jupyter-server-proxy."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

from ..browser.process import Process, free_port
from ..browser.workplace import LOOPBACK, Workplace

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


class ProxyingServer(Workplace):
    """Jupyter under a hub's base URL, with its default logging, into `log`.

    `base` is its address as a browser sees it, and ends with a slash.
    """

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_urlsafe()
        port, base_url = free_port(), "/user/al%40ice/"
        self.base = f"http://{LOOPBACK}:{port}{base_url}"
        server = {"base_url": base_url, "port": port}
        super().__init__(
            folder, proxy=True, ServerApp=server, IdentityProvider={"token": self.token}
        )
        command = [sys.executable, "-m", "jupyter_server"]
        self._process = Process(command, folder / "jupyter.log", self.environment)
        self.log = self._process.log
        self._process.until_it_answers(f"{self.base}api")

    def admit(self, browser: httpx.Client) -> None:
        """Give `browser` the server's login cookie."""
        browser.get(f"{self.base}api/status?token={self.token}").raise_for_status()
        assert browser.cookies

    def stop(self) -> None:
        """End the server."""
        self._process.stop()
