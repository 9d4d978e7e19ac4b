"""The code for another device without a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox.server.state import devices as device
from oauth_widgets.signing_in.callback import beacon
from oauth_widgets.signing_in.callback.person import check_person
from oauth_widgets.widgets import device_code as room
from tests.helpers.people import decide_on_device, secrets_of
from tests.protocol.builders import refuses

from .page import OnPage, Page

Show = Callable[..., Page]


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[ow.DeviceCode]:
    """Cards that showed themselves, in order."""
    cards: list[ow.DeviceCode] = []

    def display(card: ow.DeviceCode) -> None:
        cards.append(card)
        card._ipython_display_()

    monkeypatch.setattr(room, "check_person", lambda: "notebook")
    monkeypatch.setattr(room, "display", display)
    # the sandbox asks for five seconds between two questions
    monkeypatch.setattr(device.Devices, "_check_pace", lambda *_: None)
    return cards


def begun(scope: str = "openid phone") -> ow.DeviceLogin:
    playground = ow.sandbox.start("playground")
    login = ow.device_login(playground.server, playground.client, scope=scope)
    object.__setattr__(vars(login)["_answer"], "interval", 0.05)
    return login


@pytest.fixture
def show(displayed: list[ow.DeviceCode], on_page: OnPage) -> Show:
    assert displayed == []
    return lambda login=None: on_page(ow.DeviceCode(login or begun()))


def test_it_shows_code_page_scope_and_end(show: Show, displayed: list[ow.DeviceCode]) -> None:
    login = begun()
    card = show(login).card
    assert (card.phase, card.user_code, card.verification_uri) == (
        "waiting",
        login.user_code,
        login.verification_uri,
    )
    assert card.verification_uri_complete == login.verification_uri_complete
    assert card.expires_at == login.expires_at.isoformat()
    assert card.requested == ["openid", "phone"]
    assert card.server == "Practice server (playground)"
    assert displayed == []


def test_a_browser_elsewhere_is_shown_the_pages_as_it_reaches_them(show: Show) -> None:
    login = begun()
    page = show(login)
    page.tell("hello")
    assert [set(message) for message in page.told("where")] == [{"kind", "port", "nonce"}]
    here = {"origin": "https://hub.example", "base_url": "/user/a/", "front_end": "lab"}
    page.tell("page", **here, loopback=False, proxy=True)
    start = "https://hub.example/user/a/proxy/"
    assert page.card.verification_uri.startswith(start)
    assert page.card.verification_uri_complete.startswith(start)
    assert page.card.verification_uri_complete.endswith(f"?user_code={login.user_code}")
    page.tell("page", **here, loopback=True)
    assert page.card.verification_uri == login.verification_uri


def test_a_page_opened_after_the_end_is_asked_nothing(show: Show) -> None:
    page = show()
    page.tell("cancel")
    page.until(lambda: page.card.phase == "cancelled")
    page.tell("hello")
    page.tell("page", origin="https://hub.example", base_url="/user/a/")
    assert page.messages == []
    assert page.card.verification_uri_complete == ""


def test_before_the_decision_the_session_is_a_clear_error(show: Show) -> None:
    with pytest.raises(errors.NotSignedIn, match="No one has entered the code yet"):
        _ = show().card.session


def test_a_person_allows_it_elsewhere_and_the_cell_gets_the_session(
    show: Show, displayed: list[ow.DeviceCode]
) -> None:
    page = show()
    person = threading.Thread(target=decide_on_device, args=(page.card.verification_uri_complete,))
    person.start()

    async def cell() -> ow.Session:
        return await page.card

    session = asyncio.run(cell())
    person.join()
    assert session is page.card.session is page.card.wait()
    assert session.userinfo().claims["phone_number"] == "+447700900101"
    assert displayed == [page.card]


def test_a_blocking_cell_gets_it_too(show: Show, displayed: list[ow.DeviceCode]) -> None:
    page = show()
    threading.Thread(target=decide_on_device, args=(page.card.verification_uri_complete,)).start()
    assert page.card.wait().id_token is not None
    assert displayed == [page.card]


def test_the_decision_asks_no_page_for_its_address(
    displayed: list[ow.DeviceCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives on the I/O loop, which would wait for itself to start a beacon."""
    card = ow.DeviceCode(begun())
    sent: list[object] = []
    monkeypatch.setattr(room, "ask_where", sent.append)
    decide_on_device(card.verification_uri_complete)
    assert card.wait().id_token is not None
    assert (displayed, sent) == ([card], [])


def test_a_card_that_stands_in_a_cell_already_is_not_shown_again(
    show: Show, displayed: list[ow.DeviceCode]
) -> None:
    page = show()
    page.card._ipython_display_()  # as a cell's last value
    decide_on_device(page.card.verification_uri_complete)
    assert page.card.wait().id_token is not None
    assert displayed == []


def test_once_it_is_over_code_and_link_are_gone(show: Show) -> None:
    page = show()
    code = page.card.user_code
    decide_on_device(page.card.verification_uri_complete)
    page.until(lambda: page.card.phase == "signed_in")
    assert (page.card.user_code, page.card.verification_uri_complete) == ("", "")
    assert code not in str(page.card.get_state())
    assert repr(page.card) == "<DeviceCode for Practice server (playground): signed in>"


def test_a_refusal_is_said_with_what_to_do(show: Show) -> None:
    page = show()
    decide_on_device(page.card.verification_uri_complete, allow=False)
    page.until(lambda: page.card.phase == "failed")
    assert page.card.problem.startswith("Permission was refused")
    assert page.card.user_code == ""
    with pytest.raises(errors.NotSignedIn, match="new code") as nobody:
        page.card.wait()
    assert isinstance(nobody.value.__cause__, errors.AccessDenied)


