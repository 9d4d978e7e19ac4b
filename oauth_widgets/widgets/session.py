"""The session card: who is signed in, for which scopes and how long; refresh and sign out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import traitlets as t

from oauth_widgets._net.loop import run
from oauth_widgets.errors import NotSignedIn
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.logout import SignOut
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.sign_out import ended_at_last
from oauth_widgets.widgets._asking import AskingCard
from oauth_widgets.widgets._card import check_session
from oauth_widgets.widgets._source import source

_WHO = {
    "name": "Name",
    "preferred_username": "Username",
    "email": "Email",
    "phone_number": "Phone",
    "sub": "Subject",
}


class SessionCard(AskingCard):
    """A card that shows, refreshes, widens and ends a session: `ow.SessionCard(session)`.

    The person's details are sent to the open page alone and saved nowhere. "Ask for more" widens
    the session itself. If another person signs in then, or someone signs in again after a
    sign-out, the new session is in `.session`. `sign_out` is the result of a sign-out, None before.
    Raises ConfigurationError for anything but a Session.

        ow.SessionCard(session)
    """

    _esm = source("session.js")
    _css = source("session.css")

    server = t.Unicode().tag(sync=True)
    client = t.Unicode().tag(sync=True)
    granted = t.List(t.Unicode()).tag(sync=True)
    extra = t.List(t.Unicode()).tag(sync=True)
    missing = t.List(t.Unicode()).tag(sync=True)
    refused = t.List(t.Unicode()).tag(sync=True)
    received = t.Unicode().tag(sync=True)
    expires = t.Unicode(allow_none=True, default_value=None).tag(sync=True)
    renewable = t.Bool(default_value=False).tag(sync=True)
    outcome = t.Unicode().tag(sync=True)

    sign_out: SignOut | None

    def __init__(self, session: Session) -> None:
        check_session(session)
        super().__init__(server=session.server.title, client=session.client.client_id)
        self._follow(session)

    def __repr__(self) -> str:
        return f"<SessionCard of {self._session!r}>"

    def _still(self) -> dict[str, str]:
        return {**super()._still(), "text/html": self.session._repr_html_()}

    def _follow(self, session: Session) -> None:
        self.sign_out, self.outcome = None, ""
        super()._follow(session)

    def _mirror(self) -> None:
        super()._mirror()
        session = self.session
        if self.granted and session.scope - Scope(self.granted):
            self.outcome = "widened"
        self.granted = list(session.scope)
        self.extra, self.missing = list(session.extra_scope), list(session.missing_scope)
        self.refused = list(session.refused_scope)
        self.received = session.received_at.isoformat()
        self.expires = session.expires_at.isoformat() if session.expires_at else None
        self.renewable = session.renewable

    def _greet(self) -> None:
        if not self.ended:
            with suppress(NotSignedIn):
                self.send({"kind": "who", "who": _who(self.session.id_token)})
                self.send({"kind": "kept", "kept": _kept(self.session)})
        elif self.sign_out is not None and self.sign_out.request is not None:
            # The address holds the ID token.
            self.send({"kind": "leave", "url": self.sign_out.request.url.reveal()})

    def _act(self, kind: str, _message: Mapping[str, Any]) -> None:
        if kind == "refresh":
            self._work("refreshing", self._refresh)
        elif kind == "sign_out":
            self._work("signing_out", self._sign_out)
        elif kind == "ask":
            self._work("asking", lambda: self._ask_more(self.session, self.session.refused_scope))
        elif kind == "again" and self.ended:
            self._work("asking", self._sign_in_again)
        elif kind == "another" and not self.ended:
            self._work("asking", lambda: self._sign_in_again(another=True))
        elif kind == "forget":
            self._work("forgetting", self._forget_kept)

    def _sign_in_again(self, *, another: bool = False) -> None:
        """Begin the same sign-in once more, in this card's place for it."""
        before = self.session
        begun = self._begun(before, Scope())
        if isinstance(begun, Session):
            self._follow(begun)
            return
        begun._take_place_of(before, another=another)  # noqa: SLF001 - our card
        self._show_login(self._bound(begun))

    def _forget_kept(self) -> None:
        self.session.forget()
        self.outcome = "forgotten"

    def _refresh(self) -> None:
        self.session.refresh()
        self.outcome = "refreshed"

    def _sign_out(self) -> None:
        self.sign_out = run(ended_at_last(self.session))
        confirmed = {True: "confirmed", False: "unconfirmed", None: "untold"}
        self.outcome = confirmed[self.sign_out.confirmed]
        self._greet()


def _who(token: IDToken | None) -> list[list[str]]:
    """Return what an ID token says of the person, as label and value; personal, so never saved."""
    claims = token.claims if token else {}
    rows = [
        [label, value] for name, label in _WHO.items() if isinstance(value := claims.get(name), str)
    ]
    # The server's own identifier says little next to a human name.
    return rows[:-1] if len(rows) > 1 else rows


def _kept(session: Session) -> dict[str, Any] | None:
    """Return since when `session` is saved, where, and until when; None if it isn't saved.

    Times are in ISO 8601; `until` is None if no end is known, and `lasts` says that in words.
    """
    keeper, lasts = session.keeper, session.lasts
    if keeper is None or keeper.since is None:
        return None
    return {
        "since": keeper.since.isoformat(),
        "place": keeper.place,
        "until": lasts.until.isoformat() if lasts.until else None,
        "lasts": str(lasts),
    }
