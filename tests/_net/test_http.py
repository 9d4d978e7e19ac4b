"""The door to the network keeps its limits before servers that break every rule."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import itertools
import logging
import os
import socket
import ssl
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import pytest
import truststore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import oauth_widgets as ow
from oauth_widgets._net import direct, http, target, trust, unpacking
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.unreachable import unreachable
from oauth_widgets.errors import (
    AnswerTooLarge,
    ConfigurationError,
    DeadlineExceeded,
    OAuthError,
    ServerUnreachable,
    TransportError,
)

from ..helpers.mint import running_mint
from ..helpers.rigged import answer, rigged, zipped
from ..helpers.tracebacks import with_locals

TRANSPORT = httpx.AsyncHTTPTransport


def get(url: str, **limits: Any) -> Response:
    return run(http.send(Request("GET", url), **limits))


@pytest.fixture(autouse=True, params=[None, 0], ids=["through httpx", "in a lane"])
def _lane(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every promise kept by both kinds of connections."""
    monkeypatch.setattr(http, "send", partial(http.send, lane=request.param))


@pytest.fixture
def _new_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next request read the environment anew, as a new kernel does."""
    monkeypatch.setattr(http, "_transports", WeakKeyDictionary())
    monkeypatch.setattr(direct, "_connections", WeakKeyDictionary())


def drip(start: bytes) -> Iterator[bytes]:
    yield start
    while True:
        time.sleep(0.02)
        yield b"x"


def test_an_answer_arrives_whole() -> None:
    body = "Gdańsk".encode()
    with rigged(answer(body, status=418, Link='<a>; rel="next"')) as server:
        response = get(f"{server.origin}/path?q=1")
    assert (response.status, response.body, response.media_type) == (418, body, "text/plain")
    assert response.headers["link"] == '<a>; rel="next"'
    assert response.url == f"{server.origin}/path?q=1"
    assert server.sent[0].target == "/path?q=1"


def test_headers_that_come_twice_are_joined() -> None:
    twice = answer().replace(b"connection:", b"link: <a>\r\nLink: <b>\r\nconnection:")
    with rigged(twice) as server:
        assert get(server.origin).headers["link"] == "<a>, <b>"


def test_a_form_is_sent_as_one() -> None:
    with rigged(answer()) as server:
        run(http.send(Request("POST", server.origin, form=(("code", "a b&c"), ("ø", "1")))))
    assert server.sent[0].method == "POST"
    assert server.sent[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert server.sent[0].form == {"code": "a b&c", "ø": "1"}


def test_a_compressed_answer_is_unpacked() -> None:
    with rigged(zipped(b"[1, 2]")) as server:
        assert get(server.origin).body == b"[1, 2]"
    assert server.sent[0].headers["accept-encoding"] == "gzip"


def test_an_answer_compressed_in_pieces_is_unpacked_to_its_end() -> None:
    pieces = gzip.compress(b"[1,") + gzip.compress(b" 2") + gzip.compress(b"]")
    with rigged(answer(pieces, content_encoding="gzip")) as server:
        assert get(server.origin).body == b"[1, 2]"
        with pytest.raises(AnswerTooLarge):
            get(server.origin, max_body=5)
    with (
        rigged(answer(pieces[:-9], content_encoding="gzip")) as server,
        pytest.raises(ServerUnreachable, match="only part"),
    ):
        get(server.origin)


def test_what_is_behind_a_compressed_answer_is_no_part_of_it() -> None:
    with rigged(answer(gzip.compress(b"[]") + b"\0\0", content_encoding="gzip")) as server:
        assert get(server.origin).body == b"[]"


def test_an_empty_answer_need_not_be_compressed() -> None:
    with rigged(answer(content_encoding="gzip")) as server:
        assert get(server.origin).body == b""


def test_a_refused_connection_is_named_with_the_origin_alone() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ServerUnreachable) as refused:
            get(f"{where}/path?code=very-secret")
    assert refused.value.message == f"{where} could not be reached (no connection)."
    assert "network" in refused.value.next_step


def test_a_host_that_cannot_exist_is_unreachable() -> None:
    with pytest.raises(ServerUnreachable):
        get("https://xn--a.example/")


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "[::1]8443"])
def test_an_address_that_senders_read_differently_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError):
        get(f"https://{host}/")


@pytest.mark.check(id="bearer/origin")
def test_what_would_be_sent_elsewhere_than_judged_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # as if two readers of addresses differed after all
    monkeypatch.setattr(target, "origin", lambda _: "https://api.example")
    # httpx takes every address apart, and a lane only hands it those with unusual characters
    path = "^" if http.send.keywords["lane"] == 0 else ""  # type: ignore[attr-defined]
    with rigged(answer()) as server, pytest.raises(ConfigurationError, match="in two ways"):
        get(f"{server.origin}/{path}")
    assert server.sent == []


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200 so\r\ncontent-le",
        b"HTTP/1.1 200 so\r\ncontent-length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 so\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=["nothing", "in the headers", "in the body", "in a chunk", "not HTTP"],
)
def test_a_cut_answer_is_no_answer(cut: bytes) -> None:
    with rigged(cut) as server, pytest.raises(ServerUnreachable, match="the connection was cut"):
        get(server.origin)


@pytest.mark.parametrize(
    "broken",
    [
        gzip.compress(b"x" * 1000)[:-12],
        gzip.compress(b"x" * 1000)[:5] + b"?" * 20,
        b"not compressed at all",
    ],
    ids=["truncated", "damaged", "plain"],
)
def test_an_answer_that_cannot_be_unpacked_is_no_answer(broken: bytes) -> None:
    wrong = answer(broken, content_encoding="gzip")
    with rigged(wrong) as server, pytest.raises(ServerUnreachable, match=r"sent (an|only)"):
        get(server.origin)


def test_a_compression_nobody_asked_for_is_no_answer() -> None:
    with (
        rigged(answer(b"\x0b\x02\x80abc\x03", content_encoding="br")) as server,
        pytest.raises(ServerUnreachable, match="can't be decompressed"),
    ):
        get(server.origin)


@pytest.mark.check(id="transport/no-redirects")
def test_a_redirect_is_an_answer_and_nobody_goes_there() -> None:
    with (
        rigged(answer()) as elsewhere,
        rigged(answer(status=307, location=elsewhere.origin)) as server,
    ):
        assert get(server.origin).status == 307
    assert elsewhere.sent == []


@pytest.mark.parametrize("kind", ["announced", "streamed", "bomb"])
@pytest.mark.check(id="transport/size")
def test_a_body_has_a_size_limit_also_after_decompression(kind: str) -> None:
    too_much = {
        "announced": answer(b"x" * 2000),
        "streamed": b"HTTP/1.1 200 so\r\n\r\n" + b"x" * 2000,
        "bomb": zipped(b"x" * 50_000_000),
    }
    with (
        rigged(too_much[kind]) as server,
        pytest.raises(AnswerTooLarge, match="more than 1000 bytes"),
    ):
        get(server.origin, max_body=1000)


@pytest.mark.check(id="transport/size")
def test_a_bomb_is_not_unpacked_any_further_than_the_limit() -> None:
    bomb = zipped(b"x" * 50_000_000)
    with rigged(bomb) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge):
                get(server.origin)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.check(id="transport/size")
def test_a_body_of_just_the_limit_is_taken() -> None:
    for whole in (answer(b"x" * 1000), zipped(b"x" * 1000)):
        with rigged(whole) as server:
            assert len(get(server.origin, max_body=1000).body) == 1000


def test_a_large_answer_is_unpacked_apart_from_the_loop_that_all_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked: list[threading.Thread] = []
    unpacked = unpacking._unpacked  # noqa: SLF001 - its thread is what matters

    def noted(*given: Any) -> bytes:
        worked.append(threading.current_thread())
        return unpacked(*given)

    async def loops_own() -> threading.Thread:
        return threading.current_thread()

    monkeypatch.setattr(unpacking, "_unpacked", noted)
    with rigged(zipped(os.urandom(200_000))) as server:
        request = Request("GET", server.origin)
        assert len(run(http.send(request, max_body=2**28)).body) == 200_000
    assert len(worked) == 1
    assert run(loops_own()) not in worked


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 so\r\nx-slow: ", b"HTTP/1.1 200 so\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
@pytest.mark.check(id="transport/deadline")
def test_a_slow_drip_ends_at_the_deadline(start: bytes) -> None:
    deadline = 0.2
    with rigged(lambda _: drip(start)) as server:
        # A busy machine may not even connect in time
        while not server.sent:
            begun = time.monotonic()
            with pytest.raises(DeadlineExceeded, match=rf"within {deadline:g} seconds"):
                get(server.origin, deadline=deadline)
            assert time.monotonic() - begun < 20
            deadline *= 2
        assert server.left.wait(30), "the connection was left open"


@pytest.mark.check(id="transport/deadline")
def test_a_server_that_says_nothing_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DeadlineExceeded):
        get(f"http://127.0.0.1:{silent.getsockname()[1]}", deadline=0.2)


@pytest.mark.usefixtures("_new_client")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.2"])
@pytest.mark.check(id="transport/proxies")
def test_this_machine_is_never_reached_through_a_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rigged(answer()) as proxy, rigged(answer(b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        try:
            get(f"http://{host}:{server.port}/")
        except ServerUnreachable:
            # nothing listens at that name of this machine
            assert host in {"[::1]", "127.0.0.2"}
    assert proxy.sent == []


@pytest.mark.usefixtures("_new_client")
@pytest.mark.check(id="transport/proxies")
def test_other_machines_are_reached_through_the_proxy_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rigged(answer(b"by proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.origin)
        monkeypatch.delenv("no_proxy", raising=False)
        assert get("http://elsewhere.example/").body == b"by proxy"
    assert proxy.sent[0].target == "http://elsewhere.example/"


@pytest.mark.parametrize("proxy", ["socks5://proxy.example:1080", "nonsense://proxy.example"])
def test_a_proxy_of_a_kind_that_cannot_be_used_is_said(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.httpx, "AsyncHTTPTransport", without_socks)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ConfigurationError, match="configured proxy") as refused:
        get("http://elsewhere.example/")
    assert "ow.trust()" in refused.value.next_step
    assert "proxy.example" not in str(refused.value)


def without_socks(*, proxy: str, **more: Any) -> httpx.AsyncHTTPTransport:
    """As httpx where its extra for SOCKS is not installed."""
    if proxy.startswith("socks"):
        raise ImportError
    return TRANSPORT(proxy=proxy, **more)


@pytest.mark.check(id="transport/proxies")
def test_a_proxy_that_is_set_later_counts_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    for said in (b"the first", b"the second"):
        with rigged(answer(said)) as proxy:
            monkeypatch.setenv("http_proxy", proxy.origin)
            assert get("http://elsewhere.example/").body == said
    monkeypatch.setenv("no_proxy", "127.0.0.1,elsewhere.example")
    with rigged(answer()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.origin)
        with pytest.raises(ServerUnreachable):
            get("http://elsewhere.example/")
    assert proxy.sent == []


@pytest.mark.check(id="transport/proxies")
def test_a_proxy_for_all_schemes_need_not_say_what_it_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with rigged(answer(b"by proxy")) as proxy:
        monkeypatch.setenv("all_proxy", proxy.origin.removeprefix("http://"))
        assert get("http://elsewhere.example/").body == b"by proxy"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is not trusted, with its key in the same file."""
    return certified(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture(scope="module")
def another_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("tls") / "another.pem")


