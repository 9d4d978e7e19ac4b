"""The client: who we are to an authorization server."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.address import check_redirect_uri
from oauth_widgets.secret import Secret

_METHODS = ("client_secret_basic", "client_secret_post", "none")
_SIGNATURES = (
    *(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
)


@dataclass(frozen=True, kw_only=True)
class ClientMetadata:
    """A client as it was registered, by the names of RFC 7591 2.

    A plain string is taken for the secret, but belongs in `Secret.env` or `Secret.ask`.
    `token_endpoint_auth_method` is `client_secret_basic` where there is a secret, else `none`.
    `id_token_signed_response_alg` is the one signature algorithm accepted on ID tokens.
    Raises ConfigurationError for what no server could accept.
    """

    client_id: str
    client_secret: Secret | None = None
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "none"
    id_token_signed_response_alg: str = "RS256"
    client_name: str | None = None

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str | Secret | None = None,
        redirect_uris: Iterable[str] = (),
        token_endpoint_auth_method: str | None = None,
        id_token_signed_response_alg: str = "RS256",
        client_name: str | None = None,
    ) -> None:
        if not client_id:
            raise ConfigurationError("The client_id is empty.")
        if isinstance(redirect_uris, str):
            raise ConfigurationError("redirect_uris is a list of addresses, not one string.")
        method = token_endpoint_auth_method or ("client_secret_basic" if client_secret else "none")
        if method not in _METHODS:
            raise ConfigurationError(
                f"This package does not sign in a client by {method}.",
                next_step=f"token_endpoint_auth_method is one of: {', '.join(_METHODS)}.",
            )
        if method != "none" and not client_secret:
            raise ConfigurationError(
                f"A client that uses {method} needs a client_secret.",
                next_step='Give client_secret=Secret.ask("client secret"), or '
                'token_endpoint_auth_method="none" for a public client.',
            )
        if id_token_signed_response_alg not in _SIGNATURES:
            raise ConfigurationError(
                f"ID tokens signed by {id_token_signed_response_alg} are not accepted.",
                next_step=f"id_token_signed_response_alg is one of: {', '.join(_SIGNATURES)}.",
            )
        values = {
            "client_id": client_id,
            "client_secret": Secret.of(client_secret) if client_secret else None,
            "redirect_uris": tuple(check_redirect_uri(uri) for uri in redirect_uris),
            "token_endpoint_auth_method": method,
            "id_token_signed_response_alg": id_token_signed_response_alg,
            "client_name": client_name,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """What proves the client to the token endpoint: exactly one of header or form fields."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def authenticate(client: ClientMetadata) -> ClientAuthentication:
    """Return header or form fields by the client's one method (RFC 6749 2.3.1).

    For HTTP Basic, id and secret are form-urlencoded first, as the standard says.
    """
    if client.token_endpoint_auth_method == "none" or client.client_secret is None:
        return ClientAuthentication(form=(("client_id", client.client_id),))
    secret = client.client_secret.reveal()
    if client.token_endpoint_auth_method == "client_secret_post":
        return ClientAuthentication(
            form=(("client_id", client.client_id), ("client_secret", secret))
        )
    pair = f"{quote_plus(client.client_id)}:{quote_plus(secret)}"
    encoded = b64encode(pair.encode("ascii")).decode("ascii")
    return ClientAuthentication(headers={"authorization": f"Basic {encoded}"})
