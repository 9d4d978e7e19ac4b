from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    AnswerLost,
    ConfigurationError,
    DeadlineExceeded,
    ExpiredIDToken,
    InvalidGrant,
    InvalidKeySet,
    InvalidTokenResponse,
    OAuthError,
    ServerUnreachable,
    TemporarilyUnavailable,
    UntrustedSignature,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
)
from oauth_widgets.flows.refresh import refresh
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    CLIENT,
    GONE,
    JWKS_URI,
    NONCE,
    NOW,
    REFRESH_TOKEN,
    SERVER,
    TOKEN_ENDPOINT,
    json_answer,
    refuses,
    token_answer,
)
from tests.protocol.keys import BEFORE, held, jwks_answer, rsa_key, signed_answer

from .script import Script

KEYS = jwks_answer(rsa_key())


def renew(
    script: Script, old: ValidatedTokens | None = None, keep: list[Secret] | None = None
) -> Any:
    kept = [] if keep is None else keep
    return script.play(refresh(SERVER, CLIENT, old or held(), now=NOW, keep=kept.append))


def test_the_refresh_token_is_sent_in_the_body_to_the_token_endpoint() -> None:
    script = Script(token_answer())
    renew(script)
    assert script.urls == [TOKEN_ENDPOINT]
    assert script.requests[0].form == (
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH_TOKEN),
    )


@pytest.mark.check(id="refresh/rotation")
def test_a_rotated_refresh_token_replaces_the_old_one() -> None:
    tokens = renew(Script(token_answer(access_token="new", refresh_token="rotated")))
    assert tokens.access_token == Secret("new")
    assert tokens.refresh_token == Secret("rotated")


@pytest.mark.check(id="refresh/rotation")
def test_an_absent_one_keeps_the_old_one() -> None:
    assert renew(Script(token_answer())).refresh_token == Secret(REFRESH_TOKEN)


def test_what_the_server_leaves_out_stays_as_it_was() -> None:
    tokens = renew(Script(token_answer()), held(scope="openid phone"))
    assert tokens.id_token is BEFORE
    assert tokens.scope == Scope("openid phone")
    assert tokens.requested_scope == Scope("openid phone")
    assert renew(Script(token_answer())).requested_scope == Scope("openid phone")
    assert renew(Script(token_answer())).scope == Scope("openid")


@pytest.mark.check(id="token/scope")
def test_a_smaller_scope_is_reported() -> None:
    tokens = renew(Script(token_answer(scope="openid")), held(scope="openid phone"))
    assert tokens.scope == Scope("openid")
    assert tokens.requested_scope == Scope("openid phone")


@pytest.mark.check(id="refresh/id-token")
def test_a_new_id_token_of_the_same_person_is_taken() -> None:
    script = Script(signed_answer(nonce=GONE, iat=NOW + 5), KEYS)
    assert renew(script).id_token.claims["iat"] == NOW + 5
    assert script.urls == [TOKEN_ENDPOINT, JWKS_URI]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sub": "other"}, WrongSubject),
        ({"iss": "https://other.example"}, WrongIssuer),
        ({"aud": "other"}, WrongAudience),
        ({"nonce": "other"}, WrongNonce),
    ],
)
@pytest.mark.check(id="refresh/id-token")
def test_a_new_id_token_of_another_is_refused(
    changes: dict[str, Any], error: type[OAuthError]
) -> None:
    with refuses(error):
        renew(Script(signed_answer(**changes), KEYS))


@pytest.mark.check(id="refresh/id-token")
def test_a_forged_id_token_is_refused() -> None:
    with refuses(UntrustedSignature):
        renew(Script(signed_answer(), jwks_answer(rsa_key("two").jwk(kid="one"))))


@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_is_final() -> None:
    script = Script(json_answer({"error": "invalid_grant"}, status=400))
    with refuses(InvalidGrant) as caught:
        renew(script)
    assert not caught.value.retry_may_help
    assert len(script.requests) == 1


