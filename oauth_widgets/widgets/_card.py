"""What all cards share: refusing arguments, showing problems, being busy, and ending."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import anywidget
import ipywidgets  # type: ignore[import-untyped]
import traitlets as t
from IPython.display import publish_display_data

from oauth_widgets.errors import ConfigurationError, OAuthError
from oauth_widgets.errors.members import unknown
from oauth_widgets.session.session import Session
from oauth_widgets.widgets import _words as words

VIEW = "application/vnd.jupyter.widget-view+json"

P = ParamSpec("P")
T = TypeVar("T")


def names_nearest(call: Callable[P, T]) -> Callable[P, T]:
    """Have `call` refuse an argument that it does not know, and name the nearest one it does.

    What is refused is a ConfigurationError; anything else wrong with a call stays Python's own.
    """
    parameters = inspect.signature(call).parameters
    known = [name for name in parameters if name != "self"]
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return call
    title = call.__qualname__.removesuffix(".__init__")

    @functools.wraps(call)
    def checked(*args: P.args, **named: P.kwargs) -> T:
        for name in named:
            if name not in known:
                raise unknown(f"{title} has no argument {name}.", name, known)
        return call(*args, **named)

    return checked


def check_kind(name: str, value: object, kind: type[T], next_step: str) -> T:
    """Return `value` if it is of that kind. Raises ConfigurationError that says which is needed."""
    if not isinstance(value, kind):
        raise ConfigurationError(
            f"The {name} is {type(value).__name__}, not {kind.__name__}.", next_step=next_step
        )
    return value


def check_session(session: object) -> Session:
    """Return `session` if it is one. Raises ConfigurationError."""
    next_step = "Pass what signing in returned: session = await ow.login(…)."
    return check_kind("session", session, Session, next_step)


class Card(anywidget.AnyWidget):
    """A widget that syncs nothing secret or personal, since a notebook may save it.

    `ended` says that its session, if any, has ended. `doing` names what it is busy with; the page
    has the words for it. `problem` and `next_step` are our own words; the server's words go to the
    open page alone.
    """

    ended = t.Bool(default_value=False).tag(sync=True)
    doing = t.Unicode().tag(sync=True)
    problem = t.Unicode().tag(sync=True)
    next_step = t.Unicode().tag(sync=True)

    _session = t.Instance(Session, allow_none=True, default_value=None)

    # ipywidgets also closes a widget whose arguments were refused.
    _unwatch: Callable[[], None] | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "__init__" in vars(cls):
            setattr(cls, "__init__", names_nearest(vars(cls)["__init__"]))  # noqa: B010 - for mypy

    def __init__(self, **state: Any) -> None:
        self._busy = threading.Lock()
        self._changing = threading.RLock()
        self._failure: OAuthError | None = None
        super().__init__(**state)
        self.on_msg(self._heard)

    def close(self) -> None:
        """Take the card away: `card.close()`."""
        if self._unwatch is not None:
            self._unwatch()
        super().close()

    def _forget(self) -> None:
        """Stop showing and following the session."""
        if self._unwatch is not None:
            self._unwatch()
        self._session = self._unwatch = None

    def _follow(self, session: Session) -> None:
        """Show `session` from now on, and follow its changes."""
        if self._unwatch is not None:
            self._unwatch()
        self._session = session
        self._unwatch = session.watch(self._on_session_change)
        self._changed()

    def _on_session_change(self) -> None:
        """Show a change that the session reports, most often on the loop's thread.

        The loop must not wait for the lock: whoever holds it may be waiting for the loop.
        """
        if not self._changing.acquire(blocking=False):
            threading.Thread(target=self._changed, daemon=True).start()
            return
        try:
            self._changed()
        finally:
            self._changing.release()

    def _changed(self) -> None:
        """Follow what it shows; on any thread, one at a time, so that the last one wins."""
        with self._changing:
            with self.hold_sync():
                self._mirror()
            # It must follow the state that it belongs to.
            self._greet()

    def _mirror(self) -> None:
        """Set the traits as they have to be now."""
        self.ended = self._session is not None and self._session.signed_out

    def _ipython_display_(self) -> None:
        # Every version of ipywidgets and anywidget can be shown in this way.
        self._publish(self._still())

    def _publish(self, still: Mapping[str, str], **how: Any) -> None:
        view = {"version_major": 2, "version_minor": 0, "model_id": self._shown.model_id}
        publish_display_data({**still, VIEW: view}, **how)

    def _still(self) -> dict[str, str]:
        """Return the output for exports, and for pages that run no scripts."""
        return {"text/plain": repr(self)}

    @property
    def _shown(self) -> ipywidgets.Widget:
        """The widget to put in the cell: this card, or the box around it."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _greet(self) -> None:
        """Send a page that has just opened what no trait holds."""

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        """Act on what a person did: `kind` says what, `message` may hold more."""

    def _heard(self, _: object, message: Mapping[str, Any], __: object) -> None:
        kind = message.get("kind")
        if kind == "hello":
            self._quote_server()
            self._greet()
        elif isinstance(kind, str):
            self._act(kind, message)

    def _work(self, doing: str, work: Callable[[], None]) -> None:
        """Do `work` on a separate thread, so that it needs no free cell; one at a time.

        What it raises is shown in the card.
        """
        if not self._busy.acquire(blocking=False):
            return
        with self._changing, self.hold_sync():
            self.doing, self.problem, self.next_step = doing, "", ""
        threading.Thread(target=self._at_work, args=(work,), daemon=True).start()

    def _at_work(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OAuthError as failure:
            self._fail(failure)
        except Exception as failure:
            # A bug must not leave the card busy forever.
            self._fail(OAuthError(words.OUR_FAULT.format(type(failure).__name__)))
            raise
        else:
            self._fail(None)
        finally:
            self._busy.release()

    def _fail(self, failure: OAuthError | None) -> None:
        """Show a failure, or with None clear the last one; the card is no longer busy."""
        self._failure = failure
        with self._changing, self.hold_sync():
            self.doing = ""
            self.problem = failure.own_words if failure else ""
            self.next_step = failure.next_step if failure else ""
        self._quote_server()

    def _quote_server(self) -> None:
        # A message may overtake the state, so it names the problem that it belongs to.
        if self._failure is not None:
            quoted = self._failure.server_words
            self.send({"kind": "said", "about": self.problem, "words": quoted})
