"""The record and the sandbox share no code, yet accept and refuse the same registrations."""

# ruff: noqa: N802 - rows keep the names they have in the documents
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.sandbox.server import RegistrationError
from oauth_widgets.sandbox.server.profiles.redirect_uri import problem_with
from oauth_widgets.servers.onewelcome.registration import STANDARDS, problems

PROFILE = "onewelcome"
RECORD: dict[str, Any] = {
    "client_id": "alike",
    "type": "confidential",
    "standard": list(STANDARDS),
    "client_secret": "a-toy-of-a-secret",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "scope_whitelist": "openid phone",
    "default_scopes": "phone",
    "token_endpoint_auth_method": "client_secret_basic",
}
HOSTS = (
    *("app.example", "127.0.0.1", "localhost", "[::1]", "1.2.3", "0x7f.1", "a..b", "a.", "."),
    *("bücher.example", "xn--bcher-kva.example", "[::g]", "[", "", "a%41", "a_b", "x" * 64),
    *("1.2.3.4", "256.1.1.1", "user@a", "a,b", "{a}", "*.a", "a b", "a\\b", "\u0661.example"),
)
PORTS = ("", ":", ":0", ":1", ":080", ":65535", ":65536", ":99999", ":x", ":-1", ":\u0661")
PATHS = ("", "/", "/cb", "/{a}", "/é", "/a%20b", "/*", "/a b", "/%zz", '/"', "/<a>", "/a|b", "//")
QUERIES = (
    *("", "?", "?x=1", "?x=*", "?x={a}", "?code=1", "?state", "?%73tate=1", "?x=1&iss=2", "?é=1"),
    *("?x=#", "#", "#top", "?x=a@b", "?State=1", "?x;code=1"),
)
SCHEMES = ("http", "https", "HTTPS", "ftp", "javascript", "", "myapp")
ADDRESSES = st.one_of(
    st.builds(
        "{}{}{}{}{}{}".format,
        st.sampled_from(SCHEMES),
        st.sampled_from(("://", ":", "//", ":///", "")),
        st.sampled_from(HOSTS),
        st.sampled_from(PORTS),
        st.sampled_from(PATHS),
        st.sampled_from(QUERIES),
    ),
    st.text(max_size=20).map("https://a.example/{}".format),
    st.text(max_size=20).map("https://{}/cb".format),
    st.text(max_size=20),
)


@given(ADDRESSES)
@example("https://a.example/cb?x=*")
@example("https://a.example/{a}")
@example("https://a.example:0/cb")
@example("https://bücher.example/cb")
@example("https://a.example/cb?state=1")
def test_O13_an_address_is_registered_by_both_or_by_neither(uri: str) -> None:
    ours = problems({**RECORD, "redirect_uris": [uri]}).get("redirect_uris")
    theirs = problem_with(uri)
    assert (ours is None) == (theirs is None), (uri, ours, theirs)


@given(
    st.dictionaries(
        st.sampled_from([name for name in RECORD if name != "redirect_uris"]),
        st.one_of(
            st.sampled_from(["", "openid", "phone", "openid phone", "OAuth 2.0", "a b", " a", "é"]),
            st.sampled_from([[], ["openid"], ["OAuth 2.0"], ["OIDC 1.0"], ["phone", "email"]]),
            st.sampled_from(["public", "confidential", "client_secret_post", "x" * 101]),
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({"scope_whitelist": ""})
@example({"standard": ["OAuth 2.0"]})
def test_O1_a_record_is_registered_by_both_or_by_neither(
    sandbox: Any, changes: dict[str, Any]
) -> None:
    try:
        record = ow.ClientRegistration(**{**RECORD, **changes})
    except ConfigurationError:
        record = None
    if record is not None:
        named = {**vars(record), "client_secret": "a-toy-of-a-secret"}
        named |= {name: str(named[name]) for name in ("scope_whitelist", "default_scopes")}
        if record.type == "public":
            named |= {"client_secret": None, "token_endpoint_auth_method": "none"}
        assert sandbox.register(named)["client_id"] == record.client_id
    elif "client_secret" not in changes and "token_endpoint_auth_method" not in changes:
        # The sandbox makes up a secret and a client_id that a record leaves out.
        given = {name: value for name, value in {**RECORD, **changes}.items() if value}
        if set(given) == set(RECORD):
            with pytest.raises(RegistrationError):
                sandbox.register(given)
