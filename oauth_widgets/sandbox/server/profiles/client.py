"""A registered client and its redirect URIs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.redirect_uri import is_listed

LOOPBACK = ("http://127.0.0.1", "http://localhost")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client as registered; clients of one `sector` share subject identifiers (W8).

    `scope` is its whitelist; `default_scope` is added to every grant. A client without a
    `client_secret` is public. A `resource_server` may introspect every client's tokens.
    """

    client_id: str
    name: str
    sector: str
    scope: tuple[str, ...]
    default_scope: tuple[str, ...] = ()
    client_secret: str | None = None
    token_endpoint_auth_method: str = "client_secret_basic"
    grant_types: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    standard: tuple[str, ...] = ("OAuth 2.0", "OIDC 1.0")
    userinfo_signed_response_alg: str | None = None
    resource_server: bool = False

    @property
    def public(self) -> bool:
        """Whether it has no secret (RFC 6749 2.1)."""
        return self.client_secret is None

    def may_return_to(self, uri: str, *, ignores_query: bool = False) -> bool:
        """Return whether an authorization response may be sent to `uri`."""
        return is_listed(uri, self.redirect_uris, ignores_query=ignores_query)

    def may_sign_out_to(self, uri: str) -> bool:
        """Return whether a browser that signed out may be sent to `uri`."""
        return is_listed(uri, self.post_logout_redirect_uris)

    def registration(self) -> dict[str, Any]:
        """Return the registration as the client's developer would receive it.

        Fields have the names of RFC 7591 2, or of OneWelcome's record if the RFC has none.
        """
        return {
            "client_name": self.name,
            "client_secret": self.client_secret,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "redirect_uris": list(self.redirect_uris),
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "grant_types": list(self.grant_types),
            "scope": " ".join(self.scope),
            "type": "public" if self.public else "confidential",
            "standard": list(self.standard),
            "default_scopes": list(self.default_scope),
            "sector": self.sector,
            "userinfo_signed_response_alg": self.userinfo_signed_response_alg,
        }


def confidential(
    client_id: str, name: str, seed: int, scope: tuple[str, ...], grant_types: tuple[str, ...]
) -> Client:
    """Return a client of the invented company Acme, with a secret and loopback addresses."""
    return Client(
        client_id=client_id,
        name=name,
        sector="acme",
        scope=scope,
        client_secret=toy_secret(client_id, seed),
        grant_types=grant_types,
        redirect_uris=tuple(f"{host}/callback" for host in LOOPBACK),
        post_logout_redirect_uris=tuple(f"{host}/signed-out" for host in LOOPBACK),
    )


def resource_server(seed: int, services: Iterable[Service]) -> Client:
    """Return the client that the API itself is, to introspect its callers' tokens."""
    return Client(
        client_id="operator-api",
        name="Operator API",
        sector="operator",
        scope=tuple(dict.fromkeys(service.scope.name for service in services)),
        client_secret=toy_secret("operator-api", seed),
        grant_types=("client_credentials",),
        resource_server=True,
    )


def toy_secret(client_id: str, seed: int) -> str:
    """Return a secret that is recognizable as a toy; the same seed gives the same secret."""
    digest = hashlib.sha256(f"client secret {seed} {client_id}".encode()).hexdigest()
    return f"toy-secret-{client_id}-{digest[:12]}"
