from __future__ import annotations

from dataclasses import replace

import pytest

from oauth_widgets.errors import (
    ExpiredIDToken,
    InvalidIDToken,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
)
from oauth_widgets.protocol.id_token import CLOCK_TOLERANCE, Expected

from .builders import GONE, ISSUER, NONCE, NOW, refuses
from .judging import IN_TIME, MAX_AGE, OPENID, judge


def test_honest_claims_are_taken() -> None:
    judge()
    judge(aud=["notebook"], azp="notebook", nbf=NOW, extra={"any": ["thing"]})


@pytest.mark.parametrize("iss", [f"{ISSUER}/", ISSUER.upper(), "https://other.example", "as"])
@pytest.mark.check(id="id-token/iss")
def test_another_issuer_is_refused(iss: str) -> None:
    with refuses(WrongIssuer):
        judge(iss=iss)


@pytest.mark.parametrize("iss", [GONE, None, "", 7, [ISSUER]])
@pytest.mark.check(id="id-token/iss")
def test_a_missing_issuer_is_refused(iss: object) -> None:
    with refuses(InvalidIDToken):
        judge(iss=iss)


@pytest.mark.parametrize("aud", [GONE, None, "", "other", "Notebook", [], ["other"], 7, {}, [None]])
@pytest.mark.check(id="id-token/aud")
def test_another_or_no_audience_is_refused(aud: object) -> None:
    with refuses(WrongAudience):
        judge(aud=aud)


@pytest.mark.parametrize("aud", [["notebook", "other"], ["other", "notebook"], ["notebook", 7]])
@pytest.mark.check(id="id-token/azp")
def test_an_unknown_audience_beside_ours_is_refused(aud: list[object]) -> None:
    with refuses(WrongAudience):
        judge(aud=aud, azp="notebook")


@pytest.mark.parametrize("aud", ["notebook", ["notebook"], ["notebook", "notebook"]])
@pytest.mark.parametrize("azp", ["other", "", None, ["notebook"]])
@pytest.mark.check(id="id-token/azp")
def test_another_authorized_party_is_refused(aud: object, azp: object) -> None:
    with refuses(WrongAudience):
        judge(aud=aud, azp=azp)


@pytest.mark.check(id="id-token/exp")
def test_a_token_holds_until_its_end_and_half_a_minute_more() -> None:
    judge(exp=NOW - 29.5)
    for exp in (NOW - 30, NOW - 31, 0, -1e9):
        with refuses(ExpiredIDToken):
            judge(exp=exp)


@pytest.mark.check(id="id-token/iat")
def test_a_token_from_the_future_is_refused_beyond_half_a_minute() -> None:
    judge(iat=NOW + 30)
    for iat in (NOW + 30.5, NOW + 1e9):
        with refuses(ExpiredIDToken):
            judge(iat=iat)


@pytest.mark.check(id="id-token/iat")
def test_a_token_made_too_long_ago_is_refused() -> None:
    judge(iat=NOW - 3600)
    for iat in (NOW - 3631, 0):
        with refuses(ExpiredIDToken):
            judge(iat=iat)


@pytest.mark.check(id="id-token/nbf")
def test_a_token_that_does_not_hold_yet_is_refused() -> None:
    judge(nbf=NOW + 30)
    with refuses(ExpiredIDToken):
        judge(nbf=NOW + 30.5)


@pytest.mark.check(id="id-token/auth-time")
@pytest.mark.check(id="clock/tolerance")
def test_one_tolerance_of_half_a_minute_holds_for_every_time() -> None:
    assert CLOCK_TOLERANCE == 30
    expected = replace(IN_TIME, max_age=0)
    honest = {"exp": NOW, "iat": NOW, "nbf": NOW, "auth_time": NOW}
    judge(expected, **honest | {"exp": NOW - 29, "auth_time": NOW - 29})
    judge(expected, **honest | {"iat": NOW + 29, "nbf": NOW + 29})
    for late in ({"exp": NOW - 31}, {"auth_time": NOW - 31}, {"iat": NOW + 31}, {"nbf": NOW + 31}):
        with refuses(ExpiredIDToken):
            judge(expected, **honest | late)


