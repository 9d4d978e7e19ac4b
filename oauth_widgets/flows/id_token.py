"""Judging the ID token in an answer, with keys fetched if necessary."""

from __future__ import annotations

from oauth_widgets._net import watching
from oauth_widgets.errors import InvalidIDToken, InvalidTokenResponse, OAuthError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import (
    Expected,
    Grounds,
    IDToken,
    Verdict,
    check_claims,
    header_of,
    id_token,
    judged_claims,
)
from oauth_widgets.protocol.token import TokenResponse, as_requested
from oauth_widgets.protocol.unverified_token import UnverifiedToken
from oauth_widgets.protocol.validated_tokens import ValidatedTokens, validated_tokens

SIGNATURE = "signature"
"""The name of the signature's verdict; other verdicts have their claims' names."""


def judged_id_token(
    server: AuthorizationServer, client: ClientMetadata, tokens: TokenResponse, expected: Expected
) -> Exchange[IDToken | None]:
    """Return the ID token of `tokens` once every check has passed; None if none is due.

    If `openid` was requested and granted, one is due (OIDC Core 3.1.3.3), but not at a refresh
    (OIDC Core 12.2). An unrequested one from a server without keys is left unread. Raises
    InvalidTokenResponse or a kind of InvalidIDToken.
    """
    if tokens.id_token is None or (server.jwks_uri is None and "openid" not in expected.scope):
        granted = expected.scope if tokens.scope is None else tokens.scope
        # check: token/id-token-due
        if expected.due and "openid" in expected.scope and "openid" in granted:
            raise InvalidTokenResponse("The server granted openid but sent no ID token.")
        return expected.previous
    header = header_of(tokens.id_token, client.id_token_signed_response_alg)
    jwks_uri = server.needed("jwks_uri")
    claims = yield from signed_claims(jwks_uri, tokens.id_token, header, now=expected.now)
    grounds = Grounds(
        server=server, client=client, expected=expected, access_token=tokens.access_token
    )
    if watching.watchers:
        watching.tell(watched.Judged(tokens.id_token, claims, grounds))
    verdicts = (Verdict(SIGNATURE, passed=True), *check_claims(claims, grounds))
    return id_token(claims, tokens.id_token, verdicts, expected.nonce)


def judged_foreign(token: UnverifiedToken, grounds: Grounds) -> Exchange[tuple[Verdict, ...]]:
    """Return the result of each check of a token that is only inspected, not accepted.

    The signature's `passed` is None if the server's keys were not available.
    """
    alg = grounds.client.id_token_signed_response_alg
    try:
        jwks_uri, header = grounds.server.needed("jwks_uri"), header_of(token.raw, alg)
        yield from signed_claims(jwks_uri, token.raw, header, now=grounds.expected.now)
        signature = Verdict(SIGNATURE, passed=True)
    except OAuthError as problem:
        refused = isinstance(problem, InvalidIDToken)
        signature = Verdict(SIGNATURE, passed=False if refused else None, reason=problem.message)
    return (signature, *judged_claims(token.claims, grounds))


def validated(
    server: AuthorizationServer,
    client: ClientMetadata,
    tokens: TokenResponse,
    expected: Expected,
    *,
    old: ValidatedTokens | None = None,
) -> Exchange[ValidatedTokens]:
    """Return the usable part of `tokens`, once judged; `old` are those that they replace."""
    requested_scope = old.requested_scope if old else expected.scope
    tokens = as_requested(tokens, requested_scope, server)
    return validated_tokens(
        tokens,
        id_token=(yield from judged_id_token(server, client, tokens, expected)),
        requested_scope=requested_scope,
        granted_before=expected.scope,
        refresh_token=old.refresh_token if old else None,
        now=expected.now,
    )
