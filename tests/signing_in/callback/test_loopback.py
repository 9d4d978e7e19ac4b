"""The listener for the browser's answer: only what fits gets through, and only once."""

from __future__ import annotations

import gc
import os
import queue
import socket
import struct
import threading
import time
from contextlib import suppress

import httpx
import pytest

from oauth_widgets._net import loop
from oauth_widgets.errors import CannotListen
from oauth_widgets.signing_in.callback import loopback
from oauth_widgets.signing_in.callback.loopback import LoopbackListener
from oauth_widgets.signing_in.callback.small_server import QuietHandler, SmallServer
from tests.browser.process import free_port

from .conftest import Heard, Listen


def is_taken(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return False
    except OSError:
        return True


# the address that it listens at


@pytest.mark.check(id="callback/listener")
def test_a_free_port_is_taken_where_none_is_registered(listen: Listen) -> None:
    first, second = listen("http://127.0.0.1/callback"), listen("http://127.0.0.1/callback")
    assert first.redirect_uri == f"http://127.0.0.1:{first.port}/callback"
    assert first.port != second.port


@pytest.mark.check(id="callback/listener")
def test_a_registered_port_is_the_one_used(listen: Listen) -> None:
    port = free_port()
    heard = listen(f"http://127.0.0.1:{port}/callback?tenant=1")
    assert heard.redirect_uri == f"http://127.0.0.1:{port}/callback?tenant=1"
    assert heard.get("&code=1&state=mine").status_code == 200
    assert heard.answers.get(timeout=30) == f"{heard.redirect_uri}&code=1&state=mine"


@pytest.mark.check(id="callback/listener")
def test_a_registered_port_that_is_taken_is_named(listen: Listen) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Port {port} .* in use by another program"):
            listen(f"http://127.0.0.1:{port}/callback")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no process")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_does_not_wait_at_a_port_that_its_parent_watches(listen: Listen) -> None:
    heard = listen(f"http://127.0.0.1:{free_port()}/callback")
    child = os.fork()
    if child == 0:
        os._exit("in use by another" in loopback.barred(heard.redirect_uri))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert heard.get("?code=1&state=mine").status_code == 200


def test_a_registered_port_is_shared_and_each_answer_goes_to_whose_it_is(listen: Listen) -> None:
    registered = f"http://127.0.0.1:{free_port()}/callback"
    first, second = listen(registered), listen(registered, state="yours")
    assert second.get("?code=1&state=yours").status_code == 200
    assert second.answers.get(timeout=30)
    assert first.nothing_came()
    second.listener.close()
    assert first.get("?code=1&state=yours").status_code == 400
    assert first.get("?code=1&state=mine").status_code == 200
    assert first.answers.get(timeout=30)


def test_one_port_in_two_families_is_two_doors(listen: Listen) -> None:
    port = free_port()
    first = listen(f"http://127.0.0.1:{port}/callback")
    second = listen(f"http://[::1]:{port}/callback", state="yours")
    assert second.get("?code=1&state=yours").status_code == 200
    assert first.get("?code=1&state=mine").status_code == 200
    # A name for both families shares their listeners.
    third = listen(f"http://localhost:{port}/callback", state="ours")
    assert third.get("?code=1&state=ours").status_code == 200
    assert third.answers.get(timeout=30)


def test_a_shared_port_is_free_again_once_the_last_has_left(listen: Listen) -> None:
    registered = f"http://127.0.0.1:{free_port()}/callback"
    sharing = [listen(registered), listen(registered)]
    for heard in sharing * 2:
        heard.listener.close()
    with socket.create_server(("127.0.0.1", sharing[0].port)):
        """The port is free again."""


@pytest.mark.check(id="callback/listener")
def test_only_this_machine_can_reach_it(listen: Listen) -> None:
    port = vars(listen("http://127.0.0.1/callback").listener)["_port"]
    addresses = [server.server_address[0] for server in vars(port)["_servers"]]
    assert addresses == ["127.0.0.1"]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="no ::1 here")


@pytest.mark.parametrize("family", ["127.0.0.1", pytest.param("[::1]", marks=needs_ipv6)])
@pytest.mark.check(id="callback/listener")
def test_localhost_is_answered_in_either_family(family: str, listen: Listen) -> None:
    heard = listen("http://localhost/callback")
    assert heard.redirect_uri == f"http://localhost:{heard.port}/callback"
    httpx.get(f"http://{family}:{heard.port}/callback?state=mine", trust_env=False, timeout=30)
    assert heard.answers.get(timeout=30) == f"{heard.redirect_uri}?state=mine"


@needs_ipv6
@pytest.mark.check(id="callback/listener")
def test_the_other_family_alone_will_do(listen: Listen) -> None:
    heard = listen("http://[::1]/callback")
    assert heard.redirect_uri == f"http://[::1]:{heard.port}/callback"
    assert heard.get("?state=mine").status_code == 200


def test_close_frees_the_port_and_may_be_called_twice(listen: Listen) -> None:
    heard = listen(f"http://localhost:{free_port()}/callback")
    heard.listener.close()
    heard.listener.close()
    with socket.create_server(("127.0.0.1", heard.port)):
        pass


