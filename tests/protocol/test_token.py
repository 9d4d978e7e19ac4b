from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidClient,
    InvalidGrant,
    InvalidTokenResponse,
    OAuthError,
    TemporarilyUnavailable,
)
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse, as_requested, token_request
from oauth_widgets.protocol.token import token_response as _token_response
from oauth_widgets.secret import Secret

from .builders import (
    ACCESS_TOKEN,
    CLIENT,
    CLIENT_SECRET,
    CODE,
    GONE,
    ISSUER,
    PUBLIC_CLIENT,
    REFRESH_TOKEN,
    SERVER,
    TOKEN_ENDPOINT,
    json_answer,
    refuses,
    token_answer,
)

POSTING = ClientMetadata(
    client_id="notebook",
    client_secret=CLIENT_SECRET,
    token_endpoint_auth_method="client_secret_post",
)


def token_response(response: Response) -> TokenResponse:
    return _token_response(response, SERVER)


# --- the request


def test_the_request_is_a_form() -> None:
    request = token_request(SERVER, CLIENT, grant_type="authorization_code", code=CODE)
    assert (request.method, request.url) == ("POST", TOKEN_ENDPOINT)
    assert request.form == (("grant_type", "authorization_code"), ("code", CODE))
    assert request.headers["accept"] == "application/json"
    assert not request.shared


@pytest.mark.parametrize("client", [CLIENT, POSTING, PUBLIC_CLIENT])
@pytest.mark.check(id="client-auth/one-method")
def test_the_client_proves_itself_in_one_way_and_never_in_the_url(
    client: ClientMetadata,
) -> None:
    request = token_request(SERVER, client, grant_type="x")
    in_header = "authorization" in request.headers
    assert in_header == (client is CLIENT)
    assert ("client_id" in dict(request.form or ())) == (not in_header)
    assert ("client_secret" in dict(request.form or ())) == (client is POSTING)
    assert request.url == TOKEN_ENDPOINT


def test_a_server_without_a_token_endpoint_says_so() -> None:
    with refuses(ConfigurationError):
        token_request(replace(SERVER, token_endpoint=None), CLIENT, grant_type="x")


# --- the answer


def test_an_honest_answer_is_taken() -> None:
    answer = token_answer(refresh_token=REFRESH_TOKEN, scope="openid phone", id_token="a.b.c", x=1)
    assert token_response(answer) == TokenResponse(
        access_token=Secret(ACCESS_TOKEN),
        expires_in=3600,
        refresh_token=Secret(REFRESH_TOKEN),
        scope=Scope("openid phone"),
        id_token=Secret("a.b.c"),
    )


def test_a_no_that_comes_with_status_200_is_the_servers_own() -> None:
    said = {"error": "invalid_grant", "error_description": "The code is used up."}
    with refuses(InvalidGrant) as caught:
        token_response(json_answer(said))
    assert "The code is used up" in caught.value.message
    # what gives a token is no refusal, whatever stands beside it
    assert token_response(token_answer(error="")).access_token == Secret(ACCESS_TOKEN)


@pytest.mark.parametrize(
    ("names", "granted"),
    [
        ("repo,gist", "repo gist"),
        ("gist,repo", "gist repo"),
        ("repo", "repo"),
        ("", ""),
        (GONE, None),
        ("repo gist", "repo gist"),
        ("repo,user", "repo,user"),
        ("repo,", "repo"),
        ("repo, gist", "repo gist"),
        ("repo,gist read", "repo,gist read"),
    ],
)
def test_a_scope_written_with_commas_is_read_where_its_names_were_asked_for(
    names: object, granted: str | None
) -> None:
    tokens = as_requested(token_response(token_answer(scope=names)), Scope("repo gist"), SERVER)
    assert tokens.scope == (None if granted is None else Scope(granted))


def test_what_may_be_left_out_is_none() -> None:
    tokens = token_response(token_answer(expires_in=GONE, refresh_token="", id_token=None))
    assert tokens == TokenResponse(access_token=Secret(ACCESS_TOKEN))


@pytest.mark.parametrize("token", [GONE, None, "", 7, ["a"], "a b", "a\n", "é", "\x7f", "\ud800"])
@pytest.mark.check(id="token/access-token")
def test_an_access_token_that_cannot_be_sent_is_refused(token: object) -> None:
    with refuses(InvalidTokenResponse):
        token_response(token_answer(access_token=token))


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer "])
@pytest.mark.check(id="token/access-token")
def test_the_token_type_is_read_in_any_case(kind: str) -> None:
    assert token_response(token_answer(token_type=kind))


