"""A small authorization server with an API that records its requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets import AuthorizationServer, ClientMetadata, Scope, Secret, Session
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import declared_api

from .rigged import Answer, Rigged, Sent, answer, as_json

CLIENT = ClientMetadata(client_id="notebook", client_secret="toy-secret-of-the-client")


def server_at(origin: str) -> AuthorizationServer:
    return AuthorizationServer(
        issuer=origin,
        authorization_endpoint=f"{origin}/authorize",
        token_endpoint=f"{origin}/token",
        userinfo_endpoint=f"{origin}/api/userinfo",
        revocation_endpoint=f"{origin}/revoke",
        api=f"{origin}/api",
    )


def tokens_of(number: int) -> ValidatedTokens:
    """Return the tokens of that number, which are good for an hour."""
    return ValidatedTokens(
        access_token=Secret(f"access-{number}"),
        refresh_token=Secret(f"refresh-{number}"),
        id_token=None,
        requested_scope=Scope("events.read"),
        scope=Scope("events.read"),
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )


class Mint:
    """Tokens are numbered, and the newest alone is good: access-1 and refresh-1 at the start.

    The API gives one record for any address, or its answer in `pages`. `refusal` is what
    the token endpoint answers instead of tokens; `rotates` and `takes_long` are its manners.
    `loses` is how many answers to a revocation are lost.
    """

    def __init__(self) -> None:
        self.good = "access-1"
        self.renews = "refresh-1"
        self._made = 1
        self.rotates = True
        self.takes_long = 0.0
        self.life = 3600
        self.refusal: bytes | None = None
        self.loses = 0
        self.pages: dict[str, Answer | Callable[[Sent], Answer]] = {}
        self._rigged = Rigged(self._answer)
        self.origin = self._rigged.origin
        self.api = f"{self.origin}/api"
        self.server = server_at(self.origin)

    def session(
        self, *, seconds: float | None = 3600, refreshable: bool = True, **api: Any
    ) -> Session:
        """Return a session whose access token, once good for an hour, is so for `seconds` more.

        `api` and `api_origins` are as in a sign-in.
        """
        tokens = tokens_of(1)
        if not refreshable:
            tokens = replace(tokens, refresh_token=None)
        declared = declared_api(self.server, api.get("api"), api.get("api_origins", ()))
        session = Session(self.server, CLIENT, tokens, declared, again=Scope)
        ends = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
        session._last = replace(tokens, expires_at=ends)  # noqa: SLF001 - time passes
        return session

    def chain(self, *pages: Any) -> Session:
        """Have the API give `pages` at /0, /1 and so on, each with the next one's address."""
        for number, page in enumerate(pages):
            more = f"/api/{number + 1}" if number + 1 < len(pages) else None
            self.pages[f"/api/{number}"] = as_json({"items": page, "next": more})
        return self.session()

    def without(self, endpoint: str) -> Mint:
        """Have the server lack `endpoint`."""
        self.server = replace(self.server, **{endpoint: None})
        return self

    def revoke(self) -> None:
        """End the access token before its time."""
        self.good = ""

    def asked(self, path: str) -> list[Sent]:
        """Return the requests to addresses under `path`, in order."""
        return [sent for sent in self._rigged.sent if sent.target.startswith(path)]

    def close(self) -> None:
        self._rigged.close()

    def _answer(self, sent: Sent) -> Answer:
        if sent.target == "/token":
            return self._renew(sent)
        if sent.target == "/revoke":
            self.loses -= 1
            return b"" if self.loses >= 0 else self.refusal or answer()
        if sent.target.startswith("/.well-known/"):
            return answer(status=404)
        if not self._takes(sent.token):
            challenge = 'Bearer error="invalid_token"'
            return as_json({}, status=401, www_authenticate=challenge)
        if sent.target == "/api/userinfo":
            return as_json({"sub": "somebody"})
        page = self.pages.get(sent.target, as_json([{"token": sent.token}]))
        return page(sent) if callable(page) else page

    def _takes(self, token: str) -> bool:
        return token == self.good

    def _renew(self, sent: Sent) -> Answer:
        time.sleep(self.takes_long)
        if self.refusal is not None:
            return self.refusal
        if sent.form.get("refresh_token") != self.renews:
            return as_json({"error": "invalid_grant"}, status=400)
        self._made += 1
        tokens = {"access_token": f"access-{self._made}", "token_type": "Bearer"}
        if self.rotates:
            tokens["refresh_token"] = self.renews = f"refresh-{self._made}"
        self.good = tokens["access_token"]
        return as_json(tokens | {"expires_in": self.life})


@contextmanager
def running_mint() -> Iterator[Mint]:
    mint = Mint()
    try:
        yield mint
    finally:
        mint.close()
