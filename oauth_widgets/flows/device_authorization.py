"""Signing in on another device: a code shown here, typed there (RFC 8628)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oauth_widgets._net.message import Pause
from oauth_widgets.errors import ErrorResponse, ServerFailure, SignInTimeout, TransportError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.id_token import validated
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, check_scope
from oauth_widgets.protocol.device_authorization import (
    DeviceAuthorizationResponse,
    device_authorization_request,
    device_authorization_response,
    next_interval,
)
from oauth_widgets.protocol.extra import extra_parameters
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.pkce import code_challenge, code_verifier
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse, token_request, token_response
from oauth_widgets.protocol.validated_tokens import ValidatedTokens

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST_INTERVAL = 60.0


def device_authorization(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: Scope,
    now: float,
    extra: Mapping[str, object] | None = None,
) -> Exchange[DeviceAuthorizationResponse]:
    """Ask for a code to show (RFC 8628 3.1), with a PKCE challenge.

    Some servers require the challenge (Keycloak's policy, EGI Check-in); others ignore it, as RFC
    6749 3.1 says of what they don't know. `extra` adds parameters, such as Auth0's `audience`.
    """
    check_scope(client, scope)
    fields = extra_parameters(extra)
    verifier = code_verifier() if server.pkce else None
    if verifier is not None:
        fields |= {"code_challenge": code_challenge(verifier), "code_challenge_method": "S256"}
    answer = yield device_authorization_request(server, client, scope, **fields)
    return device_authorization_response(answer, now=now, code_verifier=verifier)


def device_tokens(
    server: AuthorizationServer,
    client: ClientMetadata,
    device: DeviceAuthorizationResponse,
    *,
    scope: Scope,
    clock: Callable[[], float],
) -> Exchange[ValidatedTokens]:
    """Poll until the person has decided (RFC 8628 3.4 and 3.5).

    Each request waits for the server's interval, longer if the server says so or after a failure
    on the way; `clock` returns seconds since the epoch. Raises AccessDenied, or SignInTimeout
    once the code has expired.
    """
    interval = device.interval
    while True:
        yield Pause(max(min(interval, device.expires_at - clock()), 0.0))
        # check: device/polling
        if clock() >= device.expires_at:
            raise SignInTimeout("The code was not entered before it expired.")
        try:
            tokens = yield from _poll(server, client, device)
            break
        except (TransportError, ServerFailure):
            # check: device/polling
            interval = max(interval, min(interval * 2, _LONGEST_INTERVAL))
        except ErrorResponse as problem:
            if problem.error == "expired_token":
                raise SignInTimeout("The code was not entered before it expired.") from None
            interval = next_interval(problem, interval)
    return (yield from validated(server, client, tokens, Expected(scope=scope, now=clock())))


def _poll(
    server: AuthorizationServer, client: ClientMetadata, device: DeviceAuthorizationResponse
) -> Exchange[TokenResponse]:
    proof = {"code_verifier": device.code_verifier.reveal()} if device.code_verifier else {}
    answer = yield token_request(
        server, client, grant_type=_GRANT, device_code=device.device_code.reveal(), **proof
    )
    return token_response(answer, server)
