"""Exercises that check themselves, by the requests that the practice server saw."""

from __future__ import annotations

from dataclasses import dataclass, field

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.errors.members import unknown
from oauth_widgets.sandbox.facade import Sandbox, start
from oauth_widgets.sandbox.judging import Request, Requests
from oauth_widgets.sandbox.lessons import LESSONS, Lesson


class NotYet(AssertionError):
    """What is still missing for an exercise to be solved."""


@dataclass
class Exercise:
    """One exercise: do what `task` says at `sandbox`, then `check()`.

    `hint()` helps, a bit more each time, up to three times. `solution()` shows the answer.
    """

    name: str
    task: str
    sandbox: Sandbox = field(repr=False)
    _lesson: Lesson = field(repr=False)
    _latest: Request | None = field(default=None, repr=False)
    _hinted: int = field(default=0, repr=False)

    def check(self) -> str:
        """Return that it is solved, and why. Raises NotYet, an AssertionError: what is missing."""
        if self.sandbox.stopped:
            raise NotYet(f"The sandbox of this exercise has been stopped. {self._anew}")
        requests: Requests = self.sandbox.seen
        # After a reset, no request from before is left.
        before = [place for place, one in enumerate(requests, 1) if one == self._latest]
        since = requests[before[0] if before else 0 :]
        missing = self._lesson.judge(since, self.sandbox.scene)
        if missing and not since:
            name, issuer = self.sandbox.server.name, self.sandbox.server.issuer
            missing += (
                f" No request has reached {name} at {issuer} since the exercise began. "
                f"Are you using another practice server? {self._anew}"
            )
        if missing:
            raise NotYet(missing)
        return f"Solved: {self.name}. {self.sandbox.scene.told(self._lesson.shows)}"

    @property
    def _anew(self) -> str:
        return f'Begin again with exercise = ow.exercise("{self.name}", sandbox).'

    def hint(self) -> str:
        """Return the next hint; after the third one, that one again."""
        hints = self._lesson.hints
        self._hinted = min(self._hinted + 1, len(hints))
        return self.sandbox.scene.told(hints[self._hinted - 1])

    def solution(self) -> str:
        """Return code that solves it; `input` asks for the address that the browser ends at."""
        return self.sandbox.scene.told(self._lesson.code)

    def __str__(self) -> str:
        return f"{self.name}: {self.task}"


def exercise(name: str, sandbox: Sandbox | None = None) -> Exercise:
    """Begin the exercise `name`; only requests from now on count.

    It takes place at `sandbox`, or else at a running or new one, and is about the services and
    people there. Raises ConfigurationError, also if the sandbox has no service for it.

        task = ow.exercise("state", sandbox)
        print(task.hint())
    """
    if not isinstance(name, str) or name not in LESSONS:
        found = name if isinstance(name, str) else kind_of(name)
        raise unknown("There is no exercise with that name.", found, list(LESSONS))
    if sandbox is None:
        sandbox = start("wgtwo")
    if not isinstance(sandbox, Sandbox):
        raise ConfigurationError(
            f"The sandbox is {type(sandbox).__name__}, not a Sandbox.",
            next_step='Pass ow.sandbox.start("wgtwo"), or leave it out.',
        )
    lesson = LESSONS[name]
    sandbox.scene.check(name, lesson.needs)
    latest = next(reversed(sandbox.seen), None)
    return Exercise(name, sandbox.scene.told(lesson.task), sandbox, lesson, latest)
