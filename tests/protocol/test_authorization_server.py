from __future__ import annotations

import pickle
from contextlib import nullcontext, suppress
from copy import deepcopy
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
        'In the address, replace {tenantid} or "common" with your tenant\'s ID.'
    )


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.check(id="transport/https")
def test_an_http_endpoint_is_refused(name: str) -> None:
    assert from_metadata(
        {**METADATA, "issuer": "http://127.0.0.1", name: "http://127.0.0.1:9000/x"},
        issuer="http://127.0.0.1",
    )
    with refuses(InvalidMetadata):
        judged(**{name: "http://as.example/x"})
    with refuses(ConfigurationError):
        replace(SERVER, **{name: "http://as.example/x"})


INWARD = [
    *("localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::]"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "100.127.1.1"),
    *("169.254.169.254", "0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1"),  # noqa: S104
    *("[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[64:ff9b::a9fe:a9fe]"),
    *("[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[0:0:0:0:0:0:0:1]"),
    *("2130706433", "017700000001", "0177.0.0.1", "0x7f000001", "0x7f.1", "127.1", "127.0.1"),
    *("169.254.43518", "0", "10.1", "0xa9fea9fe", "127.0.0.1."),
    *("[fec0::1]", "[64:ff9b:1::7f00:1]", "[::ffff:0:7f00:1]", "192.0.0.192", "168.63.129.16"),
    *("metadata", "ip6-localhost", "metadata.google.internal", "localhost.localdomain"),
    *("printer.local", "router.home.arpa.", "nas.lan", "sso.corp", "vault.default.svc"),
]
OUTWARD = ["login.example", "8.8.8.8", "[2606:4700::1111]", "1e100.example", "[64:ff9b::808:808]"]


@pytest.mark.parametrize("host", INWARD)
@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.check(id="transport/https")
def test_a_server_elsewhere_names_no_address_in_a_private_network(name: str, host: str) -> None:
    with refuses(InvalidMetadata) as caught:
        judged(**{name: f"https://{host}/x"})
    assert name in caught.value.message


@pytest.mark.parametrize("host", OUTWARD)
def test_a_server_may_name_endpoints_anywhere_else(host: str) -> None:
    assert judged(jwks_uri=f"https://{host}/x").jwks_uri == f"https://{host}/x"


@pytest.mark.parametrize("issuer", ["http://localhost:1", "http://127.0.0.1", "https://[::1]"])
def test_a_server_on_this_machine_names_whom_it_likes(issuer: str) -> None:
    for host in ("127.0.0.1", "10.0.0.1", "login.example"):
        told = {"issuer": issuer, "jwks_uri": f"https://{host}/keys"}
        assert from_metadata(told, issuer=issuer).jwks_uri


@pytest.mark.check(id="transport/https")
def test_a_server_in_a_private_network_names_its_own_host_alone() -> None:
    issuer = "https://10.0.0.5"
    told = {"issuer": issuer, "jwks_uri": "https://10.0.0.5:8443/keys"}
    assert from_metadata(told, issuer=issuer).jwks_uri
    for host in ("10.0.0.6", "127.0.0.1", "169.254.169.254"):
        with refuses(InvalidMetadata):
            from_metadata({**told, "jwks_uri": f"https://{host}/keys"}, issuer=issuer)


@pytest.mark.parametrize(
    "server",
    ["sso.corp.internal", "sso", "sso.lan", "keycloak.auth.svc", "10.0.0.5", "[fd12:3456::1]"],
)
def test_a_server_within_a_private_network_names_others_by_such_names(server: str) -> None:
    issuer = f"https://{server}"
    for host, allowed in (("keys.corp.internal", True), ("keys", True), ("127.0.0.1", False)):
        told = {"issuer": issuer, "jwks_uri": f"https://{host}/keys"}
        with nullcontext() if allowed else refuses(InvalidMetadata):
            from_metadata(told, issuer=issuer)


def test_who_describes_a_server_himself_may_name_any_endpoint() -> None:
    assert replace(SERVER, jwks_uri="https://10.0.0.1/keys").jwks_uri


@pytest.mark.check(id="metadata/issuer")
def test_an_issuer_that_is_no_address_is_not_repeated() -> None:
    for told in ("https://user@as.example", "as.example", "https://as.example?x"):
        with refuses(InvalidMetadata) as caught:
            judged(issuer=told)
        assert told not in str(caught.value)


@pytest.mark.check(id="transport/https")
def test_an_http_issuer_or_api_is_refused() -> None:
    with refuses(ConfigurationError):
        AuthorizationServer(issuer="http://as.example")
    with refuses(ConfigurationError):
        AuthorizationServer(issuer=ISSUER, api="http://api.example")


@pytest.mark.parametrize(
    "told", ["https://other.example", f"{ISSUER}/", f"{ISSUER}/tenant", ISSUER.upper(), "", GONE]
)
@pytest.mark.check(id="metadata/issuer")
def test_metadata_of_another_issuer_is_refused(told: object) -> None:
    with refuses(InvalidMetadata):
        judged(issuer=told)


@pytest.mark.check(id="metadata/issuer")
def test_a_slash_too_many_is_explained() -> None:
    with refuses(InvalidMetadata) as caught:
        from_metadata({"issuer": f"{ISSUER}/"}, issuer=ISSUER)
    assert caught.value.next_step == f"Use the server's spelling: ow.discover('{ISSUER}/')."
    with refuses(InvalidMetadata) as caught:
        from_metadata({"issuer": "https://other.example"}, issuer=ISSUER)
    assert "describe it by hand" in caught.value.next_step


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(
    "address", ["/token", "https://alice@as.example/x", "https://as.example/x#y", "as.example"]
)
@pytest.mark.check(id="transport/address")
def test_an_endpoint_that_is_no_address_is_refused(name: str, address: str) -> None:
    with refuses(InvalidMetadata):
        judged(**{name: address})
    with refuses(ConfigurationError):
        replace(SERVER, **{name: address})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("issuer", value) for value in (7, None, [ISSUER], True)),
        *((name, value) for name in ENDPOINTS for value in (7, True, [7], {"a": 1})),
        *(("scopes_supported", value) for value in (7, {"a": 1}, [7], [["openid"]], [None])),
        *(
            ("authorization_response_iss_parameter_supported", value)
            for value in ("true", 1, 0, [7], {"a": 1})
        ),
    ],
)
@pytest.mark.check(id="documents/shape")
def test_a_member_of_the_wrong_type_is_refused(name: str, value: object) -> None:
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
    assert metadata_urls(issuer)[:2] == (oidc, oauth)


def test_each_name_may_be_appended_or_put_before_the_path() -> None:
    known, path = "https://as.example/.well-known", "/tenant/7"
    assert metadata_urls(f"https://as.example{path}")[2:] == (
        f"https://as.example{path}/.well-known/oauth-authorization-server",
        f"{known}/openid-configuration{path}",
    )


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


def test_a_description_can_be_sent_to_another_process() -> None:
    server = replace(SERVER, scope_meanings={"phone": "Your number."}, api="https://api.example")
    for copy in (pickle.loads(pickle.dumps(server)), deepcopy(server)):  # noqa: S301 - our own
        assert copy == server
        assert copy.scope_meanings == {"phone": "Your number."}
        with pytest.raises(TypeError):
            copy.scope_meanings["phone"] = "Nothing."  # type: ignore[index]
        assert replace(copy, name="x").title == "x"
