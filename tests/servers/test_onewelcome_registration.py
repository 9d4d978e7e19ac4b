# ruff: noqa: N802 - rows keep the names they have in the documents
from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.servers.onewelcome.registration import (
    METHODS,
    STANDARDS,
    TYPES,
    ClientRegistration,
    problems,
    request_text,
)

from ..protocol.builders import CLIENT_SECRET, REDIRECT_URI, refuses

HONEST = {
    "client_id": "notebook",
    "type": "confidential",
    "standard": STANDARDS,
    "client_secret": CLIENT_SECRET,
    "redirect_uris": [REDIRECT_URI],
    "scope_whitelist": "openid phone",
    "default_scopes": "openid",
    "token_endpoint_auth_method": "client_secret_basic",
}


def registered(**changes: Any) -> ClientRegistration:
    return ClientRegistration(**{**HONEST, **changes})


def test_a_registration_becomes_the_client_of_a_sign_in() -> None:
    client = registered(token_endpoint_auth_method="client_secret_post").client_metadata()
    assert client.client_id == "notebook"
    assert client.client_secret == Secret(CLIENT_SECRET)
    assert client.redirect_uris == (REDIRECT_URI,)
    assert client.token_endpoint_auth_method == "client_secret_post"
    assert client.scope == Scope("openid phone")


def test_a_public_client_proves_itself_by_nothing() -> None:
    client = registered(type="public", client_secret=None).client_metadata()
    assert client.token_endpoint_auth_method == "none"
    assert client.client_secret is None


def test_O6_its_default_scopes_are_known_to_the_client() -> None:
    assert registered().client_metadata().default_scope == Scope("openid")


def test_O1_the_request_to_the_operator_has_every_field_and_no_secret() -> None:
    letter = request_text(HONEST)
    assert letter == (
        "Please register this OAuth client.\n\n"
        "client_id: notebook\n"
        "type: confidential\n"
        "standard: OAuth 2.0 and OIDC 1.0\n"
        "client secret: needed; please generate one and send it securely, not by email\n"
        "client authentication: HTTP Basic\n"
        f"redirect URIs:\n  {REDIRECT_URI}\n"
        "scope whitelist:\n  openid\n  phone\n"
        "default scopes:\n  openid\n"
    )
    public = request_text({**HONEST, "type": "public", "redirect_uris": [], "default_scopes": ()})
    assert "client secret: none\n" in public
    assert "client authentication" not in public
    assert "redirect URIs: none\n" in public
    assert CLIENT_SECRET not in letter + public


def test_redirect_uris_may_be_left_out() -> None:
    assert registered(redirect_uris=[]).client_metadata().redirect_uris == ()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("client_id", value) for value in ("", None, 7, "é", "a\nb")),
        *(("type", value) for value in ("", "Public", None, 7)),
        *(("standard", value) for value in ([], ["OAuth 1.0"], [*STANDARDS, "SAML"], [["x"]])),
        *(("client_secret", value) for value in (None, "")),
        *(("redirect_uris", [value]) for value in ("/cb", "https://a/cb#", "https://*/cb", "")),
        ("redirect_uris", [REDIRECT_URI, REDIRECT_URI]),
        ("redirect_uris", [7]),
        *(("scope_whitelist", value) for value in ('"', ["a b"], 7, None)),
        *(("default_scopes", value) for value in ('"', "events.read", 7, None)),
        *(("token_endpoint_auth_method", value) for value in ("none", "private_key_jwt", None)),
    ],
)
def test_a_member_that_cannot_stand_is_named(member: str, value: object) -> None:
    assert problems(HONEST) == {}
    assert member in problems({**HONEST, member: value})
    with refuses(ConfigurationError) as caught:
        registered(**{member: value})
    assert f"{member}:" in caught.value.message


@pytest.mark.check(id="client-auth/empty-secret")
def test_a_public_client_has_no_secret() -> None:
    assert list(problems({**HONEST, "type": "public"})) == ["client_secret"]


def test_every_problem_is_told_at_once() -> None:
    with refuses(ConfigurationError) as caught:
        registered(client_id="", redirect_uris=["/cb"])
    assert "client_id:" in caught.value.message
    assert "redirect_uris:" in caught.value.message


@pytest.mark.check(id="client-auth/methods")
def test_only_the_documented_choices_are_offered() -> None:
    assert TYPES == ("confidential", "public")
    assert STANDARDS == ("OAuth 2.0", "OIDC 1.0")
    assert METHODS == ("client_secret_basic", "client_secret_post")


@pytest.mark.check(id="secrets/hidden")
def test_a_registration_shows_no_secret() -> None:
    assert CLIENT_SECRET not in repr(registered())


TYPED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()) | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(list(HONEST)), TYPED))
def test_whatever_is_typed_has_problems_or_none(members: dict[str, Any]) -> None:
    assert problems(members).keys() <= HONEST.keys()
    if not problems({**HONEST, **members}):
        with suppress(ConfigurationError):
            registered(**members).client_metadata()


def test_O13_the_wrong_one_of_several_addresses_is_named_without_what_it_holds() -> None:
    uris = [REDIRECT_URI, "https://ada:engine@a.example/", "https://a.example/cb?code=1"]
    reason = problems({**HONEST, "redirect_uris": uris})["redirect_uris"]
    second, third = reason.split("\n")
    assert second == "Address 2 contains a username."
    assert third.startswith("Address 3 has code in its query.")
    assert "engine" not in reason
    assert "Address 1" not in reason
    twice = problems({**HONEST, "redirect_uris": [REDIRECT_URI, "https://a.example", REDIRECT_URI]})
    assert twice["redirect_uris"] == "Address 3 is the same as address 1."


def test_O1_a_registration_is_made_of_an_existing_client() -> None:
    client = registered(token_endpoint_auth_method="client_secret_post").client_metadata()
    record = ClientRegistration.of(client, scope_whitelist="openid")
    assert record.client_metadata().scope == Scope("openid")
    assert ClientRegistration.of(client).client_metadata() == client
    public = registered(type="public", client_secret=None).client_metadata()
    assert ClientRegistration.of(public).type == "public"
    with refuses(ConfigurationError):
        ClientRegistration.of("notebook")  # type: ignore[arg-type]


def test_O1_one_standard_may_be_a_string_and_one_address_may_not() -> None:
    assert registered(standard="OAuth 2.0 and OIDC 1.0").standard == STANDARDS
    assert registered(
        standard="OAuth 2.0", scope_whitelist="phone", default_scopes=""
    ).standard == ("OAuth 2.0",)
    with refuses(ConfigurationError) as caught:
        registered(standard="OAuth 2.0")
    assert "standard: Add OIDC 1.0" in caught.value.message
    with refuses(ConfigurationError) as caught:
        registered(redirect_uris=REDIRECT_URI)
    assert 'redirect_uris=["…"]' in caught.value.next_step


def test_O1_a_field_that_no_record_has_is_refused_by_name() -> None:
    with refuses(ConfigurationError) as caught:
        registered(redirect_uri=REDIRECT_URI)
    assert "redirect_uri" in caught.value.message
    assert "redirect_uris" in caught.value.next_step
