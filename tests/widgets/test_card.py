"""What every card does alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import start
from oauth_widgets.widgets import _card
from oauth_widgets.widgets._card import Card, names_nearest

from ..helpers.mint import Mint
from ..helpers.people import session_of
from .page import OnPage, Page


@pytest.fixture
def page(on_page: OnPage) -> Page:
    return on_page(Card())


def picker(**more: Any) -> ow.ScopePicker:
    sandbox = ow.sandbox.start()
    return ow.ScopePicker(sandbox.server, sandbox.client, **more)


# what a call is refused for


@pytest.mark.parametrize(
    ("call", "argument", "nearest"),
    [
        (picker, "service", "services"),
        (ow.ClientForm, "registr", "register"),
        (ow.SessionCard, "sesion", "session"),
        (ow.login, "scopes", "scope"),
        (ow.DeviceCode, "logn", "login"),
        (ow.TokenView, "tokn", "token"),
    ],
)
def test_an_unknown_argument_names_the_nearest_known_one(
    call: Any, argument: str, nearest: str
) -> None:
    with pytest.raises(errors.ConfigurationError, match=f"has no argument {argument}") as told:
        call(**{argument: 1})
    assert told.value.next_step == f"Did you mean {nearest}?"


def test_an_unknown_argument_that_is_near_to_none_is_told_those_there_are() -> None:
    with pytest.raises(errors.ConfigurationError, match="no argument colour") as told:
        picker(colour="red")
    assert told.value.next_step == "It has: server, client, services, scope."


def test_what_else_is_wrong_with_a_call_stays_pythons_own() -> None:
    with pytest.raises(TypeError, match="missing"):
        ow.ScopePicker()  # type: ignore[call-arg]

    def takes_anything(**more: int) -> dict[str, int]:
        return more

    assert names_nearest(takes_anything)(a=1) == {"a": 1}


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        (
            lambda: ow.ScopePicker("https://as.example", ow.sandbox.start().client),
            "text, not an Auth",
        ),  # type: ignore[arg-type]
        (lambda: ow.ScopePicker(ow.sandbox.start().server, "me"), "text, not a Client"),  # type: ignore[arg-type]
        (lambda: picker(services="events"), "list"),
        (lambda: picker(services=ow.sandbox), "list"),
        (lambda: picker(services=["events"]), "str, not Service"),
        (lambda: picker().follow("me"), "str, not Session"),
        (lambda: ow.SessionCard(ow.sandbox), "module, not Session"),  # type: ignore[arg-type]
        (lambda: ow.ClientForm("sandbox"), "str, not a function"),  # type: ignore[arg-type]
        (lambda: ow.ClientForm(registration={}), "dict, not ClientRegistration"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_the_wrong_kind_says_which_is_needed(
    call: Callable[[], object], wrong: str
) -> None:
    with pytest.raises(errors.ConfigurationError, match=wrong) as told:
        call()
    assert told.value.next_step


# work, and what goes wrong with it


def test_work_is_done_on_a_thread_of_its_own_and_the_card_says_so(page: Page) -> None:
    seen: list[tuple[str, threading.Thread]] = []
    go = threading.Event()

    def work() -> None:
        go.wait(10)
        seen.append((page.card.doing, threading.current_thread()))

    page.card._work("asking", work)  # noqa: SLF001
    page.card._work("other", seen.clear)  # noqa: SLF001 - one at a time
    assert page.card.doing == "asking"
    go.set()
    page.idle()
    ((doing, thread),) = seen
    assert doing == "asking"
    assert thread is not threading.current_thread()


def test_an_engine_error_is_shown_with_its_next_step_and_goes_with_the_next_try(
    page: Page,
) -> None:
    def fails() -> None:
        raise errors.ServerUnreachable("as.example does not answer.")

    page.card._work("asking", fails)  # noqa: SLF001
    page.idle()
    assert page.card.problem == "as.example does not answer."
    assert page.card.next_step == errors.ServerUnreachable.next_step
    page.card._work("asking", lambda: None)  # noqa: SLF001
    assert (page.card.problem, page.card.next_step) == ("", "")
    page.idle()
    assert page.card.problem == ""


@pytest.mark.check(id="secrets/hidden")
def test_what_a_server_said_goes_to_the_open_page_alone(page: Page) -> None:
    def fails() -> None:
        raise errors.InvalidGrant("invalid_grant", "alice@corp.example is gone")

    page.card._work("asking", fails)  # noqa: SLF001
    page.idle()
    said = {
        "kind": "said",
        "about": "The sign-in is no longer valid. The server said: invalid_grant.",
        "words": "alice@corp.example is gone",
    }
    assert page.card.problem == said["about"]
    # a page opened later asks, and hears the same
    page.tell("hello")
    assert page.messages == [said, said]
    assert page.saved({"name": "alice@corp.example"}) == []


def test_a_fault_of_ours_does_not_leave_a_card_busy_for_ever(page: Page) -> None:
    busy = vars(page.card)["_busy"]
    assert busy.acquire(blocking=False)
    with pytest.raises(ZeroDivisionError):
        page.card._at_work(lambda: 1 / 0)  # noqa: SLF001 - no one reads a thread's traceback
    assert not busy.locked()
    assert "ZeroDivisionError" in page.card.problem
    assert page.card.next_step


@pytest.mark.parametrize(
    "make", [Card, picker, ow.ClientForm, lambda: ow.SessionCard(session_of("alice"))]
)
def test_what_no_page_of_ours_says_does_nothing(on_page: OnPage, make: Callable[[], Card]) -> None:
    page = on_page(make())
    for kind in (None, 7, "unheard"):
        page.tell(kind)
    assert page.messages == []
    assert not page.card.doing


# being shown, and ending with its session


def test_a_card_shows_itself_with_text_for_where_there_are_no_widgets(
    monkeypatch: pytest.MonkeyPatch, page: Page
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(_card, "publish_display_data", shown.append)
    page.card._ipython_display_()
    assert shown[0]["text/plain"] == "<Card>"
    assert shown[0][_card.VIEW]["model_id"] == page.card.model_id


def test_a_card_says_so_once_its_session_has_ended(mint: Mint, page: Page) -> None:
    session = mint.session()
    page.card._follow(session)  # noqa: SLF001
    assert not page.card.ended
    session.revoke()
    assert page.card.ended
    page.card._follow(mint.session())  # noqa: SLF001
    assert not page.card.ended


def test_a_closed_card_watches_no_session(mint: Mint) -> None:
    session = mint.session()
    card = Card()
    card._follow(session)  # noqa: SLF001
    card.close()
    assert vars(session)["_watchers"] == []


def test_the_loop_does_not_wait_for_a_card_that_waits_for_the_loop(
    mint: Mint, on_page: OnPage
) -> None:
    session = mint.session()
    card = on_page(ow.SessionCard(session)).card

    async def told() -> None:
        session._tell()  # noqa: SLF001 - as a refresh does

    async def nothing() -> None:
        pass

    # As a card has it that begins a sign-in, which listens at a port.
    with card._changing:  # noqa: SLF001
        start(told())
        start(nothing()).result(30)
