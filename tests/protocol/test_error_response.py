from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidTokenResponse, OAuthError
from oauth_widgets.protocol.error_response import error_of, refusal

from .builders import json_answer, refuses

CLASSES = {
    "access_denied": errors.AccessDenied,
    "invalid_request": errors.InvalidRequest,
    "invalid_client": errors.InvalidClient,
    "invalid_grant": errors.InvalidGrant,
    "invalid_scope": errors.InvalidScope,
    "unauthorized_client": errors.UnauthorizedClient,
    "unsupported_grant_type": errors.UnsupportedGrantType,
    "unsupported_response_type": errors.UnsupportedResponseType,
    "server_error": errors.ServerFailure,
    "temporarily_unavailable": errors.TemporarilyUnavailable,
    "login_required": errors.PersonNeeded,
    "consent_required": errors.PersonNeeded,
    "interaction_required": errors.PersonNeeded,
    "account_selection_required": errors.PersonNeeded,
}


def judged(response: Response) -> OAuthError:
    return refusal(response, what="token endpoint", error=InvalidTokenResponse)


@pytest.mark.parametrize("code", CLASSES)
@pytest.mark.check(id="token/error")
def test_each_code_of_the_standards_is_a_class(code: str) -> None:
    problem = judged(json_answer({"error": code, "error_description": "Not now."}, status=400))
    with refuses(CLASSES[code]):
        raise problem
    assert isinstance(problem, errors.ErrorResponse)
    assert (problem.error, problem.error_description) == (code, "Not now.")
    assert f"{code}: Not now." in str(problem)


@pytest.mark.check(id="token/error")
def test_an_unknown_code_is_kept() -> None:
    problem = judged(
        json_answer({"error": "quota_spent", "error_uri": "https://as.example/e"}, status=400)
    )
    with refuses(errors.ErrorResponse):
        raise problem
    assert isinstance(problem, errors.ErrorResponse)
    assert (problem.error, problem.error_uri) == ("quota_spent", "https://as.example/e")
    assert problem.error_description is None
    assert "quota_spent" in str(problem)


@pytest.mark.parametrize("member", ["error", "error_description", "error_uri"])
@pytest.mark.parametrize("value", [7, True, [], {"a": 1}])
@pytest.mark.check(id="token/error")
def test_a_member_of_the_wrong_type_hides_no_reason(member: str, value: object) -> None:
    problem = judged(json_answer({"error": "invalid_grant", member: value}, status=400))
    assert isinstance(problem, errors.InvalidGrant) == (member != "error")
    assert not problem.retry_may_help


@pytest.mark.check(id="answer/words")
def test_the_servers_words_come_out_printable_and_bounded() -> None:
    words = "a\x1b[31m\r\nb\u202ec\0" + "\ud800" + "x" * 100_000
    problem = error_of(words, words, words)
    assert (problem.error_description or "").startswith("a [31m b c x")
    for shown in (problem.error, problem.error_description, problem.error_uri):
        assert shown
        assert shown.isprintable()
        assert len(shown) == 300


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520])
@pytest.mark.check(id="refresh/failure")
def test_a_passing_failure_says_that_trying_again_may_help(status: int) -> None:
    problem = judged(Response(status, {"content-type": "text/html"}, b"<h1>Oops</h1>"))
    with refuses(errors.TemporarilyUnavailable):
        raise problem
    assert isinstance(problem, errors.ErrorResponse)
    assert problem.retry_may_help


@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_is_final() -> None:
    assert not error_of("invalid_grant").retry_may_help
    assert error_of("server_error").retry_may_help


@pytest.mark.parametrize(
    "response",
    [
        Response(400),
        Response(400, {"content-type": "application/json"}, b"[]"),
        Response(400, {"content-type": "application/json"}, b'{"error": '),
        json_answer({"error": ""}, status=400),
        json_answer({}, status=302),
    ],
)
def test_an_answer_without_a_reason_is_an_invalid_one(response: Response) -> None:
    with refuses(InvalidTokenResponse) as caught:
        raise judged(response)
    assert str(response.status) in caught.value.message


@given(
    st.integers(201, 599), st.binary() | st.text().map(lambda t: b'{"error": "%b"}' % t.encode())
)
def test_any_answer_is_a_refusal_of_ours(status: int, body: bytes) -> None:
    with suppress(OAuthError):
        raise judged(json_answer(body, status=status))


@given(st.text(st.characters()), st.none() | st.text(st.characters()))
def test_any_words_of_a_server_can_be_shown(code: str, description: str | None) -> None:
    problem = error_of(code, description, description)
    assert problem.message.isprintable()
    assert len(str(problem)) < 1000
