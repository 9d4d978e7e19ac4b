from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    InvalidKeySet,
    OAuthError,
    ServerUnreachable,
    UntrustedSignature,
)
from oauth_widgets.flows import jwks
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol.id_token import header_of
from oauth_widgets.secret import Secret
from tests.protocol.builders import GONE, JWKS_URI, NOW, claims, json_answer, refuses
from tests.protocol.keys import SigningKey, ec_key, encoded, jwks_answer, rsa_key

from .script import Script, play

ONE, TWO = rsa_key("one"), rsa_key("two")
UNREACHABLE = ServerUnreachable("The key server is down.")
HOUR, DAY = 3600, 86_400


def exchange(raw: Secret, *, now: float = NOW, uri: str = JWKS_URI) -> Any:
    return signed_claims(uri, raw, header_of(raw, "RS256"), now=now)


def judge(key: SigningKey, *answers: Response | OAuthError, now: float = NOW, **header: Any) -> int:
    """Judge a token signed by `key`; return how often the keys were fetched."""
    script = Script(*answers)
    assert script.play(exchange(key.sign(claims(), **header), now=now)) == claims()
    return len(script.requests)


def refused(
    error: type[OAuthError],
    key: SigningKey,
    *answers: Response | OAuthError,
    now: float = NOW,
    **header: Any,
) -> int:
    script = Script(*answers)
    with refuses(error):
        script.play(exchange(key.sign(claims(), **header), now=now))
    return len(script.requests)


def test_keys_are_fetched_once_and_kept_for_an_hour() -> None:
    assert judge(ONE, jwks_answer(ONE)) == 1
    assert judge(ONE, now=NOW + HOUR - 1) == 0
    assert judge(ONE, jwks_answer(ONE), now=NOW + HOUR) == 1


def test_keys_of_one_server_are_not_those_of_another() -> None:
    judge(ONE, jwks_answer(ONE))
    with refuses(UntrustedSignature):
        play(exchange(ONE.sign(claims()), uri="https://other.example/jwks"), jwks_answer(TWO))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer({}), InvalidKeySet),
        (json_answer({"keys": [], "x": 1}, status=404), InvalidKeySet),
        (UNREACHABLE, ServerUnreachable),
        (Response(302, {"location": "https://other.example/jwks"}), InvalidKeySet),
        (replace(jwks_answer(ONE), headers={"content-type": "text/html"}), InvalidKeySet),
        (json_answer(b'{"keys": [], "keys": []}'), InvalidKeySet),
    ],
)
@pytest.mark.check(id="transport/no-redirects")
@pytest.mark.check(id="documents/content-type")
@pytest.mark.check(id="documents/json")
@pytest.mark.check(id="documents/shape")
def test_a_bad_key_document_is_refused(
    answer: Response | OAuthError, error: type[OAuthError]
) -> None:
    assert refused(error, ONE, answer) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/certificate"},
        {"jwk": TWO.jwk(kid="one")},
        {"x5c": [encoded(b"certificate")]},
    ],
)
@pytest.mark.check(id="keys/address")
def test_keys_named_by_the_token_itself_are_ignored(header: dict[str, Any]) -> None:
    script = Script(jwks_answer(ONE))
    script.play(exchange(ONE.sign(claims(), **header)))
    assert script.urls == [JWKS_URI]
    refused(UntrustedSignature, TWO, jwks_answer(ONE), now=NOW + 20, kid="one", **header)


@pytest.mark.check(id="keys/unknown-kid")
def test_an_unknown_key_makes_one_refetch() -> None:
    judge(ONE, jwks_answer(ONE))
    assert judge(TWO, jwks_answer(ONE, TWO), now=NOW + 60) == 1
    assert judge(ONE, now=NOW + 61) == 0


@pytest.mark.check(id="keys/unknown-kid")
def test_a_key_that_is_new_right_after_the_first_fetch_is_found() -> None:
    judge(ONE, jwks_answer(ONE))
    assert judge(TWO, jwks_answer(TWO)) == 1


@pytest.mark.check(id="keys/unknown-kid")
def test_a_key_that_the_server_does_not_publish_is_refused() -> None:
    assert refused(UntrustedSignature, TWO, jwks_answer(ONE)) == 1
    assert refused(UntrustedSignature, TWO, jwks_answer(ONE), now=NOW + 60) == 1


@pytest.mark.check(id="keys/unknown-kid")
def test_all_who_wait_share_one_refetch() -> None:
    judge(ONE, jwks_answer(ONE))
    waiting = [exchange(TWO.sign(claims()), now=NOW + 60) for _ in range(3)]
    requests = [next(each) for each in waiting]
    assert all(request.shared and request.url == JWKS_URI for request in requests)
    for each in waiting:
        with pytest.raises(StopIteration):
            each.send(jwks_answer(TWO))


