"""What an attack needs: a sandbox, the victim's browser, and a server of the attacker's own."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, Self
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urljoin
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.sandbox.attacks.careful import Target

BACK = "http://127.0.0.1:8765/callback"


class Practice(Protocol):
    """The parts of a sandbox that an attack uses."""

    api: str
    server: AuthorizationServer
    users: list[dict[str, Any]]

    @property
    def clients(self) -> Mapping[str, ClientMetadata]:
        """The clients by client_id."""

    def register(self, registration: Mapping[str, Any]) -> ClientMetadata:
        """Register a client."""

    def stop(self) -> None:
        """Stop the sandbox."""


Make = Callable[[AuthorizationServer, ClientMetadata, str], Target]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Leave redirects to the caller."""


class Web:
    """A browser, or an attacker's script, on this machine."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(), _Stay())

    def send(
        self, address: str, form: dict[str, str] | None = None, **headers: str
    ) -> HTTPResponse | HTTPError:
        """Send one request; the answer may be a refusal or a redirect."""
        body = None if form is None else urlencode(form).encode()
        request = Request(address, body, headers)  # noqa: S310 - loopback only
        try:
            response: HTTPResponse = self._opener.open(request, timeout=30)
        except HTTPError as refusal:
            return refusal
        return response

    def json(self, address: str, form: dict[str, str], **headers: str) -> dict[str, Any]:
        """Send a form and return the JSON object that answers it, even if it's a refusal."""
        with self.send(address, form, **headers) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def visit(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Follow redirects between pages of one server; return the last address and its page."""
        while True:
            with self.send(address, form) as response:
                onward, page = response.headers.get("Location"), response.read().decode()
            if onward is None:
                return address, page
            if "://" in onward:
                return onward, ""
            address, form = urljoin(address, onward), None

    def submit(self, address: str, page: str, **fields: str) -> tuple[str, str]:
        """Submit the form of a page."""
        token = re.search(r'name="form_token" value="([^"]*)"', page)
        return self.visit(
            address, {"form_token": html.unescape(token[1] if token else ""), **fields}
        )


class Stage:
    """One attack on one client, made by `make`; `web` is the attacker's."""

    def __init__(self, sandbox: Practice, client: ClientMetadata, make: Make) -> None:
        self.sandbox, self.client, self._make = sandbox, client, make
        self.target = make(sandbox.server, client, BACK)
        self.web = Web()
        self.evidence = ""
        self._passwords = {user["username"]: user["password"] for user in sandbox.users}
        self._phones = {user["phone_number"]: user["username"] for user in sandbox.users}

    def meet(self, hostile: str) -> None:
        """Have the person choose to sign in to the attacker's server instead."""
        server = replace(
            self.sandbox.server,
            issuer=hostile,
            authorization_endpoint=f"{hostile}/authorize",
            token_endpoint=f"{hostile}/token",
            authorization_response_iss_parameter_supported=False,
        )
        self.target = self._make(server, self.client, BACK)

    def allow(self, address: str, username: str = "alice", **first: str) -> str:
        """Have a person sign in and allow everything; return the address of the answer."""
        browser = Web()
        page = browser.visit(address)
        if first:
            page = browser.submit(*page, **first)
        page = browser.submit(*page, username=username, password=self._passwords[username])
        return browser.submit(*page, decision="allow")[0]

    def signed_in(self) -> str:
        """Return the username of the person whom the client takes for signed in."""
        username: str = self._phones[self.target.person()["phone_number"]]
        return username

    def ran_into(self, evidence: str) -> str:
        """Note what the attacker ran into; return what was got, which is nothing."""
        self.evidence = evidence
        return ""

    def people_read(self, access_token: str) -> bool:
        """Return whether a token reads personal data at the API."""
        bearer, address = f"Bearer {access_token}", f"{self.sandbox.api}/events"
        with self.web.send(address, Authorization=bearer) as answer:
            return bool(answer.status == 200)

    def token_request(self, **form: str) -> str:
        """Ask the token endpoint without a secret; return the access token, or "" for none."""
        answer = self.web.json(str(self.sandbox.server.token_endpoint), form)
        token: str = answer.get("access_token", "")
        if token and self.people_read(token):
            return token
        return self.ran_into(
            f"The server refused the request. {answer.get('error_description', '')}"
        )


class Trap:
    """A server of the attacker's; `caught` has what was sent to it, forms and tokens."""

    def __init__(self, leads_to: str = "") -> None:
        caught: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                caught.append({"authorization": self.headers.get("Authorization", "")})
                self.send_response(303 if leads_to else 200)
                if leads_to:
                    self.send_header("Location", f"{leads_to}?{self.path.partition('?')[2]}")
                self._end()

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                caught.append(dict(parse_qsl(self.rfile.read(length).decode())))
                self.send_response(400)
                self._end()

            def _end(self) -> None:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"[]" if self.command == "GET" else b"{}")

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.caught = caught
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
