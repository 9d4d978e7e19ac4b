"""Servers that describe themselves elsewhere, badly, or not at all."""

from __future__ import annotations

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidMetadata
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from tests.flows.script import Script
from tests.protocol.builders import ISSUER, METADATA, json_answer, refuses

TENANT = f"{ISSUER}/oidc/accounts/7"
WHOLE = {
    **METADATA,
    "device_authorization_endpoint": f"{ISSUER}/device",
    "introspection_endpoint": f"{ISSUER}/introspect",
}


def ask(script: Script, issuer: str = ISSUER) -> AuthorizationServer:
    server: AuthorizationServer = script.play(discovery(issuer))
    return server


def test_the_name_of_rfc_8414_may_be_appended() -> None:
    """Databricks."""
    script = Script(Response(404), Response(404), json_answer({**METADATA, "issuer": TENANT}))
    assert ask(script, TENANT).issuer == TENANT
    assert script.urls[-1] == f"{TENANT}/.well-known/oauth-authorization-server"


@pytest.mark.parametrize(
    "first",
    [
        *(Response(status) for status in (400, 401, 403, 404, 405, 410)),
        json_answer(b"<!doctype html>", content_type="text/html"),
    ],
    ids=lambda answer: f"{answer.status} {answer.media_type}",
)
def test_the_search_continues_if_nothing_is_at_the_first_address(first: Response) -> None:
    assert ask(Script(first, json_answer(METADATA))).token_endpoint


@pytest.mark.parametrize("empty", [None, "", [], {}])
@pytest.mark.check(id="documents/shape")
def test_an_empty_member_does_not_condemn_the_rest(empty: object) -> None:
    members = dict.fromkeys(
        ("userinfo_endpoint", "scopes_supported", "authorization_response_iss_parameter_supported"),
        empty,
    )
    server = ask(Script(json_answer({**WHOLE, **members}), *[Response(404)] * (0)))
    assert server.token_endpoint == METADATA["token_endpoint"]
    assert server.userinfo_endpoint is None
    assert server.scopes_supported is None


def test_a_string_counts_as_a_list() -> None:
    document = {**WHOLE, "scopes_supported": "openid email"}
    assert ask(Script(json_answer(document))).scopes_supported == ("openid", "email")


def test_a_server_without_a_description_gets_one_to_fill_in() -> None:
    with refuses(InvalidMetadata) as caught:
        ask(Script(Response(404), json_answer(b"<p>", content_type="text/html")))
    assert "status 404" in caught.value.message
    assert "text/html" in caught.value.message
    step = caught.value.next_step
    assert f"issuer={ISSUER!r}" in step
    assert 'token_endpoint="https://…"' in step


@pytest.mark.check(id="metadata/issuer")
def test_another_issuer_gets_the_description_with_what_is_known() -> None:
    """Azure AD B2C's issuer differs from its address."""
    found = f"{ISSUER}/tfp/7/policy/v2.0"
    document = {**WHOLE, "issuer": found, "jwks_uri": "https://other.example/keys"}
    with refuses(InvalidMetadata) as caught:
        ask(Script(json_answer(document)))
    step = caught.value.next_step
    assert f"issuer={found!r}" in step
    assert f"token_endpoint={METADATA['token_endpoint']!r}" in step
    assert "other.example" not in step
