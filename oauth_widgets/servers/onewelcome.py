"""OneWelcome's OAuth 2.0 service, as its own documentation of client set-up says."""

from __future__ import annotations

from dataclasses import replace

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
    api: str | None = None,
) -> AuthorizationServer:
    """Return a OneWelcome tenant's server, from `ow.discover(issuer)` or from its endpoints.

    Each tenant has addresses of its own and the documentation names none, so none is made up here.
    `introspection_endpoint` is what OneWelcome calls the TokenInfo endpoint: access tokens are
    opaque, and it alone tells what they stand for. A client proves itself by HTTP Basic or by id
    and secret in the body. Redirect URIs are compared without their query. More scopes may come
    back than were asked for, namely the client's default ones. People cannot pick among scopes on
    the server's page. Source: "Setup" in OneWelcome's documentation. Raises ConfigurationError.
    """
    if server is None:
        if issuer is None:
            raise ConfigurationError(
                "A OneWelcome tenant has addresses of its own, and none was given.",
                next_step="Give onewelcome(ow.discover(issuer)), or issuer=… and its endpoints.",
            )
        server = AuthorizationServer(
            issuer=issuer,
            authorization_endpoint=authorization_endpoint,
            token_endpoint=token_endpoint,
            introspection_endpoint=introspection_endpoint,
            jwks_uri=jwks_uri,
            userinfo_endpoint=userinfo_endpoint,
        )
    return replace(
        server,
        name="OneWelcome",
        api=api or server.api,
        token_endpoint_auth_methods_supported=("client_secret_basic", "client_secret_post"),
        redirect_uri_ignores_query=True,
    )
