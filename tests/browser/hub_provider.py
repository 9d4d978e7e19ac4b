"""A hub whose people sign in at a practice server, and code that runs in their kernels there."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import websocket

from ..helpers.people import sign_in_with

if TYPE_CHECKING:
    from .foreign import ForeignServer
    from .hub import Hub

SCOPE = "openid profile offline_access cells.read"
CONFIGURATION = """
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.allow_all = True
c.GenericOAuthenticator.username_claim = "preferred_username"
c.GenericOAuthenticator.client_id = {client_id!r}
c.GenericOAuthenticator.client_secret = {client_secret!r}
c.GenericOAuthenticator.oauth_callback_url = {callback!r}
c.GenericOAuthenticator.authorize_url = {authorization_endpoint!r}
c.GenericOAuthenticator.token_url = {token_endpoint!r}
c.GenericOAuthenticator.userdata_url = {userinfo_endpoint!r}
c.GenericOAuthenticator.scope = {scope!r}
"""
PATIENCE = 60.0  # seconds


def configuration(server: ForeignServer, hub: str) -> str:
    """Return what has the hub at that address sign people in at `server`, as a new client."""
    metadata = httpx.get(f"{server.url}.well-known/openid-configuration", trust_env=False).json()
    callback = f"{hub}hub/oauth_callback"
    client = server.register(callback, secret=True, scope="cells.read")
    values = metadata | client | {"callback": callback, "scope": SCOPE.split()}
    return CONFIGURATION.format(**values)


class Alice:
    """Signs in to the hub with a browser that runs no scripts, and runs code in her server."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._headers = {"authorization": f"token {hub.token}"}
        self._server = f"{hub.origin}user/alice/"

    def sign_in(self) -> None:
        """Sign in to the hub by the practice server's pages, and wait for her server."""
        with httpx.Client(trust_env=False, timeout=PATIENCE) as browser:
            begun = browser.get(f"{self._hub.origin}hub/oauth_login")
            answer = sign_in_with(browser, begun.headers["location"])
            browser.get(answer, follow_redirects=True).raise_for_status()
        deadline = time.monotonic() + PATIENCE
        while not self._serves():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Alice has no server:\n{self._hub.log.read_text()}")
            time.sleep(0.2)

    def run(self, source: str, seconds: float) -> str:
        """Run `source` in a new kernel of her server; return what it prints, or its error."""
        with httpx.Client(
            base_url=self._server, headers=self._headers, trust_env=False, timeout=PATIENCE
        ) as server:
            kernel = server.post("api/kernels", json={}).raise_for_status().json()["id"]
            try:
                return self._ran(kernel, source, seconds)
            finally:
                server.delete(f"api/kernels/{kernel}")

    def _serves(self) -> bool:
        address = f"{self._hub.origin}hub/api/users/alice"
        user = httpx.get(address, headers=self._headers, trust_env=False)
        return bool(user.raise_for_status().json()["server"])

    def _ran(self, kernel: str, source: str, seconds: float) -> str:
        address = f"{self._server}api/kernels/{kernel}/channels".replace("http", "ws", 1)
        channels = websocket.create_connection(address, header=self._headers, timeout=seconds)
        request = _request(source)
        printed, failed, awaited = "", "", {"execute_reply", "idle"}
        try:
            channels.send(json.dumps(request))
            # The reply and what is printed take different ways, so either may be the first.
            while awaited:
                message = json.loads(channels.recv())
                content, kind = message["content"], message["msg_type"]
                if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                    continue
                printed += content["text"] if kind == "stream" else ""
                failed = content["evalue"] if kind == "error" else failed
                awaited -= {kind, content.get("execution_state")}
            return failed or printed
        finally:
            channels.close()


def _request(source: str) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": uuid.uuid4().hex, "username": "", "date": ""}
    content = {"code": source, "silent": False, "stop_on_error": True}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content} | {
        "channel": "shell"
    }
