"""What the servers made with PyPI's libraries share: clients, one person, and HTTP on loopback."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import urlsplit

from joserfc.jwk import Key

REDIRECT_URI = "http://127.0.0.1:54321/callback"
SIGNED_OUT_URI = "http://127.0.0.1:54321/signed-out"
SCOPES = ("openid", "profile", "events.read")
SECRETS = {"note book:1": "s3cr%t+/= &:~", "post": "p o+s%t", "public": None}
METHODS = ["client_secret_basic", "client_secret_post", "none"]
PERSON = {"sub": "alice", "name": "Alice Ålund"}
JSON = {"Content-Type": "application/json"}
_ENDPOINTS = (
    "authorization",
    "token",
    "device_authorization",
    "userinfo",
    "revocation",
    "introspection",
    "end_session",
)

Asked = tuple[str, str, str, Message]
"""A request: its address, method, body and headers."""

Answer = tuple[dict[str, str], str | None, int]


class PyPIServer(ABC):
    """A running server, at `issuer`; who opens its sign-in page is Alice, and agrees."""

    described_at: ClassVar[str]
    device_scope: ClassVar[str]
    """The scope to sign in with on another device."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self._agrees = True
        handler = type("Handler", (_Handler,), {"peer": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._http.server_port}"
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @abstractmethod
    def answer(self, endpoint: str, asked: Asked) -> Answer:
        """Have the library answer."""

    @abstractmethod
    def decide(self, user_code: str, *, agrees: bool) -> None:
        """Have a person answer on another device."""

    def refuse(self) -> None:
        """Have the next person at the sign-in page refuse."""
        self._agrees = False

    def agreed(self) -> bool:
        """Return whether the person at the sign-in page agrees; the next one does."""
        agrees, self._agrees = self._agrees, True
        return agrees

    def documents(self) -> dict[str, Any]:
        """Return its description and its public keys by their paths."""
        description = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in _ENDPOINTS},
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.key.alg],
            "token_endpoint_auth_methods_supported": METHODS,
        }
        keys = {"keys": [self.key.as_dict(private=False)]}
        return {f"/.well-known/{self.described_at}": description, "/jwks": keys}

    def stop(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    peer: PyPIServer

    def do_GET(self) -> None:
        self._reply(*self._answered())

    def do_POST(self) -> None:
        self.do_GET()

    def _answered(self) -> Answer:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        documents = self.peer.documents()
        if path in documents:
            return JSON, json.dumps(documents[path]), 200
        if path[1:] not in _ENDPOINTS:
            return {}, "", 404
        # Both libraries take plain http for an attack; this is loopback.
        asked = f"https://peer{self.path}", self.command, body, self.headers
        return self.peer.answer(path[1:], asked)

    def _reply(self, headers: dict[str, str], body: str | None, status: int) -> None:
        data = (body or "").encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
