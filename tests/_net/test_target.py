"""A request goes to the server that httpx would take from its address."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauth_widgets._net.target import target_of
from oauth_widgets.errors import ConfigurationError

ADDRESSES = st.text("a1é%/?#&=+;:@.,~[]{}|^'\"<>`!$()*-_\\ ", max_size=12)


@given(ADDRESSES)
@example("/a/../b/./c?d=/../e")
@example("/%zz/%2E%2e/?a='b'&c=%")
@example("?next=https://elsewhere.example/..")
@example("/.")
@pytest.mark.check(id="bearer/origin")
def test_a_request_says_what_httpx_would_say(rest: str) -> None:
    for start in ("https://api.example", "http://[::1]:8080", "https://API.example.:443/x"):
        with suppress(ConfigurationError, httpx.InvalidURL):
            target, read = target_of(start + rest), httpx.URL(start + rest)
            assert target.path.encode() == read.raw_path
            assert target.host.encode() == read.raw_host
            assert target.port == (read.port or {"http": 80, "https": 443}[read.scheme])
            assert target.origin.partition("//")[2].encode() == read.netloc


@pytest.mark.parametrize("url", ["", "ftp://a", "https://a b/", "https://who@a/", "https://é/"])
def test_what_is_no_address_has_no_target(url: str) -> None:
    with pytest.raises(ConfigurationError):
        target_of(url)
