"""How a client authenticates, and what it asks, at servers with special rules."""

from __future__ import annotations

from base64 import b64decode
from copy import copy
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import (
    ConfigurationError,
    ImplicitGrantWarning,
    InsufficientScope,
    InvalidAuthorizationResponse,
    InvalidClient,
    IssuerMismatch,
    for_a_client,
)
from oauth_widgets.flows.authorization_code import authorization_code
from oauth_widgets.flows.client_credentials import client_credentials
from oauth_widgets.flows.device_authorization import device_authorization
from oauth_widgets.protocol.authorization import authorization_response
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.protocol.scope import Scope
from tests.flows.script import Script
from tests.protocol.builders import (
    CLIENT,
    CLIENT_SECRET,
    ISSUER,
    NOW,
    OFFERING,
    PUBLIC_CLIENT,
    REDIRECT_URI,
    SERVER,
    asked,
    come_back,
    json_answer,
    refuses,
    token_answer,
)

POST_ONLY = replace(SERVER, token_endpoint_auth_methods_supported=("client_secret_post",))
BASIC_ONLY = replace(SERVER, token_endpoint_auth_methods_supported=("client_secret_basic",))
UNKNOWN = replace(SERVER, token_endpoint_auth_methods_supported=("private_key_jwt",))


def sent(url: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}


def test_the_secret_goes_into_the_body_if_the_server_lists_that_alone() -> None:
    """Most web APIs take it nowhere else."""
    request = client_request(POST_ONLY, CLIENT, "token_endpoint")
    assert dict(request.form or ())["client_secret"] == CLIENT_SECRET
    assert "authorization" not in request.headers
    both = replace(
        SERVER,
        token_endpoint_auth_methods_supported=("client_secret_post", "client_secret_basic"),
    )
    assert "authorization" in client_request(both, CLIENT, "token_endpoint").headers


@pytest.mark.parametrize(
    ("server", "client", "step"),
    [
        (UNKNOWN, CLIENT, "Have the client registered"),
        (BASIC_ONLY, PUBLIC_CLIENT, "client_secret=ow.Secret.ask"),
        (
            POST_ONLY,
            ClientMetadata(
                client_id="a",
                client_secret=CLIENT_SECRET,
                redirect_uris=[REDIRECT_URI],
                token_endpoint_auth_method="client_secret_basic",
            ),
            'token_endpoint_auth_method="client_secret_post"',
        ),
    ],
)
@pytest.mark.parametrize("begin", [ow.begin_login, ow.login, ow.ScopePicker, ow.device_login])
def test_a_method_that_does_not_fit_is_named_before_anything_is_sent(
    server: AuthorizationServer, client: ClientMetadata, step: str, begin: object
) -> None:
    with refuses(ConfigurationError) as caught:
        begin(server, client)  # type: ignore[operator]
    assert step in caught.value.next_step


@pytest.mark.check(id="client-auth/empty-secret")
def test_a_public_client_may_have_to_send_basic_with_an_empty_secret() -> None:
    """Reddit."""
    server = replace(BASIC_ONLY, public_client_sends_basic=True)
    assert ow.begin_login(server, PUBLIC_CLIENT).url
    request = client_request(server, PUBLIC_CLIENT, "token_endpoint")
    scheme, _, pair = request.headers["authorization"].partition(" ")
    assert (scheme, b64decode(pair)) == ("Basic", b"notebook:")
    assert "client_id" not in dict(request.form or ())


@pytest.mark.check(id="request/pkce")
def test_pkce_is_left_out_only_for_a_confidential_client() -> None:
    """Some servers answer invalid_client to a code_challenge."""
    server = replace(SERVER, pkce=False)
    request = asked(server=server)
    assert "code_challenge" not in sent(request.url)
    answer = authorization_response(request, come_back(), now=NOW)
    form = dict(next(authorization_code(answer, now=NOW)).form or ())  # type: ignore[union-attr]
    assert "code_verifier" not in form
    with refuses(ConfigurationError):
        asked(server=server, client=PUBLIC_CLIENT)
    assert "pkce=False" in InvalidClient.next_step


