from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    DeadlineExceeded,
    ExpiredIDToken,
    InvalidGrant,
    InvalidIDToken,
    InvalidTokenResponse,
    OAuthError,
    ServerUnreachable,
    TemporarilyUnavailable,
    UntrustedSignature,
    WrongNonce,
)
from oauth_widgets.flows.authorization_code import authorization_code
from oauth_widgets.protocol.authorization import AuthorizationRequest, authorization_response
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CODE,
    GONE,
    JWKS_URI,
    NOW,
    PUBLIC_CLIENT,
    REDIRECT_URI,
    REFRESH_TOKEN,
    TOKEN_ENDPOINT,
    VERIFIER,
    asked,
    come_back,
    json_answer,
    refuses,
    token_answer,
)
from tests.protocol.keys import jwks_answer, rsa_key, signed_answer

from .script import Script

KEYS = jwks_answer(rsa_key())


def redeem(
    script: Script, request: AuthorizationRequest | None = None, address: str = REDIRECT_URI
) -> Any:
    response = authorization_response(request or asked(), come_back(address), now=NOW)
    return script.play(authorization_code(response, now=NOW))


def test_a_code_becomes_tokens() -> None:
    script = Script(signed_answer({"refresh_token": REFRESH_TOKEN, "scope": "openid x"}), KEYS)
    tokens = redeem(script, asked(scope="openid phone"))
    assert tokens.access_token == Secret(ACCESS_TOKEN)
    assert tokens.refresh_token == Secret(REFRESH_TOKEN)
    assert tokens.id_token.claims["sub"]
    assert tokens.requested_scope == Scope("openid phone")
    assert tokens.expires_at == datetime.fromtimestamp(NOW + 3600, UTC)
    assert script.urls == [TOKEN_ENDPOINT, JWKS_URI]


@pytest.mark.check(id="token/scope")
def test_another_scope_than_asked_is_reported_and_not_fatal() -> None:
    tokens = redeem(Script(token_answer(scope="events.read")), asked(scope="openid phone"))
    assert tokens.requested_scope == Scope("openid phone")
    assert tokens.scope == Scope("events.read")
    assert tokens.id_token is None


@pytest.mark.check(id="token/scope")
def test_without_a_scope_in_the_answer_the_asked_one_is_granted() -> None:
    assert redeem(Script(token_answer()), asked(scope="phone")).scope == Scope("phone")


@pytest.mark.parametrize("changes", [{"token_type": "bearer"}, {"expires_in": "3600"}])
@pytest.mark.parametrize("claims", [{"aud": ["notebook"]}, {"aud": "notebook"}])
def test_what_the_standards_allow_is_taken(changes: dict[str, Any], claims: dict[str, Any]) -> None:
    assert redeem(Script(signed_answer(changes, **claims), KEYS)).id_token


def test_without_a_lifetime_there_is_no_end() -> None:
    assert redeem(Script(signed_answer({"expires_in": GONE}), KEYS)).expires_at is None


@pytest.mark.check(id="request/redirect-uri")
def test_the_code_goes_with_the_redirect_uri_and_its_verifier() -> None:
    uri = f"{REDIRECT_URI}?tenant=a%20b"
    request = asked(redirect_uri=uri)
    response = authorization_response(request, come_back(uri).replace("b?", "b&"), now=NOW)
    script = Script(signed_answer(), KEYS)
    script.play(authorization_code(response, now=NOW))
    assert script.requests[0].form == (
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("redirect_uri", uri),
        ("code_verifier", VERIFIER),
    )
    assert dict(parse_qsl((script.requests[0].body or b"").decode()))["redirect_uri"] == uri


@pytest.mark.check(id="request/pkce")
def test_a_public_client_has_a_verifier_too() -> None:
    script = Script(signed_answer(), KEYS)
    redeem(script, asked(client=PUBLIC_CLIENT))
    form = dict(script.requests[0].form or ())
    assert form["code_verifier"] == VERIFIER
    assert form["client_id"] == "notebook"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(503, {"retry-after": "0"}), TemporarilyUnavailable),
        (Response(429, {"retry-after": "0"}), TemporarilyUnavailable),
        (json_answer({"error": "invalid_grant"}, status=400), InvalidGrant),
        (DeadlineExceeded("Too slow."), DeadlineExceeded),
        (ServerUnreachable("Gone."), ServerUnreachable),
        (Response(307, {"location": "https://other.example/token"}), InvalidTokenResponse),
    ],
)
@pytest.mark.check(id="transport/no-redirects")
@pytest.mark.check(id="answer/code-once")
def test_a_code_is_redeemed_once_whatever_comes(
    answer: Response | OAuthError, error: type[OAuthError]
) -> None:
    script = Script(answer)
    with refuses(error):
        redeem(script)
    assert script.urls == [TOKEN_ENDPOINT]
    assert not script.requests[0].shared


@pytest.mark.check(id="token/id-token-due")
def test_openid_granted_implies_an_id_token() -> None:
    request = asked(scope="openid phone")
    for scope in (GONE, "openid phone", "openid,phone"):
        with refuses(InvalidTokenResponse):
            redeem(Script(token_answer(scope=scope)), request)


@pytest.mark.check(id="id-token/signature")
def test_a_forged_id_token_gives_no_tokens() -> None:
    with refuses(UntrustedSignature):
        redeem(Script(signed_answer(), jwks_answer(rsa_key("two").jwk(kid="one"))))


@pytest.mark.check(id="id-token/nonce")
def test_the_nonce_of_another_sign_in_gives_no_tokens() -> None:
    with refuses(WrongNonce):
        redeem(Script(signed_answer(nonce="other"), KEYS))


@pytest.mark.check(id="id-token/auth-time")
def test_an_old_sign_in_gives_no_tokens() -> None:
    request = asked(extra={"max_age": "60"})
    assert redeem(Script(signed_answer(auth_time=NOW - 60), KEYS), request)
    with refuses(ExpiredIDToken):
        redeem(Script(signed_answer(auth_time=NOW - 100)), request)


@pytest.mark.check(id="id-token/acr")
def test_a_weaker_sign_in_than_asked_gives_no_tokens() -> None:
    request = asked(extra={"acr_values": "2 3"})
    assert redeem(Script(signed_answer(acr="3"), KEYS), request)
    with refuses(InvalidIDToken):
        redeem(Script(signed_answer(acr="1")), request)


@pytest.mark.check(id="keys/unknown-kid")
def test_a_later_sign_in_makes_one_request_alone() -> None:
    redeem(Script(signed_answer(), KEYS))
    later = Script(signed_answer())
    redeem(later)
    assert later.urls == [TOKEN_ENDPOINT]


@pytest.mark.check(id="refresh/id-token")
def test_keys_that_cannot_be_had_give_no_tokens() -> None:
    with refuses(ServerUnreachable):
        redeem(Script(signed_answer(), ServerUnreachable("Gone.")))


def test_a_code_for_another_address_is_never_redeemed() -> None:
    request = replace(asked(), redirect_uri="https://app.example/cb")
    assert redeem(Script(signed_answer(), KEYS), request, "https://app.example/cb")
