"""One way back is chosen, by what the page said and what is registered; each says why."""

from __future__ import annotations

import pytest

from oauth_widgets.signing_in.callback.page import Page
from oauth_widgets.signing_in.callback.ways import (
    Way,
    better,
    local,
    loopback_callback,
    loopback_uris,
    proxied_callback,
    ways,
)

LOOPBACK = "http://127.0.0.1/callback"
FIXED = "http://localhost:8765/callback"
COMPANY = "https://app.corp.example/callback"
HERE = Page(
    front_end="lab", origin="http://localhost:8888", base_url="/", loopback=True, installed=True
)
AWAY = Page(front_end="lab", origin="https://j.example", base_url="/u/", installed=True, proxy=True)
HUB = Page(front_end="lab", origin="https://h.example", base_url="/user/bob/", hub="/hub/")
PAGE = AWAY.callback_uris[0]
PROXY = "https://j.example/u/proxy/8765/callback"


def chosen(registered: tuple[str, ...], page: Page, *barred: str) -> Way:
    return next(way for way in ways(registered, page, barred=why(*barred)) if way.works)


def why(*barred: str) -> dict[str, str]:
    return dict.fromkeys(barred, "The port is in use.")


@pytest.mark.parametrize(
    ("registered", "page", "name", "uri"),
    [
        ((LOOPBACK,), Page(), "loopback", LOOPBACK),
        ((COMPANY, FIXED), HERE, "loopback", FIXED),
        ((HERE.callback_uris[0], LOOPBACK), HERE, "loopback", LOOPBACK),
        ((HERE.callback_uris[0],), HERE, "page", HERE.callback_uris[0]),
        ((LOOPBACK, PAGE), AWAY, "page", PAGE),
        ((PROXY, PAGE), AWAY, "page", PAGE),
        ((LOOPBACK, PROXY), AWAY, "proxy", PROXY),
        ((LOOPBACK,), AWAY, "paste", LOOPBACK),
        ((COMPANY,), AWAY, "paste", COMPANY),
        ((COMPANY,), HERE, "paste", COMPANY),
        ((), HERE, "paste", ""),
        (HUB.callback_uris[:1], HUB, "page", HUB.callback_uris[0]),
        (HUB.callback_uris[1:], HUB, "page", HUB.callback_uris[1]),
        ((LOOPBACK,), Page(far=True), "paste", LOOPBACK),
    ],
)
def test_one_way_is_chosen(registered: tuple[str, ...], page: Page, name: str, uri: str) -> None:
    way = chosen(registered, page)
    assert (way.name, way.redirect_uri) == (name, uri)


def test_inside_another_sites_page_no_answer_is_waited_for_there() -> None:
    framed = Page(**{**vars(AWAY), "framed": True})
    assert chosen((PAGE,), framed).name == "paste"


def test_an_address_that_cannot_be_listened_at_leaves_the_other_ways() -> None:
    assert chosen((FIXED,), HERE, FIXED).name == "paste"
    assert chosen((FIXED,), HERE, FIXED).why.startswith("The port is in use.")
    assert chosen((FIXED, HERE.callback_uris[0]), HERE, FIXED).name == "page"
    assert chosen((FIXED, LOOPBACK), HERE, FIXED).redirect_uri == LOOPBACK
    assert chosen((LOOPBACK,), HERE, FIXED).name == "loopback"
    assert chosen((PROXY,), AWAY, PROXY).name == "paste"
    other = PROXY.replace("8765", "9000")
    assert chosen((PROXY, other), AWAY, PROXY).redirect_uri == other


def test_without_the_proxy_its_addresses_lead_nowhere() -> None:
    without = Page(**{**vars(AWAY), "proxy": False})
    assert chosen((PROXY,), without).name == "paste"


def test_every_way_says_why_in_a_sentence() -> None:
    for page in (Page(), HERE, AWAY, HUB, Page(**{**vars(AWAY), "framed": True})):
        for registered in ((), (LOOPBACK,), (PAGE, PROXY), (COMPANY,)):
            for way in ways(registered, page, barred=why(FIXED, PROXY)):
                assert way.why[0].isupper()
                assert way.why.endswith(".")


