"""Server and client as a sign-in takes them, and what to write for whatever was given instead."""

from __future__ import annotations

import inspect
import re

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.secret.parameters import looks_secret
from oauth_widgets.servers.preset import Preset

_ORDER = "Pass the server first, then the client: ow.login(server, client)."
_CLIENT = 'Describe the client: ow.ClientMetadata(client_id="…", redirect_uris=["…"]).'
_SERVER = 'Pass its description: ow.discover("https://…"), or one of ow.servers.'

# Of anything else that was given as text, such as a secret by mistake, nothing is repeated.
_ADDRESS = re.compile(r"https?://[\w.:/-]{1,200}", re.ASCII)


def check_kinds(server: object, client: object) -> ClientMetadata:
    """Return the client. Raises ConfigurationError if either is not what it is called."""
    check_server(server)
    if not isinstance(client, ClientMetadata):
        raise ConfigurationError(
            f"The client is {_kind(client)}, not a ClientMetadata.",
            next_step=_ORDER if isinstance(client, AuthorizationServer) else _CLIENT,
        )
    return client


def check_server(server: object) -> None:
    """Raise ConfigurationError for anything but a server's description."""
    if not isinstance(server, AuthorizationServer):
        raise ConfigurationError(
            f"The server is {_kind(server)}, not an AuthorizationServer.",
            next_step=_ORDER if isinstance(server, ClientMetadata) else _described(server),
        )


def check_issuer_text(issuer: object) -> str:
    """Return the address to discover. Raises ConfigurationError if it is none."""
    if isinstance(issuer, str) and "://" in issuer:
        return issuer
    step = _described(issuer, 'Pass its address: ow.discover("https://…").')
    if isinstance(issuer, AuthorizationServer):
        step = "It is already described: use it as is."
    elif isinstance(issuer, str) and _lacks_scheme(issuer):
        step = f'Pass the full address: ow.discover("https://{issuer}").'
    raise ConfigurationError(f"The issuer is {_kind(issuer)}, not an address.", next_step=step)


def _lacks_scheme(text: str) -> bool:
    host = text.partition("/")[0]
    named = _ADDRESS.fullmatch(f"https://{text}") is not None
    return named and not looks_secret(host.encode(), strict=True)


def _described(value: object, otherwise: str = _SERVER) -> str:
    if isinstance(value, Preset):
        return f"Call it: {value.line}."
    if inspect.isawaitable(value):
        return "Await it first."
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return f'Pass its description: ow.discover("{value}").'
    return otherwise


def _kind(value: object) -> str:
    """Return what to call a value; never what is in it."""
    if isinstance(value, Preset):
        return f"ow.servers.{value.name} itself"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return kind_of(value)