@pytest.mark.check(id="keys/cool-down")
def test_refetches_are_ten_seconds_apart() -> None:
    judge(ONE, jwks_answer(ONE))
    assert refused(UntrustedSignature, TWO, jwks_answer(ONE), now=NOW + 60) == 1
    assert refused(UntrustedSignature, TWO, now=NOW + 69.5) == 0
    assert judge(ONE, now=NOW + 69.5) == 0
    assert judge(TWO, jwks_answer(TWO), now=NOW + 70) == 1


@pytest.mark.parametrize("failure", [UNREACHABLE, json_answer({}), Response(503)])
@pytest.mark.check(id="keys/cool-down")
def test_failed_refetches_count_too(failure: Response | OAuthError) -> None:
    judge(ONE, jwks_answer(ONE))
    error = ServerUnreachable if failure is UNREACHABLE else InvalidKeySet
    assert refused(error, TWO, failure, now=NOW + 60) == 1
    assert refused(UntrustedSignature, TWO, now=NOW + 69) == 0
    assert judge(TWO, jwks_answer(TWO), now=NOW + 70) == 1


@pytest.mark.check(id="keys/bad-signature")
def test_a_bad_signature_under_a_known_kid_makes_one_refetch() -> None:
    judge(ONE, jwks_answer(ONE))
    renewed = TWO.jwk(kid="one")
    assert judge(TWO, jwks_answer(renewed), now=NOW + 60, kid="one") == 1
    assert refused(UntrustedSignature, ONE, jwks_answer(renewed), now=NOW + 120) == 1
    assert refused(UntrustedSignature, ONE, now=NOW + 121) == 0


@pytest.mark.check(id="keys/no-kid")
def test_a_missing_kid_is_taken_with_one_key_and_refused_with_several() -> None:
    assert judge(ONE, jwks_answer(ONE, ec_key()), kid=GONE) == 1
    refused(UntrustedSignature, ONE, jwks_answer(ONE, TWO), now=NOW + HOUR, kid=GONE)


@pytest.mark.parametrize("failure", [UNREACHABLE, Response(503)])
@pytest.mark.check(id="keys/outage")
def test_in_an_outage_a_known_key_still_verifies_for_a_day(
    failure: Response | OAuthError,
) -> None:
    judge(ONE, jwks_answer(ONE))
    assert judge(ONE, failure, now=NOW + HOUR) == 1
    assert judge(ONE, now=NOW + HOUR + 9) == 0
    assert judge(ONE, failure, now=NOW + DAY - 1) == 1
    error = ServerUnreachable if failure is UNREACHABLE else InvalidKeySet
    assert refused(error, ONE, failure, now=NOW + DAY) == 1


@pytest.mark.check(id="keys/outage")
def test_in_an_outage_an_unknown_key_does_not_verify() -> None:
    judge(ONE, jwks_answer(ONE))
    assert refused(UntrustedSignature, TWO, UNREACHABLE, now=NOW + HOUR) == 1


@pytest.mark.check(id="keys/outage")
def test_after_an_outage_the_keys_are_fetched_again() -> None:
    judge(ONE, jwks_answer(ONE))
    judge(ONE, UNREACHABLE, now=NOW + HOUR)
    assert judge(TWO, jwks_answer(TWO), now=NOW + HOUR + 10) == 1


def test_a_clock_that_was_set_back_makes_a_fetch() -> None:
    judge(ONE, jwks_answer(ONE))
    assert judge(ONE, jwks_answer(ONE), now=NOW - 60) == 1


def test_a_clock_that_was_set_back_does_not_put_off_a_fetch_for_a_new_key() -> None:
    judge(ONE, jwks_answer(ONE))
    assert refused(UntrustedSignature, TWO, jwks_answer(ONE), now=NOW + 60) == 1
    # As if that had been fetched an hour later, by a clock that was wrong.
    known = jwks._known[JWKS_URI]  # noqa: SLF001
    jwks._known[JWKS_URI] = replace(known, fetched_at=NOW, tried_at=NOW + HOUR)  # noqa: SLF001
    assert judge(TWO, jwks_answer(TWO), now=NOW + 60) == 1


def test_only_so_many_servers_are_remembered() -> None:
    raw = ONE.sign(claims())
    for number in range(65):
        play(
            exchange(raw, uri=f"https://as{number}.example/jwks", now=NOW + number),
            jwks_answer(ONE),
        )
    later = NOW + 65
    assert play(exchange(raw, uri="https://as64.example/jwks", now=later)) == claims()
    play(exchange(raw, uri="https://as0.example/jwks", now=later), jwks_answer(ONE))
