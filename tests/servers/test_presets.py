# ruff: noqa: N802 - rows keep the names they have in the documents
"""The presets say what the documents say, and work against servers that behave so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import ConfigurationError

from ..helpers.people import sign_in

ENDPOINTS = {
    "authorization_endpoint": "https://id.wgtwo.com/oauth2/auth",
    "token_endpoint": "https://id.wgtwo.com/oauth2/token",
    "userinfo_endpoint": "https://id.wgtwo.com/userinfo",
    "end_session_endpoint": "https://id.wgtwo.com/oauth2/sessions/logout",
    "revocation_endpoint": "https://id.wgtwo.com/oauth2/revoke",
    "jwks_uri": "https://id.wgtwo.com/.well-known/jwks.json",
}


@pytest.fixture
def onewelcome() -> ow.sandbox.Sandbox:
    return ow.sandbox.start("onewelcome")


def confidential(**more: Any) -> ow.ClientMetadata:
    return ow.ClientMetadata(client_id="mine", client_secret="a-toy-secret", **more)


def test_W2_wgtwo_has_the_documents_endpoints_and_no_other() -> None:
    server = ow.servers.wgtwo()
    assert {name: getattr(server, name) for name in ENDPOINTS} == ENDPOINTS
    assert server.api == "https://api.wgtwo.com"
    assert server.introspection_endpoint is server.device_authorization_endpoint is None


def test_W2_the_sandbox_has_the_same_paths_as_wgtwo() -> None:
    practice = ow.sandbox.start("wgtwo").server
    for name, address in ENDPOINTS.items():
        assert urlsplit(getattr(practice, name)).path == urlsplit(address).path


def test_W2_at_wgtwo_a_secret_in_the_body_is_refused_before_anything_is_sent() -> None:
    client = confidential(token_endpoint_auth_method="client_secret_post")
    with pytest.raises(ConfigurationError, match="wgtwo doesn't accept client_secret_post") as told:
        ow.client_credentials(ow.servers.wgtwo(), client)
    assert "client_secret_basic" in told.value.next_step


def test_W7_wgtwo_says_what_its_common_scopes_give() -> None:
    meanings = ow.servers.wgtwo().scope_meanings
    assert list(meanings) == ["openid", "offline_access", "phone"]
    assert "ID token" in meanings["openid"]
    assert "refresh token" in meanings["offline_access"]
    assert "phone number" in meanings["phone"]


def test_wgtwo_has_no_device_code_and_says_so() -> None:
    with pytest.raises(ConfigurationError, match="no device_authorization_endpoint"):
        ow.device_login(ow.servers.wgtwo(), confidential())


def test_onewelcome_makes_no_address_up() -> None:
    with pytest.raises(ConfigurationError, match="needs issuer") as told:
        ow.servers.onewelcome()
    assert "ow.discover" in told.value.next_step
    server = ow.servers.onewelcome(issuer="https://tenant.example")
    assert {getattr(server, name) for name in ENDPOINTS} == {None}
    with pytest.raises(ConfigurationError, match="no authorization_endpoint"):
        ow.begin_login(server, confidential(redirect_uris=["http://127.0.0.1/callback"]))


def test_O3_onewelcome_takes_the_secret_in_either_place_and_nothing_else(
    onewelcome: ow.sandbox.Sandbox,
) -> None:
    server = ow.servers.onewelcome(ow.discover(onewelcome.server.issuer))
    for method in ("client_secret_basic", "client_secret_post"):
        client = replace(onewelcome.client, token_endpoint_auth_method=method)
        session = ow.client_credentials(server, client, scope="events.read")
        assert "events.read" in session.scope
    assert server.token_endpoint_auth_methods_supported == (
        "client_secret_basic",
        "client_secret_post",
    )


def test_O12_at_onewelcome_the_query_of_a_redirect_uri_does_not_count(
    onewelcome: ow.sandbox.Sandbox,
) -> None:
    server = ow.servers.onewelcome(ow.discover(onewelcome.server.issuer), api=onewelcome.api)
    pending = ow.begin_login(
        server,
        onewelcome.client,
        scope="openid",
        redirect_uri="http://127.0.0.1:8765/callback?product=17",
    )
    final = sign_in(pending.url, "alice").replace("product=17&", "")
    assert "product" not in final
    assert pending.finish(final).id_token is not None


def test_onewelcome_can_be_described_by_its_endpoints(onewelcome: ow.sandbox.Sandbox) -> None:
    known = onewelcome.server
    server = ow.servers.onewelcome(
        issuer=known.issuer,
        authorization_endpoint=known.authorization_endpoint,
        token_endpoint=known.token_endpoint,
        introspection_endpoint=known.introspection_endpoint,
        jwks_uri=known.jwks_uri,
        api=onewelcome.api,
    )
    pending = ow.begin_login(server, onewelcome.client, scope="openid phone")
    session = pending.finish(sign_in(pending.url, "alice"))
    told = session.introspect()
    assert told.active
    assert told.claims["phone_number"] == "+447700900101"


def test_what_is_named_beside_a_discovered_onewelcome_server_is_taken(
    onewelcome: ow.sandbox.Sandbox,
) -> None:
    found = ow.discover(onewelcome.server.issuer)
    named = {
        name: f"https://tenant.example/{name}"
        for name in (*ENDPOINTS, "introspection_endpoint", "api")
    }
    server = ow.servers.onewelcome(found, **named)
    assert {name: getattr(server, name) for name in named} == named
    assert server.issuer == found.issuer
    untouched = ow.servers.onewelcome(found)
    assert {name: getattr(untouched, name) for name in named} == {
        name: getattr(found, name) for name in named
    }


def test_an_address_in_place_of_a_onewelcome_server_is_told_of_discover() -> None:
    address: Any = "https://tenant.example"
    with pytest.raises(ConfigurationError, match="by name") as told:
        ow.servers.onewelcome(address)
    assert "ow.discover(issuer)" in told.value.next_step


def test_the_description_is_a_plain_value_that_can_be_changed() -> None:
    elsewhere = replace(ow.servers.wgtwo(), api="https://api.example")
    assert elsewhere.api == "https://api.example"
    assert elsewhere.issuer == ow.servers.wgtwo().issuer


# told before the browser opens


@pytest.mark.parametrize(
    ("name", "parts", "said", "step"),
    [
        ("keycloak", {}, "needs base_url and realm", 'realm="research"'),
        (
            "keycloak",
            {"base_url": "https://sso.example/realms/a", "realm": "a"},
            "base_url",
            "before /realms/",
        ),
        (
            "keycloak",
            {"base_url": "https://sso.example", "realm": "a b"},
            "realm",
            "after /realms/",
        ),
        ("keycloak", {"base_url": "sso.example", "realm": "a"}, "base_url", "before /realms/"),
        ("keycloak", {"base_url": "http://sso.example", "realm": "a"}, "base_url is not https", ""),
        ("gitlab", {"base_url": "http://gitlab.example"}, "base_url is not https", ""),
        ("gitlab", {"base_url": "https://x.example/api/v4"}, "base_url", "before /api/"),
        ("okta", {"domain": "acme-admin.okta.com"}, "domain", '"acme.okta.com"'),
        ("okta", {"domain": "-acme.okta.com"}, "domain", '"acme.okta.com"'),
        ("databricks", {"host": "accounts.cloud.databricks.com"}, "host", "workspace"),
        ("salesforce", {"domain": "acme.lightning.force.com"}, "domain", "my.salesforce.com"),
        ("fhir", {"base_url": "https://ehr.example/r4/metadata"}, "base_url", "before /metadata"),
        ("microsoft", {"tenant": "common"}, 'tenant="common"', "9188040d"),
        ("microsoft", {"tenant": "contoso.com"}, "tenant", "tenant"),
        ("okta", {"domain": "acme"}, 'domain="acme"', 'domain="acme.okta.com"'),
        ("okta", ["acme.okta.com"], "by name", "domain="),
        ("keycloak", ["https://sso.example", "a"], "by name", "realm="),
        ("okta", {"domaine": "acme.okta.com"}, "no argument domaine", "domain="),
        ("auth0", {"domain": "acme.auth0.com/login"}, "domain", "domain="),
        ("auth0", {"domain": 7}, "domain is int", "quotes"),
        ("snowflake", {"account": "acme_research"}, "account", "hyphens"),
        ("orcid", {"host": "orcid.example"}, "host", "sandbox.orcid.org"),
        ("zenodo", {"host": "evil-zenodo.org"}, "host", "sandbox.zenodo.org"),
        ("keycloak", {"api": "https://x"}, "no argument api", 'client, api="https'),
        ("okta", {"audience": "x"}, "no argument audience", 'extra={"audience"'),
        ("github", {"org": "acme"}, "no argument org", "ow.servers.github()"),
        ("fhir", {"base_url": "https://ehr.example"}, "authorization_endpoint", "fhir"),
    ],
)
def test_a_wrong_part_is_named_with_the_line_that_puts_it_right(
    name: str, parts: Any, said: str, step: str
) -> None:
    preset: Any = getattr(ow.servers, name)
    with pytest.raises(ConfigurationError) as refusal:
        preset(**parts) if isinstance(parts, dict) else preset(*parts)
    assert said in refusal.value.message
    assert step in (refusal.value.next_step or "")


def test_what_was_pasted_with_a_secret_in_its_query_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        ow.servers.okta(domain="https://acme.okta.com/callback?code=Secret-7Qx#Secret-7Qx")
    assert "Secret-7Qx" not in str(refusal.value)


@pytest.mark.parametrize(
    "written", ["acme.okta.com", "https://acme.okta.com/", "HTTPS://acme.okta.com", "Acme.okta.com"]
)
def test_a_host_may_be_pasted_as_an_address(written: str) -> None:
    assert ow.servers.okta(domain=written).issuer == "https://acme.okta.com/oauth2/default"


def test_a_slash_at_the_end_of_a_base_address_does_no_harm() -> None:
    server = ow.servers.gitlab(base_url="https://gitlab.example.org/git/")
    assert server.issuer == "https://gitlab.example.org/git"
    assert server.api == "https://gitlab.example.org/git/api/v4"


def test_what_was_discovered_keeps_its_addresses_and_gets_the_facts() -> None:
    found = ow.AuthorizationServer(
        issuer="https://sso.example/realms/a", token_endpoint="https://sso.example/other"
    )
    server = ow.servers.keycloak(found)
    assert (server.issuer, server.token_endpoint) == (found.issuer, found.token_endpoint)
    assert server.title == "Keycloak"
    assert "roles" in server.scope_meanings
    elsewhere = ow.servers.gitlab(ow.AuthorizationServer(issuer="https://gitlab.example.org"))
    assert elsewhere.issuer == "https://gitlab.example.org"


def test_a_fhir_server_is_asked_with_its_base_address_as_audience() -> None:
    server = ow.servers.fhir.example
    pending = ow.begin_login(
        server,
        ow.ClientMetadata(client_id="mine", redirect_uris=["http://127.0.0.1:8765/callback"]),
        scope="patient/*.rs",
    )
    assert f"aud={quote(server.issuer, safe='')}" in pending.url


def test_an_audience_of_auth0_is_sent_if_it_was_named() -> None:
    named = ow.servers.auth0(domain="acme.auth0.com", audience="urn:api")
    assert named.authorization_parameters == {"audience": "urn:api"}
    assert ow.servers.auth0(domain="acme.auth0.com").authorization_parameters == {}