@pytest.mark.check(id="clock/tolerance")
def test_no_time_has_a_tolerance_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauth_widgets.protocol.id_token.CLOCK_TOLERANCE", 5.0)
    expected = replace(IN_TIME, max_age=0)
    honest = {"exp": NOW, "iat": NOW, "nbf": NOW, "auth_time": NOW}
    early = {"exp": -5, "auth_time": -5, "iat": -3605}
    for name, at in (*early.items(), ("iat", 5), ("nbf", 5), ("auth_time", 5)):
        inwards = 0.5 if at < 0 else -0.5
        judge(expected, **honest | {name: NOW + at + inwards})
        with refuses(ExpiredIDToken):
            judge(expected, **honest | {name: NOW + at - inwards})


NO_TIMES = ["1900000000", True, [], {}, 1e16, float("inf"), ""]


@pytest.mark.parametrize("value", [GONE, None, *NO_TIMES])
@pytest.mark.parametrize(
    "time",
    [
        pytest.param("exp", marks=pytest.mark.check(id="id-token/exp")),
        pytest.param("iat", marks=pytest.mark.check(id="id-token/iat")),
    ],
)
def test_a_missing_time_or_one_that_is_no_number_is_refused(time: str, value: object) -> None:
    with refuses(InvalidIDToken):
        judge(**{time: value})


@pytest.mark.parametrize("nbf", NO_TIMES)
@pytest.mark.check(id="id-token/nbf")
def test_a_start_that_is_no_number_is_refused(nbf: object) -> None:
    with refuses(InvalidIDToken):
        judge(nbf=nbf)


@pytest.mark.parametrize(
    "nonce", [GONE, None, "other", NONCE + "x", NONCE[:-1], NONCE.lower(), "", "é"]
)
@pytest.mark.check(id="id-token/nonce")
def test_a_missing_nonce_or_that_of_another_sign_in_is_refused(nonce: object) -> None:
    with refuses(WrongNonce):
        judge(nonce=nonce)


@pytest.mark.parametrize("nonce", [NONCE, ""])
@pytest.mark.check(id="id-token/nonce")
def test_an_unexpected_nonce_is_refused(nonce: str) -> None:
    without = Expected(scope=OPENID, now=NOW)
    judge(without, nonce=GONE)
    with refuses(WrongNonce):
        judge(without, nonce=nonce)


@pytest.mark.parametrize("nonce", [7, [NONCE], True, "\ud800"])
@pytest.mark.check(id="id-token/nonce")
def test_a_nonce_of_the_wrong_type_is_refused(nonce: object) -> None:
    with refuses(InvalidIDToken):
        judge(nonce=nonce)


@pytest.mark.parametrize("sub", [GONE, None, "", 7, ["a"], "x" * 256])
@pytest.mark.check(id="id-token/sub")
def test_a_subject_that_names_nobody_is_refused(sub: object) -> None:
    judge(sub="x" * 255)
    with refuses(InvalidIDToken):
        judge(sub=sub)


@pytest.mark.check(id="id-token/auth-time")
def test_a_sign_in_older_than_asked_is_refused() -> None:
    judge(MAX_AGE, auth_time=NOW - 90)
    with refuses(ExpiredIDToken):
        judge(MAX_AGE, auth_time=NOW - 90.5)
    judge(auth_time=0)


@pytest.mark.check(id="id-token/auth-time")
def test_a_sign_in_from_the_future_is_not_a_recent_one() -> None:
    judge(MAX_AGE, auth_time=NOW + 30)
    for auth_time in (NOW + 30.5, NOW + 1e9):
        with refuses(ExpiredIDToken):
            judge(MAX_AGE, auth_time=auth_time)


@pytest.mark.parametrize("auth_time", [GONE, None, *NO_TIMES])
@pytest.mark.check(id="id-token/auth-time")
def test_a_missing_time_of_sign_in_is_refused_where_it_matters(auth_time: object) -> None:
    with refuses(InvalidIDToken):
        judge(MAX_AGE, auth_time=auth_time)


@pytest.mark.parametrize("acr", [GONE, None, "1", "", ["2"], 2, {}])
@pytest.mark.check(id="id-token/acr")
def test_another_or_no_acr_than_asked_is_refused(acr: object) -> None:
    asked = Expected(scope=OPENID, now=NOW, nonce=NONCE, acr_values=("2", "3"))
    judge(asked, acr="3")
    judge(acr=acr)
    with refuses(InvalidIDToken):
        judge(asked, acr=acr)
