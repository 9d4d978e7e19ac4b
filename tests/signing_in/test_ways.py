"""Which way an answer takes back."""

from __future__ import annotations

import errno
import socket
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.signing_in.callback.page import Page
from oauth_widgets.signing_in.callback.small_server import SmallServerV6
from tests.browser.process import free_port
from tests.helpers.people import sign_in

from .told import (
    AWAY,
    SERVER,
    Begin,
    begin_with_two_ways,
    client,
    direct,
    refuse_to_listen,
)


def test_it_begins_with_the_listener_before_any_page_has_spoken(begin: Begin) -> None:
    told = begin()
    assert told.sign_in.way.name == "loopback"
    assert told.redirect_uri.startswith("http://127.0.0.1:")
    assert told.sign_in.better == ""


def test_a_page_on_this_machine_changes_nothing(begin: Begin) -> None:
    told = begin()
    before = told.sign_in.url
    told.sign_in.see(
        Page(front_end="lab", origin="http://localhost:8888", base_url="/", loopback=True)
    )
    assert told.sign_in.url == before


def test_a_page_seen_again_keeps_the_address_that_a_window_may_be_at(begin: Begin) -> None:
    told = begin(SERVER, client(*AWAY.callback_uris), scope=Scope())
    before = told.sign_in.url
    assert told.sign_in.way.name == "paste"
    told.sign_in.see(AWAY)
    assert told.states[-1] == ("ready", "page")
    told.sign_in.see(AWAY)
    told.sign_in.see(Page(**{**vars(AWAY), "proxy": None}))
    assert told.sign_in.url == before
    assert told.sign_in.way.name == "page"


def test_a_page_elsewhere_gets_the_way_that_works_there(begin: Begin) -> None:
    told = begin(SERVER, client("http://127.0.0.1/callback", *AWAY.callback_uris), scope=Scope())
    assert told.sign_in.way.name == "loopback"
    told.sign_in.see(AWAY)
    assert told.states[-1] == ("ready", "page")
    assert told.redirect_uri == AWAY.callback_uris[0]


def test_nothing_fitting_registered_is_pasted_and_says_what_to_register(begin: Begin) -> None:
    told = begin(SERVER, client("https://app.corp.example/cb"), scope=Scope())
    told.sign_in.see(AWAY)
    assert told.sign_in.way.name == "paste"
    assert told.sign_in.better == AWAY.callback_uris[0]
    assert told.redirect_uri == "https://app.corp.example/cb"


@pytest.mark.parametrize(
    ("server", "register"),
    [
        (ow.servers.auth0(domain="a.example"), "http://localhost:8765/callback/a.example"),
        (ow.servers.spotify(), "http://127.0.0.1/callback/accounts.spotify.com"),
        (ow.servers.snowflake(account="acme"), ""),
    ],
    ids=["auth0", "spotify", "snowflake"],
)
def test_a_server_known_by_name_is_proposed_the_address_that_it_takes(
    begin: Begin, server: ow.AuthorizationServer, register: str
) -> None:
    told = begin(server, client("https://app.corp.example/cb"), scope=Scope())
    assert told.sign_in.better == register


def test_the_proxy_leads_to_a_listener_with_the_public_address(begin: Begin) -> None:
    port = free_port()
    public = f"https://j.example/u/proxy/{port}/callback"
    told = begin(SERVER, client(public), scope=Scope())
    told.sign_in.see(AWAY)
    assert told.redirect_uri == public
    state = parse_qs(urlsplit(told.sign_in.url).query)["state"][0]
    # as jupyter-server-proxy asks for it; the server says no, so nothing needs to be reached
    answered = httpx.get(
        f"http://127.0.0.1:{port}/callback?error=access_denied&state={state}",
        trust_env=False,
        timeout=30,
    )
    assert answered.status_code == 200
    told.until("failed")
    assert isinstance(told.sign_in.failure, errors.AccessDenied)


def test_someone_who_clicked_before_the_better_way_was_known_still_gets_through(
    begin: Begin,
) -> None:
    told = begin_with_two_ways(begin, "two-ways")
    early = told.sign_in.url
    told.sign_in.see(AWAY)
    assert told.sign_in.way.name == "page"
    httpx.get(sign_in(early), trust_env=False, timeout=30)
    told.until("signed_in")


