"""The client: who we are to an authorization server."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import cast
from urllib.parse import quote_plus

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_text, check_texts
from oauth_widgets.protocol.address import check_redirect_uri
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.members import unknown
from oauth_widgets.protocol.message import Request
from oauth_widgets.protocol.scope import NO_COMMAS, Scope
from oauth_widgets.secret import Secret

_METHODS = ("client_secret_basic", "client_secret_post", "none")
_SIGNATURES = (
    *(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
)

_SECRETS = {"code", "code_verifier", "refresh_token", "token", "device_code"}
_NOT_OFFERED = {
    "backchannel_logout_uri": "being logged out by the server from behind is",
    "frontchannel_logout_uri": "being logged out by the server in a frame is",
    "id_token_encrypted_response_alg": "encrypted ID tokens are",
    "userinfo_encrypted_response_alg": "encrypted userinfo answers are",
    "request_object_signing_alg": "signed requests are",
    "token_endpoint_auth_signing_alg": "client authentication by a signed statement is",
    "authorization_signed_response_alg": "signed authorization answers are",
}
_DESCRIBED = {
    "server": 'Give its description: ow.discover("https://…").',
    "client": "Give ow.ClientMetadata(client_id=…).",
}


@dataclass(frozen=True, kw_only=True)
class ClientMetadata:
    """A client as it was registered, by the names of RFC 7591 2.

    A plain string is taken for the secret, but belongs in `Secret.env` or `Secret.ask`.
    `token_endpoint_auth_method` is `client_secret_basic` where there is a secret, else `none`.
    `scope` is what the client is registered for; a sign-in that asks for more is refused before
    anything is sent. `default_scope`, which is OneWelcome's, comes with every token, asked for or
    not. `id_token_signed_response_alg` is the one signature algorithm accepted on ID
    tokens; `userinfo_signed_response_alg` makes a signed userinfo answer a must. Raises
    ConfigurationError for what no server could accept, and for what this package does not offer.
    """

    client_id: str
    client_secret: Secret | None = None
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "none"
    scope: Scope | None = None
    default_scope: Scope = field(default_factory=Scope)
    id_token_signed_response_alg: str = "RS256"
    userinfo_signed_response_alg: str | None = None

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str | Secret | None = None,
        redirect_uris: Iterable[str] = (),
        token_endpoint_auth_method: str | None = None,
        scope: str | Iterable[str] | None = None,
        default_scope: str | Iterable[str] = (),
        id_token_signed_response_alg: str = "RS256",
        userinfo_signed_response_alg: str | None = None,
        **unknown: object,
    ) -> None:
        # check: logout/back-channel
        _refuse_unknown(unknown)
        if not check_text(client_id, "client_id"):
            raise ConfigurationError("The client_id is empty.")
        _check_signature("id_token_signed_response_alg", id_token_signed_response_alg)
        if userinfo_signed_response_alg is not None:
            _check_signature("userinfo_signed_response_alg", userinfo_signed_response_alg)
        values = {
            "client_id": client_id,
            "client_secret": None if client_secret is None else Secret.of(client_secret),
            "redirect_uris": tuple(
                map(check_redirect_uri, check_texts(redirect_uris, "redirect_uris"))
            ),
            "token_endpoint_auth_method": _method(token_endpoint_auth_method, client_secret),
            "scope": None if scope is None else Scope(scope),
            "default_scope": Scope(default_scope),
            "id_token_signed_response_alg": id_token_signed_response_alg,
            "userinfo_signed_response_alg": userinfo_signed_response_alg,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)


def _method(asked: str | None, client_secret: str | Secret | None) -> str:
    method = asked or ("none" if client_secret is None else "client_secret_basic")
    # check: client-auth/methods
    if method not in _METHODS:
        raise ConfigurationError(
            f"This package does not sign in a client by {method}.",
            next_step=f"token_endpoint_auth_method is one of: {', '.join(_METHODS)}.",
        )
    if method == "none" and client_secret is not None:
        raise ConfigurationError(
            "A public client has no client_secret.",
            next_step="Leave the secret out, or the token_endpoint_auth_method.",
        )
    # check: client-auth/empty-secret
    if method != "none" and client_secret is None:
        raise ConfigurationError(
            f"A client that uses {method} needs a client_secret.",
            next_step='Give client_secret=Secret.ask("client secret"), or '
            'token_endpoint_auth_method="none" for a public client.',
        )
    return method


def _check_signature(member: str, alg: str) -> None:
    # check: id-token/alg
    if alg not in _SIGNATURES:
        raise ConfigurationError(
            f"Tokens signed by {alg} are not accepted.",
            next_step=f"{member} is one of: {', '.join(_SIGNATURES)}.",
        )


def _refuse_unknown(members: Iterable[str]) -> None:
    for member in members:
        if member in _NOT_OFFERED:
            raise ConfigurationError(
                f"{member}: {_NOT_OFFERED[member]} not offered by this package.",
                next_step="Leave it out, and have the client registered without it.",
            )
        known = [one.name for one in fields(ClientMetadata)]
        raise unknown(f"A client has no {member}.", member, known)


def check_kinds(server: object, client: object) -> ClientMetadata:
    """Return the client. Raises ConfigurationError if either is not what it is called."""
    for name, value, kind in (
        ("server", server, AuthorizationServer),
        ("client", client, ClientMetadata),
    ):
        if not isinstance(value, kind):
            step = "First the server, then the client: sandbox.server, sandbox.client."
            raise ConfigurationError(
                f"The {name} is {type(value).__name__}, not {kind.__name__}.",
                next_step=_DESCRIBED[name] if isinstance(value, str) else step,
            )
    return cast("ClientMetadata", client)


def check_scope(client: ClientMetadata, scope: Scope) -> None:
    """Raise ConfigurationError where `scope` has more in it than the client is registered for."""
    foreign = () if client.scope is None else [name for name in scope if name not in client.scope]
    if foreign:
        step = f"Ask only for: {client.scope}. Or have the client registered for more."
        raise ConfigurationError(
            f"The client is not registered for the scope {' '.join(foreign)}.",
            next_step=NO_COMMAS if any("," in name for name in foreign) else step,
        )


def client_request(
    server: AuthorizationServer, client: ClientMetadata, endpoint: str, **fields: str
) -> Request:
    """Return a POST of `fields` to `endpoint` with which the client proves itself (RFC 6749 2.3.1).

    For HTTP Basic, id and secret are form-urlencoded first, as the standard says, unless the
    server is known to want them raw. Raises ConfigurationError for a method or an endpoint that
    the server lacks.
    """
    known = server.token_endpoint_auth_methods_supported
    # servers that serve public clients often leave "none" out of this list
    if known is not None and client.token_endpoint_auth_method not in (*known, "none"):
        raise ConfigurationError(
            f"{server.title} does not take {client.token_endpoint_auth_method}.",
            next_step=f"It takes token_endpoint_auth_method: {', '.join(known)}.",
        )
    headers = {"accept": "application/json"}
    secrets = [value for name, value in fields.items() if name in _SECRETS]
    if client.client_secret is None:
        fields["client_id"] = client.client_id
    elif client.token_endpoint_auth_method == "client_secret_post":
        fields |= {"client_id": client.client_id, "client_secret": client.client_secret.reveal()}
        secrets.append(client.client_secret.reveal())
    else:
        written = str if server.client_secret_basic_raw else quote_plus
        pair = f"{written(client.client_id)}:{written(client.client_secret.reveal())}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
        secrets.append(client.client_secret.reveal())
    return Request(
        "POST", server.needed(endpoint), headers, tuple(fields.items()), secrets=tuple(secrets)
    )
