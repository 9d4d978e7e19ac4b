"""What people paste instead of the right address is recognized, and explained kindly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import InvalidAuthorizationResponse, StateMismatch
from oauth_widgets.protocol.authorization import authorization_request
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.signing_in.callback.pasted import check_pasted
from tests.protocol.builders import CLIENT, SERVER

REQUEST = authorization_request(
    SERVER, CLIENT, scope=Scope("openid"), redirect_uri=CLIENT.redirect_uris[0], now=0
)
BACK = REQUEST.redirect_uri


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SplxlOBeZQQYbYS6WxSbIA", "That is only the code"),
        ("4/0Adeu5BW-x~y", "That is only the code"),
        ("hello there", "That isn't an address"),
        (" ", "That isn't an address"),
        ("https://elsewhere.example/?code=1&state=2", "address of a different page"),
        (f"{BACK}/more?code=1", "address of a different page"),
        ("http://[/?code=1", "address of a different page"),
        (REQUEST.url, "address of the sign-in page itself"),
        (BACK, "contains no answer"),
        (f"{BACK}?state={REQUEST.state}", "contains no answer"),
    ],
    # A state is random, and workers that run tests side by side have to agree on their names
    ids=range(10),
)
def test_what_is_no_answer_is_told_apart(text: str, said: str) -> None:
    with pytest.raises(InvalidAuthorizationResponse, match=said) as problem:
        check_pasted(REQUEST, Secret(text))
    assert problem.value.next_step
    assert text.strip() == "" or text not in str(problem.value)


@pytest.mark.parametrize("query", ["code=1&state=older", "error=access_denied&state=older"])
def test_an_old_address_is_told_apart(query: str) -> None:
    with pytest.raises(StateMismatch, match="earlier sign-in") as problem:
        check_pasted(REQUEST, Secret(f"{BACK}?{query}"))
    assert "older" not in str(problem.value)


@pytest.mark.parametrize("answer", ["code=1", "error=access_denied"])
def test_an_answer_is_left_to_be_judged(answer: str) -> None:
    check_pasted(REQUEST, Secret(f"  {BACK}?{answer}&state={REQUEST.state}\n"))


@given(st.text(min_size=1))
def test_any_text_is_either_passed_on_or_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidAuthorizationResponse):
        check_pasted(REQUEST, Secret(text))
