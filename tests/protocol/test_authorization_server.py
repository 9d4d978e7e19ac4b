from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError, InvalidMetadata
from oauth_widgets.protocol.authorization_server import (
    AuthorizationServer,
    from_metadata,
    metadata_urls,
)

from .builders import GONE, ISSUER, METADATA, SERVER, but, refuses

ENDPOINTS = [
    *(name for name in METADATA if name != "issuer"),
    *("introspection_endpoint", "device_authorization_endpoint"),
]


def judged(**changes: Any) -> AuthorizationServer:
    return from_metadata(but(METADATA, changes), issuer=ISSUER)


def test_honest_metadata_is_taken() -> None:
    server = judged(
        scopes_supported=["openid", "phone"],
        subject_types_supported=["pairwise"],
        authorization_response_iss_parameter_supported=True,
        something_else={"not": "ours"},
    )
    assert server == replace(
        SERVER,
        scopes_supported=("openid", "phone"),
        subject_types_supported=("pairwise",),
        authorization_response_iss_parameter_supported=True,
    )


def test_what_is_left_out_is_none() -> None:
    server = from_metadata({"issuer": ISSUER}, issuer=ISSUER, api="https://api.example/v1")
    assert server == AuthorizationServer(issuer=ISSUER, api="https://api.example/v1")
    assert server.authorization_response_iss_parameter_supported is False


def test_an_unknown_member_is_refused_with_the_nearest_known_one() -> None:
    with refuses(ConfigurationError) as caught:
        AuthorizationServer(issuer=ISSUER, token_endpoints="x")  # type: ignore[call-arg]
    assert str(caught.value) == "A server has no token_endpoints. Did you mean token_endpoint?"
    with refuses(ConfigurationError) as caught:
        replace(SERVER, zzz="x")  # type: ignore[call-arg]
    assert caught.value.next_step.startswith("It has: issuer, authorization_endpoint,")


def test_a_server_for_all_tenants_has_its_address_completed_by_the_person() -> None:
    common, each = "https://as.example/common/v2.0", "https://as.example/{tenantid}/v2.0"
    with refuses(InvalidMetadata) as caught:
        from_metadata(but(METADATA, {"issuer": each}), issuer=common)
    assert caught.value.next_step == (
        "Put your own tenant's id in the address, in the place of {tenantid} or common."
    )


@pytest.mark.parametrize("name", ENDPOINTS)
def test_check_01_an_http_endpoint_is_refused(name: str) -> None:
    assert judged(**{name: "http://127.0.0.1:9000/x"})
    with refuses(InvalidMetadata):
        judged(**{name: "http://as.example/x"})
    with refuses(ConfigurationError):
        replace(SERVER, **{name: "http://as.example/x"})


def test_check_01_an_http_issuer_or_api_is_refused() -> None:
    with refuses(ConfigurationError):
        AuthorizationServer(issuer="http://as.example")
    with refuses(ConfigurationError):
        AuthorizationServer(issuer=ISSUER, api="http://api.example")


@pytest.mark.parametrize(
    "told", ["https://other.example", f"{ISSUER}/", f"{ISSUER}/tenant", ISSUER.upper(), "", GONE]
)
def test_check_02_metadata_of_another_issuer_is_refused(told: object) -> None:
    with refuses(InvalidMetadata):
        judged(issuer=told)


def test_check_02_a_slash_too_many_is_explained() -> None:
    with refuses(InvalidMetadata) as caught:
        from_metadata({"issuer": f"{ISSUER}/"}, issuer=ISSUER)
    assert "slash" in caught.value.next_step
    with refuses(InvalidMetadata) as caught:
        from_metadata({"issuer": "https://other.example"}, issuer=ISSUER)
    assert "slash" not in caught.value.next_step


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(
    "address", ["", "/token", "https://alice@as.example/x", "https://as.example/x#y", "as.example"]
)
def test_check_03_an_endpoint_that_is_no_address_is_refused(name: str, address: str) -> None:
    with refuses(InvalidMetadata):
        judged(**{name: address})
    with refuses(ConfigurationError):
        replace(SERVER, **{name: address})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("issuer", value) for value in (7, None, [ISSUER], True)),
        *((name, value) for name in ENDPOINTS for value in (7, True, [], {})),
        *(("scopes_supported", value) for value in ("openid", 7, {}, [7], [["openid"]], [None])),
        *(
            ("authorization_response_iss_parameter_supported", value)
            for value in ("true", 1, 0, [], {})
        ),
    ],
)
def test_check_04_a_member_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    with refuses(InvalidMetadata):
        judged(**{name: value})


@pytest.mark.parametrize(
    "issuer", ["https://as.example?x=1", "https://as.example?", "https://as.example#x", "as", ""]
)
def test_an_issuer_has_no_query_and_no_fragment(issuer: str) -> None:
    with refuses(ConfigurationError):
        AuthorizationServer(issuer=issuer)
    with refuses(ConfigurationError):
        metadata_urls(issuer)


@pytest.mark.parametrize(
    ("issuer", "oidc", "oauth"),
    [
        (
            "https://as.example",
            "https://as.example/.well-known/openid-configuration",
            "https://as.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://as.example:8443/tenant/7/",
            "https://as.example:8443/tenant/7/.well-known/openid-configuration",
            "https://as.example:8443/.well-known/oauth-authorization-server/tenant/7",
        ),
    ],
)
def test_metadata_stands_where_the_standards_put_it(issuer: str, oidc: str, oauth: str) -> None:
    assert metadata_urls(issuer) == (oidc, oauth)


def test_a_missing_endpoint_is_named_when_it_is_needed() -> None:
    assert SERVER.needed("jwks_uri") == METADATA["jwks_uri"]
    with refuses(ConfigurationError) as caught:
        AuthorizationServer(issuer=ISSUER).needed("jwks_uri")
    assert "jwks_uri" in caught.value.next_step


def test_a_server_is_called_by_its_name_or_its_host() -> None:
    assert SERVER.title == "as.example"
    assert replace(SERVER, name="Example").title == "Example"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from([*ENDPOINTS, "issuer", "scopes_supported"])
ADDRESSES = st.text("htps:/@[]#?.%0aé\\ ").map("https://".__add__)


@given(st.dictionaries(MEMBERS | st.text(), JSON | ADDRESSES))
def test_any_document_is_metadata_or_is_refused(document: dict[str, Any]) -> None:
    with suppress(InvalidMetadata):
        assert from_metadata(METADATA | document, issuer=ISSUER).issuer == ISSUER


@given(st.text(st.characters()) | ADDRESSES)
def test_any_issuer_has_metadata_urls_or_is_refused(issuer: str) -> None:
    with suppress(ConfigurationError):
        assert all("/.well-known/" in url for url in metadata_urls(issuer))
