"""A process that a test starts: its log is a file, its children end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, TypeVar

import httpx

from tests.helpers.people import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")

PATIENCE = 60.0  # seconds


class Process:
    """A running command. `log` is the file for its output.

    `out`, if given, is the file for its standard output instead.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] = os.environ,
        folder: Path | None = None,
        out: Path | None = None,
    ) -> None:
        self.log = log
        self.out = out or log
        with log.open("ab") as said, self.out.open("ab") as printed:
            self._process = subprocess.Popen(  # noqa: S603 - what the tests' servers start
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=said,
                start_new_session=True,
                env=environment,
                cwd=folder,
            )
        self.pid = self._process.pid

    def until(self, ready: Callable[[], T | None]) -> T:
        """Ask repeatedly until there is an answer; RuntimeError with the log if there is none."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            if (answer := ready()) is not None:
                return answer
            time.sleep(0.1)
        self.stop()
        said = self.log.read_text(errors="replace")
        raise RuntimeError(f"{self._process.args!r} did not start:\n{said}")

    def until_it_answers(self, address: str) -> None:
        """Wait until there is a page at the address."""

        def answer() -> bool | None:
            try:
                return not httpx.get(address, trust_env=False, verify=LOOPBACK).is_error or None
            except httpx.HTTPError:
                return None

        self.until(answer)

    def stop(self) -> None:
        """End it with its children: they are one process group."""
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


def free_port() -> int:
    """A port of loopback that is free at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
