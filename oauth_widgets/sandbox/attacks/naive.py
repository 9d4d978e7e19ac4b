"""A client that works and trusts everyone. Read it to see what is missing; never use it."""

# ruff: noqa: D102 - its few lines are there to be read
from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata

_web = build_opener(ProxyHandler({}))  # Everything here is on this machine.


class NaiveClient:
    """Signs in with the fewest lines that bring a token, as many a tutorial does."""

    def __init__(self, server: AuthorizationServer, client: ClientMetadata, back: str) -> None:
        self.server, self.client, self.back = server, client, back
        self.tokens: dict[str, Any] = {}

    def begin(self, scope: str, *, implicit: bool = False) -> str:
        params = {
            "response_type": "id_token token" if implicit else "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.back,
            "scope": scope,
            "nonce": "1",
        }
        return f"{self.server.authorization_endpoint}?{urlencode(params)}"

    def finish(self, address: str) -> None:
        parts = urlsplit(address)
        self.tokens = dict(parse_qsl(parts.query or parts.fragment))
        if "code" in self.tokens:
            form = {"grant_type": "authorization_code", "code": self.tokens["code"]}
            form |= {"redirect_uri": self.back, "client_id": self.client.client_id}
            headers = {}
            if self.client.client_secret is not None:
                pair = f"{form.pop('client_id')}:{self.client.client_secret.reveal()}"
                headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            token_endpoint = str(self.server.token_endpoint)
            request = Request(token_endpoint, urlencode(form).encode(), headers)  # noqa: S310
            self.tokens = json.load(_web.open(request))

    def person(self) -> dict[str, Any]:
        payload = self.tokens["id_token"].split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return claims

    def get(self, address: str) -> bytes:
        header = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        body: bytes = _web.open(Request(address, headers=header)).read()  # noqa: S310
        return body

    def saved(self) -> str:
        return f"{self.tokens}"

    def device_screen(self, scope: str) -> str:
        form = {"client_id": self.client.client_id, "scope": scope}
        endpoint = str(self.server.device_authorization_endpoint)
        begun = json.load(_web.open(Request(endpoint, urlencode(form).encode())))  # noqa: S310
        return f"Open {begun['verification_uri_complete']}"
