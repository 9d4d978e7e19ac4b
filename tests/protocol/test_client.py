from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Request
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.secret import Secret

from .builders import CLIENT_SECRET, REDIRECT_URI, SERVER, refuses


def client(**changes: Any) -> ClientMetadata:
    return ClientMetadata(**{"client_id": "notebook", "client_secret": CLIENT_SECRET, **changes})


def proof(described: ClientMetadata, server: AuthorizationServer = SERVER) -> Request:
    """Return a request with nothing in it but what proves the client."""
    return client_request(server, described, "token_endpoint")


def basic(described: ClientMetadata, server: AuthorizationServer = SERVER) -> list[str]:
    """Return id and secret as a server reads them from the header, still encoded."""
    kind, _, encoded = proof(described, server).headers["authorization"].partition(" ")
    assert kind == "Basic"
    return b64decode(encoded, validate=True).decode().split(":")


def test_a_client_is_described_by_its_registration() -> None:
    described = client(redirect_uris=iter([REDIRECT_URI]))
    assert described.client_secret == Secret(CLIENT_SECRET)
    assert described.redirect_uris == (REDIRECT_URI,)
    assert described.token_endpoint_auth_method == "client_secret_basic"
    assert described.id_token_signed_response_alg == "RS256"
    assert client(client_secret=Secret(CLIENT_SECRET)) == client()
    assert client(client_secret=None).token_endpoint_auth_method == "none"


@pytest.mark.parametrize("uri", ["/callback", "https://a.example/cb#", "https://*.example/cb"])
def test_a_redirect_uri_that_cannot_be_one_is_refused(uri: str) -> None:
    with refuses(ConfigurationError):
        client(redirect_uris=[uri])


def test_one_string_is_no_list_of_redirect_uris() -> None:
    with refuses(ConfigurationError) as caught:
        client(redirect_uris=REDIRECT_URI)
    assert "list" in caught.value.message


def test_an_empty_client_id_is_refused() -> None:
    with refuses(ConfigurationError):
        client(client_id="")


@pytest.mark.check(id="client-auth/basic")
def test_id_and_secret_are_form_urlencoded_before_basic() -> None:
    described = client(client_id="https://app:8 é", client_secret="p+%:/ ü&=")
    assert basic(described) == ["https%3A%2F%2Fapp%3A8%20%C3%A9", "p%2B%25%3A%2F%20%C3%BC%26%3D"]


@pytest.mark.check(id="client-auth/basic")
def test_a_server_that_wants_them_raw_gets_them_raw() -> None:
    raw = replace(SERVER, client_secret_basic_raw=True)
    assert basic(client(client_secret="p+%/ ü"), raw) == ["notebook", "p+%/ ü"]


@given(st.text(min_size=1), st.text(min_size=1))
@pytest.mark.check(id="client-auth/basic")
def test_a_server_reads_id_and_secret_as_they_are(name: str, secret: str) -> None:
    parts = basic(client(client_id=name, client_secret=secret))
    for reader in (unquote_plus, unquote):
        assert [reader(part) for part in parts] == [name, secret]


@pytest.mark.check(id="client-auth/one-method")
def test_basic_is_a_header_and_nothing_else() -> None:
    request = proof(client())
    assert list(request.headers) == ["accept", "authorization"]
    assert request.form == ()


@pytest.mark.check(id="client-auth/one-method")
def test_post_is_the_form_and_nothing_else() -> None:
    request = proof(client(token_endpoint_auth_method="client_secret_post"))
    assert list(request.headers) == ["accept"]
    assert request.form == (("client_id", "notebook"), ("client_secret", CLIENT_SECRET))


@pytest.mark.parametrize("method", [None, "none"])
@pytest.mark.check(id="client-auth/one-method")
def test_a_public_client_names_itself_and_nothing_else(method: str | None) -> None:
    request = proof(client(client_secret=None, token_endpoint_auth_method=method))
    assert list(request.headers) == ["accept"]
    assert request.form == (("client_id", "notebook"),)


@pytest.mark.parametrize("secret", ["", CLIENT_SECRET])
def test_a_public_client_with_a_secret_is_refused_when_it_is_described(secret: str) -> None:
    with refuses(ConfigurationError):
        client(client_secret=secret, token_endpoint_auth_method="none")


def test_a_secret_that_no_request_can_hold_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="half a character") as refused:
        ClientMetadata(client_id="notebook", client_secret=Secret("tree-\udce9-house"))
    assert "house" not in f"{refused.value!r} {refused.value} {refused.value.__context__!r}"