@pytest.mark.parametrize("kind", ["DPoP", "mac", "N_A", "Bear er", 7, ["Bearer"]])
@pytest.mark.check(id="token/access-token")
def test_another_token_type_is_refused(kind: object) -> None:
    with refuses(InvalidTokenResponse):
        token_response(token_answer(token_type=kind))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(
            (0, 0),
            (60, 60),
            (59.5, 59.5),
            ("3600", 3600),
            ("0", 0),
            (" 60", 60),
            ("60.0", 60),
            ("", None),
            (GONE, None),
            (None, None),
        ),
        *((1e15, None), (10**400, None), ("9" * 16, None), (2**63 - 1, None)),
    ],
)
@pytest.mark.check(id="token/expires-in")
def test_a_lifetime_is_a_number_or_a_numeric_string_or_absent(
    value: object, seconds: float | None
) -> None:
    assert token_response(token_answer(expires_in=value)).expires_in == seconds


@pytest.mark.parametrize(
    "value",
    [
        *(-1, -0.5, True, False, [], {}, [3600]),
        *("-1", "1.5", "1e3", "soon", "6 0", "60s", "٣", "9" * 5000, "inf"),
    ],
)
@pytest.mark.check(id="token/expires-in")
def test_any_other_lifetime_is_refused(value: object) -> None:
    with refuses(InvalidTokenResponse):
        token_response(token_answer(expires_in=value))


@pytest.mark.check(id="token/expires-in")
def test_an_endless_lifetime_is_refused() -> None:
    body = b'{"access_token": "a", "token_type": "Bearer", "expires_in": %s}'
    assert token_response(json_answer(body % b"1e3")).expires_in == 1000
    with refuses(InvalidTokenResponse):
        token_response(json_answer(body % b"1e999"))


@pytest.mark.parametrize("name", ["refresh_token", "scope", "id_token"])
@pytest.mark.parametrize("value", [7, True, [7], {"a": 1}])
@pytest.mark.check(id="token/members")
def test_a_member_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    with refuses(InvalidTokenResponse):
        token_response(token_answer(**{name: value}))


@pytest.mark.check(id="token/scope")
def test_the_granted_scope_is_kept_apart_from_none() -> None:
    assert token_response(token_answer(scope="phone")).scope == Scope("phone")
    assert token_response(token_answer(scope="")).scope == Scope()
    assert token_response(token_answer()).scope is None


def test_a_scope_that_is_none_is_refused_without_repeating_it() -> None:
    with refuses(InvalidTokenResponse) as caught:
        token_response(token_answer(scope='openid "' + "x" * 10_000))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("status", [202, 203, 206, 302, 400, 401])
@pytest.mark.check(id="token/status")
def test_another_status_than_200_or_201_is_never_a_token(status: int) -> None:
    """Frameworks that answer every POST with 201 make token endpoints too."""
    honest = token_answer()
    assert token_response(honest)
    assert token_response(replace(honest, status=201))
    with refuses(InvalidClient if status == 401 else InvalidTokenResponse):
        token_response(replace(honest, status=status))


@pytest.mark.check(id="token/status")
def test_a_server_in_trouble_gives_no_token() -> None:
    with refuses(TemporarilyUnavailable):
        token_response(replace(token_answer(), status=503))


@pytest.mark.check(id="token/error")
def test_the_servers_own_error_comes_out() -> None:
    with refuses(InvalidGrant) as caught:
        token_response(
            json_answer({"error": "invalid_grant", "error_description": "Used."}, status=400)
        )
    assert "Used." in str(caught.value)


@pytest.mark.check(id="transport/no-redirects")
def test_a_redirect_is_no_answer() -> None:
    with refuses(InvalidTokenResponse):
        token_response(Response(302, {"location": "https://other.example"}))


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.check(id="documents/content-type")
def test_an_answer_that_is_not_json_is_refused(kind: str) -> None:
    with refuses(InvalidTokenResponse):
        token_response(replace(token_answer(), headers={"content-type": kind}))


@pytest.mark.check(id="documents/json")
def test_a_token_that_comes_twice_is_refused() -> None:
    with refuses(InvalidTokenResponse):
        token_response(
            json_answer(b'{"access_token": "a", "token_type": "Bearer", "access_token": "b"}')
        )


@pytest.mark.check(id="secrets/hidden")
def test_an_answer_shows_no_token() -> None:
    shown = repr(token_response(token_answer(refresh_token=REFRESH_TOKEN, id_token="a.b.c")))
    assert not any(secret in shown for secret in (ACCESS_TOKEN, REFRESH_TOKEN, "a.b.c"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
MEMBERS = st.sampled_from(
    ["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token", "error"]
)


@given(st.dictionaries(MEMBERS, VALUES), st.sampled_from([200, 400, 401, 500]))
def test_any_document_is_a_token_answer_or_is_refused(members: dict[str, Any], status: int) -> None:
    with suppress(OAuthError):
        tokens = token_response(replace(token_answer(**members), status=status))
        assert status == 200
        assert f"Bearer {tokens.access_token.reveal()}".encode("ascii")


@given(st.integers(100, 599), st.dictionaries(st.just("content-type"), st.text()), st.binary())
def test_any_bytes_are_a_token_answer_or_are_refused(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    with suppress(OAuthError):
        assert token_response(Response(status, headers, body, ISSUER))
