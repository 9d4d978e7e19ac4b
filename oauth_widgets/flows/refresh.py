"""Trading a refresh token for fresh tokens (RFC 6749 6, OIDC Core 12)."""

from __future__ import annotations

from collections.abc import Callable

from oauth_widgets.errors import (
    AnswerLost,
    ConfigurationError,
    ExpiredIDToken,
    InvalidKeySet,
    TransportError,
    UntrustedSignature,
)
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.id_token import validated
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.token import token_request, token_response
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret


def refresh(
    server: AuthorizationServer,
    client: ClientMetadata,
    old: ValidatedTokens,
    *,
    now: float,
    keep: Callable[[Secret], None],
) -> Exchange[ValidatedTokens]:
    """Return fresh tokens for the same person; what the server leaves out stays as it was.

    Raises ConfigurationError without a refresh token, InvalidGrant where the server no longer
    takes it, WrongSubject for another person's answer, AnswerLost where it went out but no answer
    came back. Where the answer came but the server's keys cannot be had just then, or a clock is
    wrong, `keep` is given the new refresh token, since the old one is used up.
    """
    if old.refresh_token is None:
        asked = "offline_access" in old.requested_scope
        raise ConfigurationError(
            "There is no refresh token, so the sign-in cannot be renewed."
            + (" offline_access was asked for, and the server gave none." if asked else ""),
            next_step="Sign in again when the token has ended, or have the client registered for "
            "refresh tokens."
            if asked
            else 'Sign in again; ask for "offline_access" if the server offers it.',
        )
    question = token_request(
        server, client, grant_type="refresh_token", refresh_token=old.refresh_token.reveal()
    )
    try:
        answer = yield question
    except TransportError as problem:
        # check: refresh/failure
        if not problem.sent:
            raise
        raise AnswerLost("The answer to a renewal was lost on the way.") from problem
    tokens = token_response(answer)
    expected = Expected(
        scope=old.scope,
        now=now,
        nonce=old.id_token.nonce if old.id_token else None,
        previous=old.id_token,
        due=False,
    )
    try:
        return (yield from validated(server, client, tokens, expected, old=old))
    except (TransportError, InvalidKeySet, UntrustedSignature, ExpiredIDToken):
        # Of these only the last one is about claims, and by then they are of the same person.
        if tokens.refresh_token is not None:
            # check: refresh/rotation
            keep(tokens.refresh_token)
        raise