def test_what_to_register_is_said_only_where_something_must_be_pasted() -> None:
    assert better(ways((LOOPBACK,), HERE)) == ""
    assert better(ways((COMPANY,), HERE)) == LOOPBACK
    assert better(ways((COMPANY,), AWAY)) == PAGE
    assert better(ways((LOOPBACK,), HUB)) == HUB.callback_uris[0]
    framed = Page(**{**vars(AWAY), "framed": True})
    assert better(ways((COMPANY,), framed)) == PROXY
    assert better(ways((LOOPBACK,), Page(far=True))) == ""


@pytest.mark.parametrize(
    ("issuer", "path"),
    [
        ("", "/callback"),
        ("http://127.0.0.1:8900", "/callback"),
        ("http://[::1]:8900", "/callback"),
        ("https://id.example.com", "/callback/id.example.com"),
        ("https://id.example.com:8443/", "/callback/id.example.com-8443"),
        ("https://id.example.com/realms/a b/", "/callback/id.example.com/realms/a-b"),
        ("https://[2001:db8::1]", "/callback/-2001-db8-1-"),
    ],
)
def test_each_server_is_proposed_an_address_of_its_own(issuer: str, path: str) -> None:
    assert loopback_callback(issuer) == f"http://127.0.0.1{path}"
    assert better(ways((COMPANY,), HERE, issuer=issuer)) == loopback_callback(issuer)
    assert chosen((COMPANY, loopback_callback(issuer)), HERE).name == "loopback"
    assert proxied_callback(AWAY, issuer) == (f"https://j.example/u/proxy/8765{path}",)


def test_what_to_register_leads_back_once_it_is() -> None:
    for page in (HERE, AWAY, HUB):
        register = better(ways((COMPANY,), page))
        assert chosen((COMPANY, register), page).redirect_uri == register


HERE_8765 = "http://127.0.0.1:8765/callback"


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        (PROXY, HERE_8765),
        (f"{PROXY}?tenant=1", HERE_8765),
        ("https://j.example/u/proxy/8765", None),
        ("https://j.example/u/proxy/x/callback", None),
        ("https://j.example/u/proxy/0/callback", None),
        ("https://j.example/u/proxy/99999/callback", None),
        ("https://j.example/proxy/8765/callback", None),
        ("https://other.example/u/proxy/8765/callback", None),
    ],
)
def test_an_address_behind_the_proxy_leads_to_its_port_here(uri: str, address: str | None) -> None:
    assert local(uri, AWAY) == (address or uri)
    assert chosen((uri,), AWAY).name == ("proxy" if address else "paste")


def test_the_address_to_register_behind_the_proxy_is_one_of_its() -> None:
    assert proxied_callback(Page()) == ()
    for page in (AWAY, HUB):
        (uri,) = proxied_callback(page)
        assert local(uri, page) == HERE_8765


@pytest.mark.parametrize(
    ("registered", "uri"),
    [
        (("https://app.example/cb", "http://127.0.0.1/cb"), "http://127.0.0.1/cb"),
        (("http://localhost:8765/cb", "http://127.0.0.1/cb"), "http://localhost:8765/cb"),
        (("http://[::1]/cb",), "http://[::1]/cb"),
        (("https://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"), ""),
        ((), ""),
        (("http://localhost:8888/lab/extensions/oauth-widgets/static/v1/callback.html",), ""),
    ],
)
def test_the_registered_addresses_on_this_machine_are_found(
    registered: tuple[str, ...], uri: str
) -> None:
    assert loopback_uris(registered, Page())[:1] == ([uri] if uri else [])


def test_the_jupyter_servers_own_addresses_are_not_listened_at() -> None:
    page = Page(front_end="lab", origin="http://localhost:8888", base_url="/", loopback=False)
    proxied = "http://localhost:8888/proxy/8765/callback"
    assert loopback_uris((proxied, LOOPBACK), page) == [LOOPBACK]
    assert loopback_uris((proxied,), page) == []
