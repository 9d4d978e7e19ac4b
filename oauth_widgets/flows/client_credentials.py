"""A token for the client itself, without a person (RFC 6749 4.4)."""

from __future__ import annotations

from collections.abc import Mapping

from oauth_widgets.errors import ConfigurationError, ErrorResponse, for_a_client
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, check_scope, scope_parameter
from oauth_widgets.protocol.extra import extra_parameters
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import as_requested, token_request, token_response
from oauth_widgets.protocol.validated_tokens import ValidatedTokens, validated_tokens


def client_credentials(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: Scope,
    now: float,
    extra: Mapping[str, object] | None = None,
) -> Exchange[ValidatedTokens]:
    """Return the client's own tokens; `extra` adds parameters, such as Auth0's `audience`.

    Raises ConfigurationError for a public client.
    """
    if client.token_endpoint_auth_method == "none":
        raise ConfigurationError(
            "A public client cannot sign in without a person.",
            next_step='Describe the client with client_secret=ow.Secret.ask("client secret").',
        )
    check_scope(client, scope)
    parameters = {**extra_parameters(extra), **scope_parameter(server, scope)}
    answer = yield token_request(server, client, grant_type="client_credentials", **parameters)
    try:
        tokens = as_requested(token_response(answer, server), scope, server)
    except ErrorResponse as problem:
        raise for_a_client(problem)  # noqa: B904 - itself
    return validated_tokens(
        tokens,
        id_token=None,
        requested_scope=scope,
        granted_before=scope,
        refresh_token=None,
        now=now,
    )
