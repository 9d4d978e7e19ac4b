"""One thing that passed, or that the notebook did, ready to be shown to anyone."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Party = Literal["browser", "notebook", "server", "api"]

WORDS = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
"""The words for each message and parameter, and the values that are public."""


def step_of(kind: str) -> tuple[str, str]:
    """Return what a step is called, and the section of the standard that describes it."""
    name, section = WORDS["steps"][kind]
    return name, section


@dataclass(frozen=True)
class Parameter:
    """One parameter: its value as it may be shown, its purpose and the section that defines it."""

    name: str
    value: str
    purpose: str = ""
    section: str = ""


@dataclass(frozen=True)
class Check:
    """One check by the client. `passed` is None if there was nothing to check.

    After a failure `sent` and `received` are what should have been equal, and `reason` says why.
    """

    name: str
    passed: bool | None
    sent: str = ""
    received: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Message:
    """What passed from `sender` to `to`, or happened at one of them if both are the same.

    `at` is in seconds since the trace began. `address` has no query. `times` counts equal
    exchanges that are shown as one, such as the pages of one list.
    """

    at: float
    sender: Party
    to: Party
    kind: str
    parameters: tuple[Parameter, ...] = ()
    method: str = ""
    address: str = ""
    status: int | None = None
    checks: tuple[Check, ...] = ()
    note: str = ""
    times: int = 1

    @property
    def step(self) -> str:
        """The name of the step, which says nothing about a person or a secret."""
        return step_of(self.kind)[0]

    @property
    def section(self) -> str:
        """The section of the standard that describes this step."""
        return step_of(self.kind)[1]

    @property
    def failed(self) -> Check | None:
        """The check that failed, if one did."""
        return next((check for check in self.checks if check.passed is False), None)

    @property
    def through_browser(self) -> bool:
        """Whether it went through the browser, or straight from the kernel."""
        return "browser" in (self.sender, self.to)

    @property
    def label(self) -> str:
        """One line that says what happened."""
        if self.failed is not None:
            return f"✗ {self.failed.name}: {self.failed.reason}"
        if self.checks:
            return " ".join(f"✓ {check.name}" for check in self.checks if check.passed)
        path = self.address.partition("://")[2].partition("/")[2]
        request = f"{self.method} /{path}" if self.method else self.step
        note = self.note or ("" if self.times == 1 else f"{self.times} times")
        return " · ".join(filter(None, [str(self.status or request), note]))
