"""An API with a token endpoint, and another origin that must never see a token. Plain http.server.

It shares no code with the package, nor with the practice server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from tests.helpers.rigged import Rigged, Sent, answer

CLIENT_ID = "warehouse"
CLIENT_SECRET = "a secret that the peer knows"


class Asked(Sent):
    """A request as it arrived."""

    @property
    def place(self) -> str:
        """The path."""
        return urlsplit(self.target).path

    @property
    def number(self) -> int:
        """The page that it asks for."""
        return int(self.query.get("page", "1"))


@dataclass(frozen=True)
class Reply:
    """What to answer. Without `length` that of the body is announced."""

    body: bytes = b""
    kind: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None

    @property
    def whole(self) -> bytes:
        """It as it is sent."""
        announced = {} if self.length is None else {"content-length": str(self.length)}
        return answer(
            self.body, status=self.status, kind=self.kind, **{**announced, **self.headers}
        )


Route = Callable[["Peer", Asked], Reply]


def as_json(value: Any, **more: Any) -> Reply:
    """Answer with JSON."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(), **more)


class Peer:
    """The API at `api`; `foreign` is the other origin, which would welcome anybody.

    The newest token is good. Some faults end once it is `healthy`.
    """

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.healthy = False
        self._routes = routes
        self._good = ""
        self._made = 0
        self._server = Rigged(lambda sent: self._reply(Asked(**vars(sent))).whole)
        self._foreign = Rigged(lambda _: as_json([{"id": -1, "stolen": True}]).whole)
        self.issuer = self._server.origin
        self.api = f"{self.issuer}/v2"
        self.token_endpoint = f"{self.issuer}/token"
        self.foreign = self._foreign.origin

    @property
    def asked(self) -> list[Asked]:
        """What arrived at the API, tokens not counted."""
        sent = [Asked(**vars(one)) for one in self._server.sent]
        return [one for one in sent if one.place != "/token"]

    @property
    def asked_of_the_foreigner(self) -> list[Sent]:
        """What arrived at the other origin."""
        return self._foreign.sent

    def link(self, asked: Asked, **query: object) -> str:
        """Return the whole address of the same list with another query."""
        return f"{self.issuer}{asked.place}?{urlencode({**asked.query, **query})}"

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
        self._foreign.close()

    def _reply(self, asked: Asked) -> Reply:
        if asked.place == "/token":
            return self._token(asked)
        if not self._good or asked.headers.get("authorization") != f"Bearer {self._good}":
            challenge = {"WWW-Authenticate": 'Bearer realm="peer", error="invalid_token"'}
            return as_json({"detail": "token?"}, status=401, headers=challenge)
        route = self._routes.get(asked.place.removeprefix("/v2/"))
        return as_json({}, status=404) if route is None else route(self, asked)

    def _token(self, asked: Asked) -> Reply:
        scheme, _, credentials = asked.headers.get("authorization", "").partition(" ")
        sent = base64.b64decode(credentials).decode().split(":")
        if (scheme, *map(unquote_plus, sent)) != ("Basic", CLIENT_ID, CLIENT_SECRET):
            return as_json({"error": "invalid_client"}, status=401)
        if asked.form.get("grant_type") != "client_credentials":
            return as_json({"error": "unsupported_grant_type"}, status=400)
        self._made += 1
        self._good = f"peer-token-{self._made:03}"
        token = {"access_token": self._good, "token_type": "Bearer", "expires_in": 3600}
        return as_json(token, headers={"Cache-Control": "no-store"})


@contextmanager
def running_peer(routes: Mapping[str, Route]) -> Iterator[Peer]:
    """Run the API with `routes`, named by what is behind /v2/, and the other origin."""
    peer = Peer(routes)
    try:
        yield peer
    finally:
        peer.close()
