"""PyPI's oauthlib as a peer: a plain OAuth 2.0 server that we did not write, on loopback."""

from __future__ import annotations

import json
import secrets
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus

from oauthlib.oauth2 import RequestValidator, Server

CLIENT_ID, SECRET = "note book:1", "s3cr%t+/= &:~"
REDIRECT_URI = "http://127.0.0.1:54321/callback"
SCOPES = ("events.read", "offline_access")


class Validator(RequestValidator):  # type: ignore[misc]
    """Remembers what oauthlib asks it to; one client, one person."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, Any]] = {}
        self.access: dict[str, dict[str, Any]] = {}
        self.refreshing: dict[str, list[str]] = {}

    def _authenticated(self, request: Any) -> bool:
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return False
        name, _, secret = b64decode(pair).decode().partition(":")
        request.client = type("Client", (), {"client_id": CLIENT_ID})()
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, SECRET)

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        return self._authenticated(request)

    def client_authentication_required(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_client_id(self, client_id: str, *_: Any, **__: Any) -> bool:
        return client_id == CLIENT_ID

    def validate_redirect_uri(self, _: str, redirect_uri: str, *__: Any, **___: Any) -> bool:
        return redirect_uri == REDIRECT_URI

    def validate_response_type(self, _: str, response_type: str, *__: Any, **___: Any) -> bool:
        return response_type == "code"

    def validate_scopes(self, _: str, scopes: list[str], *__: Any, **___: Any) -> bool:
        return set(scopes) <= set(SCOPES)

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        return [SCOPES[0]]

    def validate_grant_type(self, *_: Any, **__: Any) -> bool:
        return True

    def is_pkce_required(self, *_: Any, **__: Any) -> bool:
        return True

    def save_authorization_code(
        self, _: str, code: Any, request: Any, *__: Any, **___: Any
    ) -> None:
        self.codes[code["code"]] = {
            "challenge": request.code_challenge,
            "method": request.code_challenge_method,
            "redirect_uri": request.redirect_uri,
            "scopes": request.scopes,
        }

    def validate_code(self, _: str, code: str, __: Any, request: Any, **___: Any) -> bool:
        kept = self.codes.get(code)
        if kept is not None:
            request.scopes, request.user = kept["scopes"], "alice"
        return kept is not None

    def get_code_challenge(self, code: str, _: Any) -> str:
        return str(self.codes[code]["challenge"])

    def get_code_challenge_method(self, code: str, _: Any) -> str:
        return str(self.codes[code]["method"])

    def confirm_redirect_uri(
        self, _: str, code: str, redirect_uri: str, *__: Any, **___: Any
    ) -> bool:
        return bool(self.codes[code]["redirect_uri"] == redirect_uri)

    def invalidate_authorization_code(self, _: str, code: str, *__: Any, **___: Any) -> None:
        self.codes.pop(code, None)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *_: Any, **__: Any) -> None:
        self.refreshing.pop(getattr(request, "refresh_token", None) or "", None)
        self.access[token["access_token"]] = {"client_id": CLIENT_ID, "scope": token["scope"]}
        if "refresh_token" in token:
            self.refreshing[token["refresh_token"]] = request.scopes

    def validate_refresh_token(self, token: str, _: Any, request: Any, **__: Any) -> bool:
        request.user = "alice"
        return token in self.refreshing

    def get_original_scopes(self, token: str, *_: Any, **__: Any) -> list[str]:
        return self.refreshing[token]

    def revoke_token(self, token: str, *_: Any, **__: Any) -> None:
        self.access.pop(token, None)
        self.refreshing.pop(token, None)

    def introspect_token(self, token: str, *_: Any, **__: Any) -> dict[str, Any] | None:
        return self.access.get(token)


class OauthlibServer:
    """The running server, at `issuer`; who opens its sign-in page is Alice, and agrees."""

    def __init__(self) -> None:
        server = Server(Validator(), token_generator=lambda _: secrets.token_urlsafe(24))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/oauth-authorization-server":
                    self._reply({"Content-Type": "application/json"}, metadata, 200)
                elif self.path.startswith("/authorize"):
                    uri = f"https://peer{self.path}"  # oauthlib knows no loopback
                    scopes, _ = server.validate_authorization_request(uri)
                    self._reply(*server.create_authorization_response(uri, scopes=scopes))
                else:
                    self._reply({}, "", 404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = {
                    "/token": server.create_token_response,
                    "/revoke": server.create_revocation_response,
                    "/introspect": server.create_introspect_response,
                }[self.path]
                self._reply(*answer(f"https://peer{self.path}", "POST", body, dict(self.headers)))

            def _reply(self, headers: dict[str, str], body: str | None, status: int) -> None:
                data = (body or "").encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._http.server_port}"
        metadata = json.dumps(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "revocation_endpoint": f"{self.issuer}/revoke",
                "introspection_endpoint": f"{self.issuer}/introspect",
            }
        )
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