def certified(file: Path, *, host: str = "127.0.0.1", hours: tuple[int, int] = (-1, 1)) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rigged")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(hours=hours[0]))
        .not_valid_after(now + dt.timedelta(hours=hours[1]))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "_chosen", None)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.check(id="transport/tls")
def test_a_certificate_that_is_not_trusted_is_refused_and_named(
    certificate: Path,
) -> None:
    with rigged(answer(), tls(certificate)) as server:
        with pytest.raises(ServerUnreachable, match="certificate") as refused:
            get(server.origin)
        assert server.sent == []
    assert 'ow.trust(ca="company.pem")' in refused.value.next_step


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.parametrize(
    ("made", "reason", "step"),
    [
        ({"hours": (-2, -1)}, "has expired", "Tell whoever runs the server."),
        ({"hours": (1, 2)}, "not valid yet", "Check this machine's clock"),
        ({"host": "127.0.0.2"}, "made for another host", "Check the host in the address."),
    ],
)
def test_a_certificate_that_is_trusted_and_wrong_is_told_by_what_is_wrong(
    made: dict[str, Any], reason: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certified(tmp_path / "certificate.pem", **made)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with rigged(answer(), tls(file)) as server, pytest.raises(ServerUnreachable) as refused:
        get(server.origin)
    assert reason in refused.value.message
    assert refused.value.next_step.startswith(step)
    assert not refused.value.retry_may_help
    assert not refused.value.sent


def causes(*chain: Exception) -> Exception:
    for outer, inner in itertools.pairwise(chain):
        outer.__cause__ = inner
    return chain[0]


def unverified(code: int) -> ssl.SSLCertVerificationError:
    problem = ssl.SSLCertVerificationError()
    problem.verify_code = code
    return problem


@pytest.mark.parametrize(
    ("problem", "reason", "passes"),
    [
        (causes(httpx.ConnectError("x"), unverified(18)), "it is self-signed", False),
        (causes(httpx.ConnectError("x"), unverified(19)), "no known authority", False),
        (causes(httpx.ConnectError("x"), unverified(20)), "no known authority", False),
        (causes(httpx.ConnectError("x"), unverified(64)), "made for another host", False),
        (causes(httpx.ConnectError("x"), ssl.SSLError()), "use TLS", False),
        (causes(httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "")), "name", False),
        (
            causes(httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "")),
            "connection",
            True,
        ),
        (causes(httpx.ConnectError("x"), ConnectionRefusedError()), "no connection", True),
        (httpx.ProxyError("407 Proxy Authentication Required"), "a username and a password", False),
        (httpx.ProxyError("403 Forbidden"), "refuses to go there, status 403", False),
        (httpx.ProxyError("501 Unsupported"), "refuses to go there, status 501", False),
        (httpx.ProxyError("503 Not now"), "the proxy answered with status 503", True),
        (httpx.ProxyError("Host unreachable"), "the proxy refuses to go there", False),
        (httpx.ReadError("x"), "the connection was cut", True),
    ],
)
def test_what_a_failure_advises_fits_whether_it_passes(
    problem: Exception, reason: str, passes: bool
) -> None:
    failure = unreachable(problem, "https://api.example", proxied=False)
    assert reason in failure.message
    assert failure.retry_may_help == passes
    assert ("try again" in failure.next_step) == passes


