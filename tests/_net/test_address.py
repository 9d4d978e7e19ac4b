from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.address import (
    check_endpoint,
    check_redirect_uri,
    is_loopback,
    origin,
    split,
)
from oauth_widgets.errors import ConfigurationError, InvalidMetadata
from tests.protocol.builders import refuses

ANYTHING = st.text(st.characters()) | st.text("htps:/@[]#?.%0aA1é\\ ").map("https://".__add__)


@pytest.mark.parametrize(
    "url",
    [
        "https://as.example/token",
        "https://as.example:8443/token?tenant=7",
        "http://127.0.0.1:9000/token",
        "http://127.8.9.1/token",
        "http://[::1]:9000/token",
        "http://[::ffff:127.0.0.1]/token",
        "http://localhost/token",
        "http://LOCALHOST/token",
    ],
)
@pytest.mark.check(id="transport/https")
def test_https_and_plain_http_on_loopback_are_called(url: str) -> None:
    assert check_endpoint(url, "token_endpoint") == url


@pytest.mark.parametrize(
    "host",
    [
        *("as.example", "10.0.0.1", "0.0.0.0", "[::2]", "1.0.0.127"),  # noqa: S104 - not bound
        *("localhost.example", "127.0.0.1.example", "notlocalhost", "[::ffff:10.0.0.1]"),
    ],
)
@pytest.mark.check(id="transport/https")
def test_plain_http_elsewhere_is_refused(host: str) -> None:
    check_endpoint(f"https://{host}/token", "token_endpoint")
    with refuses(ConfigurationError):
        check_endpoint(f"http://{host}/token", "token_endpoint")


@pytest.mark.parametrize(
    "url",
    [
        *("", "/token", "//as.example/token", "as.example/token", "https:", "https:///token"),
        "https://as.example/token#part",
        "https://as.example/token#",
        "https://alice@as.example/token",
        "https://alice:secret@as.example/token",
        "https://@as.example/token",
    ],
)
@pytest.mark.check(id="transport/address")
def test_an_endpoint_is_absolute_without_user_or_fragment(url: str) -> None:
    with refuses(ConfigurationError):
        check_endpoint(url, "token_endpoint")


@pytest.mark.parametrize("scheme", ["javascript", "file", "data", "ftp", "ws", "com.example.app"])
@pytest.mark.check(id="request/openable")
def test_other_schemes_are_refused(scheme: str) -> None:
    with refuses(ConfigurationError):
        split(f"{scheme}://as.example/authorize", "address")


@pytest.mark.parametrize(
    "character",
    [
        *("\n", "\r", "\t", "\0", " ", "\x1f", "\x7f", "\\"),
        *("\x85", "\xa0", "\xad", "\u200b", "\u2028", "\u202e", "\ufeff", "\ud800"),
    ],
)
@pytest.mark.parametrize(
    "url", ["{}https://as.example/", "https://as{}.example/a", "https://a/b{}"]
)
@pytest.mark.check(id="request/openable")
def test_control_characters_are_refused(url: str, character: str) -> None:
    split(url.format(""), "address")
    with refuses(ConfigurationError):
        split(url.format(character), "address")


@pytest.mark.parametrize("url", ["https://a:99999/", "https://a:b/", "https://[::1/", "http://]/"])
def test_an_address_that_cannot_be_taken_apart_is_refused(url: str) -> None:
    with refuses(ConfigurationError):
        split(url, "address")


def test_the_caller_names_the_error() -> None:
    with refuses(InvalidMetadata):
        check_endpoint("http://as.example", "jwks_uri", error=InvalidMetadata)


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "https://app.example/cb?tenant=*"])
def test_a_redirect_uri_is_returned(uri: str) -> None:
    assert check_redirect_uri(uri) == uri


@pytest.mark.parametrize(
    "uri",
    ["/cb", "https://a/cb#", "https://*.example/cb", "https://a/*", "javascript:alert(1)"],
)
def test_a_redirect_uri_has_no_fragment_and_no_wildcard(uri: str) -> None:
    with refuses(ConfigurationError):
        check_redirect_uri(uri)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://API.example/events?page=2", "https://api.example"),
        ("https://api.example:443/", "https://api.example"),
        ("https://api.example:/", "https://api.example"),
        ("https://api.example:80/", "https://api.example:80"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080/a", "http://[::1]:8080"),
        ("http://[0:0::0001]:80/a", "http://[::1]"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin(url) == expected


@given(ANYTHING)
def test_any_text_has_an_origin_or_is_refused(text: str) -> None:
    with suppress(ConfigurationError):
        assert origin(origin(text)) == origin(text)


@given(ANYTHING)
def test_any_text_is_a_host_or_not(text: str) -> None:
    assert is_loopback(text) in (True, False)
