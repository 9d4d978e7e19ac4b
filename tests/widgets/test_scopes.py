# ruff: noqa: N802 - rows keep the names they have in the documents
"""The scope picker without a browser: what it offers, what it asks for, what was granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.widgets import _card

from ..helpers.mint import running_mint
from ..helpers.people import secrets_of, session_of, sign_in
from .page import OnPage, Page

Picking = Callable[..., Page]


@pytest.fixture
def pick(on_page: OnPage) -> Picking:
    def make(profile: str = "wgtwo", **more: Any) -> Page:
        sandbox = ow.sandbox.start(profile)
        more = {"services": sandbox.services, **more}
        client = more.pop("client", sandbox.client)
        return on_page(ow.ScopePicker(sandbox.server, client, **more))

    return make


def below(page: Page) -> tuple[ow.LoginCard, ...]:
    """Return the sign-ins below the picker."""
    cards: tuple[ow.LoginCard, ...] = vars(page.card)["_place"].children
    return cards


def arrive(card: ow.LoginCard, username: str = "alice") -> None:
    """Sign in at the card's address, and wait until everybody who listens to it knows."""
    httpx.get(sign_in(card.url, username), trust_env=False, timeout=30)
    Page(card).until(lambda: card.phase == "signed_in")
    card.wait()


def option(page: Page, name: str) -> dict[str, Any]:
    return next(one for one in page.card.scopes if one["name"] == name)


# before the request


def test_W7_each_service_says_what_it_gives_and_which_scopes_it_requires(pick: Picking) -> None:
    events = pick().card.services[0]
    assert events["name"] == "events"
    assert events["gives"].startswith("Calls, messages and data sessions")
    assert events["scopes"] == ["events.read", "phone"]
    assert events["open"]


def test_W4_W5_W6_each_scope_says_what_it_brings(pick: Picking) -> None:
    page = pick()
    for name, words in {
        "openid": "an ID token",
        "offline_access": "a refresh token",
        "phone": "ID token and in userinfo",
    }.items():
        assert words in option(page, name)["gives"]
    assert list(option(page, "phone")["needed_by"]) == ["events", "subscribers", "usage"]


def test_O5_a_scope_off_the_whitelist_is_marked_and_cannot_be_picked(pick: Picking) -> None:
    client = ow.ClientMetadata(client_id="small", scope="openid events.read phone")
    page = pick("onewelcome", client=client)
    assert not option(page, "usage.read")["registered"]
    assert [one["name"] for one in page.card.services if one["open"]] == ["events"]
    page.sets(picks=["usage.read", "phone"])
    assert page.card.scope == ow.Scope("phone")
    with pytest.raises(errors.ConfigurationError, match=r"not registered .* usage\.read"):
        pick("onewelcome", client=client, scope="usage.read")


def test_O6_a_default_scope_is_marked(pick: Picking) -> None:
    page = pick("onewelcome")
    assert [one["name"] for one in page.card.scopes if one["default"]] == ["usage.read"]


def test_O10_what_is_picked_is_what_the_sign_in_asks_for(pick: Picking) -> None:
    page = pick("onewelcome", scope="phone")
    page.sets(picks=["events.read", "openid", "phone", "unheard.of"])
    assert page.card.scope == ow.Scope("openid phone events.read")
    assert (
        repr(page.card)
        == "<ScopePicker for Practice server (onewelcome): openid phone events.read>"
    )
    sandbox = ow.sandbox.start("onewelcome")
    for card in (
        page.card.login(),
        ow.login(sandbox.server, sandbox.client, scope=page.card),
    ):
        assert card.requested == ["openid", "phone", "events.read"]
        card.close()
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=page.card)
    assert pending.request.scope == page.card.scope


def test_nothing_picked_is_said(pick: Picking) -> None:
    assert repr(pick().card) == "<ScopePicker for Practice server (wgtwo): nothing selected>"


def test_without_services_the_servers_own_scopes_are_on_the_menu() -> None:
    client = ow.ClientMetadata(client_id="mine", client_secret="a-toy-secret")
    picker = ow.ScopePicker(ow.servers.wgtwo(), client, scope="events.read")
    assert [one["name"] for one in picker.scopes] == [
        "openid",
        "offline_access",
        "phone",
        "events.read",
    ]
    assert picker.services == []
    assert picker.scope == ow.Scope("events.read")
    picker.close()


# The outcome


def test_O6_asked_granted_extra_used_and_refused_are_told_apart(pick: Picking) -> None:
    page = pick("onewelcome", scope="openid phone events.read")
    with pytest.raises(errors.NotSignedIn):
        _ = page.card.session
    card = page.card.login(extra={"prompt": "login"})
    assert page.card.requested == card.requested
    arrive(card)
    session = page.card.session
    assert session is card.session
    assert page.card.granted
    assert page.card.marks == {
        "openid": ["granted"],
        "phone": ["granted"],
        "events.read": ["granted"],
        "usage.read": ["extra"],
    }
    session.frame("/events", {"page": "7"})
    assert page.card.marks["events.read"] == page.card.marks["phone"] == ["granted", "used"]
    assert page.card.marks["usage.read"] == ["extra"]
    with pytest.raises(errors.InsufficientScope):
        session.frame("/cells")
    assert page.card.marks["cells.read"] == ["refused"]
    # what was refused is picked, so that one click asks for it
    assert "cells.read" in page.card.picks