@pytest.mark.check(id="refresh/failure")
def test_a_passing_failure_says_so() -> None:
    old = held()
    with refuses(TemporarilyUnavailable) as caught:
        renew(Script(Response(503)), old)
    assert caught.value.retry_may_help
    assert old == held()


@pytest.mark.check(id="refresh/failure")
def test_a_request_that_never_left_is_no_lost_answer() -> None:
    with refuses(ServerUnreachable) as caught:
        renew(Script(ServerUnreachable("No connection.", sent=False)))
    assert caught.value.retry_may_help


@pytest.mark.parametrize("failure", [DeadlineExceeded("Too slow."), ServerUnreachable("Cut.")])
@pytest.mark.check(id="refresh/lost-answer")
def test_an_answer_that_is_lost_is_reported_as_such(failure: OAuthError) -> None:
    script = Script(failure)
    with refuses(AnswerLost):
        renew(script)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        token_answer(access_token=""),
        token_answer(token_type="mac"),
        Response(302, {"location": "https://other.example"}),
    ],
)
@pytest.mark.check(id="transport/no-redirects")
@pytest.mark.check(id="token/access-token")
def test_a_bad_answer_is_refused(answer: Response) -> None:
    with refuses(InvalidTokenResponse):
        renew(Script(answer))


def test_without_a_refresh_token_nothing_is_sent() -> None:
    script = Script()
    with refuses(ConfigurationError) as caught:
        renew(script, held(refresh_token=None))
    assert "offline_access" in caught.value.next_step
    assert script.requests == []


@pytest.mark.parametrize(
    ("outage", "error"),
    [(ServerUnreachable("no"), ServerUnreachable), (Response(502), InvalidKeySet)],
)
@pytest.mark.check(id="refresh/rotation")
def test_a_new_refresh_token_outlives_an_outage_of_the_servers_keys(
    outage: Response | OAuthError, error: type[OAuthError]
) -> None:
    kept: list[Secret] = []
    answer = signed_answer({"refresh_token": "the-rotated-one"})
    with refuses(error):
        renew(Script(answer, outage), keep=kept)
    assert kept == [Secret("the-rotated-one")]


@pytest.mark.check(id="refresh/rotation")
def test_in_an_outage_without_a_new_one_the_old_one_stays() -> None:
    kept: list[Secret] = []
    with refuses(ServerUnreachable):
        renew(Script(signed_answer(), ServerUnreachable("no")), keep=kept)
    assert kept == []


@pytest.mark.parametrize("hours", [-1, 1], ids=["behind", "ahead"])
@pytest.mark.check(id="refresh/rotation")
def test_a_new_refresh_token_outlives_a_wrong_clock(hours: int) -> None:
    kept: list[Secret] = []
    times = {"iat": NOW + hours * 3600, "exp": NOW + hours * 3600 + 600}
    with refuses(ExpiredIDToken):
        renew(Script(signed_answer({"refresh_token": "the-rotated-one"}, **times), KEYS), keep=kept)
    assert kept == [Secret("the-rotated-one")]


@pytest.mark.parametrize(
    ("changes", "error"), [({}, WrongSubject), ({"iss": "https://other.example"}, WrongIssuer)]
)
@pytest.mark.check(id="refresh/rotation")
@pytest.mark.check(id="refresh/id-token")
def test_another_persons_refresh_token_is_not_kept(
    changes: dict[str, Any], error: type[OAuthError]
) -> None:
    kept: list[Secret] = []
    answer = signed_answer({"refresh_token": "theirs"}, sub="somebody-else", **changes)
    with refuses(error):
        renew(Script(answer, KEYS), keep=kept)
    assert kept == []


@pytest.mark.check(id="refresh/id-token")
def test_a_nonce_left_out_once_may_come_again_later() -> None:
    second = renew(Script(signed_answer(nonce=GONE), KEYS))
    assert renew(Script(signed_answer()), second).id_token.claims["nonce"] == NONCE
    with refuses(WrongNonce):
        renew(Script(signed_answer(nonce="other")), second)
