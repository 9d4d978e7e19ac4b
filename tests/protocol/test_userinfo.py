from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidToken,
    InvalidUserInfo,
    OAuthError,
    TemporarilyUnavailable,
    WrongSubject,
)
from oauth_widgets.protocol.userinfo import (
    check_signed,
    plain_claims,
    signed_token,
    userinfo_of,
    userinfo_request,
)
from oauth_widgets.secret import Secret

from .builders import ACCESS_TOKEN, ISSUER, METADATA, SERVER, SUBJECT, json_answer, refuses

PHONE = "+4799999999"
HONEST = {"sub": SUBJECT, "phone_number": PHONE}
SIGNED = Response(200, {"content-type": "application/jwt; charset=utf-8"}, b"a.b.c")


@pytest.mark.check(id="bearer/header")
def test_the_token_is_in_the_header_only() -> None:
    request = userinfo_request(SERVER, Secret(ACCESS_TOKEN))
    assert (request.method, request.url) == ("GET", METADATA["userinfo_endpoint"])
    assert request.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.form is None


def test_a_server_without_userinfo_says_so() -> None:
    with refuses(ConfigurationError):
        userinfo_request(replace(SERVER, userinfo_endpoint=None), Secret(ACCESS_TOKEN))


def test_the_claims_are_read_only_and_not_shown() -> None:
    told = userinfo_of(plain_claims(json_answer(HONEST)), subject=SUBJECT)
    assert told.claims == HONEST
    assert PHONE not in repr(told)
    assert repr(userinfo_of({"sub": SUBJECT, "a\x1b\nb": 1}, subject=None)).isprintable()
    with pytest.raises(TypeError):
        told.claims["sub"] = "other"  # type: ignore[index]


@pytest.mark.parametrize("subject", ["other", SUBJECT.upper(), SUBJECT + " "])
@pytest.mark.check(id="userinfo/sub")
def test_another_subject_than_the_id_tokens_is_refused(subject: str) -> None:
    with refuses(WrongSubject):
        userinfo_of({"sub": subject}, subject=SUBJECT)
    assert userinfo_of({"sub": subject}, subject=None)


@pytest.mark.parametrize("claims", [{}, *({"sub": sub} for sub in (None, "", 7, [SUBJECT]))])
@pytest.mark.parametrize("subject", [SUBJECT, None])
@pytest.mark.check(id="userinfo/sub")
def test_an_answer_without_a_subject_is_refused(
    claims: dict[str, object], subject: str | None
) -> None:
    with refuses(InvalidUserInfo):
        userinfo_of(claims, subject=subject)


@pytest.mark.parametrize("kind", ["application/jwt", "text/html", ""])
@pytest.mark.check(id="documents/content-type")
def test_a_plain_answer_is_json(kind: str) -> None:
    with refuses(InvalidUserInfo):
        plain_claims(replace(json_answer(HONEST), headers={"content-type": kind}))


@pytest.mark.parametrize("read", [plain_claims, signed_token])
@pytest.mark.parametrize("status", [201, 302, 400, 403, 501])
@pytest.mark.check(id="documents/shape")
def test_another_status_than_200_is_refused(
    read: Callable[[Response], object], status: int
) -> None:
    honest = SIGNED if read is signed_token else json_answer(HONEST)
    assert read(honest)
    with refuses(InvalidUserInfo):
        read(replace(honest, status=status))


@pytest.mark.parametrize("read", [plain_claims, signed_token])
def test_a_token_that_is_no_longer_taken_is_told_apart(read: Callable[[Response], object]) -> None:
    with refuses(InvalidToken):
        read(Response(401))
    with refuses(TemporarilyUnavailable):
        read(Response(503))


@pytest.mark.check(id="userinfo/signed")
def test_a_plain_answer_is_not_taken_for_a_signed_one() -> None:
    assert signed_token(SIGNED) == Secret("a.b.c")
    with refuses(InvalidUserInfo):
        signed_token(json_answer(HONEST))


@pytest.mark.parametrize("body", [b"", b"\xff"])
@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_is_text(body: bytes) -> None:
    with refuses(InvalidUserInfo):
        signed_token(replace(SIGNED, body=body))


@pytest.mark.parametrize(
    "claims", [{}, {"iss": ISSUER}, {"aud": "notebook"}, {"iss": ISSUER, "aud": ["x", "notebook"]}]
)
@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_made_for_us_is_taken(claims: dict[str, object]) -> None:
    check_signed(claims, issuer=ISSUER, client_id="notebook")


@pytest.mark.parametrize(
    "claims",
    [
        *({"iss": iss, "aud": "notebook"} for iss in ("https://other.example", None, "", 7)),
        *({"iss": ISSUER, "aud": aud} for aud in ("other", ["other"], [], "", None, {})),
    ],
)
@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_made_by_or_for_another_is_refused(
    claims: dict[str, object],
) -> None:
    with refuses(InvalidUserInfo):
        check_signed(claims, issuer=ISSUER, client_id="notebook")


@given(
    st.integers(100, 599) | st.just(200),
    st.sampled_from(["application/json", "application/jwt"]),
    st.binary() | st.dictionaries(st.text(), st.text()),
)
def test_any_answer_is_read_or_refused(status: int, kind: str, body: object) -> None:
    response = json_answer(body, status=status, content_type=kind)
    with suppress(OAuthError):
        assert signed_token(response)
    with suppress(OAuthError):
        assert userinfo_of(plain_claims(response), subject=None).claims["sub"]