def test_a_practice_server_in_this_kernel_is_shown_through_the_proxy(begin: Begin) -> None:
    told = begin()
    direct = told.sign_in.url
    told.sign_in.see(AWAY)
    port = urlsplit(direct).port
    assert told.sign_in.url.startswith(f"https://j.example/u/proxy/{port}/oauth2/auth?")
    # its callback address registered itself
    assert told.redirect_uri == AWAY.callback_uris[0]
    assert AWAY.callback_uris[0] in told.sign_in.client.redirect_uris
    assert not told.sign_in.blocked


def test_a_practice_server_that_no_browser_reaches_is_said_to_be(begin: Begin) -> None:
    told = begin()
    told.sign_in.see(Page(**{**vars(AWAY), "proxy": False}))
    assert told.sign_in.blocked


def test_a_server_that_merely_is_on_loopback_is_never_rewritten(begin: Begin) -> None:
    stranger = ow.AuthorizationServer(
        issuer="http://127.0.0.1:9",
        authorization_endpoint="http://127.0.0.1:9/a",
        token_endpoint="http://127.0.0.1:9/t",
    )
    told = begin(stranger, client(*AWAY.callback_uris), scope=Scope())
    told.sign_in.see(AWAY)
    assert told.sign_in.url.startswith("http://127.0.0.1:9/a?")
    assert not told.sign_in.blocked


def test_a_chosen_redirect_uri_is_the_only_one_looked_at(begin: Begin) -> None:
    told = begin(redirect_uri="http://127.0.0.1/callback")
    told.sign_in.see(AWAY)
    assert told.sign_in.way.name == "paste"


def test_a_port_in_use_is_said_and_the_answer_pasted(begin: Begin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = begin(SERVER, client(f"http://127.0.0.1:{port}/callback"), scope=Scope())
        assert told.sign_in.way.name == "paste"
        assert str(port) in told.sign_in.way.why
    told.sign_in.end("cancelled")
    told.sign_in.restart()
    assert told.sign_in.way.name == "loopback"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EADDRNOTAVAIL, "This computer has no address ::1."),
        (errno.EAFNOSUPPORT, "This computer has no address ::1."),
        (errno.EADDRINUSE, "Every port on this computer is in use."),
        (errno.EMFILE, "Can't listen for the answer: too many files"),
        (errno.ENFILE, "Can't listen for the answer: too many files"),
        (errno.EACCES, "This kernel is not allowed to listen on port 0."),
        (errno.ENOBUFS, "This computer cannot listen on ::1: "),
    ],
)
def test_where_nothing_can_listen_the_next_way_is_taken_and_the_reason_said(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    refuse_to_listen(monkeypatch, SmallServerV6, number)
    alone, other = "http://[::1]/callback", "http://127.0.0.1/callback"
    told = begin(SERVER, client(alone), scope=Scope())
    assert told.sign_in.way.name == "paste"
    assert told.sign_in.way.why.startswith(why)
    assert told.redirect_uri == alone
    assert begin(SERVER, client(alone, other), scope=Scope()).redirect_uri.startswith(
        "http://127.0.0.1:"
    )


def test_on_a_hub_the_address_that_a_browser_ends_at_is_known_for_the_registered_one(
    begin: Begin,
) -> None:
    hub = Page(
        front_end="lab",
        origin="http://hub.example",
        base_url="/user/bob/",
        hub="/hub/",
        installed=True,
        proxy=True,
    )
    told = begin()
    told.sign_in.see(hub)
    everybody, own = hub.callback_uris
    assert told.redirect_uri == everybody
    back = sign_in(direct(told))
    told.sign_in.paste(ow.Secret(back.replace(everybody, own)))
    assert told.sign_in.signed_in


def test_an_address_that_the_practice_server_refuses_leaves_the_other_ways(begin: Begin) -> None:
    told = begin()
    told.sign_in.see(Page(**{**vars(AWAY), "base_url": "/*/"}))
    assert told.sign_in.way.name == "paste"