def test_a_code_that_nobody_enters_runs_out(show: Show) -> None:
    login = begun()
    object.__setattr__(vars(login)["_answer"], "expires_at", 0.0)
    page = show(login)
    page.until(lambda: page.card.phase == "expired")
    with pytest.raises(errors.SignInTimeout, match="before it expired"):
        page.card.wait()
    assert page.card.problem == ""


def test_cancel_ends_the_wait_and_the_questions(show: Show, displayed: list[ow.DeviceCode]) -> None:
    page = show()
    threading.Timer(0.05, lambda: page.tell("cancel")).start()
    with pytest.raises(errors.SignInCancelled):
        page.card.wait()
    assert displayed == [page.card]
    assert (page.card.phase, page.card.user_code) == ("cancelled", "")
    assert vars(page.card)["_waiting"].cancelled()
    page.tell("cancel")
    assert page.card.phase == "cancelled"


def test_cancel_after_the_sign_in_changes_nothing(show: Show) -> None:
    page = show()
    decide_on_device(page.card.verification_uri_complete)
    page.card.wait()
    page.tell("cancel")
    assert page.card.session.id_token is not None


def test_whatever_follows_its_phase_may_make_requests(show: Show) -> None:
    page = show()
    found: list[object] = []
    page.card.observe(lambda _: found.append(page.card.session.userinfo().claims["sub"]), "phase")
    decide_on_device(page.card.verification_uri_complete)
    page.until(lambda: found == [page.card.wait().id_token.claims["sub"]])


def test_a_closed_card_waits_no_more(show: Show, displayed: list[ow.DeviceCode]) -> None:
    card = show().card
    card.close()
    with pytest.raises(errors.SignInCancelled):
        card.wait()
    assert displayed == []


def test_stopping_a_cell_ends_its_wait_and_not_the_card(show: Show) -> None:
    page = show()

    async def cell() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.ensure_future(page.card._until_decided()), 0.15)  # noqa: SLF001

    asyncio.run(cell())
    assert page.card.phase == "waiting"
    decide_on_device(page.card.verification_uri_complete)
    assert page.card.wait().id_token is not None


def test_a_fault_of_ours_does_not_leave_a_cell_waiting(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda fault: told.append(fault.exc_type))

    async def fail(_: object) -> ow.Session:
        raise ZeroDivisionError

    monkeypatch.setattr(ow.DeviceLogin, "afinish", fail)
    page = show()
    page.until(lambda: page.card.phase == "failed")
    assert page.card.problem == "Unexpected error: ZeroDivisionError."
    with pytest.raises(errors.NotSignedIn):
        page.card.wait()
    # Whoever can mend it hears of it.
    page.until(lambda: told == [ZeroDivisionError])


def test_where_nobody_can_see_it_no_cell_waits(
    show: Show, displayed: list[ow.DeviceCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "check_person", check_person)
    monkeypatch.setattr("oauth_widgets.signing_in.callback.person.has_browser", lambda: False)
    with pytest.raises(errors.NeedsAPerson, match="no notebook to show"):
        show().card.wait()
    assert displayed == []


def test_in_a_terminal_it_says_which_code_to_enter_where(
    show: Show, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "check_person", lambda: "terminal")
    page = show()
    code, where = page.card.user_code, page.card.verification_uri
    threading.Timer(0.1, page.card.close).start()
    with pytest.raises(errors.SignInCancelled):
        page.card.wait()
    assert f"open {where} on any device and enter {code}." in capsys.readouterr().err


def test_a_decision_ends_the_wait_if_no_page_has_shown_the_card(
    displayed: list[ow.DeviceCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a terminal: nothing in this process listens for pages yet
    monkeypatch.setattr(beacon, "_lit", None)
    login = begun()
    decide_on_device(login.verification_uri_complete or "")
    session = ow.DeviceCode(login).wait()
    assert "phone" in session.scope
    assert len(displayed) == 1


def test_a_message_that_means_nothing_changes_nothing(show: Show) -> None:
    page = show()
    before = page.card.get_state()
    for kind in ("again", "answer", None, 7):
        page.tell(kind)
    assert page.card.get_state() == before


@pytest.mark.parametrize("wrong", [None, "WDJB-MJHT", 7])
def test_what_is_no_login_is_refused(wrong: Any) -> None:
    with refuses(errors.ConfigurationError) as refused:
        ow.DeviceCode(wrong)
    assert "not DeviceLogin" in refused.value.message


@pytest.mark.check(id="secrets/hidden")
def test_a_device_code_saves_no_secret_and_nothing_personal(show: Show) -> None:
    login = begun("openid phone offline_access")
    device_code = vars(login)["_answer"].device_code.reveal()
    page = show(login)
    page.tell("hello")
    decide_on_device(page.card.verification_uri_complete)
    secrets = secrets_of(page.card.wait()) | {"device code": device_code}
    assert {"refresh token", "phone_number"} <= secrets.keys()
    assert page.saved(secrets) == []


@pytest.mark.check(id="device/polling")
def test_asking_stops_with_the_card(show: Show) -> None:
    asked: list[str] = []
    handle = httpx.AsyncHTTPTransport.handle_async_request

    async def counted(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> Any:
        asked.append(str(request.url))
        return await handle(transport, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", counted)
        page = show()
        page.until(lambda: len(asked) > 2)
        page.tell("cancel")
        page.until(lambda: page.card.phase == "cancelled")
        so_far = len(asked)
        done = threading.Event()
        threading.Timer(0.2, done.set).start()
        done.wait()
        assert len(asked) <= so_far + 1
