"""OneWelcome's OAuth 2.0 service, as its own documentation of client set-up says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.authorization_server import AuthorizationServer


def onewelcome(
    server: AuthorizationServer | None = None,
    *,
    issuer: str | None = None,
    authorization_endpoint: str | None = None,
    token_endpoint: str | None = None,
    introspection_endpoint: str | None = None,
    jwks_uri: str | None = None,
    userinfo_endpoint: str | None = None,
    revocation_endpoint: str | None = None,
    end_session_endpoint: str | None = None,
    api: str | None = None,
) -> AuthorizationServer:
    """Return a OneWelcome tenant's server, from `ow.discover(issuer)` or from its endpoints.

    What is named beside a server takes the place of what was discovered. Each tenant has addresses
    of its own and the documentation names none, so none is made up here.
    `introspection_endpoint` is what OneWelcome calls the TokenInfo endpoint: access tokens are
    opaque, and it alone tells what they stand for. A client proves itself by HTTP Basic or by id
    and secret in the body. Redirect URIs are compared without their query. More scopes may come
    back than were asked for, namely the client's default ones. People cannot pick among scopes on
    the server's page. Source: "Setup" in OneWelcome's documentation. Raises ConfigurationError.
    """
    given: Mapping[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": authorization_endpoint,
        "token_endpoint": token_endpoint,
        "introspection_endpoint": introspection_endpoint,
        "jwks_uri": jwks_uri,
        "userinfo_endpoint": userinfo_endpoint,
        "revocation_endpoint": revocation_endpoint,
        "end_session_endpoint": end_session_endpoint,
        "api": api,
    }
    return replace(
        _described(server, issuer),
        **{name: value for name, value in given.items() if value is not None},
        name="OneWelcome",
        token_endpoint_auth_methods_supported=("client_secret_basic", "client_secret_post"),
        redirect_uri_ignores_query=True,
    )


def _described(server: AuthorizationServer | None, issuer: str | None) -> AuthorizationServer:
    if isinstance(server, AuthorizationServer):
        return server
    if server is not None:
        raise ConfigurationError(
            "onewelcome() takes the description of a server, not its address.",
            next_step="Give onewelcome(ow.discover(issuer)), or issuer=… and its endpoints.",
        )
    if issuer is None:
        raise ConfigurationError(
            "A OneWelcome tenant has addresses of its own, and none was given.",
            next_step="Give onewelcome(ow.discover(issuer)), or issuer=… and its endpoints.",
        )
    return AuthorizationServer(issuer=issuer)
