"""An API with a token endpoint, and another origin that must never see a token. Plain http.server.

It shares no code with the package, nor with the practice server.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

CLIENT_ID = "warehouse"
CLIENT_SECRET = "a secret that the peer knows"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived, in order; `place` is the path."""

    place: str
    query: dict[str, str]
    authorization: str | None
    accept: str

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


Route = Callable[["Peer", Asked], Reply]


def as_json(value: Any, **more: Any) -> Reply:
    """Answer with JSON."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(), **more)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Origin:
    """A listening socket that notes every request before it is answered."""

    def __init__(self, answer: Callable[[Asked, bytes], Reply]) -> None:
        self.asked: list[Asked] = []
        noting = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(
                    parts.path,
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    self.headers.get("Authorization"),
                    self.headers.get("Accept", ""),
                )
                noting.asked.append(asked)
                reply = answer(asked, body)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                announced = len(reply.body) if reply.length is None else reply.length
                self.send_header("Content-Length", str(announced))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
                self.close_connection = announced != len(reply.body)

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Peer:
    """The API at `api`; `foreign` is the other origin, which would welcome anybody.

    The newest token is good. Some faults end once it is `healthy`.
    """

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.healthy = False
        self._routes = routes
        self._good = ""
        self._made = 0
        self._origin = _Origin(self._answer)
        self._foreign = _Origin(lambda *_: as_json([{"id": -1, "stolen": True}]))
        self.api = f"{self._origin.address}/v2"
        self.token_endpoint = f"{self._origin.address}/token"
        self.issuer = self._origin.address
        self.foreign = self._foreign.address

    @property
    def asked(self) -> list[Asked]:
        """What arrived at the API, tokens not counted."""
        return [one for one in self._origin.asked if one.place != "/token"]

    @property
    def asked_of_the_foreigner(self) -> list[Asked]:
        """What arrived at the other origin."""
        return self._foreign.asked

    def link(self, asked: Asked, **query: object) -> str:
        """Return the whole address of the same list with another query."""
        return f"{self._origin.address}{asked.place}?{urlencode({**asked.query, **query})}"

    def close(self) -> None:
        """Stop listening."""
        self._origin.close()
        self._foreign.close()

    def _answer(self, asked: Asked, body: bytes) -> Reply:
        if asked.place == "/token":
            return self._token(asked, body)
        if not self._good or asked.authorization != f"Bearer {self._good}":
            challenge = {"WWW-Authenticate": 'Bearer realm="peer", error="invalid_token"'}
            return as_json({"detail": "token?"}, status=401, headers=challenge)
        route = self._routes.get(asked.place.removeprefix("/v2/"))
        return as_json({}, status=404) if route is None else route(self, asked)

    def _token(self, asked: Asked, body: bytes) -> Reply:
        scheme, _, credentials = (asked.authorization or "").partition(" ")
        sent = base64.b64decode(credentials).decode().split(":")
        if (scheme, *map(unquote_plus, sent)) != ("Basic", CLIENT_ID, CLIENT_SECRET):
            return as_json({"error": "invalid_client"}, status=401)
        if dict(parse_qsl(body.decode())).get("grant_type") != "client_credentials":
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
