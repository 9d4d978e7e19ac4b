"""A Chromium that behaves as a person's does: pop-up blocker and storage partitioning on.

Playwright's own launch turns both off, so we start the browser and connect to it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Not loopback to a page, and leads there all the same.
BINDER_HOST = "binder.example"
RESOLVER = f"MAP {BINDER_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


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
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        with (folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the browser found above
                command, stdout=log, stderr=log, start_new_session=True
            )
        self._log = folder / "chromium.log"
        self.endpoint = f"http://127.0.0.1:{self._port(profile / 'DevToolsActivePort')}"

    def stop(self) -> None:
        """End the browser and all its helpers: they are one process group."""
        end_group(self._process)

    def _port(self, announced: Path) -> int:
        for _ in range(300):
            if announced.exists() and (lines := announced.read_text().split()):
                return int(lines[0])
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"Chromium did not start:\n{self._log.read_text(errors='replace')}")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started in a session of its own, with its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