def test_an_answer_may_close_the_listener_that_brought_it() -> None:
    closed: queue.Queue[bool] = queue.Queue()

    def close(_: str) -> None:
        listener.close()
        closed.put(True)

    listener = LoopbackListener("http://127.0.0.1/callback", fits=lambda _: True, on_answer=close)
    answered = httpx.get(f"{listener.redirect_uri}?state=mine", trust_env=False, timeout=30)
    assert answered.status_code == 200
    assert closed.get(timeout=30)


def test_what_happens_on_the_loop_may_close_a_listener_too(listen: Listen) -> None:
    heard = listen()

    async def close() -> None:
        heard.listener.close()

    loop.start(close()).result(30)
    deadline = time.monotonic() + 30
    while is_taken(heard.port):
        assert time.monotonic() < deadline


def test_neither_listening_nor_closing_makes_the_loop_and_a_thread_wait_for_each_other(
    listen: Listen,
) -> None:
    heard, held, listening = listen(), threading.Event(), threading.Event()

    async def close() -> None:
        # As the loop waits for a lock of whoever begins to listen.
        held.set()
        assert listening.wait(30)
        heard.listener.close()

    with loopback._joining:  # noqa: SLF001 - as another sign-in holds it
        closing = loop.start(close())
        assert held.wait(30)
        server = SmallServer(("127.0.0.1", 0), QuietHandler)
        server.start()
        listening.set()
        closing.result(30)
    server.stop()


# what it takes


@pytest.mark.check(id="callback/listener")
def test_a_fitting_answer_is_handed_on_whole(listen: Listen) -> None:
    heard = listen()
    assert heard.get("?code=a%20b&state=mine&iss=x").status_code == 200
    assert heard.answers.get(timeout=30) == f"{heard.redirect_uri}?code=a%20b&state=mine&iss=x"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/favicon.ico",
        "/callback",
        "/callback?code=1",
        "/callback?code=1&state=other",
        "/callback?state=mine&state=mine",
        "/callback?state=mine&state=other",
        "/callback?state=",
        "/callback#state=mine",
        "/callback/?state=mine",
        "/Callback?state=mine",
        "/other?state=mine",
        "//evil.example/callback?state=mine",
        "http://evil.example/callback?state=mine",
        "http://127.0.0.1/callback?state=mine",
        "callback?state=mine",
        "*",
        "/callback?state=%ff",
    ],
)
@pytest.mark.check(id="callback/listener")
def test_junk_gets_400_and_the_listener_stays(target: str, listen: Listen) -> None:
    heard = listen()
    assert heard.status(target) == 400
    assert heard.nothing_came()
    assert heard.status("/callback?code=1&state=mine") == 200
    assert heard.answers.get(timeout=30)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"POST /callback?code=1&state=mine HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"HEAD /callback?code=1&state=mine HTTP/1.1\r\n\r\n",
        b"GET /callback?code=1&state=mine HTTP/9.9\r\n\r\n",
    ],
    ids=["nothing", "blank", "TLS", "long", "headers", "POST", "HEAD", "HTTP/9"],
)
@pytest.mark.check(id="callback/listener")
def test_what_no_browser_sends_does_no_harm(
    request_bytes: bytes, listen: Listen, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = listen()
    heard.raw(request_bytes)
    assert heard.nothing_came()
    assert heard.status("/callback?state=mine") == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.check(id="answer/form-post")
def test_an_answer_that_is_posted_is_refused(listen: Listen) -> None:
    heard = listen()
    for query in ("", "?code=1&state=mine"):
        form = {"code": "1", "state": "mine"}
        posted = httpx.post(f"{heard.redirect_uri}{query}", data=form, trust_env=False, timeout=30)
        assert posted.status_code == 501
    assert heard.nothing_came()
    assert heard.get("?code=1&state=mine").status_code == 200


def test_a_browser_that_goes_away_does_no_harm_and_says_nothing(
    listen: Listen, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = listen()
    for part in (b"GET /callb", b"GET /callback?code=1&state=mine HTTP/1.1\r\n\r\n"):
        browser = socket.create_connection(("127.0.0.1", heard.port))
        browser.sendall(part)
        # closing at once with this option resets the connection
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        browser.close()
    time.sleep(0.1)
    assert heard.status("/callback?state=mine") == 200
    assert capfd.readouterr() == ("", "")


def test_a_visitor_who_says_nothing_keeps_nobody_waiting(listen: Listen) -> None:
    heard = listen()
    with socket.create_connection(("127.0.0.1", heard.port)):
        assert heard.status("/callback?state=mine") == 200


def test_a_visitor_accepted_while_the_listener_closes_is_closed_too() -> None:
    """The socket of whoever arrives in that very moment must not be left to the collector."""
    for _ in range(200):
        heard = Heard("http://127.0.0.1/callback")
        with socket.create_connection(("127.0.0.1", heard.port), timeout=30) as browser:
            heard.listener.close()
            with suppress(ConnectionResetError, TimeoutError):
                browser.settimeout(0.001)
                browser.recv(1)
    gc.collect()
