"""A real Jupyter server with jupyter-server-proxy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a token for the notebook server"
BASE = "/user/al%40ice/"


class ProxyingServer:
    """Jupyter under a hub's base URL, logging as it does by default, into `log`.

    `base` is its address as a browser sees it.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "jupyter.log"
        runtime = folder / "runtime"
        places = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(runtime)}
        command = [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
            f"--ServerApp.base_url={BASE}",
            f"--ServerApp.root_dir={folder}",
            f"--IdentityProvider.token={TOKEN}",
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Jupyter of this environment
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | places,
            )
        self.base = self._announced(runtime / f"jpserver-{self._process.pid}.json")

    def admit(self, browser: httpx.Client) -> None:
        """Give `browser` the server's login cookie."""
        browser.get(f"{self.base}api/status?token={TOKEN}").raise_for_status()
        assert browser.cookies

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def _announced(self, file: Path) -> str:
        for _ in range(600):
            if file.exists() and (text := file.read_text()):
                url: str = json.loads(text)["url"]
                return url
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"Jupyter did not start:\n{self.log.read_text(errors='replace')}")
