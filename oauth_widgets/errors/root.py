"""The root of the tree, and what every error can do."""

from __future__ import annotations

import copyreg
from typing import Any, ClassVar

from oauth_widgets.errors import _traceback

_SHOWN_CHARACTERS = 300
_ONE_LINE = 100
_RESUMED = "continue with error.resume()"
_REPEATED = "repeat the call"
_OURS = "oauth_widgets.errors"
_HELP = "oauth-widgets docs"
"""The address of the page on errors. It needs no network, and fits the version in use."""


def foreign_text(text: str) -> str:
    """Make another party's words fit to show: one line, printable, at most 300 characters."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 2 * _SHOWN_CHARACTERS])
    line = " ".join(printable.split())
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def without_frames(problem: OAuthError) -> OAuthError:
    """Return `problem` with no traceback on it or on its causes, whose frames may hold secrets.

    Tracebacks that show local variables are common, and notebooks save them. What `from None` hides
    is dropped: it may quote what a server sent.
    """
    cause: BaseException | None = problem
    while cause is not None:
        cause.__traceback__ = None
        if cause.__suppress_context__:
            cause.__context__ = None
        cause = cause.__cause__ or cause.__context__
    return problem


def _documented(kind: type) -> str:
    """Return the name of `kind`, or of the nearest kind above it that is one of this package's."""
    return next(one.__name__ for one in kind.__mro__ if one.__module__.startswith(_OURS))


class OAuthError(Exception):
    """Root of everything this package raises on purpose.

    `message` says what happened, `next_step` what to do about it, both in plain words. If it ended
    a fetch of many pages, `partial` has the pages before it, and `resume` continues the fetch.

        try:
            frame = session.frame("/events")
        except ow.OAuthError as error:
            print(error.message, error.next_step, error.partial)
    """

    unfinished: Any = None
    """The fetch that this ended, if any: it has `partial`, `resume` and `aresume`."""

    next_step: str = "Report this message: it shows a bug in oauth-widgets."
    retry_may_help: bool = False
    """Whether the same call may work later, without any change."""
    person_can_help: ClassVar[bool] = False
    """Whether a person at the sign-in page can fix it."""

    def __init__(self, message: str, *, next_step: str | None = None) -> None:
        super().__init__(message)
        if next_step is not None:
            self.next_step = next_step
        # A note ends what a traceback shows, and is in no card and no `str`.
        self.add_note(f"More: {_HELP} {_documented(type(self))}")

    @property
    def message(self) -> str:
        """What happened, in plain words."""
        # The `repr` of every exception shows `args`, so there is one text and not two.
        return str(self.args[0])

    @message.setter
    def message(self, message: str) -> None:
        self.args = (message,)

    @property
    def own_words(self) -> str:
        """What happened, in this package's words, fit to be saved."""
        return self.message

    @property
    def server_words(self) -> str:
        """What the server said, which may name a person; "" if it said nothing else."""
        return ""

    @property
    def partial(self) -> Any:  # noqa: ANN401 - a DataFrame or a table
        """What a fetch had read when this ended it, a DataFrame or a table; None if it was none."""
        return None if self.unfinished is None else self.unfinished.partial

    def resume(self, session: Any = None) -> Any:  # noqa: ANN401 - likewise
        """Continue the fetch that this ended from the page it stopped at, and return it all.

        `session` is another session to use, such as one with more scope. Raises ConfigurationError
        if this ended no fetch.

            try:
                frame = session.frame("/events")
            except ow.errors.TransportError as error:
                frame = error.resume()
        """
        return self._fetch().resume(session)

    async def aresume(self, session: Any = None) -> Any:  # noqa: ANN401 - likewise
        """Await `resume`."""
        return await self._fetch().aresume(session)

    def __reduce__(self) -> Any:  # noqa: ANN401 - as pickle takes it
        # What was read stays behind: it may be large, and what continues the fetch has the token.
        state = {name: value for name, value in vars(self).items() if name != "unfinished"}
        if self.unfinished is not None:
            first, *more = self.next_step.split("\n")
            kept = [line for line in more if "error.resume(" not in line]
            state["next_step"] = "\n".join([first.replace(_RESUMED, _REPEATED), *kept])
        return copyreg.__newobj__, (type(self), *self.args), state  # type: ignore[attr-defined]

    def _fetch(self) -> Any:  # noqa: ANN401 - likewise
        if self.unfinished is None:
            raise ConfigurationError(
                "No fetch was running, so there is nothing to resume.",
                next_step="Repeat the call that failed.",
            )
        return self.unfinished

    def _render_traceback_(self) -> list[str]:
        # IPython looks for this name.
        return _traceback.lines(self)

    def __str__(self) -> str:
        end = "" if self.message.endswith((".", "!", "?", "…")) else "."
        # A long error is two lines: what happened, and what to do about it.
        line = f"{self.message}{end} {self.next_step}".strip()
        if len(line) <= _ONE_LINE and "\n" not in line:
            return line
        return f"{self.message}{end}\n{self.next_step}".strip()


class ConfigurationError(OAuthError):
    """What was described cannot work, so nothing was sent."""

    next_step = "Fix what the message describes, then try again."
