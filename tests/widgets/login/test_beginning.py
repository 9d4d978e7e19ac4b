"""A card before anyone has signed in."""

from __future__ import annotations

import asyncio
import socket
import warnings
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in.callback.person import check_person
from oauth_widgets.widgets import _words as words
from oauth_widgets.widgets import login_card as login_room
from tests.browser.process import free_port
from tests.helpers.people import EVERYTHING, sign_in
from tests.signing_in.told import SERVER, server_at

from .seen import PASTE_ONLY, Show, arrive, front_end_shows, types


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
    assert seen.card.server == "Practice server (wgtwo)"


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
    assert seen.card.server == "Practice server (wgtwo)"


def test_an_argument_that_is_none_is_refused() -> None:
    sandbox = ow.sandbox.start()
    with pytest.raises(errors.ConfigurationError, match="colour"):
        ow.login(sandbox.server, sandbox.client, colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        ow.LoginCard(sandbox.server, sandbox.client, colour="red")


def test_what_cannot_work_is_said_at_once_and_holds_no_port() -> None:
    port = free_port()
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


def test_a_cell_that_hears_no_clicks_asks_for_what_cannot_come_by_itself(
    login: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_room, "hears_widgets", lambda: False)
    seen = login(SERVER, PASTE_ONLY, scope="")
    asked = types(monkeypatch, lambda: "")
    with pytest.raises(errors.SignInCancelled):
        asyncio.run(seen.card._until_settled())  # noqa: SLF001
    assert len(asked) == 1


def test_an_address_to_register_goes_to_the_open_page_alone(login: Show) -> None:
    seen = login(SERVER, PASTE_ONLY, scope="")
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/user/alice.smith/")
    register = seen.told("aside")[-1]["register"]
    assert register.startswith("https://hub.example/user/alice.smith/lab/extensions/")
    assert seen.saved({"name": "alice.smith"}) == []


def test_one_address_for_two_servers_is_warned_of_on_the_card(login: Show) -> None:
    client = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback"])
    assert "same address" not in login(SERVER, client, scope="").card.notes
    other = server_at("other.example")
    with pytest.warns(errors.MixUpWarning, match="different path"):
        second = login(other, client, scope="")
    assert "server.example arrive at the same address" in second.card.notes
    apart = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback/other"])
    assert "same address" not in login(other, apart, scope="").card.notes


def test_a_warning_that_is_an_error_leaves_a_whole_card_that_says_it(login: Show) -> None:
    client = ow.ClientMetadata(client_id="one", redirect_uris=["http://127.0.0.1/callback/strict"])
    login(SERVER, client, scope="")
    other = server_at("strict.example")
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
    seen.reaches("failed")
    assert seen.card.refused


def test_a_practice_server_out_of_reach_is_said_and_offers_no_link(login: Show) -> None:
    seen = login()
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/", proxy=False)
    assert (seen.card.phase, seen.card.url) == ("blocked", "")
    assert "jupyter-server-proxy" in seen.card.next_step
    seen.tell("page", front_end="lab", origin="https://hub.example", base_url="/", proxy=True)
    assert seen.card.phase == "ready"
    assert seen.card.url.startswith("https://hub.example/proxy/")
