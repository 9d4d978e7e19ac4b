"""Addresses of every kind, held against those who would send the request."""

# ruff: noqa: RUF001 - look-alikes are what it is about

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv6Address
from itertools import islice
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from hypothesis import settings
from urllib3.util import parse_url

from oauth_widgets._net.address import absolute, origin
from oauth_widgets.errors import ConfigurationError

SEED = 20261128
# A tenth with the lowest versions, which run fewest examples
HOW_MANY = 100_000 if settings().max_examples > 10 else 10_000
Place = tuple[str, str, int]

SCHEMES = ["HTTP:", "hTTps:", "ftp:", "", "http::", " https:", "https\t:", "https", "javascript:"]
SLASHES = ["/", "///", "\\\\", "/\\", ""]
USERS = ["a@", "a:b@", "@", "api.example@", "api.example:443@", "%40", "a%40b@", "[@"]
NAMES = [
    *("api.example", "API.example", "api.example.", "a..b", ".a", "-a.example", "a_b.example"),
    *("localhost", "127.0.0.1", "127.1", "127.0.0.01", "0x7f.1", "2130706433", "1.2.3.4.", "1.2.3"),
    *("256.1.1.1", "[::1]", "[0:0::1]", "[::ffff:127.0.0.1]", "[fe80::1%eth0]", "[fe80::1%25eth0]"),
    *(
        "[::1",
        "::1",
        "[::1]]",
        "[[::1]]",
        "[v1.a]",
        "[127.0.0.1]",
        "[]",
        "",
        "a%2eb",
        "%61pi.example",
    ),
    *(
        "api.example%00",
        "xn--a.example",
        "xn--mnchen-3ya.de",
        "münchen.de",
        "аpi.example",
        "ａpi.example",
    ),
    *(
        "faß.de",
        "a。b",
        "a．b",
        "a／b",
        "a＠b",
        "①.example",
        "a\u00adb",
        "a\u200bb",
        "ſ.example",
        "İ.de",
    ),
    *(f"a{one}b" for one in ",;!$'*+(&=^|`{"),
]
JUNK = [*[""] * 4, "8443", *"x.%[]@\\\t\n\0 \ud800é"]
PORTS = [
    *[""] * 4,
    *(":", ":80", ":443", ":8443", ":08443", ":+80", ":-1", ":0", ":65535", ":65536"),
    *(": 80", ":80 ", ":8_0", ":８０", ":80:81", "::80", ":99999", ":1e3", ":0x50", ":x", ":80\t"),
]
ENDS = [
    *("", "/", "/x", "?a=b", "#f", "/x?y=http://b/", "/@b", "?@b/", "#@b/", "/\\b", "\\b", "/a b"),
    *(
        "/%2e%2e//b",
        "//b/c",
        ";p",
        "&q",
        "/é",
        "?é=\u2028",
        "/\ud800",
        "/..;/b",
        "/a:b@c",
        "?[::1]",
    ),
]


def addresses() -> Iterator[str]:
    """Yield addresses put together of usual and odd parts, and then changed a little."""
    dice = random.Random(SEED)
    letters = "ahtps:/@[]#?.%\\0159-_ \té"

    def one_of(odd: list[str], *usual: str) -> str:
        return dice.choice(odd if dice.random() < 0.3 else usual)

    for _ in range(HOW_MANY):
        literal = f"[{IPv6Address(dice.getrandbits(128))}]"
        url = "".join(
            (
                one_of(SCHEMES, "http:", "https:"),
                one_of(SLASHES, "//"),
                one_of(USERS, ""),
                one_of(NAMES, "api.example", "127.0.0.1", "[::1]", literal),
                one_of(JUNK, ""),
                one_of(PORTS, "", ":8443"),
                one_of(ENDS, "", "/x?a=b"),
            )
        )
        for _ in range(dice.choice((0, 0, 1, 2))):
            at = dice.randrange(len(url) + 1)
            url = url[:at] + dice.choice(letters) + url[at + dice.choice((0, 1)) :]
        yield url


def place(scheme: str, host: str, port: int | None) -> Place:
    host = host.strip("[]").lower()
    with suppress(ValueError):
        host = str(IPv6Address(host))
    return scheme, host, port or {"http": 80, "https": 443}[scheme]


def judged(url: str) -> Place:
    parts = urlsplit(origin(url))
    return place(parts.scheme, parts.hostname or "", parts.port)


def by_httpx(url: str) -> Place:
    # what httpx hands to httpcore, which connects there
    sent = httpx.Request("GET", url).url
    return place(sent.raw_scheme.decode(), sent.raw_host.decode(), sent.port)


def by_requests(url: str) -> Place:
    prepared = requests.Request("GET", url).prepare().url
    assert prepared is not None
    sent = parse_url(prepared)
    return place(sent.scheme or "", sent.host or "", sent.port)


def by_urllib(url: str) -> Place:
    parts = urlsplit(url)
    return place(parts.scheme, parts.hostname or "", parts.port)


def test_any_address_is_judged_as_it_is_sent_or_refused() -> None:
    taken = 0
    for url in addresses():
        try:
            known = judged(url)
        except ConfigurationError:
            continue
        taken += 1
        for sender in (by_httpx, by_requests, by_urllib):
            # a sender may refuse what we take: it sends nothing then
            with suppress(httpx.InvalidURL, requests.exceptions.InvalidURL, UnicodeError):
                assert sender(url) == known, (sender, url)
    # enough are taken for the comparison to mean something
    assert taken > HOW_MANY / 20


def test_any_link_is_judged_as_it_is_sent_or_refused() -> None:
    base = "http://[::1]:8000/pages/1"
    for url in islice(addresses(), HOW_MANY // 5):
        target = absolute(url.partition(":")[2], base)
        with suppress(ConfigurationError, httpx.InvalidURL, UnicodeError):
            assert judged(target) == by_httpx(target), target


@pytest.mark.parametrize(
    "url",
    [
        *("http://[::1]8443/x", "http://[::1].evil.example/", "http://[::1]@evil.example/"),
        *("https://api.example:０443/", "https://api.example:0443/", "https://api.example:+443/"),
        *("https://api%2eexample/", "https://api.example\\@evil.example/", "https://127.1/"),
        *("https://127.0.0.1./", "https://0x7f000001/", "https://[fe80::1%25eth0]/"),
        *("https://[127.0.0.1]/", "https://[::1::]/", "https://api..example/", "https://.a/"),
    ],
)
@pytest.mark.check(id="bearer/origin")
def test_an_address_that_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        origin(url)


def test_a_look_alike_is_shown_as_it_is_sent() -> None:
    with pytest.raises(ConfigurationError, match=r"xn--pi-6kc\.example") as refused:
        origin("https://аpi.example/")
    assert "аpi" not in str(refused.value)
