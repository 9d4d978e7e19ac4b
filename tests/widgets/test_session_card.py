"""The session card without a browser: who, where, for what, until when, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.widgets import _card

from ..helpers.connected import Connected
from ..helpers.mint import Mint
from ..helpers.people import EVERYTHING, session_of, sign_in
from ..helpers.rigged import as_json
from .login.seen import arrive
from .page import Page

ALICE = "+447700900101"


@pytest.fixture
def page() -> Iterator[Page]:
    """The card of alice's session, on an open page."""
    with closing(ow.SessionCard(session_of("alice"))) as card:
        yield Page(card)


def test_it_says_where_for_what_and_until_when(page: Page) -> None:
    card = page.card
    assert (card.server, card.client) == ("Practice server (wgtwo)", "notebook")
    assert card.granted == EVERYTHING.split()
    assert card.extra == card.missing == card.refused == []
    assert datetime.fromisoformat(card.expires) == card.session.expires_at
    assert card.renewable
    assert repr(card).startswith(
        "<SessionCard of <Session at Practice server (wgtwo), scope: openid "
    )


def test_asked_granted_and_extra_are_told_apart(mint: Mint) -> None:
    session = mint.session()
    scope = {"requested_scope": ow.Scope("a b"), "scope": ow.Scope("b c")}
    vars(session)["_last"] = replace(vars(session)["_last"], **scope, expires_at=None)
    with closing(ow.SessionCard(session)) as card:
        assert (card.granted, card.extra, card.missing) == (["b", "c"], ["c"], ["a"])
        assert card.expires is None


@pytest.mark.check(id="secrets/hidden")
def test_who_it_is_goes_to_the_open_page_alone(page: Page) -> None:
    page.tell("hello")
    (told,) = page.told("who")
    assert ["Phone", ALICE] in told["who"]
    page.tell("refresh")
    page.idle()
    page.tell("sign_out")
    page.idle()
    assert page.saved({"phone": ALICE}) == []


@pytest.mark.check(id="secrets/hidden")
def test_no_token_is_saved_nor_sent(page: Page) -> None:
    session = page.card.session
    secrets = {"access": session.access_token.reveal(), "refresh": session.refresh_token.reveal()}
    page.tell("hello")
    page.tell("refresh")
    page.idle()
    secrets["id"] = session.id_token.raw.reveal()
    secrets["new access"] = session.access_token.reveal()
    assert page.saved(secrets) == []
    assert [value for value in secrets.values() if value in str(page.messages)] == []


def test_refresh_brings_fresh_tokens_and_a_later_end(page: Page) -> None:
    before, token = page.card.expires, page.card.session.access_token
    page.tell("refresh")
    page.idle()
    assert page.card.session.access_token != token
    assert page.card.expires > before
    assert page.card.outcome == "refreshed"


def test_a_refresh_that_fails_is_said_and_the_session_stays(mint: Mint) -> None:
    with closing(ow.SessionCard(mint.session())) as card:
        page = Page(card)
        mint.refusal = as_json({"error": "invalid_grant"}, status=400)
        page.tell("refresh")
        page.idle()
        assert card.problem == "The sign-in is no longer valid. The server said: invalid_grant."
        assert card.next_step == "Sign in again."
        assert not card.renewable
        assert not card.ended
        assert card.outcome == ""


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [(None, "confirmed"), ("down", "unconfirmed"), ("none", "untold"), ("lost once", "confirmed")],
)
@pytest.mark.check(id="logout/order")
def test_sign_out_says_what_the_server_confirmed(
    trouble: str | None, outcome: str, mint: Mint
) -> None:
    if trouble == "none":
        mint.without("revocation_endpoint")
    session = mint.session()
    with closing(ow.SessionCard(session)) as card:
        page = Page(card)
        if trouble == "down":
            mint.close()
        if trouble == "lost once":
            # The card has no button to try again.
            mint.loses = 2
        page.tell("sign_out")
        page.idle()
        assert card.outcome == outcome
        assert card.ended
        assert card.sign_out is not None
        assert page.told("leave") == []
    with pytest.raises(errors.NotSignedIn):
        _ = session.access_token


@pytest.mark.check(id="secrets/hidden")
def test_the_way_to_the_servers_own_sign_out_is_sent_and_not_saved(page: Page) -> None:
    id_token = page.card.session.id_token.raw.reveal()
    page.tell("sign_out")
    page.idle()
    (leave,) = page.told("leave")
    assert leave["url"] == page.card.sign_out.request.url.reveal()
    assert id_token in leave["url"]
    assert page.saved({"ID token": id_token}) == []
    # a page opened later asks, and hears the same
    page.tell("hello")
    assert page.told("leave") == [leave, leave]


