"""A registered client, and which redirect URIs are its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

LOOPBACK_PORT = re.compile(r"\A(http://(?:127\.0\.0\.1|localhost|\[::1\])):[0-9]{1,5}(?=[/?]|\Z)")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client as registered; `sector` names whose subject identifiers it shares (W8)."""

    client_id: str
    name: str
    sector: str
    scope: tuple[str, ...]
    client_secret: str
    token_endpoint_auth_method: str = "client_secret_basic"
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token", "client_credentials")
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()

    def may_return_to(self, uri: str) -> bool:
        """Tell whether an authorization answer may be sent to `uri`."""
        return _listed(uri, self.redirect_uris)

    def may_sign_out_to(self, uri: str) -> bool:
        """Tell whether a browser that signed out may be sent to `uri`."""
        return _listed(uri, self.post_logout_redirect_uris)

    def registration(self) -> dict[str, Any]:
        """Return the registration as a client's developer would be handed it (RFC 7591 2)."""
        return {
            "client_name": self.name,
            "client_secret": self.client_secret,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "redirect_uris": list(self.redirect_uris),
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "grant_types": list(self.grant_types),
            "scope": " ".join(self.scope),
        }


def toy_secret(client_id: str, seed: int) -> str:
    """Return a secret that says it is a toy; the same seed gives the same one."""
    digest = hashlib.sha256(f"client secret {seed} {client_id}".encode()).hexdigest()
    return f"toy-secret-{client_id}-{digest[:12]}"


def _listed(uri: str, registered: tuple[str, ...]) -> bool:
    # The whole string is compared and never a parsed one: what a parser and a browser
    # understand differently is then refused. Only a loopback port may vary (RFC 8252 7.3).
    return uri in registered or LOOPBACK_PORT.sub(r"\1", uri) in registered
