"""A sign-in by a person: which way it takes, and that it ends once."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.signing_in.callback.page import Page
from oauth_widgets.signing_in.callback.small_server import SmallServerV6
from oauth_widgets.signing_in.pending import PendingLogin
from oauth_widgets.signing_in.sign_in import SignIn
from tests.helpers.people import EVERYTHING, sign_in

AWAY = Page(front_end="lab", origin="https://j.example", base_url="/u/", installed=True, proxy=True)
SERVER = ow.AuthorizationServer(
    issuer="https://server.example",
    authorization_endpoint="https://server.example/a",
    token_endpoint="https://server.example/t",
)


class Told:
    """A sign-in, and each state that whoever shows it was told of."""

    def __init__(self, server: Any = None, client: Any = None, **more: Any) -> None:
        self.states: list[tuple[str, str]] = []
        sandbox = ow.sandbox.start()
        more = {"scope": Scope(EVERYTHING), **more}
        self.sign_in: Any = None
        self.sign_in = SignIn(
            server or sandbox.server, client or sandbox.client, **more, changed=self._changed
        )

    def until(self, phase: str) -> None:
        deadline = time.monotonic() + 30
        while self.sign_in.phase != phase:
            assert time.monotonic() < deadline, (self.states, self.sign_in.failure)
            time.sleep(0.005)

    @property
    def redirect_uri(self) -> str:
        return parse_qs(urlsplit(self.sign_in.url).query)["redirect_uri"][0]

    def _changed(self) -> None:
        self.states.append((self.sign_in.phase, self.sign_in.way.name))


Begin = Callable[..., Told]


@pytest.fixture
def begin() -> Iterator[Begin]:
    made: list[Told] = []

    def beginning(*what: Any, **more: Any) -> Told:
        made.append(Told(*what, **more))
        return made[-1]

    yield beginning
    for told in made:
        told.sign_in.end("cancelled")


def client(*redirect_uris: str) -> ow.ClientMetadata:
    return ow.ClientMetadata(client_id="notebook", redirect_uris=redirect_uris)


def direct(told: Told) -> str:
    """The offered address as this machine itself reaches it."""
    return re.sub(r"^.*/proxy/", "http://127.0.0.1:", told.sign_in.url)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


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


def begin_with_two_ways(begin: Begin, client_id: str) -> Told:
    """Begin a sign-in whose answer can return over loopback, and through the page at `AWAY`."""
    sandbox = ow.sandbox.start()
    client = sandbox.register(
        {
            "client_id": client_id,
            "redirect_uris": ["http://127.0.0.1/callback", *AWAY.callback_uris],
            "scope": "openid",
        }
    )
    return begin(sandbox.server, client, scope=Scope("openid"))


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


def refuse_to_listen(monkeypatch: pytest.MonkeyPatch, family: type, number: int) -> None:
    """Have this machine refuse all ports of that family, for the reason of that number."""

    def refuses(_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(family, "server_bind", refuses)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EADDRNOTAVAIL, "This computer has no address ::1."),
        (errno.EAFNOSUPPORT, "This computer has no address ::1."),
        (errno.EADDRINUSE, "Every port of this computer is in use."),
        (errno.EMFILE, "Too many files or connections are open here"),
        (errno.ENFILE, "Too many files or connections are open here"),
        (errno.EACCES, "This kernel is not allowed to listen at port 0."),
        (errno.ENOBUFS, "This computer cannot listen at ::1: "),
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


def test_where_neither_family_of_localhost_has_a_port_it_ends_as_well(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_listen(monkeypatch, SmallServerV6, errno.EADDRINUSE)
    told = begin(SERVER, client("http://localhost/callback"), scope=Scope())
    assert told.sign_in.way.name == "paste"
    assert told.sign_in.way.why.startswith("Every port of this computer is in use.")


FULL = """
import resource, socket
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets.login import login
import oauth_widgets as ow
server = ow.AuthorizationServer(
    issuer="https://server.example", authorization_endpoint="https://server.example/a",
    token_endpoint="https://server.example/t")
client = ow.ClientMetadata(client_id="notebook", redirect_uris=["http://127.0.0.1/callback"])
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
held = []
try:
    while True:
        held.append(socket.socket())
except OSError:
    card = login(server, client)