def test_where_no_script_runs_the_session_itself_stands_there(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(_card, "publish_display_data", shown.append)
    page.card._ipython_display_()
    assert shown[0]["text/html"] == page.card.session._repr_html_()
    assert ALICE not in str(shown)


def test_a_session_that_ended_elsewhere_says_so(page: Page) -> None:
    page.card.session.revoke()
    assert page.card.ended
    assert page.card.outcome == ""
    page.tell("hello")
    page.tell("sign_out")
    page.idle()
    assert page.card.problem == "This session was signed out."
    assert page.card.next_step == "Sign in again."
    assert repr(page.card) == "<SessionCard of <Session at Practice server (wgtwo): signed out>>"


def test_after_a_refusal_it_asks_for_more_and_goes_on_with_the_wider_session() -> None:
    with closing(ow.SessionCard(session_of("alice", "openid"))) as card:
        page = Page(card)
        first = card.session
        with pytest.raises(errors.InsufficientScope):
            first.frame("/events")
        assert card.refused == ["events.read", "phone"]
        login = page.begins()
        assert login.requested == ["openid", "events.read", "phone"]
        arrive(sign_in(login.url))
        page.until(lambda: card.outcome == "widened")
        # whoever holds the session has the wider one
        assert card.session is first
        assert first.frame("/events", {"page": "7"}).shape[0]
        assert card.refused == []
        # and the sign-in has done its work
        page.until(lambda: vars(card)["_place"].children == ())
        assert login.comm is None
        assert card.granted == ["openid", "events.read", "phone"]


def test_a_sign_in_for_more_settles_what_the_api_refused() -> None:
    """The first card must not go on offering what the person has allowed by now."""
    first, of_bob = session_of("alice", "openid"), session_of("bob", "openid")
    with closing(ow.SessionCard(first)) as card:
        for session in (first, of_bob):
            with pytest.raises(errors.InsufficientScope):
                session.frame("/cells")
        assert card.refused == ["cells.read"]
        pending = first.ask_for("phone")
        pending.finish(sign_in(pending.url))
        assert card.refused == ["cells.read"]
        pending = first.ask_for("cells.read")
        pending.finish(sign_in(pending.url))
        assert card.refused == []
        assert of_bob.refused_scope == ow.Scope("cells.read")


def test_where_somebody_else_signs_in_for_more_the_session_is_theirs_and_ones_own_stays() -> None:
    first = session_of("alice", "openid")
    with closing(ow.SessionCard(first)) as card:
        page = Page(card)
        with pytest.raises(errors.InsufficientScope):
            first.frame("/cells")
        login = page.begins()
        arrive(sign_in(login.url, "bob"))
        page.until(lambda: card.session is not first)
        assert card.session.scope == ow.Scope("openid cells.read")
        assert first.scope == ow.Scope("openid")
        assert first.id_token.claims["sub"] != card.session.id_token.claims["sub"]


def test_a_sign_in_for_more_goes_with_the_session_that_it_was_begun_from() -> None:
    with closing(ow.SessionCard(session_of("alice", "openid"))) as card:
        page = Page(card)
        with pytest.raises(errors.InsufficientScope):
            card.session.frame("/cells")
        login = page.begins()
        page.tell("sign_out")
        page.until(lambda: card.ended)
        page.until(lambda: not vars(card)["_place"].children)
        assert login.phase == "cancelled"


def test_a_session_without_a_person_says_that_nobody_is_there() -> None:
    sandbox = ow.sandbox.start()
    session: Any = ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    with closing(ow.SessionCard(session)) as card:
        page = Page(card)
        page.tell("hello")
        assert page.told("who") == [{"kind": "who", "who": []}]
        assert card.renewable


def test_after_a_sign_out_one_can_sign_in_again_in_its_place() -> None:
    with closing(ow.SessionCard(session_of("alice", "openid"))) as card:
        page = Page(card)
        page.tell("again")
        page.tell("sign_out")
        page.until(lambda: card.ended)
        page.idle()
        login = page.begins("again")
        assert login.requested == ["openid"]
        arrive(sign_in(login.url))
        page.until(lambda: not card.ended)
        assert card.session.scope == ow.Scope("openid")


def test_a_kept_sign_in_says_where_and_since_when_and_is_forgotten_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = Connected(tmp_path, monkeypatch)
    with closing(ow.SessionCard(connected.sign_in().session)) as card:
        page = Page(card)
        kept = page.hello("kept")["kept"]
        assert kept["place"].startswith("a file in ")
        assert datetime.fromisoformat(kept["since"]).tzinfo is not None
        assert (kept["until"], kept["lasts"]) == (None, str(card.session.lasts))
        assert page.saved({"place": str(tmp_path)}) == []
        page.tell("forget")
        page.idle()
        assert connected.kept == []
        assert page.told("kept")[-1]["kept"] is None
        assert card.outcome == "forgotten"
        assert len(card.session.frame("/events", limit=1)) == 1


def test_another_person_signs_in_from_the_card_and_is_kept_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = Connected(tmp_path, monkeypatch)
    with closing(ow.SessionCard(connected.sign_in().session)) as card:
        page = Page(card)
        login = page.begins("another")
        assert "prompt=" in login.url
        arrive(sign_in(login.url, "bob"))
        page.until(lambda: card.session.keeper is not None and not vars(card)["_place"].children)
        assert page.hello("who")["who"][-1] == ["Phone", "+447700900102"]
        assert ow.login("acme").session.access_token == card.session.access_token
