"""An application's table of the sign-ins that were begun."""

from __future__ import annotations

import time
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.people import sign_in
from .begun import begin, fitting


@pytest.mark.check(id="request/expiry")
def test_a_table_of_sign_ins_finds_the_one_an_answer_belongs_to() -> None:
    table = ow.PendingLogins()
    first, second = begin(), begin()
    for pending, page in ((first, "/inbox"), (second, "/settings")):
        table.add(pending, page, browser="hers")
    back = sign_in(second.url)
    pending, page = table.take(back, browser="hers")
    assert (pending, page) == (second, "/settings")
    assert pending.finish(back).id_token is not None
    assert len(table) == 1


@pytest.mark.check(id="answer/state-oracle")
@pytest.mark.check(id="request/expiry")
@pytest.mark.check(id="request/state")
def test_a_table_says_the_same_of_unknown_used_and_expired_answers() -> None:
    table = ow.PendingLogins(capacity=2)
    crowded_out, expired, used = begin(), begin(), begin()
    for pending in (crowded_out, expired, used):
        table.add(pending, remember="where they were", browser="hers")
    assert len(table) == 2
    object.__setattr__(expired.request, "expires_at", time.time())
    assert table.take(fitting(used, code="1"), browser="hers") == (used, "where they were")
    twice = fitting(expired, code="1") + f"&state={expired.request.state}"
    said = set()
    for answered in [*(fitting(p, code="1") for p in (crowded_out, expired, used)), twice, "", "x"]:
        with pytest.raises(errors.StateMismatch) as refused:
            table.take(answered, browser="hers")
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.check(id="request/state")
def test_an_answer_that_arrives_twice_at_once_finds_its_entry_once() -> None:
    table, pending = ow.PendingLogins(), begin()
    answered, second = fitting(pending, code="1"), list[object]()

    class Hers(str):
        """The name of a browser, during whose comparison another thread takes the entry."""

        __slots__ = ()

        def encode(self, *given: str) -> bytes:
            if not second:
                second.append(None)
                second[:] = [table.take(answered, browser="hers")]
            return super().encode(*given)

    table.add(pending, browser=Hers("hers"))
    with pytest.raises(errors.StateMismatch):
        table.take(answered, browser="hers")
    assert second == [(pending, None)]


@pytest.mark.parametrize("capacity", [0, -1, None, "3", True, 2.5])
def test_a_table_without_room_is_refused_at_once(capacity: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="capacity="):
        ow.PendingLogins(capacity)


def test_a_table_takes_an_address_that_is_hidden_and_names_what_is_none() -> None:
    table, pending = ow.PendingLogins(), begin()
    table.add(pending, browser="hers")
    for address in (None, b"http://127.0.0.1/callback?state=x", object()):
        with pytest.raises(errors.ConfigurationError, match="address of the answer"):
            table.take(address, browser="hers")  # type: ignore[arg-type]
    back = ow.Secret(fitting(pending, code="1"))
    assert table.take(back, browser="hers")[0] is pending
