"""A card after the sign-in: who signed in, the views, and more scopes."""

from __future__ import annotations

from typing import Any

import oauth_widgets as ow
from oauth_widgets.widgets._inside import views_of
from oauth_widgets.widgets.scopes import VIEWS
from tests.helpers.people import session_of, sign_in

from ..page import Page
from .seen import Seen, Show, arrive, inner, signed_in


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
    seen.signs_in()
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
    seen.signs_in()
    seen.card.session.revoke()
    for _ in range(2):
        seen.tell("hello")
        assert seen.card.phase == "signed_out"
    assert seen.card.inside == {}
    assert repr(seen.card) == "<LoginCard for Practice server (wgtwo): signed out>"
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
    seen.signs_in()
    session = seen.card.session
    for _ in range(2):
        seen.card.close()
    assert vars(session)["_watchers"] == []


def test_asking_for_more_is_another_card_and_this_session_stays(
    login: Show, displayed: list[ow.LoginCard]
) -> None:
    seen = login(scope="openid")
    seen.signs_in()
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


def test_a_session_that_has_ended_has_no_views() -> None:
    session = session_of("alice", "openid")
    assert views_of(session, VIEWS) == ["scopes", "tokens", "claims"]
    session.revoke()
    assert views_of(session, VIEWS) == []
