"""The login card without a browser: its messages and its loopback address are played to it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in import sign_in as sign_in_room
from oauth_widgets.signing_in.callback.person import check_person
from oauth_widgets.widgets import _card
from oauth_widgets.widgets import _words as words
from oauth_widgets.widgets import login_card as login_room
from oauth_widgets.widgets._inside import views_of
from oauth_widgets.widgets.scopes import VIEWS
from tests.helpers.leaks import shapes
from tests.helpers.mint import CLIENT, Mint, running_mint
from tests.helpers.people import EVERYTHING, session_of, sign_in
from tests.helpers.rigged import as_json

from .page import Page


class Seen:
    """A card as the page sees it: each state it syncs, each message it gets, each display."""

    def __init__(self, card: ow.LoginCard) -> None:
        self.card = card
        self.messages: list[dict[str, Any]] = []
        self.states = [self._state()]
        card.send = self._send
        card.observe(lambda _: self.states.append(self._state()))

    def tell(self, kind: str, **more: Any) -> None:
        """Play a message from the page."""
        self.card._handle_custom_msg({"kind": kind, **more}, [])  # noqa: SLF001

    def until(self, phase: str) -> None:
        deadline = time.monotonic() + 30
        while self.card.phase != phase:
            assert time.monotonic() < deadline, f"still {self.card!r}: {self.card.problem}"
            time.sleep(0.005)

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one kind."""
        return [message for message in self.messages if message["kind"] == kind]

    def said(self) -> tuple[str, str]:
        """What the server was last quoted with, and about which problem."""
        said = self.told("said")[-1:]
        return (said[0]["about"], said[0]["words"]) if said else ("", "")

    def until_said(self, words: str) -> None:
        deadline = time.monotonic() + 30
        while self.said()[1] != words:
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def state_param(self) -> str:
        return parse_qs(urlsplit(self.card.url).query)["state"][0]

    def _state(self) -> str:
        return json.dumps(self.card.get_state(), default=str)

    def _send(self, message: dict[str, Any], *_: object) -> None:
        self.messages.append(json.loads(json.dumps(message)))


Show = Callable[..., Seen]

SERVER = ow.AuthorizationServer(
    issuer="https://server.example",
    authorization_endpoint="https://server.example/a",
    token_endpoint="https://server.example/t",
)
PASTE_ONLY = ow.ClientMetadata(client_id="notebook", redirect_uris=["https://app.example/cb"])


def front_end_shows(card: ow.LoginCard) -> None:
    """Ask the card to show itself, as IPython does for a cell's last value."""
    card._ipython_display_()


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[ow.LoginCard]:
    """Cards that showed themselves, in order."""
    cards: list[ow.LoginCard] = []

    def display(card: ow.LoginCard) -> None:
        cards.append(card)
        front_end_shows(card)

    monkeypatch.setattr(login_room, "check_person", lambda: "notebook")
    monkeypatch.setattr(login_room, "display", display)
    monkeypatch.setattr(_card, "publish_display_data", lambda *_, **__: None)
    return cards


@pytest.fixture
def login(displayed: list[ow.LoginCard]) -> Iterator[Show]:
    assert displayed == []
    made: list[Seen] = []

    def make(server: Any = None, client: Any = None, **more: Any) -> Seen:
        sandbox = ow.sandbox.start()
        more = {"scope": EVERYTHING, **more}
        made.append(Seen(ow.login(server or sandbox.server, client or sandbox.client, **more)))
        return made[-1]

    yield make
    for seen in made:
        seen.card.close()


@pytest.fixture
def mint() -> Iterator[Mint]:
    with running_mint() as running:
        running.refusal = as_json({"access_token": "a-token", "token_type": "Bearer"})
        yield running


def arrive(url: str) -> int:
    """Go to the address that the sign-in page sends the browser to; return the status."""
    return httpx.get(url, trust_env=False, timeout=30).status_code


def signs_in_when_ready(seen: Seen) -> None:
    seen.until("ready")
    arrive(sign_in(seen.card.url))


# before anyone has signed in


def test_making_a_card_shows_nothing(login: Show, displayed: list[ow.LoginCard]) -> None:
    login()
    assert displayed == []


