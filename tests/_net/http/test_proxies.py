"""Which way a request takes: this machine never through a proxy, others as the environment says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets._net import http
from oauth_widgets.errors import ConfigurationError, ServerUnreachable

from ...helpers.rigged import answer, rigged
from ...helpers.tracebacks import with_locals
from .asking import get

TRANSPORT = httpx.AsyncHTTPTransport


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


@pytest.mark.parametrize(
    "proxy",
    [
        *("http://me:sesame/x@127.0.0.1:1", "http://me:sesame#x@127.0.0.1:1", "me:sesame"),
        *("http://me:sesame@127.0.0.1:99999", "http://me:sesame@[::1", "nonsense://me:sesame@a"),
    ],
)
@pytest.mark.check(id="secrets/hidden")
def test_a_proxy_that_cannot_be_an_address_is_said_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    server = ow.AuthorizationServer(issuer="https://id.example", api="https://api.example")
    session = ow.Session.from_token(server, "access-1")
    for use in (session.http().get, session.frame, session.open):
        with pytest.raises(ConfigurationError, match="configured proxy") as refused:
            use("/events")
        assert "sesame" not in with_locals(refused.value)


@pytest.mark.parametrize(
    "proxy", ["socks5://proxy.example:1080", "nonsense://proxy.example", "http://[::1"]
)
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


@pytest.mark.usefixtures("_new_client")
def test_a_proxy_that_is_not_there_or_refuses_is_told_from_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    with rigged(answer(status=407)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.origin)
        with pytest.raises(ServerUnreachable, match="requires a username and password"):
            get("https://elsewhere.example/")
    with pytest.raises(ServerUnreachable, match="the proxy can't be reached"):
        get("https://elsewhere.example/")


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
