# ruff: noqa: N802 - rows keep the names they have in the documents
from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.sandbox.server import RegistrationError

PROFILE = "onewelcome"
CALLBACK = "http://127.0.0.1/callback"
RECORD = {"scope_whitelist": ["openid"], "redirect_uris": [CALLBACK]}


@pytest.fixture(scope="module")
def refusals(running_of: Any) -> Any:
    def refusals_of(profile: str = "onewelcome", **record: Any) -> dict[str, str]:
        with pytest.raises(RegistrationError) as caught:
            running_of(profile).register({**RECORD, **record})
        return dict(caught.value.refusals)

    return refusals_of


def test_what_is_left_out_is_made_up(fresh: Any) -> None:
    client = fresh().register(RECORD)
    assert client["client_id"].startswith("client-")
    assert client["client_secret"].startswith(f"toy-secret-{client['client_id']}-")
    assert client["type"] == "confidential"
    assert client["token_endpoint_auth_method"] == "client_secret_basic"
    assert client["standard"] == ["OAuth 2.0", "OIDC 1.0"]
    assert client["scope"] == "openid"
    assert client["default_scopes"] == []


def test_the_standards_names_and_the_documents_are_taken_alike(fresh: Any) -> None:
    sandbox = fresh()
    one = sandbox.register(
        {
            "client_id": "a",
            "client_secret": "same",
            "scope": "openid email",
            "default_scope": "email",
            "redirect_uris": [CALLBACK],
            "sector": "s",
            "client_name": "A",
        }
    )
    other = sandbox.register(
        {
            "Client ID": "b",
            "client secret": "same",
            "Scope whitelist": ["openid", "email"],
            "default-scopes": ["email"],
            "redirect URI": CALLBACK,
            "sector": "s",
            "name": "A",
        }
    )
    assert {**one, "client_id": "b"} == other


def test_a_public_client_has_no_secret(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    client = sandbox.register({**RECORD, "client_id": "page", "type": "public"})
    assert client["client_secret"] is None
    assert client["token_endpoint_auth_method"] == "none"
    assert browse(sandbox).tokens(client_id="page", scope="openid")["id_token"]


def test_a_client_with_nowhere_to_return_to_works_for_itself(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    client = sandbox.register({"client_id": "batch", "scope": "usage.read"})
    assert "authorization_code" not in client["grant_types"]
    assert browse(sandbox).alone("batch", scope="usage.read").status_code == 200


def test_registering_again_changes_the_client_and_keeps_its_secret(fresh: Any) -> None:
    sandbox = fresh()
    before = sandbox.clients["notebook"]
    elsewhere = "https://hub.example/user/x/callback"
    record = {"client_id": "notebook", "scope": "openid", "redirect_uris": [elsewhere]}
    after = sandbox.register(record)
    assert after["client_secret"] == before["client_secret"]
    assert sandbox.clients["notebook"]["redirect_uris"] == [elsewhere]
    assert next(iter(sandbox.clients)) == "notebook"


def test_a_registration_can_be_registered_again_as_it_is(fresh: Any) -> None:
    for profile in ("wgtwo", "onewelcome", "playground"):
        sandbox = fresh(profile=profile)
        for client_id, client in sandbox.clients.items():
            again = sandbox.register({"client_id": client_id, **client})
            assert again == {"client_id": client_id, **client}


def test_a_redirect_uri_may_have_a_port_and_a_query(fresh: Any) -> None:
    uris = ["https://app.example:8443/cb?tenant=7", "http://[::1]/callback", "https://a.example"]
    assert fresh().register({**RECORD, "redirect_uris": uris})["redirect_uris"] == uris


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        ({"client_id": "a\u00a0b"}, "client_id", "printable"),
        ({"client_id": "x" * 101}, "client_id", "1 to 100"),
        ({"client_id": ""}, "client_id", "is empty; leave the field out"),
        ({"client_id": " "}, "client_id", "1 to 100"),
        ({"client_secret": ""}, "client_secret", "is empty; leave the field out"),
        ({"client_id": 7}, "client_id", "not text"),
        ({"client_id": "ключ"}, "client_id", "ASCII"),
        ({"client_name": "a\nb"}, "client_name", "printable"),
        ({"type": "secret"}, "type", "confidential or public"),
        ({"standard": "SAML 2.0"}, "standard", "OAuth 2.0"),
        ({"standard": "OAuth 2.0"}, "standard", "OIDC 1.0"),
        ({"type": "public", "client_secret": "x"}, "client_secret", "public client"),
        ({"client_secret": "ключ"}, "client_secret", "ASCII"),
        ({"client_secret": ["x"]}, "client_secret", "printable"),
        ({"redirect_uris": None, "grant_types": ["authorization_code"]}, "redirect_uris", "needs"),
        ({"redirect_uris": None, "grant_types": ["implicit"]}, "redirect_uris", "implicit"),
        ({"redirect_uris": {"a": "b"}}, "redirect_uris", "list"),
        ({"post_logout_redirect_uris": ["x"]}, "post_logout_redirect_uris", "not absolute"),
        ({"scope_whitelist": []}, "scope_whitelist", "at least one"),
        ({"scope_whitelist": ['a"b']}, "scope_whitelist", "quote"),
        ({"scope_whitelist": "é"}, "scope_whitelist", "quote"),
        ({"default_scopes": "openid email"}, "default_scopes", "not on the whitelist: 'email'"),
        ({"grant_types": ["password"]}, "grant_types", "can only have"),
        (
            {"type": "public", "grant_types": "client_credentials"},
            "grant_types",
            "without a secret",
        ),
        ({"response_types": ["code token"]}, "response_types", "id_token token"),
        (
            {"token_endpoint_auth_method": "private_key_jwt"},
            "token_endpoint_auth_method",
            "choose one of",
        ),
        (
            {"type": "public", "token_endpoint_auth_method": "client_secret_basic"},
            "token_endpoint_auth_method",
            "public client",
        ),
        ({"userinfo_signed_response_alg": "RS256"}, "userinfo_signed_response_alg", "plain JSON"),
        ({"jwks_uri": "https://x.example"}, "jwks_uri", "is not a field"),
        ({"scope": "openid"}, "scope_whitelist", "twice"),
        ({"redirect_uris": ["x" * 3000]}, "redirect_uris", "longer"),
    ],
)
def test_each_wrong_field_is_refused_with_its_reason(
    refusals: Any, record: dict[str, Any], field: str, reason: str
) -> None:
    told = refusals(**record)
    assert list(told) == [field]
    assert reason in told[field]