@pytest.mark.usefixtures("_new_client")
def test_a_proxy_that_is_not_there_or_refuses_is_told_from_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    with rigged(answer(status=407)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.origin)
        with pytest.raises(ServerUnreachable, match="asks for a username and a password"):
            get("https://elsewhere.example/")
    with pytest.raises(ServerUnreachable, match="the proxy can't be reached"):
        get("https://elsewhere.example/")


@pytest.mark.usefixtures("_new_client", "_no_choice")
def test_where_no_tls_is_spoken_no_certificate_is_blamed() -> None:
    with rigged(answer()) as server:
        with pytest.raises(ServerUnreachable, match="doesn't use TLS there") as refused:
            get(server.origin.replace("http:", "https:"))
        assert server.sent == []
    assert "ow.trust" not in str(refused.value)


@pytest.mark.usefixtures("_new_client")
@pytest.mark.check(id="transport/tls")
def test_nor_is_it_taken_where_other_certificates_are_trusted(
    certificate: Path, another_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(another_certificate))
    with rigged(answer(), tls(certificate)) as server:
        with pytest.raises(ServerUnreachable, match="certificate"):
            get(server.origin)
        assert server.sent == []


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.check(id="transport/tls")
def test_the_clients_of_a_session_do_not_take_it_either(awaited: bool, certificate: Path) -> None:
    with rigged(answer(), tls(certificate)) as server, running_mint() as mint:
        session = mint.session(api=server.origin)

        def blocking() -> None:
            with session.http() as client:
                client.get("/")

        async def awaiting() -> None:
            async with session.ahttp() as client:
                await client.get("/")

        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            asyncio.run(awaiting()) if awaited else blocking()
        assert server.sent == []


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_the_systems_own_store_is_trusted_where_nothing_is_chosen() -> None:
    assert isinstance(trust.context_for(trust.current_ca()), truststore.SSLContext)
    assert (ow.trust().authorities, ow.trust().ca) == ("the system's own", None)


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_a_chosen_file_is_trusted_and_stands_before_the_environments(
    certificate: Path, another_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(another_certificate))
    assert ow.trust().ca == str(another_certificate)
    assert ow.trust(ca=certificate).ca == str(certificate)
    assert ow.trust().authorities == "those in certificate.pem"
    with rigged(answer(b"trusted"), tls(certificate)) as server:
        assert get(server.origin).body == b"trusted"


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_a_file_without_certificates_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty.pem").touch()
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(ConfigurationError, match=name):
            ow.trust(ca=tmp_path / name)
    assert ow.trust().ca is None


