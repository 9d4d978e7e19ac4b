"""A sign-in by a person ends once, waits for whoever is slow, and may turn to another device."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.signing_in.callback.small_server import SmallServerV6
from oauth_widgets.signing_in.pending import PendingLogin
from oauth_widgets.signing_in.sign_in import SignIn
from tests.browser.process import free_port
from tests.helpers.people import sign_in
from tests.helpers.waiting import until

from .told import (
    AWAY,
    SERVER,
    Begin,
    Told,
    begin_with_two_ways,
    client,
    direct,
    refuse_to_listen,
)


def test_where_neither_family_of_localhost_has_a_port_it_ends_as_well(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_listen(monkeypatch, SmallServerV6, errno.EADDRINUSE)
    told = begin(SERVER, client("http://localhost/callback"), scope=Scope())
    assert told.sign_in.way.name == "paste"
    assert told.sign_in.way.why.startswith("Every port on this computer is in use.")


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
    assert full.startswith("Can't listen for the answer: too many files")
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


def on_device(begin: Begin) -> tuple[Told, threading.Thread]:
    sandbox = ow.sandbox.start("playground")
    told = begin(sandbox.server, sandbox.clients["terminal"], scope=Scope("openid phone"))
    waiting = threading.Thread(target=told.sign_in.on_device, daemon=True)
    waiting.start()
    until(lambda: told.sign_in.device)
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
