"""The client form: a registration record, checked field by field while it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import traitlets as t

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.pkce import random_token
from oauth_widgets.secret import Secret
from oauth_widgets.servers import redirect_advice, redirect_problem
from oauth_widgets.servers.kinds import check_server
from oauth_widgets.servers.onewelcome.registration import (
    METHODS,
    STANDARDS,
    TYPES,
    ClientRegistration,
    problems,
    request_text,
)
from oauth_widgets.widgets._card import Card, check_kind
from oauth_widgets.widgets._source import source

_TEXTS = ("client_id", "type", "scope_whitelist", "default_scopes", "token_endpoint_auth_method")
_LISTS = ("standard", "redirect_uris")
_LONGEST = 10_000
_MANY = 20  # scopes that a hint has room for


class ClientForm(Card):
    """A form for a client's registration: `form = ow.ClientForm(register=sandbox.register)`.

    `register` takes the ClientRegistration and returns the client, which is then `form.client`.
    Without it, the form writes a request for the server's operator, in `form.request`.
    `registration` fills in the form, and `server` has it name the server and its scopes. With one
    that is known by name, the form begins with the redirect URI to register there, and refuses
    those that the server would refuse. The secret stays in the kernel, or in the open page until
    it is sent; it is saved nowhere. Raises ConfigurationError.

        form = ow.ClientForm(register=sandbox.register, server=sandbox.server)
    """

    _esm = source("client.js")
    _css = source("client.css")

    types = t.List(t.Unicode(), default_value=list(TYPES)).tag(sync=True)
    standards = t.List(t.Unicode(), default_value=list(STANDARDS)).tag(sync=True)
    methods = t.List(t.Unicode(), default_value=list(METHODS)).tag(sync=True)
    record = t.Dict().tag(sync=True)
    reasons = t.Dict().tag(sync=True)
    registers = t.Bool(default_value=False).tag(sync=True)
    has_secret = t.Bool(default_value=False).tag(sync=True)
    request = t.Unicode().tag(sync=True)
    registered = t.Unicode().tag(sync=True)
    server = t.Unicode().tag(sync=True)
    known = t.List(t.Unicode()).tag(sync=True)

    def __init__(
        self,
        register: Callable[[ClientRegistration], ClientMetadata] | None = None,
        *,
        registration: ClientRegistration | None = None,
        server: AuthorizationServer | None = None,
    ) -> None:
        if register is not None and not callable(register):
            raise ConfigurationError(
                f"register= is {type(register).__name__}, not a function.",
                next_step="Pass register=sandbox.register, or leave it out.",
            )
        if registration is not None:
            check_kind(
                "registration",
                registration,
                ClientRegistration,
                "Pass ow.ClientRegistration(client_id=…, …), or leave it out.",
            )
        if server is not None:
            check_server(server)
        self._register = register
        self._server = server
        self._secret = registration.client_secret if registration else None
        self._client: ClientMetadata | None = None
        scopes = (server and server.scopes_supported) or ()
        super().__init__(
            registers=register is not None,
            has_secret=self._secret is not None,
            server=server.title if server else "",
            known=list(scopes) if len(scopes) <= _MANY else [],
        )
        record = _members(registration)
        advice = redirect_advice(server) if server and not registration else None
        if advice and advice.register:
            record["redirect_uris"] = [advice.register]
        self._take(record)

    @property
    def registration(self) -> ClientRegistration:
        """The record in the form. Raises ConfigurationError with every problem in it."""
        return ClientRegistration(**self.record, client_secret=self._secret)

    @property
    def client(self) -> ClientMetadata:
        """The client, once it is registered. Raises ConfigurationError before."""
        if self._client is None:
            raise ConfigurationError(
                "No client has been registered with this form yet.",
                next_step="Fill in the form and press its button, then run this cell again.",
            )
        return self._client

    def __repr__(self) -> str:
        return f"<ClientForm for {self.record['client_id'] or 'a client without a name yet'}>"

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "typed":
            self._take(_cleaned(message.get("record")), typed_secret=bool(message.get("secret")))
        elif kind in {"make_secret", "forget_secret"}:
            self._secret = Secret(random_token()) if kind == "make_secret" else None
            self.has_secret = self._secret is not None
            self._take(self.record)
        elif kind == "register":
            self._handed(message)

    def _take(self, record: dict[str, Any], *, typed_secret: bool = False) -> None:
        """Check what was typed; write the request if nothing is wrong."""
        # The operator makes the secret, so the form doesn't ask for one.
        secret = not self.registers or typed_secret or self._secret is not None
        confidential = record["type"] != "public"
        found = {
            **self._refused(record["redirect_uris"]),
            **problems({**record, "client_secret": secret and confidential}),
        }
        with self.hold_sync():
            self.record, self.reasons = record, found
            self.request = "" if found or self.registers else request_text(record)

    def _refused(self, redirect_uris: list[str]) -> dict[str, str]:
        """Return why the server would refuse one of these, if it is known by name."""
        for uri in redirect_uris:
            if self._server and (reason := redirect_problem(self._server, uri)):
                return {"redirect_uris": reason}
        return {}

    def _handed(self, message: Mapping[str, Any]) -> None:
        record, typed = _cleaned(message.get("record")), message.get("secret")
        if isinstance(typed, str) and typed:
            # Stored first, so that it isn't lost if the record is refused.
            self._secret = Secret(typed)
        if record["type"] == "public":
            self._secret = None
        self.has_secret = self._secret is not None
        self._take(record)
        self.send({"kind": "judged", "wrong": list(self.reasons)})
        if self.reasons or self._register is None:
            return
        register = self._register

        def work() -> None:
            client = register(self.registration)
            self._client = check_kind(
                "registered client",
                client,
                ClientMetadata,
                "Have the function that you pass as register= return the client.",
            )
            self.registered = client.client_id

        self.registered = ""
        self._work("registering", work)


def _members(registration: ClientRegistration | None) -> dict[str, Any]:
    """Return a record as the form shows it: scopes as text, without the secret."""
    if registration is None:
        return dict.fromkeys(_TEXTS, "") | {
            "type": TYPES[0],
            "token_endpoint_auth_method": METHODS[0],
            "standard": list(STANDARDS),
            "redirect_uris": [],
        }
    return {name: str(getattr(registration, name)) for name in _TEXTS} | {
        name: list(getattr(registration, name)) for name in _LISTS
    }


def _cleaned(record: object) -> dict[str, Any]:
    """Return the fields that a page sent, without surrounding space."""
    given = record if isinstance(record, Mapping) else {}
    return {name: _text(given.get(name)) for name in _TEXTS} | {
        name: _texts(given.get(name)) for name in _LISTS
    }


def _text(value: object) -> str:
    return value[:_LONGEST].strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    several: Iterable[object] = value if isinstance(value, list) else []
    return [text for one in several if (text := _text(one))]
