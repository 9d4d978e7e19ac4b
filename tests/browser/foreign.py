"""An authorization server elsewhere: a separate process, which knows nothing about a kernel."""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING, Any

import httpx

from .process import Process

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = "openid phone"
COMMAND = "import sys; from oauth_widgets.cli import main; sys.exit(main())"
# A cell that shows the card as its last value, or with `await` before `ow.login` waits for it.
CARD = """
import oauth_widgets as ow
server = ow.discover(ISSUER)
client = ow.ClientMetadata(**CLIENT)
card = ow.login(server, client, scope=SCOPE)
card
"""


class ForeignServer:
    """`oauth-widgets sandbox`, profile playground. `log` is the file that takes what it says.

    `opener_policy` has every page sent with Cross-Origin-Opener-Policy. Access tokens expire after
    `token_lifetime` seconds.
    """

    def __init__(
        self, folder: Path, *, opener_policy: bool = False, token_lifetime: int = 3600
    ) -> None:
        command = [sys.executable, "-c", COMMAND, "sandbox", "--json", "--profile", "playground"]
        command.append(f"--token-lifetime={token_lifetime}")
        self._process = Process(command, folder / "foreign.log", out=folder / "foreign.json")
        self.log = self._process.log
        told = self._process.until(self._announced)
        self.issuer: str = told["issuer"]
        self.url = f"{self.issuer}/"
        self.api: str = told["api"]
        admin = told["admin"]
        headers = {admin["header"]: admin["key"]}
        self._admin = httpx.Client(base_url=admin["address"], headers=headers, trust_env=False)
        if opener_policy:
            self._post("misbehave", {"name": "opener_policy"})

    def register(
        self, *redirect_uris: str, secret: bool = False, scope: str = ""
    ) -> dict[str, Any]:
        """Register a new client; what ClientMetadata takes, and `client_secret` if it has one.

        It may ask for `scope` too.
        """
        record = {
            "client_id": f"client-{secrets.token_hex(4)}",
            "redirect_uris": list(redirect_uris),
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            "scope": f"{SCOPE} profile email offline_access {scope}",
            "grant_types": [
                *("authorization_code", "refresh_token"),
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
        }
        given = self._post("register", record)
        wanted = ("client_id", "redirect_uris", "token_endpoint_auth_method")
        client = {name: given[name] for name in wanted}
        return client | ({"client_secret": given["client_secret"]} if secret else {})

    def card(self, *redirect_uris: str) -> str:
        """Return a cell that shows a card for a new client with these redirect URIs."""
        return self.cell(CARD, self.register(*redirect_uris))

    def cell(self, source: str, client: dict[str, Any]) -> str:
        """Return `source` with ISSUER, CLIENT and SCOPE written in."""
        named = {"ISSUER": self.issuer, "CLIENT": client, "SCOPE": SCOPE}
        for name, value in named.items():
            source = source.replace(name, repr(value))
        return source

    def redeem(self, code: str, client: dict[str, Any]) -> str:
        """Try to redeem a code without its code_verifier; the error that the server answers."""
        answer = httpx.post(
            f"{self.issuer}/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": client["redirect_uris"][0],
            },
            auth=(client["client_id"], client["client_secret"]),
            trust_env=False,
        )
        error: str = answer.json()["error"]
        return error

    def end_kernels(self) -> None:
        """It has none."""

    def stop(self) -> None:
        """End it."""
        self._admin.close()
        self._process.stop()

    def _post(self, action: str, content: dict[str, Any]) -> dict[str, Any]:
        answer = self._admin.post(action, json=content)
        given: dict[str, Any] = answer.raise_for_status().json()
        return given

    def _announced(self) -> dict[str, Any] | None:
        text = self._process.out.read_text()
        told: dict[str, Any] | None = json.loads(text) if text.endswith("\n") else None
        return told
