"""A token: what can be read in it, when it expires, who it is for, and the token itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import traitlets as t

from oauth_widgets.errors import ConfigurationError, NotSignedIn
from oauth_widgets.protocol.unverified_token import UnverifiedToken, unverified_token
from oauth_widgets.secret import Secret
from oauth_widgets.session.session import Session
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets._claims import claim_rows, shown
from oauth_widgets.widgets._source import source


class TokenView(Card):
    """A widget that shows the tokens of a session, or any other token.

    `ow.TokenView(session)` can also ask the server about the access token (RFC 7662).
    `ow.TokenView(text)` decodes a token for reading, and says that nothing in it was verified. A
    token is sent to the open page if a person asks to see it, and is neither saved nor stored
    there. Raises ConfigurationError for anything else.

        ow.TokenView(session)
    """

    _esm = source("token.js")
    _css = source("token.css")

    server = t.Unicode().tag(sync=True)
    asks = t.Bool(default_value=False).tag(sync=True)

    def __init__(self, token: Session | Secret | str) -> None:
        session = token if isinstance(token, Session) else None
        self._pasted = {} if session else {"pasted": unverified_token(pasted(token))}
        self._described: dict[str, Secret] = {}
        self._renewals = 0
        super().__init__(
            server=session.server.title if session else "",
            asks=session is not None and session.server.introspection_endpoint is not None,
        )
        if session is not None:
            self._follow(session)

    def _tokens(self) -> dict[str, UnverifiedToken]:
        """Return the tokens by their use. Raises NotSignedIn."""
        session = self._session
        if session is None:
            return self._pasted
        raw = {
            "access": session.access_token,
            "refresh": session.refresh_token,
            "id": session.id_token.raw if session.id_token else None,
        }
        return {use: unverified_token(token) for use, token in raw.items() if token is not None}

    def _greet(self) -> None:
        try:
            tokens = self._tokens()
        except NotSignedIn:
            return
        raw = {use: token.raw for use, token in tokens.items()}
        if raw != self._described:
            self._described, self._renewals = raw, self._renewals + 1
        told = [self._about(use, token) for use, token in tokens.items()]
        self.send({"kind": "details", "tokens": told, "renewals": self._renewals})

    def _about(self, use: str, token: UnverifiedToken) -> dict[str, Any]:
        scope, audience = token.claims.get("scope"), token.claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience] if audience else []
        expires, received = _moment(token.claims.get("exp")), _moment(token.claims.get("iat"))
        if use == "access" and self._session is not None:
            expires, received = self._session.expires_at, self._session.received_at
            scope = str(self._session.scope)
        read = use in {"access", "pasted"}
        return {
            "use": use,
            "form": token.kind,
            "received": received.isoformat() if received else None,
            "expires": expires.isoformat() if expires else None,
            "audience": [shown(one) for one in audiences],
            "scope": scope.split() if isinstance(scope, str) else [],
            "header": claim_rows(token.header) if read else [],
            "claims": claim_rows(token.claims) if read else [],
        }

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "reveal":
            self._reveal(message.get("use"), message.get("view"))
        elif kind == "ask" and self.asks and self._session is not None:
            self._work("asking", partial(self._ask, self._session))

    def _reveal(self, use: object, view: object) -> None:
        """Send one token to the one view that asked for it."""
        try:
            token = self._tokens().get(str(use))
        except NotSignedIn:
            return
        if token is not None:
            value = token.raw.reveal()
            self.send({"kind": "revealed", "use": use, "view": view, "value": value})

    def _ask(self, session: Session) -> None:
        info = session.introspect()
        rows = claim_rows({"active": info.active} | dict(info.claims))
        self.send({"kind": "info", "rows": rows, "at": datetime.now(UTC).isoformat()})


def pasted(token: object) -> Secret:
    """Return the pasted text as a token. Raises ConfigurationError if it can't be one."""
    if isinstance(token, Secret):
        return token
    if not isinstance(token, str):
        raise ConfigurationError(
            f"The token is {type(token).__name__}, not a session, a Secret or a string.",
            next_step="Pass the session that signing in returned, or the token's text in quotes.",
        )
    return Secret(token.strip())


def _moment(seconds: object) -> datetime | None:
    try:
        # Any type may be in the token, and only a number's text can be read as a number.
        return datetime.fromtimestamp(float(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
