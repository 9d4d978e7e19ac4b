"""A card is cancelled, stopped, closed, or begun anew for another person."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.people import sign_in
from tests.helpers.waiting import until

from .seen import Show, arrive, front_end_shows, inner, links_last, signs_in_when_ready


def test_cancel_ends_a_card_that_no_cell_waits_for_and_again_starts_it_anew(login: Show) -> None:
    seen = login()
    front_end_shows(seen.card)
    before = sign_in(seen.card.url)
    seen.tell("cancel")
    assert (seen.card.phase, seen.card.url) == ("cancelled", "")
    assert seen.card.restarts
    with pytest.raises(httpx.ConnectError):
        arrive(before)
    for use in (lambda: seen.card.session, seen.card.wait):
        with pytest.raises(errors.SignInCancelled):
            use()

    seen.tell("again")
    assert seen.card.phase == "ready"
    arrive(sign_in(seen.card.url))
    assert seen.card.wait().id_token is not None


def test_cancel_ends_the_wait_and_running_the_cell_again_starts_it_anew(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login()
    before = sign_in(seen.card.url)
    threading.Timer(0.1, lambda: seen.tell("cancel")).start()
    with pytest.raises(errors.SignInCancelled):
        seen.card.wait()
    assert (seen.card.phase, seen.card.url) == ("cancelled", "")
    with pytest.raises(httpx.ConnectError):
        arrive(before)
    with pytest.raises(errors.SignInCancelled):
        _ = seen.card.session

    # The cell has ended, so no one would get the session of a new start.
    assert not seen.card.restarts
    seen.tell("again")
    assert seen.card.phase == "cancelled"

    threading.Thread(target=signs_in_when_ready, args=(seen,)).start()
    assert seen.card.wait().id_token is not None
    assert displayed == [seen.card, seen.card]


def test_a_new_start_says_nothing_of_the_last_ones_failure(login: Show) -> None:
    seen = login()
    seen.tell("pasted", url="junk")
    seen.reaches("failed")
    with pytest.raises(errors.NotSignedIn, match="The last attempt failed: "):
        _ = seen.card.session
    seen.tell("cancel")
    seen.tell("again")
    with pytest.raises(errors.NotSignedIn, match="You haven't signed in yet"):
        _ = seen.card.session


def test_a_stopped_cell_that_is_run_again_shows_its_card_again(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login()

    async def cell() -> None:
        await asyncio.wait_for(asyncio.ensure_future(seen.card._until_settled()), 0.05)  # noqa: SLF001

    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(cell())
    assert displayed == [seen.card, seen.card]


def test_another_person_signs_in_at_the_same_card(login: Show) -> None:
    seen = login(scope="openid phone")
    front_end_shows(seen.card)
    seen.tell("hello")
    arrive(sign_in(seen.card.url))
    alice, of_alice = seen.card.wait(), inner(seen, "session")
    seen.tell("another")
    assert (seen.card.phase, seen.card.inside, seen.card.views) == ("ready", {}, [])
    assert parse_qs(urlsplit(seen.card.url).query)["prompt"] == ["select_account"]
    with pytest.raises(errors.NotSignedIn):
        _ = seen.card.session
    arrive(sign_in(seen.card.url, "bob"))
    bob = seen.card.wait()
    assert bob.userinfo().claims["sub"] != alice.userinfo().claims["sub"]
    assert inner(seen, "session") is not of_alice
    assert inner(seen, "session").session is bob
    # what becomes of the first one's session is no business of the card's any more
    alice.revoke()
    assert seen.card.phase == "signed_in"


def test_another_person_is_not_offered_what_would_reach_no_cell(login: Show) -> None:
    seen = login()
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url))).start()
    session = seen.card.wait()
    seen.tell("another")
    assert seen.card.phase == "signed_in"
    assert seen.card.session is session


def test_a_waiting_cell_gets_the_other_persons_session(login: Show) -> None:
    seen = login()
    seen.tell("pasted", url="junk")
    seen.reaches("failed")
    seen.tell("another")
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url, "bob"))).start()
    assert seen.card.wait().userinfo().claims["phone_number"] == "+447700900102"


def test_a_closed_card_is_not_begun_anew(login: Show, displayed: list[ow.LoginCard]) -> None:
    seen = login()
    seen.card.close()
    with pytest.raises(errors.SignInCancelled):
        seen.card.wait()
    assert displayed == []


def test_cancel_while_the_answer_is_judged_is_a_cancel(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging, cancelled, judged = (threading.Event() for _ in range(3))
    finish = ow.PendingLogin.finish

    def slowly(pending: ow.PendingLogin, url: Any) -> ow.Session:
        judging.set()
        cancelled.wait(30)
        try:
            return finish(pending, url)
        finally:
            judged.set()

    monkeypatch.setattr(ow.PendingLogin, "finish", slowly)
    seen = login()
    arrive(sign_in(seen.card.url))
    assert judging.wait(30)
    seen.reaches("finishing")
    seen.tell("cancel")
    cancelled.set()
    assert judged.wait(30)
    assert seen.card.phase == "cancelled"
    with pytest.raises(errors.SignInCancelled):
        _ = seen.card.session
    assert seen.card.inside == {}


def test_cancel_after_the_sign_in_changes_nothing(login: Show) -> None:
    seen = login()
    arrive(sign_in(seen.card.url))
    seen.card.wait()
    for kind in ("cancel", "again"):
        seen.tell(kind)
        assert seen.card.phase == "signed_in"
        assert seen.card.session.id_token is not None


@pytest.mark.check(id="request/expiry")
def test_a_link_that_nobody_used_expires(login: Show) -> None:
    seen = login()
    request = vars(seen.card)["_sign_in"].__dict__["_pending"].request
    object.__setattr__(request, "expires_at", time.time())
    with pytest.raises(errors.SignInTimeout, match="fresh link"):
        seen.card.wait()
    assert (seen.card.phase, seen.card.url) == ("expired", "")
    assert not seen.card.restarts
    threading.Thread(target=signs_in_when_ready, args=(seen,)).start()
    assert seen.card.wait().id_token is not None


@pytest.mark.check(id="request/expiry")
def test_a_card_that_no_cell_waits_for_expires_by_itself(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    links_last(1, monkeypatch)
    seen = login()
    front_end_shows(seen.card)
    back = sign_in(seen.card.url)
    seen.reaches("expired")
    # The page hears of it first; then the listener closes.
    until(vars(seen.card)["_sign_in"].over)
    assert seen.card.url == ""
    with pytest.raises(errors.SignInTimeout):
        _ = seen.card.session
    with pytest.raises(httpx.ConnectError):
        arrive(back)

    links_last(60, monkeypatch)
    seen.tell("again")
    seen.signs_in()


def test_cards_that_are_dropped_leave_no_threads(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    ow.sandbox.start()
    before = set(threading.enumerate())
    closed = [login() for _ in range(10)]
    assert set(threading.enumerate()) - before == set()
    for seen in closed:
        seen.card.close()
    links_last(0.5, monkeypatch)
    for seen in [login() for _ in range(10)]:
        seen.reaches("expired")
    until(lambda: set(threading.enumerate()) <= before, threading.enumerate)


def test_closing_a_card_ends_the_wait_and_frees_the_port(login: Show) -> None:
    seen = login()
    back = sign_in(seen.card.url)
    seen.card.close()
    with pytest.raises(httpx.ConnectError):
        arrive(back)
    with pytest.raises(errors.SignInCancelled):
        _ = seen.card.session


def test_stopping_a_cell_ends_its_wait_and_not_the_card(login: Show) -> None:
    seen = login()

    async def cell() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.ensure_future(seen.card._until_settled()), 0.15)  # noqa: SLF001

    asyncio.run(cell())
    assert seen.card.phase == "ready"
    arrive(sign_in(seen.card.url))
    assert seen.card.wait().id_token is not None
