"""A person signs in at a card: by the way straight back, by pasting, or by typing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.widgets import _card
from oauth_widgets.widgets import login_card as login_room
from tests.helpers.mint import Mint
from tests.helpers.people import EVERYTHING, sign_in
from tests.helpers.waiting import until

from ..page import Page
from .seen import Show, arrive, front_end_shows, types


def test_a_card_made_directly_holds_the_sessions_card_too() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    made = ow.LoginCard(sandbox.server, sandbox.client, scope="openid")
    page = Page(made)
    page.tell("hello")
    sandbox.sign_in(made)
    page.until(lambda: "session" in made.inside)
    assert "tokens" in made.views
    made.close()


def test_a_person_signs_in_and_the_cell_gets_the_session(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login()
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url))).start()

    async def cell() -> ow.Session:
        return await seen.card

    session = asyncio.run(cell())
    assert session is seen.card.session
    assert displayed == [seen.card]
    assert session.userinfo().claims["phone_number"] == "+447700900101"
    assert seen.card.phase == "signed_in"
    assert seen.card.url == ""


def test_a_blocking_cell_gets_the_session_too(login: Show, displayed: list[ow.LoginCard]) -> None:
    seen = login()
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url))).start()
    assert seen.card.wait().id_token is not None
    assert displayed == [seen.card]


def test_a_card_that_stands_in_a_cell_already_is_not_shown_again(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login()
    front_end_shows(seen.card)  # as a cell's last value
    seen.signs_in()
    assert seen.card.wait() is seen.card.wait() is seen.card.session
    assert displayed == []


def test_a_pasted_address_does_as_well(login: Show) -> None:
    seen = login()
    seen.tell("answer", url=f" {sign_in(seen.card.url)}\n")
    seen.reaches("signed_in")
    assert seen.card.session.id_token is not None


def test_without_a_way_straight_back_the_address_is_pasted(
    login: Show, mint: Mint, displayed: list[ow.LoginCard]
) -> None:
    client = ow.ClientMetadata(client_id="app", redirect_uris=["https://app.example/cb"])
    seen = login(mint.server, client, scope="events.read")
    assert seen.card.pastes
    with pytest.raises(errors.ConfigurationError, match="await"):
        seen.card.wait()
    assert displayed == []
    answer = urlencode({"code": "1", "state": seen.state_param()})
    seen.tell("answer", url=f"https://app.example/cb?{answer}")
    seen.reaches("signed_in")
    assert seen.card.session.access_token.reveal() == "a-token"
    assert seen.card.wait() is seen.card.session


def test_where_a_waiting_cell_hears_nothing_it_still_waits_for_what_comes_straight_back(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_room, "hears_widgets", lambda: False)
    seen = login()
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url))).start()
    assert asyncio.run(seen.card._until_settled()).id_token is not None  # noqa: SLF001


def test_a_waiting_cell_that_asks_for_the_address_shows_one_card(
    login: Show, displayed: list[ow.LoginCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_room, "hears_widgets", lambda: False)
    client = ow.sandbox.start().register(
        {
            "client_id": "far",
            "redirect_uris": ["https://far.example/cb"],
            "scope": EVERYTHING,
        }
    )
    seen = login(client=client)
    types(monkeypatch, lambda: sign_in(seen.card.url))
    assert asyncio.run(seen.card._until_settled()).id_token is not None  # noqa: SLF001
    assert displayed == [seen.card]


@pytest.mark.parametrize(
    ("form", "hears", "expected"),
    [("wait", True, [True, False]), ("await", False, [True, False]), ("await", True, [])],
)
def test_a_card_knows_whether_it_is_heard_while_a_cell_waits(
    login: Show, monkeypatch: pytest.MonkeyPatch, *, form: str, hears: bool, expected: list[bool]
) -> None:
    monkeypatch.setattr(login_room, "hears_widgets", lambda: hears)
    seen = login()
    deaf: list[bool] = []
    seen.card.observe(lambda change: deaf.append(change["new"]), "deaf")
    threading.Timer(0.1, lambda: arrive(sign_in(seen.card.url))).start()
    if form == "wait":
        seen.card.wait()
    else:
        asyncio.run(seen.card._until_settled())  # noqa: SLF001
    assert deaf == expected


@pytest.mark.parametrize("form", ["await", "wait", "shown"])
def test_where_no_script_runs_the_text_follows_the_sign_in(
    login: Show, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    texts: list[tuple[str, bool]] = []

    def publish(data: dict[str, str], *, transient: object, update: bool) -> None:
        assert transient
        texts.append((data["text/plain"], update))

    seen = login()
    monkeypatch.setattr(_card, "publish_display_data", publish)

    def published(count: int) -> str:
        until(lambda: len(texts) >= count)
        return texts[count - 1][0].splitlines()[-1]

    def person() -> None:
        arrive(sign_in(published(1), allow=False))
        arrive(sign_in(published(2)))

    def shown() -> None:
        front_end_shows(seen.card)
        person()

    ways: dict[str, Callable[[], object]] = {
        "await": lambda: asyncio.run(seen.card._until_settled()),  # noqa: SLF001
        "wait": seen.card.wait,
        "shown": shown,
    }
    if form != "shown":
        threading.Thread(target=person, daemon=True).start()
    ways[form]()
    published(3)
    assert [update for _, update in texts] == [False, True, True]
    assert "Permission was refused" in texts[1][0]
    assert texts[2][0] == "Signed in to Practice server (wgtwo)."
    seen.card.session.revoke()
    assert texts[3:] == [("Signed out of Practice server (wgtwo).", True)]


def test_the_address_can_be_typed_where_no_script_runs(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = login()
    asked = types(monkeypatch, lambda: "SplxlOBeZQQY", lambda: sign_in(seen.card.url))
    assert seen.card.paste().id_token is not None
    assert asked[0].startswith("Paste the address from the sign-in window")
    assert asked[1].startswith("That is only the code, not the whole address")


def test_typing_nothing_gives_up(login: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = login()
    types(monkeypatch, lambda: " ")
    with pytest.raises(errors.SignInCancelled):
        seen.card.paste()


def test_a_code_for_another_device_goes_to_the_open_page_alone(login: Show) -> None:
    sandbox = ow.sandbox.start("playground")
    seen = login(sandbox.server, sandbox.clients["terminal"], scope="openid")
    assert seen.card.devices
    seen.tell("device")
    device = until(lambda: seen.told("aside") and seen.told("aside")[-1]["device"])
    assert device["verification_uri"] == f"{sandbox.server.issuer}/device"
    assert device["user_code"] in device["verification_uri_complete"]
    assert seen.saved({"user code": device["user_code"]}) == []
    seen.tell("cancel")
    seen.reaches("cancelled")
    assert seen.told("aside")[-1]["device"] is None