@pytest.mark.check(id="request/pkce")
def test_a_server_without_s256_is_told_apart_before_anything_is_sent() -> None:
    plain = replace(SERVER, code_challenge_methods_supported=["plain"])
    for client, step in ((CLIENT, "pkce=False"), (PUBLIC_CLIENT, "Have the server accept S256")):
        with refuses(ConfigurationError) as caught:
            asked(server=plain, client=client)
        assert "plain" in caught.value.message
        assert "S256 was expected" in caught.value.message
        assert step in caught.value.next_step
    assert "code_challenge" not in sent(asked(server=replace(plain, pkce=False)).url)
    for methods in (None, [], ["plain", "S256"]):
        server = replace(SERVER, code_challenge_methods_supported=methods)
        assert sent(asked(server=server).url)["code_challenge_method"] == "S256"


def test_an_answer_at_another_loopback_address_shows_both() -> None:
    """Servers and browsers may turn 127.0.0.1 into localhost."""
    found = "http://localhost:8400/callback"
    with refuses(InvalidAuthorizationResponse) as caught:
        authorization_response(asked(), come_back(found), now=NOW)
    assert found in caught.value.message
    assert f"{REDIRECT_URI} was expected" in caught.value.message


def test_offline_access_may_be_a_parameter() -> None:
    """Google's access_type, Reddit's duration."""
    server = replace(SERVER, offline_access_parameters={"access_type": "offline"})
    request = asked(server=server, scope="openid offline_access")
    assert sent(request.url)["scope"] == "openid"
    assert sent(request.url)["access_type"] == "offline"
    assert "offline_access" in request.scope
    assert "access_type" not in sent(asked(server=server).url)


def test_a_server_may_want_a_parameter_with_every_request() -> None:
    """Auth0's audience, Atlassian's."""
    server = replace(SERVER, authorization_parameters={"audience": "a", "prompt": "login"})
    assert sent(asked(server=server).url)["audience"] == "a"
    assert sent(asked(server=server, extra={"audience": "b"}).url)["audience"] == "b"
    with refuses(ConfigurationError):
        asked(server=replace(SERVER, authorization_parameters={"state": "x"}))


def test_scopes_are_asked_for_with_the_servers_separator() -> None:
    """Strava."""
    server = replace(SERVER, scope_separator=",")
    assert sent(asked(server=server, scope="read write").url)["scope"] == "read,write"


def test_none_is_no_scope() -> None:
    assert Scope(None) == Scope()
    assert "scope" not in sent(ow.begin_login(SERVER, CLIENT, scope=None).url)  # type: ignore[arg-type]


@pytest.mark.check(id="request/reserved")
def test_client_credentials_and_device_login_take_further_parameters() -> None:
    """Auth0's audience."""
    page = {"device_code": "d", "user_code": "u", "verification_url": ISSUER, "expires_in": "600"}
    for exchange, answer in (
        (client_credentials, token_answer()),
        (device_authorization, json_answer({**page, "interval": "7"})),
    ):
        script = Script(answer)
        more = {"extra": {"audience": "https://api.example"}}
        script.play(exchange(OFFERING, CLIENT, scope=Scope("a"), now=NOW, **more))  # type: ignore[operator]
        assert dict(script.requests[0].form or ())["audience"] == "https://api.example"
        with refuses(ConfigurationError):
            Script().play(
                exchange(OFFERING, CLIENT, scope=Scope(), now=NOW, extra={"client_id": "x"})  # type: ignore[operator]
            )


@pytest.mark.check(id="device/polling")
def test_a_device_answer_may_have_the_name_of_a_draft_and_numbers_as_text() -> None:
    """Google and Entra ID v1."""
    for more in (
        {"interval": "7"},
        {"interval": 7, "verification_uri": None, "verification_uri_complete": ""},
        {"interval": " 7.0", "verification_uri": "", "verification_uri_complete": None},
    ):
        page = {"device_code": "d", "user_code": "u", "verification_url": ISSUER}
        script = Script(json_answer({**page, "expires_in": "600", **more}, status=201))
        answer = script.play(device_authorization(OFFERING, CLIENT, scope=Scope(), now=NOW))
        assert (answer.verification_uri, answer.interval) == (ISSUER, 7)
        assert answer.verification_uri_complete is None
        assert answer.expires_at == NOW + 600
        assert dict(script.requests[0].form or ())["code_challenge_method"] == "S256"


@pytest.mark.check(id="answer/iss")
def test_an_issuer_that_is_more_than_an_address_becomes_no_line_to_copy() -> None:
    with refuses(IssuerMismatch) as caught:
        authorization_response(asked(), come_back(iss='https://x"); import os; ("'), now=NOW)
    assert "import os" not in caught.value.next_step


