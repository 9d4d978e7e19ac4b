"""What passed between browser, notebook, server and API, as a diagram that fills in live."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import traitlets as t

from oauth_widgets._net import loop
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.grants import DeviceLogin
from oauth_widgets.signing_in.pending import PendingLogin
from oauth_widgets.signing_in.trace.message import Message
from oauth_widgets.signing_in.trace.recording import Recording
from oauth_widgets.widgets import _trace_exports as exports
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets.device_code import DeviceCode
from oauth_widgets.widgets.login_card import LoginCard

_PAUSE = 0.1
"""Seconds between two updates of the page."""


class Trace(Card):
    """A widget that shows each message of a sign-in or a session, from now on.

    `ow.Trace(card)` follows a login card, and `ow.Trace(session)` what a session sends. A
    PendingLogin and a DeviceLogin can be traced, too. `messages` has the same as values,
    `to_html()`, `to_mermaid()` and `str(trace)` are for sharing. Secrets become dots before
    anything is kept: a fingerprint tells which of them are equal. A saved notebook has the names
    of the steps alone. Raises ConfigurationError for anything else.

        trace = ow.Trace(session)
        session.frame("/events")
        print(trace)
    """

    _esm = source("trace.js")
    _css = source("trace.css")

    server = t.Unicode().tag(sync=True)
    steps: t.List[str] = t.List(t.Unicode()).tag(sync=True)

    def __init__(self, card_or_session: Card | Session | PendingLogin | DeviceLogin) -> None:
        self._due = False
        self._recording = _recording_of(card_or_session)
        self._recording.changed = self._passed
        super().__init__(server=self._recording.server.title)
        self._show()

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that has passed so far, in order."""
        return self._recording.messages

    def to_html(self) -> str:
        """Return a standalone page: `Path("trace.html").write_text(trace.to_html())`.

        It needs no network and contains no secret.
        """
        return exports.html(self._recording.server.title, self.messages)

    def to_mermaid(self) -> str:
        """Return it in Mermaid's language, without any secret: `print(trace.to_mermaid())`."""
        return exports.mermaid(self._recording.server.title, self.messages)

    def close(self) -> None:
        """Stop watching and take the diagram away; `messages` stay: `trace.close()`."""
        # A trace that was refused has no recording.
        if hasattr(self, "_recording"):
            self._recording.stop()
        super().close()

    def __str__(self) -> str:
        return exports.text(self._recording.server.title, self.messages)

    def __repr__(self) -> str:
        return f"<Trace of {self.server}: {len(self.messages)} messages>"

    def _passed(self) -> None:
        """Update the page soon: many messages may pass in a moment."""
        if not self._due:
            self._due = True
            loop.later(_PAUSE, self._show)

    def _show(self) -> None:
        self._due = False
        self._changed()

    def _mirror(self) -> None:
        super()._mirror()
        self.steps = [one.step for one in self.messages]

    def _greet(self) -> None:
        rows = [_row(one) for one in self.messages]
        self.send({"kind": "messages", "rows": rows, "text": str(self)})


def _recording_of(given: Any) -> Recording:
    """Return a recording of what a card shows; a login card brings its own to show it inside."""
    if isinstance(given, Recording):
        return given
    if isinstance(given, LoginCard):
        given = given._sign_in  # noqa: SLF001 - its inner side is ours
    elif isinstance(given, DeviceCode):
        given = given._login  # noqa: SLF001 - likewise
    elif isinstance(given, Card):
        # A card that walks through a sign-in names it.
        given = getattr(given, "pending", given._session)  # noqa: SLF001 - likewise
    return Recording(given)


def _row(one: Message) -> dict[str, Any]:
    also = {"label": one.label, "step": one.step, "section": one.section}
    return asdict(one) | also | {"failed": one.failed is not None, "front": one.through_browser}
