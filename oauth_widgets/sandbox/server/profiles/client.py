"""A registered client, and which redirect URIs are its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from oauth_widgets._sandbox.redirecturi import is_listed

LOOPBACK = ("http://127.0.0.1", "http://localhost")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client as registered; `sector` names whose subject identifiers it shares (W8).

    `scope` is its whitelist; `default_scope` comes with every token. Without a `client_secret`
    it is a public client. A `resource_server` may introspect every client's tokens.
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
        """Whether it has no secret to keep (RFC 6749 2.1)."""
        return self.client_secret is None

    def may_return_to(self, uri: str, *, ignores_query: bool = False) -> bool:
        """Tell whether an authorization answer may be sent to `uri`."""
        return is_listed(uri, self.redirect_uris, ignores_query=ignores_query)

    def may_sign_out_to(self, uri: str) -> bool:
        """Tell whether a browser that signed out may be sent to `uri`."""
        return is_listed(uri, self.post_logout_redirect_uris)

    def registration(self) -> dict[str, Any]:
        """Return the registration as a client's developer would be handed it.

        By the names of RFC 7591 2, and of OneWelcome's record where that has none.
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


def toy_secret(client_id: str, seed: int) -> str:
    """Return a secret that says it is a toy; the same seed gives the same one."""
    digest = hashlib.sha256(f"client secret {seed} {client_id}".encode()).hexdigest()
    return f"toy-secret-{client_id}-{digest[:12]}"