@pytest.mark.check(id="answer/implicit-bound")
def test_an_implicit_request_that_can_never_be_accepted_names_openid() -> None:
    with pytest.warns(ImplicitGrantWarning), refuses(ConfigurationError) as caught:
        ow.begin_login(SERVER, PUBLIC_CLIENT, scope="events.read", implicit=True)
    assert 'scope="openid events.read"' in caught.value.next_step


@pytest.mark.parametrize("name", ["state", "code"])
@pytest.mark.check(id="answer/once")
def test_an_address_that_has_a_parameter_of_the_answer_is_explained(name: str) -> None:
    address = f"{REDIRECT_URI}?{name}=1"
    with refuses(ConfigurationError) as caught:
        ClientMetadata(client_id="a", redirect_uris=[address])
    assert name in caught.value.message
    with refuses(ConfigurationError) as caught:
        ow.begin_login(SERVER, ClientMetadata(client_id="a"), redirect_uri=address)
    assert name in caught.value.message
    with refuses(InvalidAuthorizationResponse) as answer:
        authorization_response(asked(), f"{come_back()}&{name}=1", now=NOW)
    assert name in answer.value.message
    assert "redirect URI" in answer.value.next_step


def test_hs256_alone_on_offer_is_no_advice_to_use_it() -> None:
    server = replace(SERVER, id_token_signing_alg_values_supported=("HS256",))
    with refuses(ConfigurationError) as caught:
        asked(server=server)
    assert "HS256" in caught.value.message
    assert "HS256" not in caught.value.next_step


def test_a_client_without_a_person_is_never_advised_to_ask_a_person_for_more() -> None:
    problem = InsufficientScope("Not enough.", missing=("events.read",))
    step = for_a_client(problem).next_step
    assert "session.request" not in step
    assert step.startswith("Ask for events.read too: ow.client_credentials(")
    about_a_person = InsufficientScope("Not enough.", missing=("events.read", "phone"))
    step = for_a_client(about_a_person).next_step
    assert step.startswith("Ask a person for events.read phone: ow.login(")


NO_SERVER = [
    (ow.servers.github, "ow.servers.github()"),
    (ow.servers.microsoft, "ow.servers.microsoft(tenant="),
    (ow.servers.keycloak, "ow.servers.keycloak("),
    (ow.AuthorizationServer, "ow.servers"),
    (ow.servers, "ow.servers"),
    ("https://as.example/realms/x", 'ow.discover("https://as.example/realms/x")'),
    (CLIENT_SECRET, "ow.discover("),
    (None, "ow.discover("),
]


@pytest.mark.parametrize(("given", "line"), NO_SERVER, ids=lambda value: str(value)[:24])
def test_what_is_no_server_gets_the_line_to_write(given: object, line: str) -> None:
    for begin in (ow.begin_login, ow.device_login, ow.client_credentials, ow.ScopePicker):
        with refuses(ConfigurationError) as caught:
            begin(given, CLIENT)  # type: ignore[operator]
        assert line in caught.value.next_step
    if not isinstance(given, str):
        with refuses(ConfigurationError) as caught:
            ow.login(given, CLIENT)  # type: ignore[arg-type]
        assert line in caught.value.next_step
    if given is not None:
        with refuses(ConfigurationError) as caught:
            ow.ClientForm(server=given)  # type: ignore[arg-type]
        assert line in caught.value.next_step


def test_a_preset_that_is_named_or_not_called_gets_the_line_to_write() -> None:
    with refuses(ConfigurationError) as caught:
        ow.login("github", CLIENT)
    assert "ow.login(ow.servers.github(), client, …)" in caught.value.next_step
    with pytest.raises(AttributeError, match=r"Call it .* ow\.servers\.github\(\)"):
        _ = ow.servers.github.token_endpoint
    assert copy(ow.servers.github).name == "github"


@pytest.mark.parametrize("given", ["notebook", CLIENT_SECRET, ow.ClientMetadata, None, {}])
def test_what_is_no_client_gets_the_line_to_write(given: object) -> None:
    for begin in (ow.begin_login, ow.login, ow.ScopePicker, ow.device_login):
        with refuses(ConfigurationError) as caught:
            begin(SERVER, given)  # type: ignore[operator]
        assert "ow.ClientMetadata(client_id=" in caught.value.next_step
    with refuses(ConfigurationError) as caught:
        ow.begin_login(CLIENT, SERVER)  # type: ignore[arg-type]
    assert "Pass the server first" in caught.value.next_step
