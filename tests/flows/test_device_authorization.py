from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    AccessDenied,
    InvalidClient,
    InvalidTokenResponse,
    OAuthError,
    ServerUnreachable,
    SignInTimeout,
    WrongNonce,
)
from oauth_widgets.flows.device_authorization import device_authorization, device_tokens
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse
from oauth_widgets.protocol.pkce import code_challenge
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    CODE,
    GONE,
    ISSUER,
    NOW,
    OFFERING,
    TOKEN_ENDPOINT,
    json_answer,
    refuses,
    token_answer,
)
from tests.protocol.keys import jwks_answer, rsa_key, signed_answer

from .script import Script

DEVICE = DeviceAuthorizationResponse(
    device_code=Secret(CODE),
    user_code="WDJB-MJHT",
    verification_uri=f"{ISSUER}/activate",
    verification_uri_complete=None,
    expires_at=NOW + 600,
    interval=5,
)
TIMED_OUT = ServerUnreachable("The connection was cut.")


def says(error: str) -> Response:
    return json_answer({"error": error}, status=400)


PENDING = says("authorization_pending")


def ask(script: Script, *, scope: str = "events.read", device: Any = DEVICE) -> Any:
    """Play the exchange; each pause moves the clock forward."""
    exchange = device_tokens(
        OFFERING, CLIENT, device, scope=Scope(scope), clock=lambda: NOW + sum(script.pauses)
    )
    return script.play(exchange)


@pytest.mark.check(id="device/polling")
def test_a_code_to_show_is_asked_for() -> None:
    document = {
        "device_code": CODE,
        "user_code": "WDJB-MJHT",
        "verification_uri": f"{ISSUER}/activate",
        "expires_in": 600,
    }
    script = Script(json_answer(document))
    exchange = device_authorization(OFFERING, CLIENT, scope=Scope("openid"), now=NOW)
    answer = script.play(exchange)
    assert replace(answer, code_verifier=None) == DEVICE
    sent = dict(script.requests[0].form)
    assert sent["code_challenge"] == code_challenge(answer.code_verifier)
    assert sent["code_challenge_method"] == "S256"
    assert script.urls == [f"{ISSUER}/device"]


@pytest.mark.check(id="device/polling")
def test_each_question_waits_for_the_interval() -> None:
    script = Script(PENDING, PENDING, token_answer())
    tokens = ask(script)
    assert tokens.access_token == Secret(ACCESS_TOKEN)
    assert script.pauses == [5, 5, 5]
    assert set(script.urls) == {TOKEN_ENDPOINT}
    assert script.requests[0].form == (
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", CODE),
    )


@pytest.mark.parametrize(
    ("answers", "pauses"),
    [
        ([says("slow_down"), PENDING, says("slow_down")], [5, 10, 10, 15]),
        ([TIMED_OUT] * 5, [5, 10, 20, 40, 60, 60]),
        ([Response(503), Response(429)], [5, 10, 20]),
    ],
    ids=["slow-down", "time-out", "trouble"],
)
@pytest.mark.check(id="device/polling")
def test_slow_down_adds_five_seconds_for_good_and_trouble_doubles_the_wait_up_to_a_minute(
    answers: list[Response | OAuthError], pauses: list[int]
) -> None:
    script = Script(*answers, token_answer())
    ask(script)
    assert script.pauses == pauses


@pytest.mark.check(id="device/polling")
def test_once_the_code_has_run_out_nobody_is_asked_any_more() -> None:
    script = Script(PENDING, PENDING)
    with refuses(SignInTimeout):
        ask(script, device=replace(DEVICE, expires_at=NOW + 15))
    assert len(script.requests) == 2
    with refuses(SignInTimeout):
        ask(Script(says("expired_token")))


@pytest.mark.check(id="device/polling")
def test_nobody_waits_long_beyond_the_end_of_the_code() -> None:
    script = Script()
    with refuses(SignInTimeout):
        ask(script, device=replace(DEVICE, interval=1e9))
    assert sum(script.pauses) <= 600


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says("access_denied"), AccessDenied),
        (says("invalid_client"), InvalidClient),
        (token_answer(token_type="mac"), InvalidTokenResponse),
    ],
)
@pytest.mark.check(id="device/polling")
def test_any_other_answer_is_final(answer: Response, error: type[OAuthError]) -> None:
    script = Script(PENDING, answer)
    with refuses(error):
        ask(script)
    assert len(script.requests) == 2


@pytest.mark.check(id="token/id-token-due")
def test_openid_granted_implies_an_id_token() -> None:
    with refuses(InvalidTokenResponse):
        ask(Script(token_answer()), scope="openid")


@pytest.mark.check(id="id-token/iat")
def test_the_id_token_is_judged_at_the_time_it_came() -> None:
    waited = 5 * 100
    answer = signed_answer(nonce=GONE, iat=NOW + waited, exp=NOW + waited + 60)
    script = Script(*[PENDING] * 99, answer, jwks_answer(rsa_key()))
    tokens = ask(script, scope="openid")
    assert tokens.id_token.claims["iat"] == NOW + waited
    assert tokens.expires_at.timestamp() == NOW + waited + 3600


@pytest.mark.check(id="id-token/nonce")
def test_a_nonce_nobody_sent_is_refused() -> None:
    with refuses(WrongNonce):
        ask(Script(signed_answer(), jwks_answer(rsa_key())), scope="openid")
