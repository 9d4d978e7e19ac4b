from __future__ import annotations

from collections.abc import Iterator

import pytest

from oauth_widgets import errors
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.callback.front_channel import FrontChannel

ISSUER = "http://127.0.0.1:8900"
PAGES = (f"{ISSUER}/oauth2/auth", f"{ISSUER}/oauth2/sessions/logout", f"{ISSUER}/device")
HUB = "https://hub.example/user/al%40ice/"


def refuse_all(client_id: str, redirect_uri: str) -> None:
    raise errors.ConfigurationError(f"{client_id} may not have {redirect_uri}.")


def channel(*pages: str) -> FrontChannel:
    addresses = frozenset(pages or PAGES)
    return FrontChannel(port=8900, addresses=addresses, register=refuse_all)


@pytest.fixture
def declared() -> Iterator[FrontChannel]:
    one = channel()
    front_channel.declare(one)
    yield one
    front_channel.withdraw(one)


@pytest.mark.parametrize("page", PAGES)
def test_a_declared_page_is_seen_through_the_proxy_with_its_query(page: str) -> None:
    path = page.removeprefix(ISSUER)
    seen = f"https://hub.example/user/al%40ice/proxy/8900{path}"
    assert channel().seen_from(HUB, page) == seen
    assert channel().seen_from(HUB, f"{page}?a=/x?y&b=%2F") == f"{seen}?a=/x?y&b=%2F"


@pytest.mark.parametrize("base", ["http://binder.example:8888/", "http://binder.example:8888"])
def test_a_base_is_one_with_and_without_its_last_slash(base: str) -> None:
    seen = channel().seen_from(base, PAGES[0])
    assert seen == "http://binder.example:8888/proxy/8900/oauth2/auth"


STRANGERS = [
    f"{ISSUER}/oauth2/token",
    f"{ISSUER}/oauth2/auth/",
    f"{ISSUER}/oauth2/auth#fragment",
    f"{ISSUER}/oauth2/auth;x",
    f"{ISSUER}/x/../oauth2/auth",
    "http://localhost:8900/oauth2/auth",
    "http://127.0.0.1:8901/oauth2/auth",
    "https://127.0.0.1:8900/oauth2/auth",
    "http://127.0.0.1:8900@evil.example/oauth2/auth",
    "https://id.example/oauth2/auth",
    "",
]


@pytest.mark.parametrize("url", STRANGERS)
def test_any_other_address_stays_as_it_is_on_loopback_too(declared: FrontChannel, url: str) -> None:
    assert declared.seen_from(HUB, url) == url
    assert front_channel.of(url) is None


@pytest.mark.parametrize("base", ["javascript:alert(1)//", "hub.example/", "https://a@b.example/"])
def test_a_base_that_is_no_web_address_is_refused(base: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="notebook server"):
        channel().seen_from(base, PAGES[0])


def test_what_is_declared_is_found_until_it_is_withdrawn(declared: FrontChannel) -> None:
    for page in PAGES:
        assert front_channel.of(page) is declared
        assert front_channel.of(f"{page}?state=x") is declared
    front_channel.withdraw(declared)
    front_channel.withdraw(declared)
    assert [front_channel.of(page) for page in PAGES] == [None] * len(PAGES)


def test_withdrawing_leaves_alone_what_another_has_declared_since(declared: FrontChannel) -> None:
    later = channel(PAGES[0])
    front_channel.declare(later)
    front_channel.withdraw(declared)
    assert front_channel.of(PAGES[0]) is later
    front_channel.withdraw(later)


def test_its_repr_is_one_of_addresses(declared: FrontChannel) -> None:
    assert "register" not in repr(declared)
