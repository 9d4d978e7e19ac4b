"""A connections file of a test's own, and people who sign in by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow

from .people import sign_in

SCOPE = "openid email phone offline_access events.read"


class Connected:
    """Writes connections to the file; `acme` is one to the playground that keeps in a file."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "connections.toml"
        self.sandbox = ow.sandbox.start("playground")
        self.environment = {
            "OAUTH_WIDGETS_CONNECTIONS": str(self.file),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        secret = self.sandbox.client.client_secret
        if secret is not None:
            self.environment["ACME_SECRET"] = secret.reveal()
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        self.write()

    def write(self, name: str = "acme", **change: Any) -> None:
        """Write one connection; a value of None leaves that line out."""
        client = self.sandbox.client
        values: dict[str, Any] = {
            "server": self.sandbox.server.issuer,
            "client_id": client.client_id,
            "client_secret": {"env": "ACME_SECRET"} if client.client_secret else None,
            "redirect_uris": list(client.redirect_uris),
            "scope": SCOPE,
            "api": self.sandbox.api,
            "keep": "file",
        }
        lines = [
            f"{key} = {_toml(value)}"
            for key, value in (values | change).items()
            if value is not None
        ]
        self.file.write_text("\n".join([f"[{name}]", *lines]) + "\n")

    def sign_in(self, name: str = "acme", person: str = "alice") -> ow.LoginCard:
        """Sign a person in by the card of that connection, and return the card."""
        card = ow.login(name)
        pending = card._sign_in._pending  # noqa: SLF001 - what a browser would open
        card._sign_in.answer(sign_in(pending.url, person))  # noqa: SLF001
        return card

    @property
    def kept(self) -> list[Path]:
        """The files of kept sign-ins."""
        return sorted(self.file.parent.joinpath("state").rglob("*.json"))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    return json.dumps(value)