def test_before_the_sign_in_the_session_is_a_clear_error(login: Show) -> None:
    with pytest.raises(errors.NotSignedIn, match="Click the sign-in button"):
        _ = login().card.session


def test_a_card_offers_the_address_to_open(login: Show) -> None:
    seen = login(extra={"prompt": "login"})
    asked = parse_qs(urlsplit(seen.card.url).query)
    assert asked["prompt"] == ["login"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert (seen.card.phase, seen.card.requested) == ("ready", EVERYTHING.split())
    assert seen.card.server == "wgtwo sandbox"


@pytest.mark.parametrize("name", ["frame", "access_token", "aframe", "http", "client"])
def test_a_card_used_as_a_session_says_what_was_forgotten(name: str, login: Show) -> None:
    seen = login()
    with pytest.raises(AttributeError, match=r"Write `session = await ow\.login\(…\)`"):
        getattr(seen.card, name)
    assert not hasattr(seen.card, name)


@pytest.mark.parametrize("name", ["_repr_html_", "_renewing", "colour"])
def test_any_other_name_that_a_card_lacks_is_an_ordinary_error(name: str, login: Show) -> None:
    seen = login()
    with pytest.raises(AttributeError, match=f"'LoginCard' object has no attribute '{name}'"):
        getattr(seen.card, name)
    assert seen.card.server == "wgtwo sandbox"


def test_an_argument_that_is_none_is_refused() -> None:
    sandbox = ow.sandbox.start()
    with pytest.raises(errors.ConfigurationError, match="colour"):
        ow.login(sandbox.server, sandbox.client, colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        ow.LoginCard(sandbox.server, sandbox.client, colour="red")


def test_what_cannot_work_is_said_at_once_and_holds_no_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sandbox = ow.sandbox.start()
    client = ow.ClientMetadata(
        client_id="notebook", redirect_uris=[f"http://127.0.0.1:{port}/callback"]
    )
    with pytest.raises(errors.ConfigurationError, match="state"):
        ow.login(sandbox.server, client, extra={"state": "mine"})
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_outside_a_notebook_no_cell_waits_and_nothing_is_shown(
    login: Show, displayed: list[ow.LoginCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_room, "check_person", check_person)
    monkeypatch.setattr("oauth_widgets.signing_in.callback.person.has_browser", lambda: False)
    seen = login()
    with pytest.raises(errors.NeedsAPerson, match="no notebook to show"):
        seen.card.wait()
    assert displayed == []
    front_end_shows(seen.card)  # as IPython does in a terminal


# signing in


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
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    assert seen.card.wait() is seen.card.wait() is seen.card.session
    assert displayed == []


def signed_in(login: Show, **more: Any) -> Seen:
    """Return a card that a page shows and that someone has signed in at."""
    seen = login(**more)
    seen.tell("hello")
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    seen.card.wait()
    return seen


def inner(seen: Seen, name: str) -> Any:
    """Return the card inside it of that name."""
    return vars(seen.card)["_inside"].cards[name]


def asks_for_more(seen: Seen, username: str) -> Any:
    """Open every view, ask for events.read too, and sign in; return the card that asked."""
    for name in ("tokens", "claims", "scopes"):
        seen.tell("open", view=name)
    picker = Page(inner(seen, "scopes"))
    picker.sets(picks=["openid", "phone", "events.read"])
    picker.tell("ask")
    place = vars(picker.card)["_place"]
    picker.until(lambda: place.children)
    (asking,) = place.children
    Page(asking).tell("hello")
    arrive(sign_in(asking.url, username))
    picker.until(lambda: not place.children)
    return asking


def test_who_signed_in_and_for_what_stands_in_the_card(login: Show) -> None:
    seen = signed_in(login, scope="openid phone offline_access")
    assert list(seen.card.inside) == ["session"]
    assert inner(seen, "session").granted == ["openid", "phone", "offline_access"]
    assert inner(seen, "session").session is seen.card.session
    assert seen.card.views == ["scopes", "tokens", "claims", "trace"]


def test_where_no_page_is_open_nothing_is_made_for_it(login: Show) -> None:
    seen = login()
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    assert seen.card.inside == {}
    # a page opened later asks, and finds the same
    seen.tell("hello")
    assert list(seen.card.inside) == ["session"]


def test_a_view_is_made_once_and_only_when_somebody_opens_it(login: Show) -> None:
    seen = signed_in(login)
    for _ in range(2):
        for name in ("tokens", "claims", "scopes", "no such view", None, ["tokens"]):
            seen.tell("open", view=name)
    assert list(seen.card.inside) == ["session", "tokens", "claims", "scopes"]
    assert isinstance(inner(seen, "tokens"), ow.TokenView)
    assert isinstance(inner(seen, "claims"), ow.ClaimsView)
    assert inner(seen, "scopes").marks["phone"] == ["granted"]


def test_without_an_id_token_there_is_no_view_of_one(login: Show) -> None:
    seen = signed_in(login, scope="events.read phone")
    assert seen.card.views == ["scopes", "tokens", "trace"]
    seen.tell("open", view="claims")
    assert list(seen.card.inside) == ["session"]


def test_asking_for_more_within_the_card_widens_its_session_and_all_its_views(login: Show) -> None:
    seen = signed_in(login, scope="openid phone")
    first = seen.card.session
    asking = asks_for_more(seen, "alice")
    picker = inner(seen, "scopes")
    # whoever holds the session has the wider one
    assert seen.card.session is seen.card.wait() is first
    assert "events.read" in first.scope
    assert "events.read" in inner(seen, "session").granted
    assert inner(seen, "session").outcome == "widened"
    assert picker.marks["events.read"] == ["granted"]
    # the card that asked has done its work, and made nothing for itself
    assert asking.comm is None
    assert asking.inside == {}


def test_where_somebody_else_signs_in_for_more_card_and_views_go_on_with_theirs(
    login: Show,
) -> None:
    seen = signed_in(login, scope="openid phone")
    first = seen.card.session
    asks_for_more(seen, "bob")
    assert seen.card.session is not first
    assert seen.card.wait() is seen.card.session
    for name in seen.card.inside:
        assert inner(seen, name)._session is seen.card.session, name  # noqa: SLF001
    assert "events.read" not in first.scope


def test_what_stands_in_a_card_goes_with_it(login: Show) -> None:
    seen = signed_in(login)
    for name in ("tokens", "scopes"):
        seen.tell("open", view=name)
    inside = [inner(seen, name) for name in ("session", "tokens", "scopes")]
    inside += [card._shown for card in inside]  # noqa: SLF001
    session = seen.card.session
    seen.card.close()
    assert [card.comm for card in inside] == [None] * 6
    assert vars(session)["_watchers"] == []


def test_a_page_opened_after_the_sign_out_is_told_so(login: Show) -> None:
    seen = login()
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    seen.card.session.revoke()
    for _ in range(2):
        seen.tell("hello")
        assert seen.card.phase == "signed_out"
    assert seen.card.inside == {}
    assert repr(seen.card) == "<LoginCard for wgtwo sandbox: signed out>"
    seen.tell("again")
    assert seen.card.phase == "signed_out"


def test_an_open_page_is_told_at_once_of_fresh_tokens_and_of_the_end(login: Show) -> None:
    seen = signed_in(login)
    first = inner(seen, "session").expires
    seen.card.session.refresh()
    assert inner(seen, "session").expires > first
    seen.card.session.revoke()
    assert seen.card.phase == "signed_out"
    assert inner(seen, "session").ended


def test_a_closed_card_watches_no_session(login: Show) -> None:
    seen = login()
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    session = seen.card.session
    for _ in range(2):
        seen.card.close()
    assert vars(session)["_watchers"] == []


def test_a_pasted_address_does_as_well(login: Show) -> None:
    seen = login()
    seen.tell("answer", url=f" {sign_in(seen.card.url)}\n")
    seen.until("signed_in")
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
    seen.until("signed_in")
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
        deadline = time.monotonic() + 30
        while len(texts) < count:
            assert time.monotonic() < deadline
            time.sleep(0.005)
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
    assert texts[2][0] == "Signed in at wgtwo sandbox."
    seen.card.session.revoke()
    assert texts[3:] == [("Signed out at wgtwo sandbox.", True)]


# when it does not go well


def test_a_refusal_is_said_and_trying_again_works(login: Show) -> None:
    earlier = session_of("bob")
    seen = login()
    first = seen.card.url
    arrive(sign_in(first, allow=False))
    seen.until("failed")
    assert seen.card.problem.startswith("Permission was refused on the sign-in page.")
    assert seen.card.next_step == "Sign in again and allow it, or ask for fewer scopes."
    with pytest.raises(errors.NotSignedIn) as nobody:
        _ = seen.card.session
    assert str(nobody.value) == (
        "The last attempt failed: Permission was refused on the sign-in page. The server said: "
        "access_denied.\nSign in again and allow it, or ask for fewer scopes."
    )
    assert isinstance(nobody.value.__cause__, errors.AccessDenied)
    assert earlier.userinfo().claims["sub"]

    assert parse_qs(urlsplit(seen.card.url).query)["state"] != parse_qs(first)["state"]
    assert arrive(sign_in(seen.card.url)) == 200
    seen.until("signed_in")
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
    seen.until("failed")
    assert seen.card.problem == "The sign-in is no longer valid. The server said: invalid_grant."
    assert seen.said() == (seen.card.problem, words)
    # a page opened later asks, and hears the same
    seen.messages.clear()
    seen.tell("hello")
    assert seen.said() == (seen.card.problem, words)
    # another failure for the same address is no longer about that
    seen.tell("pasted", url="https://elsewhere.example/")
    seen.until_said("")
    seen.until("failed")

    mint.refusal = good
    arrive(answer_to(seen))
    seen.until("signed_in")
    assert found({"name": "alice@corp.example"}, [*seen.states, repr(seen.card)]) == []


@pytest.mark.parametrize("code", ["alice@corp.example", "No such user: alice", "andré", "a" * 41])
@pytest.mark.check(id="secrets/hidden")
def test_a_code_that_is_none_is_not_saved_either(code: str, login: Show, mint: Mint) -> None:
    mint.refusal = as_json({"error": code, "error_description": "Go away"}, status=400)
    seen = login(mint.server, CLIENT_HERE, scope="events.read")
    arrive(answer_to(seen))
    seen.until("failed")
    assert seen.card.problem == "The server refused."
    assert seen.said() == (seen.card.problem, f"{code}: Go away")
    assert found({"code": code}, seen.states) == []


def test_a_cell_goes_on_waiting_while_somebody_tries_again(login: Show) -> None:
    seen = login()

    def person() -> None:
        arrive(sign_in(seen.card.url, allow=False))
        seen.until("failed")
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
    seen.until("failed")
    assert "belongs to an earlier sign-in" in seen.card.problem
    assert seen.card.url == before
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
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
    seen.until("signed_in")
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
    seen.until("failed")
    assert seen.card.problem
    assert seen.card.next_step
    assert seen.card.url != first
    mint.refusal = good
    arrive(answer_to(seen))
    seen.until("signed_in")


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
    seen.until("failed")
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
    seen.until("failed")
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
    seen.until("finishing")
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
    seen.until("expired")
    # The page hears of it first; then the listener closes.
    assert vars(seen.card)["_sign_in"].__dict__["_settled"].wait(10)
    assert seen.card.url == ""
    with pytest.raises(errors.SignInTimeout):
        _ = seen.card.session
    with pytest.raises(httpx.ConnectError):
        arrive(back)

    links_last(60, monkeypatch)
    seen.tell("again")
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")


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
        seen.until("expired")
    deadline = time.monotonic() + 30
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


def test_an_answer_that_comes_too_late_leaves_a_link_that_is_good(login: Show) -> None:
    seen = login()
    pending = vars(seen.card)["_sign_in"].__dict__["_pending"]
    # as after a machine's sleep, which no timer counts
    object.__setattr__(pending.request, "expires_at", time.time())
    before = seen.card.url
    arrive(sign_in(before))
    seen.until("failed")
    assert "arrived too late" in seen.card.problem
    assert seen.card.url != before
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")


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
    seen.until("failed")
    assert seen.card.problem
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")


# typed, or on another device


def types(monkeypatch: pytest.MonkeyPatch, *lines: Callable[[], str]) -> list[str]:
    """Have a person type these lines when asked; return the list of what was asked."""
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return lines[len(asked) - 1]()

    monkeypatch.setattr("getpass.getpass", typed)
    return asked


def test_the_address_can_be_typed_where_no_script_runs(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = login()
    asked = types(monkeypatch, lambda: "SplxlOBeZQQY", lambda: sign_in(seen.card.url))
    assert seen.card.paste().id_token is not None
    assert asked[0].startswith("Paste the address from the sign-in window")
    assert asked[1].startswith("That is only the code. Copy the whole address")


def test_typing_nothing_gives_up(login: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = login()
    types(monkeypatch, lambda: " ")
    with pytest.raises(errors.SignInCancelled):
        seen.card.paste()


def test_a_cell_that_hears_no_clicks_asks_for_what_cannot_come_by_itself(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_room, "hears_widgets", lambda: False)
    seen = login(SERVER, PASTE_ONLY, scope="")
    asked = types(monkeypatch, lambda: "")
    with pytest.raises(errors.SignInCancelled):
        asyncio.run(seen.card._until_settled())  # noqa: SLF001
    assert len(asked) == 1


def test_a_code_for_another_device_goes_to_the_open_page_alone(login: Show) -> None:
    sandbox = ow.sandbox.start("playground")
    seen = login(sandbox.server, sandbox.clients["terminal"], scope="openid")
    assert seen.card.devices
    seen.tell("device")
    deadline = time.monotonic() + 30
    while not (device := seen.told("aside") and seen.told("aside")[-1]["device"]):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert device["verification_uri"] == f"{sandbox.server.issuer}/device"
    assert device["user_code"] in device["verification_uri_complete"]
    assert found({"user code": device["user_code"]}, [*seen.states, repr(seen.card)]) == []
    seen.tell("cancel")
    seen.until("cancelled")
    assert seen.told("aside")[-1]["device"] is None


def test_an_address_to_register_goes_to_the_open_page_alone(login: Show) -> None:
    seen = login(SERVER, PASTE_ONLY, scope="")
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/user/alice.smith/")
    register = seen.told("aside")[-1]["register"]
    assert register.startswith("https://hub.example/user/alice.smith/lab/extensions/")
    assert found({"name": "alice.smith"}, seen.states) == []


def test_one_address_for_two_servers_is_warned_of_on_the_card(login: Show) -> None:
    client = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback"])
    assert "same address" not in login(SERVER, client, scope="").card.notes
    other = ow.AuthorizationServer(
        issuer="https://other.example",
        authorization_endpoint="https://other.example/a",
        token_endpoint="https://other.example/t",
    )
    with pytest.warns(errors.MixUpWarning, match="different path"):
        second = login(other, client, scope="")
    assert "server.example arrive at the same address" in second.card.notes
    apart = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback/other"])
    assert "same address" not in login(other, apart, scope="").card.notes


def test_a_warning_that_is_an_error_leaves_a_whole_card_that_says_it(login: Show) -> None:
    client = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback/strict"])
    login(SERVER, client, scope="")
    other = ow.AuthorizationServer(
        issuer="https://strict.example",
        authorization_endpoint="https://strict.example/a",
        token_endpoint="https://strict.example/t",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", errors.MixUpWarning)
        second = login(other, client, scope="")
    assert "arrive at the same address" in second.card.notes
    assert second.card.url.startswith("https://strict.example/a?")


def test_what_a_person_should_know_beforehand_is_on_the_card(login: Show) -> None:
    assert login(SERVER, PASTE_ONLY, scope="").card.notes == ""
    secret = {
        "client_secret": ow.Secret("a-secret-of-this-client"),
        "redirect_uris": ["https://app.example/cb"],
    }
    client = ow.ClientMetadata(client_id="notebook", **secret)
    off = login(replace(SERVER, pkce=False), client, scope="").card
    assert off.notes == words.NO_PKCE
    assert "code_challenge" not in off.url


def test_what_each_scope_means_and_that_a_person_said_no_are_told_to_the_page(login: Show) -> None:
    seen = login()
    assert set(seen.card.meanings) <= set(seen.card.requested)
    assert all(seen.card.meanings.values())
    arrive(sign_in(seen.card.url, allow=False))
    seen.until("failed")
    assert seen.card.refused


def test_a_practice_server_out_of_reach_is_said_and_offers_no_link(login: Show) -> None:
    seen = login()
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/", proxy=False)
    assert (seen.card.phase, seen.card.url) == ("blocked", "")
    assert "jupyter-server-proxy" in seen.card.next_step
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/", proxy=True)
    assert seen.card.phase == "ready"
    assert seen.card.url.startswith("https://hub.example/proxy/")


# asking for more


def test_asking_for_more_is_another_card_and_this_session_stays(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login(scope="openid")
    arrive(sign_in(seen.card.url))
    seen.until("signed_in")
    more = seen.card.session.request("phone")
    try:
        assert isinstance(more, ow.LoginCard)
        assert more.requested == ["openid", "phone"]
        assert displayed == []
        arrive(sign_in(more.url))
        assert more.wait().scope == ow.Scope("openid phone")
    finally:
        more.close()
    assert seen.card.session.scope == ow.Scope("openid")


# nothing secret, nothing personal


@pytest.mark.parametrize("refused_first", [False, True])
@pytest.mark.check(id="secrets/hidden")
def test_no_synced_state_ever_holds_a_secret_or_a_persons_data(
    refused_first: bool, login: Show, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="oauth_widgets")
    seen = login()
    secrets: dict[str, str] = {}
    for allow in [False, True] if refused_first else [True]:
        pending = vars(seen.card)["_sign_in"].__dict__["_pending"]
        secrets[f"verifier, allowed {allow}"] = pending.request.code_verifier.reveal()
        back = sign_in(seen.card.url, allow=allow)
        arrive(back)
        seen.until("signed_in" if allow else "failed")
    session = seen.card.session
    secrets["code"] = parse_qs(urlsplit(back).query)["code"][0]
    secrets |= held_by(session)
    seen.tell("hello")
    session.refresh()
    secrets |= {f"new {name}": secret for name, secret in held_by(session).items()}
    seen.tell("hello")
    person = {name: str(value) for name, value in person_of(session).items()}

    told = [*seen.states, json.dumps(seen.card.get_state(), default=str), repr(seen.card)]
    assert found(secrets | person, told) == []
    assert found(secrets, [json.dumps(message) for message in seen.messages]) == []
    assert found(secrets | person, [caplog.text]) == []
    assert seen.card.url == ""


def held_by(session: ow.Session) -> dict[str, str]:
    assert session.refresh_token is not None
    assert session.id_token is not None
    assert session.client.client_secret is not None
    return {
        "access token": session.access_token.reveal(),
        "refresh token": session.refresh_token.reveal(),
        "ID token": session.id_token.raw.reveal(),
        "client secret": session.client.client_secret.reveal(),
    }


def person_of(session: ow.Session) -> dict[str, str]:
    assert session.id_token is not None
    return {name: session.id_token.claims[name] for name in ("sub", "phone_number")}


def found(secrets: dict[str, str], texts: list[str]) -> list[str]:
    whole = "\n".join(texts).encode()
    return [
        f"{name} ({form})"
        for name, secret in secrets.items()
        for form, shape in shapes(secret).items()
        if shape in whole
    ]


CLIENT_HERE = ow.ClientMetadata(
    client_id=CLIENT.client_id,
    client_secret=CLIENT.client_secret,
    redirect_uris=["http://127.0.0.1/callback"],
)


def answer_to(seen: Seen) -> str:
    """Return the address that a page of the mint would send the browser to."""
    asked = parse_qs(urlsplit(seen.card.url).query)
    answer = urlencode({"code": "very-secret-code", "state": asked["state"][0]})
    return f"{asked['redirect_uri'][0]}?{answer}"


def links_last(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the links of the cards to come last so long."""

    def begin(*args: Any, **more: Any) -> ow.PendingLogin:
        pending = ow.begin_login(*args, **more)
        object.__setattr__(pending.request, "expires_at", time.time() + seconds)
        return pending

    monkeypatch.setattr(sign_in_room, "begin_login", begin)


def arrive_or_not(url: str) -> None:
    try:
        arrive(url)
    except httpx.TransportError:
        """The listener had closed already."""


def test_a_session_that_has_ended_has_no_views() -> None:
    session = session_of("alice", "openid")
    assert views_of(session, VIEWS) == ["scopes", "tokens", "claims"]
    session.revoke()
    assert views_of(session, VIEWS) == []