def test_a_scope_the_server_does_not_know_is_named(refusals: Any) -> None:
    told = refusals("wgtwo", scope_whitelist="openid evnts.read")
    assert told["scope_whitelist"].endswith(" here, not 'evnts.read'")


def test_every_wrong_redirect_uri_is_named(refusals: Any) -> None:
    told = refusals(redirect_uris=[CALLBACK, "https://a.example/#b", "https://*.example/"])
    assert list(told) == ["redirect_uris"]
    assert "address 2 has a fragment" in told["redirect_uris"]
    assert "address 3 has a wildcard" in told["redirect_uris"]
    assert "address 1" not in told["redirect_uris"]


def test_a_wrong_address_is_named_without_what_it_holds(refusals: Any) -> None:
    told = refusals(redirect_uris=[CALLBACK, "https://ada:engine@a.example/", CALLBACK])
    assert told["redirect_uris"] == "has the same address twice"
    told = refusals(redirect_uris=["https://ada:engine@a.example/", CALLBACK])
    assert "address 1 contains a username" in told["redirect_uris"]
    assert "engine" not in told["redirect_uris"]


def test_O12_an_address_with_a_parameter_of_the_answer_is_refused(refusals: Any) -> None:
    for query, name in (("state", "state"), ("x=1&c%6Fde=2", "code"), ("iss=", "iss")):
        told = refusals(redirect_uris=[f"https://a.example/cb?{query}"])
        assert f"has the parameter {name}, which the answer has too" in told["redirect_uris"]


def test_registering_a_record_again_keeps_what_the_record_has_no_word_for(fresh: Any) -> None:
    sandbox = fresh()
    before = sandbox.clients["notebook"]
    record = {"client_id": "notebook", "scope_whitelist": "openid", "redirect_uris": [CALLBACK]}
    after = sandbox.register(record)
    for name in ("client_name", "sector", "post_logout_redirect_uris", "grant_types"):
        assert after[name] == before[name]
    assert (after["scope"], after["default_scopes"]) == ("openid", [])
    public = sandbox.register({**record, "type": "public"})
    assert public["grant_types"] == ["authorization_code", "refresh_token"]
    machine = sandbox.register({"client_id": "notebook", "scope_whitelist": "usage.read"})
    assert "authorization_code" not in machine["grant_types"]


def test_everything_wrong_is_said_at_once(refusals: Any) -> None:
    told = refusals(type="x", redirect_uris=["#"], default_scopes=["a"])
    assert set(told) == {"type", "redirect_uris", "default_scopes"}


@pytest.mark.parametrize("record", [None, "text", ["list"], 7])
def test_what_is_no_record_is_refused(sandbox: Any, record: Any) -> None:
    with pytest.raises(RegistrationError, match="record is not"):
        sandbox.register(record)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"type": "public"}, "type"),
        ({"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
        ({"default_scopes": "openid"}, "default_scopes"),
        ({"scope_whitelist": "photos"}, "scope_whitelist"),
        ({"grant_types": ["implicit"]}, "grant_types"),
    ],
)
def test_wgtwo_takes_only_what_its_document_knows(
    refusals: Any, record: dict[str, Any], field: str
) -> None:
    assert field in refusals("wgtwo", **record)


def test_a_refused_record_changes_nothing(fresh: Any) -> None:
    sandbox = fresh()
    before = sandbox.clients
    with pytest.raises(RegistrationError):
        sandbox.register({"client_id": "notebook", "redirect_uris": ["*"]})
    assert sandbox.clients == before


def test_there_is_an_end_to_clients(fresh: Any) -> None:
    sandbox = fresh()
    record = {"scope": "usage.read"}
    for _ in range(1000 - len(sandbox.clients)):
        sandbox.register(record)
    with pytest.raises(RegistrationError, match="at most 1000 clients"):
        sandbox.register(record)