def test_O9_ask_for_more_begins_a_wider_sign_in_below_the_picker(pick: Picking) -> None:
    page = pick(scope="openid")
    arrive(page.card.login())
    first = page.card.session
    with pytest.raises(errors.InsufficientScope):
        first.frame("/cells")
    wider = page.begins()
    assert wider.requested == ["openid", "cells.read"]
    arrive(wider)
    page.until(lambda: below(page) == ())
    assert page.card.session is first
    assert page.card.marks == {"openid": ["granted"], "cells.read": ["granted"]}
    assert page.card.session.frame("/cells", {"page": "1"}).shape[0]
    assert first.scope == ow.Scope("openid cells.read")


def test_a_refused_scope_that_is_put_back_stays_so(pick: Picking) -> None:
    page = pick(scope="openid events.read phone")
    arrive(page.card.login())
    with pytest.raises(errors.InsufficientScope):
        page.card.session.frame("/cells")
    page.sets(picks=["openid", "events.read", "phone"])
    page.card.session.frame("/events", {"page": "7"})
    assert page.card.marks["cells.read"] == ["refused"]
    assert "cells.read" not in page.card.picks


def test_a_sign_in_can_be_begun_from_the_picker_itself(pick: Picking) -> None:
    page = pick(scope="openid phone")
    card = page.begins()
    assert card.requested == ["openid", "phone"]
    arrive(card)
    assert page.card.session.scope == ow.Scope("openid phone")


def test_a_sign_in_that_another_one_takes_the_place_of_listens_no_more(pick: Picking) -> None:
    page = pick(scope="openid")
    first = page.begins()
    back = sign_in(first.url)
    second = page.begins()
    assert second is not first
    with pytest.raises(httpx.ConnectError):
        httpx.get(back, trust_env=False, timeout=30)
    back = sign_in(second.url)
    page.card.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(back, trust_env=False, timeout=30)


def test_what_the_engine_refuses_is_shown_in_the_picker(on_page: OnPage) -> None:
    server = ow.AuthorizationServer(issuer="https://as.example")
    client = ow.ClientMetadata(client_id="app", redirect_uris=["https://app.example/cb"])
    page = on_page(ow.ScopePicker(server, client, scope="openid"))
    page.tell("ask")
    page.idle()
    assert page.card.problem == "as.example has no authorization_endpoint."
    assert page.card.next_step


def test_asking_for_more_works_for_a_session_that_began_in_a_script(pick: Picking) -> None:
    page = pick()
    page.card.follow(session_of("bob", "openid"))
    page.sets(picks=["openid", "phone"])
    card = page.begins()
    assert card.requested == ["openid", "phone"]
    arrive(card, "bob")
    assert page.card.session.scope == ow.Scope("openid phone")


def test_asking_for_more_needs_no_click_where_no_person_is_needed(pick: Picking) -> None:
    sandbox = ow.sandbox.start()
    page = pick()
    page.card.follow(ow.client_credentials(sandbox.server, sandbox.client, scope="events.read"))
    page.sets(picks=["cells.read"])
    page.tell("ask")
    page.idle()
    assert page.card.session.scope == ow.Scope("events.read cells.read")
    assert below(page) == ()


def test_scopes_that_nobody_spoke_of_before_come_onto_the_menu(pick: Picking) -> None:
    with running_mint() as mint:
        mint.server = ow.AuthorizationServer(issuer=mint.origin, token_endpoint=mint.origin + "/t")
        page = pick(client=ow.ClientMetadata(client_id="any", client_secret="any"), services=[])
        before = [one["name"] for one in page.card.scopes]
        strange = mint.session()
        vars(strange)["_last"] = vars(strange)["_last"].__class__(
            **vars(strange)["_last"].__dict__ | {"scope": ow.Scope("strange")}
        )
        page.card.follow(strange)
        assert [one["name"] for one in page.card.scopes] == [*before, "strange"]
        assert page.card.marks == {"events.read": ["missing"], "strange": ["extra"]}


def test_a_picker_whose_session_has_ended_says_so_and_begins_anew(pick: Picking) -> None:
    page = pick(scope="openid")
    arrive(page.card.login())
    page.card.session.revoke()
    assert page.card.ended
    assert not page.card.granted
    card = page.begins()
    arrive(card, "bob")
    assert not page.card.ended
    assert page.card.granted


@pytest.mark.check(id="secrets/hidden")
def test_a_picker_saves_nothing_secret_and_nothing_personal(pick: Picking) -> None:
    page = pick(scope="openid phone offline_access events.read")
    arrive(page.card.login())
    session = page.card.session
    session.frame("/events", {"page": "7"})
    secrets = secrets_of(session)
    assert {"refresh token", "phone_number"} <= secrets.keys()
    assert page.saved(secrets) == []


def test_a_picker_shows_itself_with_the_place_below_it(
    pick: Picking, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pick()
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(_card, "publish_display_data", shown.append)
    page.card._ipython_display_()
    box = vars(page.card)["_box"]
    assert shown[0][_card.VIEW]["model_id"] == box.model_id
    assert box.children == (page.card, vars(page.card)["_place"])