@pytest.mark.check(id="transport/proxies")
def test_the_proxies_in_force_are_told_without_their_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://name:very-secret@proxy.example:8080")
    assert set(ow.trust().proxies) == {"http", "https", "all"}
    assert set(ow.trust().proxies.values()) == {"http://proxy.example:8080"}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("name:very-secret@proxy:8080", "proxy:8080"),
        ("http://name:very-secret@proxy:8080/", "http://proxy:8080/"),
        ("socks5h://name:very@secret@proxy:1080", "socks5h://proxy:1080"),
        ("http://name:very://secret@proxy:8080", "http://proxy:8080"),
        ("name:very://secret@proxy:8080", "proxy:8080"),
        ("http://very-secret@[::1]:8080", "http://[::1]:8080"),
        ("http://proxy:8080", "http://proxy:8080"),
        ("proxy:8080", "proxy:8080"),
    ],
)
@pytest.mark.check(id="transport/proxies")
def test_a_proxy_in_any_spelling_is_told_without_its_password(
    address: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", address)
    assert ow.trust().proxies["https"] == told


@pytest.mark.usefixtures("_new_client")
@pytest.mark.check(id="transport/proxies")
def test_a_certificate_in_ssl_cert_file_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with rigged(answer(b"trusted"), tls(certificate)) as server:
        assert get(server.origin).body == b"trusted"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the open connections")
@pytest.mark.usefixtures("_new_client")
def test_a_request_that_is_given_up_at_any_moment_leaves_no_connection_open() -> None:
    def open_ends() -> int:
        """Count both ends of the server's connections: other threads open and close files too."""
        rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
        port = f":{server.port:04X}"
        held = [row for row in rows if row[9] != "0"]
        return sum(end.endswith(port) for row in held for end in row[1:3])

    async def given_up(url: str) -> None:
        for steps in range(240):
            asked = asyncio.create_task(http.send(Request("GET", url)))
            for _ in range(steps % 80):
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait([asked])

    with rigged(answer(b"x" * 9)) as server:
        get(server.origin)
        before = open_ends()
        run(given_up(server.origin))
        # The server closes its side on other threads.
        end = time.monotonic() + 10
        while open_ends() > before + 1 and time.monotonic() < end:
            time.sleep(0.05)
        assert open_ends() <= before + 1
        assert get(server.origin).body == b"x" * 9


def test_a_cookie_of_one_answer_never_goes_with_a_later_request() -> None:
    with rigged(answer(set_cookie="who=alice; Path=/")) as server:
        get(server.origin)
        get(server.origin)
    assert [sent for sent in server.sent if "cookie" in sent.headers] == []


@pytest.mark.parametrize("token", ["very\r\nsecret: 1", "vëry-secret", "very-secret\0"])
@pytest.mark.check(id="secrets/hidden")
def test_a_token_that_fits_no_header_is_not_repeated(token: str) -> None:
    with rigged(answer()) as server, pytest.raises(OAuthError) as refused:
        run(http.send(Request("GET", server.origin, {"authorization": f"Bearer {token}"})))
    assert server.sent == []
    assert "secret" not in with_locals(refused.value)


@pytest.mark.parametrize(
    "respond",
    [
        b"",
        b"HTTP/1.1 200 so\r\n\r\n" + b"very-secret" * 200,
        answer(b"very-secret", content_encoding="gzip"),
        zipped(b"very-secret" * 200),
        answer(gzip.compress(b"very-secret")[:-5], content_encoding="gzip"),
        lambda _: drip(b"HTTP/1.1 200 so\r\n\r\nvery-secret"),
    ],
    ids=["cut", "too large", "not packed", "too large unpacked", "in part", "too slow"],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_shows_what_was_sent_or_came(respond: Any) -> None:
    headers = {"authorization": "Bearer very-secret-token"}
    form = (("code", "very-secret-code"), ("client_secret", "very-secret"))
    with rigged(respond) as server, pytest.raises(TransportError) as failed:
        run(
            http.send(
                Request("POST", server.origin, headers, form=form), deadline=1.0, max_body=1000
            )
        )
    assert server.sent[0].token == "very-secret-token"
    assert "http.py" in with_locals(failed.value)
    assert "very-secret" not in with_locals(failed.value)


@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_shows_what_could_not_be_sent() -> None:
    with rigged(answer()) as gone:
        url = gone.origin
    headers = {"authorization": "Bearer very-secret-token"}
    with pytest.raises(ServerUnreachable) as failed:
        run(http.send(Request("POST", url, headers, form=(("code", "very-secret-code"),))))
    assert "http.py" in with_locals(failed.value)
    assert "very-secret" not in with_locals(failed.value)


@pytest.mark.check(id="secrets/hidden")
def test_no_log_says_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with rigged(answer(b"very-secret-body", set_cookie="id=very-secret-cookie")) as server:
        headers = {"authorization": "Bearer very-secret-token"}
        url = f"{server.origin}/events?phone=very-secret-number"
        run(http.send(Request("POST", url, headers, form=(("code", "very-secret-code"),))))
    assert server.sent[0].token == "very-secret-token"
    assert f"POST {server.origin}/events: 200" in caplog.text
    assert "very-secret" not in caplog.text


def test_the_logs_of_others_who_use_httpx_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with rigged(answer()) as server:
        get(server.origin)
        assert "HTTP Request" not in caplog.text
        httpx.get(f"{server.origin}/mine", trust_env=False)
    assert f"HTTP Request: GET {server.origin}/mine" in caplog.text
    assert "receive_response_headers" in caplog.text
