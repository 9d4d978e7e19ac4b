"""A whole world for a client: every endpoint and an API on one port, honest until changed."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.helpers.rigged import Answer, Rigged, Sent, answer, as_json
from tests.relying_party.server import Behaviour, Server, minted, proves_the_client, query_of

PAGES = 3
ROWS = 40
"""Records a page."""

FILE = b"a line of a file\n" * 4000
RECORDS = [{"id": at, "name": f"event {at}"} for at in range(PAGES * ROWS)]

Wrong = Callable[[Sent], Answer | None]
"""Answers in the server's place; None leaves that to the server."""


class World(Server):
    """The server of the relying party's tests, with an API and two grants more.

    `wrong` has by path what is answered instead. `skew` is by how many seconds its clock is ahead.
    `name` is the host by which a client knows it, `folder` where to write. `tls` is its side of
    TLS, and `attached` what else a fault needs: its certificates, the proxy before it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tls: ssl.SSLContext | None = None,
        name: str = "127.0.0.1",
        **attached: Any,
    ) -> None:
        super().__init__(Behaviour())
        super().close()
        self.wrong: dict[str, Wrong] = {}
        self.skew = 0.0
        self.folder = folder
        self.attached = attached
        self.tls = tls
        self.rigged = self._rigged = Rigged(self._answer, tls)
        self.origin = f"{'https' if tls else 'http'}://{name}:{self.rigged.port}"
        self._devices: dict[str, str] = {}

    @property
    def api(self) -> str:
        return f"{self.origin}/api"

    @property
    def alive(self) -> set[str]:
        """The tokens that are good for something."""
        return {*self._good, *self._renewals}

    def forget(self, token: str) -> None:
        """Take `token` no longer."""
        self._good.discard(token)

    def authorize(self, url: str) -> str:
        """Return the redirect for a browser that opens `url`, without a network in between."""
        parts = urlsplit(url)
        sent = Sent("GET", f"{parts.path}?{parts.query}", {}, b"")
        head = self._authorize(sent).partition(b"\r\n\r\n")[0].decode()
        (place,) = (
            line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("location")
        )
        return place

    def _answer(self, sent: Sent) -> Answer:
        path = urlsplit(sent.target).path
        if path in self.wrong:
            instead = self.wrong[path](sent)
            if instead is not None:
                return instead
        return self.honest(sent)

    def honest(self, sent: Sent) -> Answer:
        """Answer as is right, having done what was asked."""
        path = urlsplit(sent.target).path
        return self._api(sent) if path.startswith("/api/") else super()._answer(sent)

    def _api(self, sent: Sent) -> Answer:
        path = urlsplit(sent.target).path
        if sent.headers.get("authorization", "").removeprefix("Bearer ") not in self._good:
            return as_json({}, status=401, www_authenticate='Bearer error="invalid_token"')
        if path == "/api/file":
            return answer(FILE, kind="application/octet-stream")
        at = {"/api/events": 0, "/api/more": 1, "/api/last": 2}[path]
        onward = ("more", "last", "")[at]
        link = {"link": f'<{self.api}/{onward}>; rel="next"'} if onward else {}
        body = json.dumps(RECORDS[at * ROWS : (at + 1) * ROWS]).encode()
        return answer(body, kind="application/json", **link)

    def _token(self, sent: Sent) -> bytes:
        form = sent.form
        if not form["grant_type"].endswith(("client_credentials", "device_code")):
            return super()._token(sent)
        if not proves_the_client(sent):
            return as_json({"error": "invalid_client"}, status=401)
        if "device_code" in form and form["device_code"] not in self._devices:
            return as_json({"error": "invalid_grant"}, status=400)
        token = minted("Access")
        self._good.add(token)
        return as_json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _tokens(self, asked: dict[str, str], changes: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time() + self.skew)
        return super()._tokens(asked, {"iat": now, "exp": now + 600, **changes})

    def _device(self, sent: Sent) -> bytes:
        if not proves_the_client(sent):
            return as_json({"error": "invalid_client"}, status=401)
        code = minted("Code")
        self._devices[code] = "BCDF-GHJK"
        page = {"verification_uri": f"{self.origin}/enter", "expires_in": 2, "interval": 1}
        return as_json({"device_code": code, "user_code": "BCDF-GHJK", **page})

    def _log_out(self, sent: Sent) -> bytes:
        return super()._log_out(sent) if "state" in query_of(sent.target) else answer()


@contextmanager
def running_world(folder: Path, **how: Any) -> Iterator[World]:
    world = World(folder, **how)
    try:
        yield world
    finally:
        world.close()