card._handle_custom_msg({"kind": "hello"}, [])
print(card.way)
held.clear()
card._sign_in.end("cancelled")
card._sign_in.restart()
print(card.way)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_without_a_file_descriptor_left_the_card_pastes_and_later_listens() -> None:
    ran = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", FULL], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    full, later = ran.stdout.splitlines()
    assert full.startswith("Too many files or connections are open here")
    assert later == "After signing in, you come straight back here."


def test_a_sign_in_that_waits_keeps_no_thread_of_its_own(begin: Begin) -> None:
    begin().sign_in.end("cancelled")
    before = set(threading.enumerate())
    waiting = [begin() for _ in range(10)]
    assert set(threading.enumerate()) - before == set()
    httpx.get(sign_in(waiting[0].sign_in.url), trust_env=False, timeout=30)
    waiting[0].until("signed_in")


def test_what_is_waiting_when_a_script_ends_says_nothing() -> None:
    ends = FULL.partition("resource.setrlimit")[0] + "card = login(server, client)"
    ran = subprocess.run(  # noqa: S603 - our own lines
        # Old releases of what we build on warn of themselves.
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", ends],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_answer_that_nobody_waits_for_is_ignored(begin: Begin) -> None:
    told = begin()
    for url in ("https://elsewhere.example/?code=1&state=2", "http://[/", "", told.redirect_uri):
        told.sign_in.answer(url)
    assert told.states == []


def test_what_is_pasted_wrongly_is_said_and_the_address_stays_good(begin: Begin) -> None:
    told = begin()
    before = told.sign_in.url
    told.sign_in.paste(ow.Secret("SplxlOBeZQQYbYS6WxSbIA"))
    assert "only the code" in told.sign_in.failure.own_words
    assert told.sign_in.url == before
    told.sign_in.paste(ow.Secret(sign_in(before)))
    assert told.sign_in.signed_in


def test_it_ends_once(begin: Begin) -> None:
    told = begin()
    for phase in ("cancelled", "expired", "signed_in"):
        told.sign_in.end(phase)
    assert [phase for phase, _ in told.states] == ["cancelled"]
    with pytest.raises(errors.SignInCancelled):
        _ = told.sign_in.result


def test_whoever_waits_finds_everybody_told(begin: Begin) -> None:
    told = begin()
    threading.Timer(0.05, told.sign_in.end, ["cancelled"]).start()
    told.sign_in.wait(10)
    assert told.states[-1][0] == "cancelled"
    assert told.sign_in.over()


def test_what_is_told_of_an_end_may_fail_and_nobody_waits_for_ever() -> None:
    def fails() -> None:
        raise RuntimeError

    sandbox = ow.sandbox.start()
    told = SignIn(sandbox.server, sandbox.client, changed=fails)
    with pytest.raises(RuntimeError):
        told.end("cancelled")
    assert told.over()


def test_stop_while_an_answer_is_judged_leaves_it_to_be_tried_again(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = begin()

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PendingLogin, "finish", stopped)
    with pytest.raises(KeyboardInterrupt):
        told.sign_in.paste(ow.Secret(sign_in(told.sign_in.url)))
    monkeypatch.undo()
    assert told.sign_in.phase == "failed"
    told.sign_in.paste(ow.Secret(sign_in(told.sign_in.url)))
    assert told.sign_in.signed_in


def test_another_answer_waits_while_one_is_judged(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = begin_with_two_ways(begin, "two-answers")
    first = told.sign_in.url
    told.sign_in.see(AWAY)
    refused, good = sign_in(first, allow=False), sign_in(direct(told))
    judging, go_on = threading.Event(), threading.Event()
    finish = PendingLogin.finish

    def slowly(pending: PendingLogin, url: Any) -> ow.Session:
        if not judging.is_set():
            judging.set()
            go_on.wait(10)
        return finish(pending, url)

    monkeypatch.setattr(PendingLogin, "finish", slowly)
    threads = [threading.Thread(target=told.sign_in.answer, args=(refused,))]
    threads[0].start()
    assert judging.wait(10)
    threads.append(threading.Thread(target=told.sign_in.answer, args=(good,)))
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert told.sign_in.signed_in


def test_an_answer_that_is_judged_while_the_link_runs_out_is_kept(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = begin()
    finish = PendingLogin.finish

    def late(pending: PendingLogin, url: Any) -> ow.Session:
        session = finish(pending, url)
        object.__setattr__(pending.request, "expires_at", 0.0)
        assert not told.sign_in.over()
        return session

    monkeypatch.setattr(PendingLogin, "finish", late)
    told.sign_in.answer(sign_in(told.sign_in.url))
    assert told.sign_in.signed_in


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


def test_two_cards_share_a_fixed_port(begin: Begin) -> None:
    port = free_port()
    sandbox = ow.sandbox.start()
    uri = f"http://127.0.0.1:{port}/callback"
    one, two = (
        sandbox.register({"client_id": name, "redirect_uris": [uri], "scope": "openid"})
        for name in ("port-one", "port-two")
    )
    first = begin(sandbox.server, one, scope=Scope("openid"))
    second = begin(sandbox.server, two, scope=Scope("openid"))
    httpx.get(sign_in(second.sign_in.url), trust_env=False, timeout=30)
    second.until("signed_in")
    httpx.get(sign_in(first.sign_in.url), trust_env=False, timeout=30)
    first.until("signed_in")
    assert first.sign_in.result.client.client_id == "port-one"
    first.sign_in.wait(10)
    with socket.create_server(("127.0.0.1", port)):
        """Nothing refers to it any more."""


def prompt_of(told: Told) -> list[str]:
    return parse_qs(urlsplit(told.sign_in.url).query).get("prompt", [])


@pytest.mark.parametrize(
    ("supported", "given", "sent"),
    [
        (None, None, "login"),
        (("none", "login"), None, "login"),
        (("login", "select_account"), None, "select_account"),
        (("select_account",), {"prompt": "consent"}, "select_account consent"),
        (None, {"prompt": "none"}, "login"),
    ],
)
def test_another_account_is_asked_for_as_the_server_can(
    begin: Begin, supported: tuple[str, ...] | None, given: dict[str, str] | None, sent: str
) -> None:
    server = replace(SERVER, prompt_values_supported=supported)
    told = begin(server, client("http://127.0.0.1/callback"), scope=Scope(), extra=given)
    told.sign_in.another()
    assert prompt_of(told) == list((given or {}).values())
    told.sign_in.paste(ow.Secret("junk"))
    told.sign_in.another()
    assert prompt_of(told) == [sent]
    assert told.sign_in.phase == "ready"


# on another device


def on_device(begin: Begin) -> tuple[Told, threading.Thread]:
    sandbox = ow.sandbox.start("playground")
    told = begin(sandbox.server, sandbox.clients["terminal"], scope=Scope("openid phone"))
    waiting = threading.Thread(target=told.sign_in.on_device, daemon=True)
    waiting.start()
    deadline = time.monotonic() + 30
    while told.sign_in.device is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return told, waiting


def test_a_code_for_another_device_is_asked_for_only_on_request(begin: Begin) -> None:
    told, waiting = on_device(begin)
    assert told.sign_in.device.user_code
    told.sign_in.end("cancelled")
    waiting.join(10)
    assert not waiting.is_alive()
    assert told.sign_in.device is None


def test_a_second_request_for_a_code_keeps_the_first(begin: Begin) -> None:
    told, _ = on_device(begin)
    first = told.sign_in.device.user_code
    told.sign_in.on_device()
    assert told.sign_in.device.user_code == first


def test_a_fault_while_a_code_waits_leaves_nobody_waiting(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(ow.DeviceLogin, "afinish", broken)
    sandbox = ow.sandbox.start("playground")
    told = begin(sandbox.server, sandbox.clients["terminal"], scope=Scope("openid phone"))
    with pytest.raises(KeyError):
        told.sign_in.on_device()
    assert told.sign_in.phase == "failed"
    assert "KeyError" in told.sign_in.failure.own_words
    assert told.sign_in.device is None


def test_a_server_without_device_codes_says_so_and_the_button_stays(begin: Begin) -> None:
    told = begin()
    told.sign_in.on_device()
    assert told.sign_in.phase == "failed"
    assert "device_authorization_endpoint" in told.sign_in.failure.own_words
    httpx.get(sign_in(told.sign_in.url), trust_env=False, timeout=30)
    told.until("signed_in")
