from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.authorization import AuthorizationRequest, authorization_request
from oauth_widgets.protocol.extra import RESERVED
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.pkce import code_challenge
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

from .builders import (
    CLIENT,
    ISSUER,
    NONCE,
    NOW,
    PUBLIC_CLIENT,
    REDIRECT_URI,
    SERVER,
    STATE,
    VERIFIER,
    asked,
    refuses,
)


def parameters(request: AuthorizationRequest) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def fresh() -> AuthorizationRequest:
    return authorization_request(
        SERVER, CLIENT, scope=Scope("openid"), redirect_uri=REDIRECT_URI, now=NOW
    )


@pytest.mark.parametrize("name", ["state", "nonce"])
@pytest.mark.check(id="request/state")
@pytest.mark.check(id="request/nonce")
def test_state_and_nonce_are_256_random_bits(name: str) -> None:
    values = [parameters(fresh())[name] for _ in range(20)]
    assert all(len(urlsafe_b64decode(value + "=")) == 32 for value in values)
    assert len(set(values)) == 20


@pytest.mark.check(id="request/nonce")
def test_the_nonce_that_was_sent_is_the_one_expected() -> None:
    request = fresh()
    assert request.expected(NOW).nonce == parameters(request)["nonce"]


@pytest.mark.check(id="request/state")
def test_state_nonce_and_verifier_have_nothing_in_common() -> None:
    request = fresh()
    assert len({request.state, request.nonce, request.code_verifier.reveal()}) == 3


@pytest.mark.parametrize("client", [CLIENT, PUBLIC_CLIENT])
@pytest.mark.check(id="request/pkce")
def test_every_request_has_an_s256_challenge(client: Any) -> None:
    sent = parameters(asked(client=client))
    assert sent["code_challenge_method"] == "S256"
    assert sent["code_challenge"] == code_challenge(Secret(VERIFIER))
    assert VERIFIER not in asked().url


@pytest.mark.check(id="request/redirect-uri")
def test_the_redirect_uri_is_sent_exactly_as_given() -> None:
    uri = "https://app.example/cb?tenant=a%20b&x"
    assert parameters(asked(redirect_uri=uri))["redirect_uri"] == uri


def test_the_request_holds_what_the_standards_ask_for() -> None:
    assert parameters(asked(scope="openid phone", extra={"prompt": "login"})) == {
        "response_type": "code",
        "client_id": "notebook",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid phone",
        "state": STATE,
        "nonce": NONCE,
        "code_challenge": code_challenge(Secret(VERIFIER)),
        "code_challenge_method": "S256",
        "prompt": "login",
    }


def test_without_openid_there_is_no_nonce_and_without_scope_none() -> None:
    assert "nonce" not in parameters(asked(scope="events.read"))
    assert "scope" not in parameters(asked(scope=""))


@pytest.mark.parametrize(
    ("scope", "values", "prompt"),
    [
        ("openid offline_access", None, "consent"),
        ("openid offline_access phone", ("login", "consent"), "consent"),
        ("openid offline_access", ("login", "none"), None),
        ("offline_access", None, None),
        ("openid", None, None),
    ],
)
def test_offline_access_asks_for_consent_as_it_has_to(
    scope: str, values: tuple[str, ...] | None, prompt: str | None
) -> None:
    server = replace(SERVER, prompt_values_supported=values)
    assert parameters(asked(server=server, scope=scope)).get("prompt") == prompt


def test_the_callers_prompt_comes_first_and_the_implicit_grant_gets_none() -> None:
    scope = "openid offline_access"
    assert parameters(asked(scope=scope, extra={"prompt": "login"}))["prompt"] == "login"
    assert "prompt" not in parameters(asked(scope=scope, implicit=True))


def test_the_endpoints_own_query_stays() -> None:
    server = replace(SERVER, authorization_endpoint=f"{ISSUER}/authorize?tenant=7")
    assert asked(server=server).url.startswith(f"{ISSUER}/authorize?tenant=7&")
    assert parameters(asked(server=server))["tenant"] == "7"


@pytest.mark.parametrize(
    "name",
    [
        *("response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri"),
    ],
)
@pytest.mark.check(id="request/reserved")
def test_extra_parameters_never_override_reserved_ones(name: str) -> None:
    with refuses(ConfigurationError) as caught:
        asked(extra={"prompt": "login", name: "other"})
    assert name in caught.value.message
    assert name in RESERVED


@pytest.mark.parametrize("mode", ["form_post", "query", "fragment", "form_post.jwt"])
@pytest.mark.check(id="answer/form-post")
def test_another_way_for_the_answer_to_come_cannot_be_asked_for(mode: str) -> None:
    with refuses(ConfigurationError) as caught:
        asked(extra={"response_mode": mode})
    assert "response_mode" in caught.value.message


@pytest.mark.parametrize("age", ["soon", "-1", "", 1.5])
def test_a_maximum_age_that_cannot_be_sent_is_refused(age: object) -> None:
    with refuses(ConfigurationError):
        asked(extra={"max_age": age})


