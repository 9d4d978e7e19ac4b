from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.service import Service
from oauth_widgets.signing_in.scope_menu import ScopeOption, scope_marks, scope_menu

from ..protocol.builders import SERVER

API = "https://api.example"
EVENTS = Service(name="events", scopes="events.read phone", address=f"{API}/events")
USAGE = Service(name="usage", scopes="usage.read phone", address=f"{API}/usage")
TELLING = replace(SERVER, scope_meanings={"phone": "Shows your number."}, scopes_supported=("x",))
ANYBODY = ClientMetadata(client_id="notebook")
LISTED = ClientMetadata(
    client_id="notebook", scope="phone events.read usage.read", default_scope="usage.read"
)


def test_every_scope_that_anybody_speaks_of_is_on_the_menu_once() -> None:
    menu = scope_menu(TELLING, LISTED, [EVENTS, USAGE], named=["mine", "x"])
    names = [option.name for option in menu.options]
    assert names == ["phone", "x", "events.read", "usage.read", "mine"]


def test_each_scope_says_what_it_gives_in_the_servers_words_first() -> None:
    menu = scope_menu(TELLING, ANYBODY, named=["openid", "phone", "strange"])
    gives = {option.name: option.gives for option in menu.options}
    assert gives["phone"] == "Shows your number."
    assert gives["openid"].startswith("Recognize you")
    assert gives["strange"] == ""


def test_each_scope_names_the_services_that_need_it_and_how_it_stands() -> None:
    menu = scope_menu(SERVER, LISTED, [EVENTS, USAGE], named=["openid"])
    options = {option.name: option for option in menu.options}
    assert options["phone"].needed_by == ("events", "usage")
    assert options["usage.read"] == ScopeOption(
        name="usage.read", gives="", needed_by=("usage",), default=True, registered=True
    )
    assert not options["openid"].registered
    assert menu.open == Scope("phone events.read usage.read")


def test_a_client_that_knows_no_whitelist_may_ask_for_anything() -> None:
    assert scope_menu(SERVER, ANYBODY, [EVENTS]).open == EVENTS.scopes


def test_a_service_is_used_once_one_of_its_addresses_was_read() -> None:
    menu = scope_menu(SERVER, ANYBODY, [EVENTS, USAGE])
    assert menu.used([]) == Scope()
    assert menu.used(iter([f"{API}/events/7", f"{API}/else"])) == EVENTS.scopes
    assert menu.used([USAGE.address or "", EVENTS.address or ""]) == EVENTS.scopes | USAGE.scopes


def test_asked_granted_extra_used_and_refused_are_told_apart() -> None:
    marks = scope_marks(
        asked=Scope("openid phone events.read"),
        granted=Scope("phone events.read usage.read"),
        used=Scope("phone cells.read"),
        refused=Scope("cells.read phone"),
    )
    assert marks == {
        "openid": ("missing",),
        "phone": ("granted", "used"),
        "events.read": ("granted",),
        "usage.read": ("extra",),
        "cells.read": ("refused",),
    }


SCOPES = st.lists(st.sampled_from("abcdef")).map(Scope)


@given(SCOPES, SCOPES, SCOPES, SCOPES)
def test_no_scope_is_marked_both_ways(
    asked: Scope, granted: Scope, used: Scope, refused: Scope
) -> None:
    marks = scope_marks(asked=asked, granted=granted, used=used, refused=refused)
    assert marks.keys() == asked | granted | refused
    for ways in marks.values():
        assert len({"granted", "extra", "missing"} & set(ways)) <= 1
        assert not {"used", "refused"} <= set(ways)
        assert not ({"granted", "extra"} & set(ways) and {"missing", "refused"} & set(ways))
