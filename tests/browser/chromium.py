"""A Chromium that behaves as a person's does: pop-up blocker and storage partitioning on.

Playwright's own launch turns both off, so we start the browser and connect to it.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from .process import Process

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Hosts that are not loopback to a page, and lead there all the same: a company's hub without
# TLS, and one that the browser takes for a secure context, as it does for https.
PLAIN_HOST = "hub.example"
SECURE_HOST = "hub.binder.example"
RESOLVER = ", ".join(
    [
        *(f"MAP {host} 127.0.0.1" for host in (PLAIN_HOST, SECURE_HOST)),
        "MAP * ~NOTFOUND",
        "EXCLUDE 127.0.0.1",
        "EXCLUDE localhost",
    ]
)
SECURE = "*.binder.example"


def find_chromium(playwrights_own: str) -> str:
    """The browser to use: $CHROMIUM, one on the path, or the one Playwright installed."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), playwrights_own]
    for candidate in candidates:
        if candidate and shutil.which(candidate):
            return candidate
    raise RuntimeError(
        "No Chromium found. Install `chromium` or Google Chrome, set CHROMIUM to one, "
        "or run `playwright install chromium`; scripts/test does."
    )


class Chromium:
    """A headless browser process; `endpoint` is where to connect over CDP."""

    def __init__(self, executable: str, folder: Path) -> None:
        profile = folder / "profile"
        command = [
            executable,
            "--headless",
            "--no-sandbox",  # root, as in a container, cannot have one
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-default-browser-check",
            "--password-store=basic",
            # Nothing leaves this machine.
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            f"--host-resolver-rules={RESOLVER}",
            f"--unsafely-treat-insecure-origin-as-secure={SECURE}",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        self._process = Process(command, folder / "chromium.log")
        self._announced = profile / "DevToolsActivePort"
        self.endpoint = f"http://127.0.0.1:{self._process.until(self._port)}"

    def stop(self) -> None:
        """End the browser with its helpers."""
        self._process.stop()

    def _port(self) -> str | None:
        if not self._announced.exists():
            return None
        return next(iter(self._announced.read_text().split()), None)