@pytest.mark.check(id="request/reserved")
def test_extra_parameters_cannot_change_later() -> None:
    extra = {"prompt": "login"}
    request = asked(extra=extra)
    extra["state"] = "other"
    assert parameters(request)["state"] == STATE
    assert "state" not in request.extra


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint"])
def test_a_server_that_cannot_do_this_is_told_before_the_browser_opens(endpoint: str) -> None:
    with refuses(ConfigurationError):
        asked(server=replace(SERVER, **{endpoint: None}))


@pytest.mark.check(id="answer/redirect-uri")
def test_a_redirect_uri_that_cannot_be_one_is_not_sent() -> None:
    client = replace(CLIENT, redirect_uris=())
    with refuses(ConfigurationError):
        authorization_request(
            SERVER, client, scope=Scope("phone"), redirect_uri="/callback", now=NOW
        )


def test_a_scope_the_client_is_not_registered_for_is_named_before_the_browser_opens() -> None:
    client = replace(CLIENT, scope=Scope("openid phone"))
    assert asked(client=client, scope="phone")
    with refuses(ConfigurationError) as caught:
        asked(client=client, scope="openid events.read")
    assert "events.read" in caught.value.message
    assert caught.value.next_step.startswith("Ask only for: openid phone.")
    with refuses(ConfigurationError) as caught:
        asked(client=client, scope="openid,phone")
    assert caught.value.next_step == (
        'Separate the names with spaces, not commas: scope="openid profile".'
    )


@pytest.mark.check(id="id-token/alg")
def test_an_algorithm_the_server_does_not_use_is_told_before_the_browser_opens() -> None:
    server = replace(SERVER, id_token_signing_alg_values_supported=("ES256", "HS256"))
    assert asked(server=server, scope="events.read")
    assert asked(server=replace(SERVER, id_token_signing_alg_values_supported=("RS256",)))
    with refuses(ConfigurationError):
        asked(server=server)


def test_what_an_id_token_is_held_against_is_what_was_asked() -> None:
    request = asked(extra={"max_age": "60", "acr_values": "2 3"})
    assert request.expected(NOW) == Expected(
        scope=Scope("openid"), now=NOW, nonce=NONCE, max_age=60, acr_values=("2", "3")
    )
    assert asked(scope="phone").expected(NOW) == Expected(scope=Scope("phone"), now=NOW)


@pytest.mark.check(id="id-token/at-hash")
def test_the_implicit_grant_needs_the_hash_of_the_token() -> None:
    assert asked(implicit=True).expected(NOW).bound
    assert not asked().expected(NOW).bound


@pytest.mark.parametrize(("scope", "expected"), [("openid", "id_token token"), ("phone", "token")])
def test_an_implicit_request_asks_for_tokens_and_has_no_challenge(
    scope: str, expected: str
) -> None:
    server = replace(SERVER, introspection_endpoint=f"{ISSUER}/introspect")
    sent = parameters(asked(server=server, scope=scope, implicit=True))
    assert sent["response_type"] == expected
    assert sent["state"] == STATE
    assert "code_challenge" not in sent
    assert asked(server=replace(SERVER, token_endpoint=None), implicit=True)


@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda name: name not in {*RESERVED, "max_age"}), st.text()
    )
)
def test_extra_parameters_arrive_as_they_were_given(extra: dict[str, str]) -> None:
    sent = parameters(asked(extra=extra))
    assert {name: sent[name] for name in extra} == extra
    assert sent.keys() - extra.keys() <= RESERVED


def test_further_parameters_are_written_as_the_wire_wants_them() -> None:
    request = asked(
        extra={"max_age": 60, "claims": {"id_token": {"acr": None}}, "ui_locales": None}
    )
    assert request.expected(NOW).max_age == 60
    written = parameters(request)
    assert written["claims"] == '{"id_token": {"acr": null}}'
    assert "ui_locales" not in written


@pytest.mark.parametrize(
    ("registered", "uri"),
    [
        (REDIRECT_URI, "https://evil.example/callback"),
        ("https://app.example/cb", "https://app.example/cb/"),
        ("https://app.example/cb", "https://app.example:8443/cb"),
        ("http://127.0.0.1/callback", "http://localhost:8765/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:8765/elsewhere"),
    ],
)
@pytest.mark.check(id="answer/redirect-uri")
def test_a_redirect_uri_that_is_not_registered_is_refused_beforehand(
    registered: str, uri: str
) -> None:
    client = replace(CLIENT, redirect_uris=(registered,))
    with refuses(ConfigurationError) as caught:
        authorization_request(SERVER, client, scope=Scope("phone"), redirect_uri=uri, now=NOW)
    assert registered in caught.value.next_step


def test_a_loopback_redirect_uri_takes_any_port() -> None:
    client = replace(CLIENT, redirect_uris=("http://127.0.0.1/callback",))
    uri = "http://127.0.0.1:8765/callback"
    request = authorization_request(SERVER, client, scope=Scope("phone"), redirect_uri=uri, now=NOW)
    assert request.redirect_uri == uri


def test_openid_without_the_servers_keys_is_refused_beforehand() -> None:
    with refuses(ConfigurationError) as caught:
        asked(server=replace(SERVER, jwks_uri=None))
    assert "jwks_uri" in caught.value.message
