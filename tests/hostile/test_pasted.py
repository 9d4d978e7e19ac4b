"""What people paste, and what pages send them back with: an answer, or a typed refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets import errors
from tests.protocol.builders import CLIENT, REDIRECT_URI, SERVER

NO_ADDRESS = ["", "hello", "http://[", "http://[x]/?state=1", "http://℀/?state=a", "\ud800"]
PASTED = (
    st.text(st.characters())
    | st.text("htps:/@[]?#&=%0fstae\\ é").map("http://".__add__)
    | st.text(st.characters()).map(f"{REDIRECT_URI}?state=".__add__)
    | st.text(st.characters()).map(f"{REDIRECT_URI}#state=".__add__)
)


def begun() -> ow.PendingLogin:
    return ow.begin_login(SERVER, CLIENT, scope="openid")


@pytest.mark.parametrize("text", NO_ADDRESS)
@pytest.mark.check(id="answer/state-oracle")
def test_what_is_no_address_belongs_to_no_sign_in(text: str) -> None:
    table = ow.PendingLogins()
    table.add(begun(), browser="hers")
    with pytest.raises(errors.StateMismatch):
        table.take(text, browser="hers")
    assert len(table) == 1


@given(PASTED)
def test_any_text_belongs_to_no_sign_in(text: str) -> None:
    table = ow.PendingLogins()
    table.add(begun(), browser="hers")
    with pytest.raises(errors.StateMismatch):
        table.take(text, browser="hers")


@given(PASTED)
def test_any_text_finishes_no_sign_in(text: str) -> None:
    pending = begun()
    with pytest.raises(errors.InvalidAuthorizationResponse):
        pending.finish(text)
    assert not pending.used
