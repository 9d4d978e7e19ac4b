"""A sign-in at a card that does not go well is said and can be tried again."""

from __future__ import annotations

import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.people import session_of, sign_in
from tests.helpers.rigged import as_json

from .seen import CLIENT_HERE, Show, answer_to, arrive, arrive_or_not


def test_a_refusal_is_said_and_trying_again_works(login: Show) -> None:
    earlier = session_of("bob")
    seen = login()
    first = seen.card.url
    arrive(sign_in(first, allow=False))
    seen.reaches("failed")
    assert seen.card.problem.startswith("Permission was refused on the sign-in page.")
    assert seen.card.next_step == "Sign in again and allow access, or ask for fewer scopes."
    with pytest.raises(errors.NotSignedIn) as nobody:
        _ = seen.card.session
    assert str(nobody.value) == (
        "The last attempt failed: Permission was refused on the sign-in page. The server said: "
        "access_denied.\nSign in again and allow access, or ask for fewer scopes."
    )
    assert isinstance(nobody.value.__cause__, errors.AccessDenied)
    assert earlier.userinfo().claims["sub"]

    assert parse_qs(urlsplit(seen.card.url).query)["state"] != parse_qs(first)["state"]
    assert arrive(sign_in(seen.card.url)) == 200
    seen.reaches("signed_in")
    assert seen.card.session.id_token is not None


@pytest.mark.check(id="secrets/hidden")
def test_what_the_server_says_of_a_failure_is_told_and_not_saved(login: Show, mint: Mint) -> None:
    words = "user alice@corp.example is not assigned"
    good, mint.refusal = (
        mint.refusal,
        as_json({"error": "invalid_grant", "error_description": words}, status=400),
    )
    seen = login(mint.server, CLIENT_HERE, scope="events.read")
    arrive(answer_to(seen))
    seen.reaches("failed")
    assert seen.card.problem == "The sign-in is no longer valid. The server said: invalid_grant."
    seen.until_said(words)
    assert seen.said()[0] == seen.card.problem
    # a page opened later asks, and hears the same
    seen.messages.clear()
    seen.tell("hello")
    seen.until_said(words)
    assert seen.said()[0] == seen.card.problem
    # another failure for the same address is no longer about that
    seen.tell("pasted", url="https://elsewhere.example/")
    seen.until_said("")
    seen.reaches("failed")

    mint.refusal = good
    arrive(answer_to(seen))
    seen.reaches("signed_in")
    assert seen.saved({"name": "alice@corp.example"}) == []


@pytest.mark.parametrize("code", ["alice@corp.example", "No such user: alice", "andré", "a" * 41])
@pytest.mark.check(id="secrets/hidden")
def test_a_code_that_is_none_is_not_saved_either(code: str, login: Show, mint: Mint) -> None:
    mint.refusal = as_json({"error": code, "error_description": "Go away"}, status=400)
    seen = login(mint.server, CLIENT_HERE, scope="events.read")
    arrive(answer_to(seen))
    seen.reaches("failed")
    assert seen.card.problem == "The server refused the request."
    seen.until_said(f"{code}: Go away")
    assert seen.said()[0] == seen.card.problem
    assert seen.saved({"code": code}) == []


def test_a_cell_goes_on_waiting_while_somebody_tries_again(login: Show) -> None:
    seen = login()

    def person() -> None:
        arrive(sign_in(seen.card.url, allow=False))
        seen.reaches("failed")
        arrive(sign_in(seen.card.url))

    threading.Thread(target=person).start()
    assert seen.card.wait().id_token is not None


@pytest.mark.check(id="answer/state")
def test_an_answer_to_another_sign_in_gets_nowhere(login: Show) -> None:
    seen, other = login(), login()
    strange = sign_in(other.card.url, "bob").replace(
        str(urlsplit(sign_in(other.card.url)).port), str(urlsplit(sign_in(seen.card.url)).port)
    )
    before = seen.card.url
    assert arrive(strange) == 400
    assert seen.card.phase == "ready"
    seen.tell("pasted", url=strange)
    seen.reaches("failed")
    assert "belongs to an earlier sign-in" in seen.card.problem
    assert seen.card.url == before
    seen.signs_in()
    assert seen.card.session.userinfo().claims["phone_number"] == "+447700900101"


@pytest.mark.check(id="answer/code-once")
def test_a_reloaded_page_changes_nothing(login: Show, mint: Mint) -> None:
    mint.takes_long = 0.1
    seen = login(mint.server, CLIENT_HERE, scope="events.read")
    back = answer_to(seen)
    reloads = [threading.Thread(target=arrive_or_not, args=(back,)) for _ in range(4)]
    for reload in reloads:
        reload.start()
    for reload in reloads:
        reload.join()
    seen.reaches("signed_in")
    seen.tell("answer", url=back)
    arrive_or_not(back)
    time.sleep(0.05)
    assert seen.card.phase == "signed_in"
    assert len(mint.asked("/token")) == 1


def test_a_server_that_does_not_answer_is_said_and_can_be_tried_again(
    login: Show, mint: Mint
) -> None:
    good, mint.refusal = mint.refusal, b"HTTP/1.1 200 so\r\ncontent-length: 9\r\n\r\n{"
    seen = login(mint.server, CLIENT_HERE, scope="events.read")
    first = seen.card.url
    arrive(answer_to(seen))
    seen.reaches("failed")
    assert seen.card.problem
    assert seen.card.next_step
    assert seen.card.url != first
    mint.refusal = good
    arrive(answer_to(seen))
    seen.reaches("signed_in")


def test_an_answer_that_comes_too_late_leaves_a_link_that_is_good(login: Show) -> None:
    seen = login()
    pending = vars(seen.card)["_sign_in"].__dict__["_pending"]
    # as after a machine's sleep, which no timer counts
    object.__setattr__(pending.request, "expires_at", time.time())
    before = seen.card.url
    arrive(sign_in(before))
    seen.reaches("failed")
    assert "arrived too late" in seen.card.problem
    assert seen.card.url != before
    seen.signs_in()


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "answer"},
        {"kind": "answer", "url": 7},
        {"kind": "answer", "url": None},
        {"kind": "sign me in"},
        {"kind": None},
        {"kind": "again"},
        {"kind": "answer", "url": "https://elsewhere.example/?code=theirs&state=another"},
        {"kind": "answer", "url": "http://[/?state=x"},
        {"kind": "page", "origin": "https://elsewhere.example"},
    ],
    ids=str,
)
def test_a_message_that_means_nothing_changes_nothing(message: dict[str, Any], login: Show) -> None:
    seen = login()
    before = seen.card.get_state()
    seen.tell(**message)
    assert seen.card.get_state() == before
    assert seen.messages == []


@pytest.mark.parametrize("junk", ["", "hello", "\ud800", "javascript:alert(1)", "x" * 100_000])
def test_pasted_junk_is_said_to_be_none_and_the_card_goes_on(junk: str, login: Show) -> None:
    seen = login()
    seen.tell("pasted", url=junk)
    seen.reaches("failed")
    assert seen.card.problem
    seen.signs_in()
