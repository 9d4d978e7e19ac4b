"""Trading a refresh token for fresh tokens (RFC 6749 6, OIDC Core 12)."""

from __future__ import annotations

from collections.abc import Callable

from oauth_widgets._net.document import parse_object
from oauth_widgets._net.message import Response
from oauth_widgets.errors import AnswerLost, ConfigurationError, OAuthError, TransportError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.id_token import validated
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.token import refresh_token_in, token_request, token_response
from oauth_widgets.protocol.unverified_token import unverified_token
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

    Raises ConfigurationError without a refresh token, InvalidGrant if the server no longer takes
    it, WrongSubject for another person's answer, AnswerLost if the request went out and no answer
    arrived. If the answer cannot be used, `keep` receives the new refresh token in it, since the
    old one is used up.
    """
    if old.refresh_token is None:
        requested = "offline_access" in old.requested_scope
        raise ConfigurationError(
            "There is no refresh token, so the tokens can't be refreshed."
            + (" offline_access was requested, but the server sent none." if requested else ""),
            next_step="Sign in again when the token expires, or have the client registered "
            "for refresh tokens."
            if requested
            else 'Sign in again; ask for "offline_access" if the server offers it.',
        )
    request = token_request(
        server, client, grant_type="refresh_token", refresh_token=old.refresh_token.reveal()
    )
    try:
        answer = yield request
    except TransportError as problem:
        # check: refresh/failure
        if not problem.sent:
            raise
        raise AnswerLost("The answer to the refresh request was lost.") from problem
    expected = Expected(
        scope=old.scope,
        now=now,
        nonce=old.id_token.nonce if old.id_token else None,
        previous=old.id_token,
        due=False,
    )
    try:
        tokens = token_response(answer, server)
        return (yield from validated(server, client, tokens, expected, old=old))
    except OAuthError:
        rotated = refresh_token_in(answer)
        if rotated is None:
            raise
        # check: refresh/id-token
        if _names_another(answer, old):
            raise
        # check: refresh/rotation
        keep(rotated)
        raise


def _names_another(answer: Response, old: ValidatedTokens) -> bool:
    """Whether a refused answer says that its tokens are another person's."""
    raw = parse_object(answer.body).get("id_token")
    if old.id_token is None or not raw or not isinstance(raw, str):
        return False
    before, claims = old.id_token.claims, unverified_token(Secret(raw)).claims
    return any(claims.get(name, before[name]) != before[name] for name in ("iss", "sub"))
