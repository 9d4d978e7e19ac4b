"""Servers that describe themselves elsewhere, badly, or not at all."""

from __future__ import annotations

import pytest

import oauth_widgets as ow
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ConfigurationError, InvalidMetadata
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from tests.flows.script import Script
from tests.protocol.builders import ISSUER, METADATA, NO_API, WHOLE, json_answer, refuses

TENANT = f"{ISSUER}/oidc/accounts/7"


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
        *(Response(status) for status in (204, 400, 401, 403, 404, 405, 406, 410, 422, 501)),
        Response(302, {"location": "https://as.example/sign-in"}, url=f"{ISSUER}/x"),
        json_answer(b"<!doctype html>", content_type="text/html"),
        json_answer({}),
        json_answer({"error": "not found"}),
    ],
    ids=lambda answer: f"{answer.status} {answer.media_type} {answer.body.decode()}",
)
def test_the_search_continues_if_nothing_is_at_the_first_address(first: Response) -> None:
    assert ask(Script(first, json_answer(METADATA))).token_endpoint


@pytest.mark.parametrize("empty", [None, "", [], {}, False])
@pytest.mark.check(id="documents/shape")
def test_an_empty_member_does_not_condemn_the_rest(empty: object) -> None:
    members = dict.fromkeys(
        ("userinfo_endpoint", "scopes_supported", "authorization_response_iss_parameter_supported"),
        empty,
    )
    server = ask(Script(json_answer({**WHOLE, **members})))
    assert server.token_endpoint == METADATA["token_endpoint"]
    assert server.userinfo_endpoint is None
    assert server.scopes_supported is None


def test_a_string_counts_as_a_list() -> None:
    for text in ("openid email", "openid,email", "openid, email"):
        document = {**WHOLE, "scopes_supported": text}
        assert ask(Script(json_answer(document))).scopes_supported == ("openid", "email")


def test_a_server_without_a_description_gets_one_to_fill_in() -> None:
    with refuses(InvalidMetadata) as caught:
        ask(Script(Response(404), json_answer(b"<p>", content_type="text/html"), *NO_API))
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


@pytest.mark.parametrize("found", [f"{ISSUER}/", "https://AS.example", f"{ISSUER}:443"])
@pytest.mark.check(id="metadata/issuer")
def test_an_issuer_that_is_only_spelled_otherwise_gets_the_line_to_write(found: str) -> None:
    with refuses(InvalidMetadata) as caught:
        ask(Script(json_answer({**WHOLE, "issuer": found})))
    assert f"ow.discover({found!r})" in caught.value.next_step


@pytest.mark.parametrize("template", ["{tenantid}", "{tenant}", "%7Btenantid%7D"])
@pytest.mark.check(id="metadata/issuer")
def test_an_issuer_that_is_a_template_asks_for_the_tenant(template: str) -> None:
    """Entra ID at `common`."""
    with refuses(InvalidMetadata) as caught:
        ask(Script(json_answer({**WHOLE, "issuer": f"{ISSUER}/{template}/v2.0"})))
    assert caught.value.next_step.startswith(f'In the address, replace {template} or "common"')


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("as.example/x", 'ow.discover("https://as.example/x")'),
        (f"{ISSUER}/.well-known/openid-configuration", f"ow.discover('{ISSUER}')"),
        (f"{ISSUER}/a/.well-known/openid-configuration", f"ow.discover('{ISSUER}/a')"),
        (f"{ISSUER}/.well-known/oauth-authorization-server/a", f"ow.discover('{ISSUER}/a')"),
        (ow.servers.github, "ow.servers.github()"),
        (ow.servers.microsoft, "ow.servers.microsoft("),
        (ow.servers.github(), "use it as is"),
        (ow.AuthorizationServer, "ow.discover("),
        (None, "ow.discover("),
    ],
)
def test_what_is_no_issuer_gets_the_line_to_write(address: str, line: str) -> None:
    with refuses(ConfigurationError) as caught:
        ask(Script(), address)
    assert line in caught.value.next_step
