"""A sign-in and what it says, with pages and clients for it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.signing_in.callback.page import Page
from oauth_widgets.signing_in.sign_in import SignIn
from tests.helpers.people import EVERYTHING
from tests.helpers.waiting import until

AWAY = Page(front_end="lab", origin="https://j.example", base_url="/u/", installed=True, proxy=True)


def server_at(host: str, **more: Any) -> ow.AuthorizationServer:
    """Describe a server that nothing answers at."""
    endpoints = {
        "authorization_endpoint": f"https://{host}/a",
        "token_endpoint": f"https://{host}/t",
    }
    return ow.AuthorizationServer(issuer=f"https://{host}", **endpoints, **more)


SERVER = server_at("server.example")


class Told:
    """A sign-in, and each state that whoever shows it was told of."""

    def __init__(self, server: Any = None, client: Any = None, **more: Any) -> None:
        self.states: list[tuple[str, str]] = []
        sandbox = ow.sandbox.start()
        more = {"scope": Scope(EVERYTHING), **more}
        self.sign_in: Any = None
        self.sign_in = SignIn(
            server or sandbox.server, client or sandbox.client, **more, changed=self._changed
        )

    def until(self, phase: str) -> None:
        until(lambda: self.sign_in.phase == phase, lambda: (self.states, self.sign_in.failure))

    @property
    def redirect_uri(self) -> str:
        return parse_qs(urlsplit(self.sign_in.url).query)["redirect_uri"][0]

    def _changed(self) -> None:
        self.states.append((self.sign_in.phase, self.sign_in.way.name))


Begin = Callable[..., Told]


def client(*redirect_uris: str) -> ow.ClientMetadata:
    return ow.ClientMetadata(client_id="notebook", redirect_uris=redirect_uris)


def direct(told: Told) -> str:
    """The offered address as this machine itself reaches it."""
    return re.sub(r"^.*/proxy/", "http://127.0.0.1:", told.sign_in.url)


def begin_with_two_ways(begin: Begin, client_id: str) -> Told:
    """Begin a sign-in whose answer can return over loopback, and through the page at `AWAY`."""
    sandbox = ow.sandbox.start()
    client = sandbox.register(
        {
            "client_id": client_id,
            "redirect_uris": ["http://127.0.0.1/callback", *AWAY.callback_uris],
            "scope": "openid",
        }
    )
    return begin(sandbox.server, client, scope=Scope("openid"))


def refuse_to_listen(monkeypatch: pytest.MonkeyPatch, family: type, number: int) -> None:
    """Have this machine refuse all ports of that family, for the reason of that number."""

    def refuses(_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(family, "server_bind", refuses)