def test_an_empty_secret_is_no_public_client() -> None:
    with refuses(ConfigurationError) as caught:
        client(client_secret="")
    assert "empty" in caught.value.message


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("secret", [None, ""])
@pytest.mark.check(id="client-auth/empty-secret")
def test_no_secret_no_authentication_by_secret(method: str, secret: str | None) -> None:
    with refuses(ConfigurationError):
        client(client_secret=secret, token_endpoint_auth_method=method)


@pytest.mark.parametrize(
    "method",
    [
        *("private_key_jwt", "client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth"),
        *("CLIENT_SECRET_BASIC", "basic"),
    ],
)
@pytest.mark.check(id="client-auth/methods")
def test_another_client_authentication_is_not_offered(method: str) -> None:
    with refuses(ConfigurationError) as caught:
        client(token_endpoint_auth_method=method)
    assert "client_secret_post" in caught.value.next_step


@pytest.mark.check(id="client-auth/one-method")
def test_a_request_of_the_client_is_a_form_with_its_proof() -> None:
    described = client(token_endpoint_auth_method="client_secret_post")
    request = client_request(SERVER, described, "token_endpoint", a="1", b="2")
    assert (request.method, request.url) == ("POST", SERVER.token_endpoint)
    assert request.form == (
        *(("a", "1"), ("b", "2")),
        *(("client_id", "notebook"), ("client_secret", CLIENT_SECRET)),
    )
    assert request.headers == {"accept": "application/json"}
    with refuses(ConfigurationError):
        client_request(SERVER, described, "introspection_endpoint")


def test_a_method_that_the_server_does_not_take_is_refused() -> None:
    server = replace(SERVER, token_endpoint_auth_methods_supported=("client_secret_post",))
    assert proof(client(token_endpoint_auth_method="client_secret_post"), server)
    assert proof(client(client_secret=None), server)
    with refuses(ConfigurationError) as caught:
        proof(client(token_endpoint_auth_method="client_secret_basic"), server)
    assert "client_secret_post" in caught.value.next_step


@pytest.mark.parametrize(
    "member",
    [
        {"backchannel_logout_uri": "https://app.example/logout"},
        {"authorization_signed_response_alg": "RS256"},
        {"id_token_encrypted_response_alg": "RSA-OAEP"},
        {"userinfo_encrypted_response_alg": "RSA-OAEP"},
    ],
    ids=str,
)
@pytest.mark.check(id="logout/back-channel")
@pytest.mark.check(id="answer/jarm")
@pytest.mark.check(id="id-token/encryption")
def test_what_is_not_offered_is_refused_by_name(member: dict[str, str]) -> None:
    with refuses(ConfigurationError) as caught:
        client(**member)
    assert "not supported" in caught.value.message


def test_a_misspelt_member_is_refused_with_the_right_one() -> None:
    with refuses(ConfigurationError) as caught:
        client(redirect_uri=REDIRECT_URI)
    assert "mean redirect_uris?" in caught.value.next_step
    with refuses(ConfigurationError) as caught:
        client(xyz="")
    assert "redirect_uris" in caught.value.next_step


@pytest.mark.parametrize("alg", ["none", "None", "", "HS256", "HS384", "HS512", "RS1", "rs256"])
@pytest.mark.check(id="id-token/alg")
def test_no_symmetric_and_no_missing_signature_is_accepted(alg: str) -> None:
    with refuses(ConfigurationError):
        client(id_token_signed_response_alg=alg)
    with refuses(ConfigurationError):
        client(userinfo_signed_response_alg=alg)


@pytest.mark.check(id="secrets/hidden")
def test_a_client_shows_no_secret() -> None:
    described = client(token_endpoint_auth_method="client_secret_post")
    assert CLIENT_SECRET not in repr(described) + repr(proof(described))
    assert basic(client())[1] not in repr(proof(client()))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("name", ["code", "code_verifier", "refresh_token", "token", "device_code"])
@pytest.mark.check(id="secrets/hidden")
def test_what_nobody_may_be_shown_is_known(name: str, method: str) -> None:
    described = client(token_endpoint_auth_method=method)
    request = client_request(SERVER, described, "token_endpoint", scope="openid", **{name: "x" * 9})
    assert {"x" * 9, CLIENT_SECRET} <= set(request.secrets)
    assert "openid" not in request.secrets
    assert CLIENT_SECRET not in repr(request)
