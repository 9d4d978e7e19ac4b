"""The engine against a server that we did not write: npm's oidc-provider."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .helpers.twins import both
from .peers.oidc_provider.provider import OidcProvider

pytestmark = pytest.mark.node

SCOPE = "openid offline_access profile phone events.read"
CALLBACK = "http://127.0.0.1:54321/callback"
KINDS = ["basic", "post", "public", "pairwise"]


@pytest.fixture
def server(oidc_provider: OidcProvider) -> ow.AuthorizationServer:
    return ow.discover(oidc_provider.issuer)


def client(provider: OidcProvider, kind: str, **more: Any) -> ow.ClientMetadata:
    record = provider.clients[kind]
    return ow.ClientMetadata(
        client_id=record["client_id"],
        client_secret=record.get("client_secret"),
        redirect_uris=record["redirect_uris"],
        token_endpoint_auth_method=record["token_endpoint_auth_method"],
        **more,
    )


def begin(provider: OidcProvider, kind: str, **more: Any) -> ow.PendingLogin:
    return ow.begin_login(
        ow.discover(provider.issuer),
        client(provider, kind, **more),
        scope=SCOPE,
        redirect_uri=CALLBACK,
        extra={"prompt": "consent"},
    )


def signed_in(provider: OidcProvider, kind: str = "basic", **more: Any) -> ow.Session:
    pending = begin(provider, kind, **more)
    return pending.finish(provider.sign_in(pending.url))


@both
def test_the_server_describes_itself(call: Any, oidc_provider: OidcProvider) -> None:
    server = call(ow, "discover", oidc_provider.issuer)
    assert server.issuer == oidc_provider.issuer
    assert server.authorization_response_iss_parameter_supported
    for endpoint in ("token", "userinfo", "revocation", "end_session", "introspection"):
        assert getattr(server, f"{endpoint}_endpoint").startswith(f"{oidc_provider.issuer}/")


# their ids and secrets have characters that must be encoded, each method in its own way
@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.check(id="client-auth/basic")
def test_every_kind_of_client_signs_a_person_in(
    call: Any, kind: str, oidc_provider: OidcProvider
) -> None:
    pending = begin(oidc_provider, kind)
    session = call(pending, "finish", oidc_provider.sign_in(pending.url, user="bob"))
    assert session.id_token.claims["iss"] == oidc_provider.issuer
    assert session.id_token.claims["aud"] == oidc_provider.clients[kind]["client_id"]
    assert session.refresh_token is not None
    assert session.scope == ow.Scope(SCOPE)
    claims = call(session, "userinfo").claims
    assert claims["sub"] == session.id_token.claims["sub"]
    assert (claims["name"], claims["phone_number"]) == ("Bob Berg", "+4790000002")


def test_a_refusal_is_access_denied(oidc_provider: OidcProvider) -> None:
    pending = begin(oidc_provider, "basic")
    with pytest.raises(errors.AccessDenied, match="the person refused"):
        pending.finish(oidc_provider.sign_in(pending.url, approve=False))


@pytest.mark.check(id="answer/iss")
def test_an_answer_without_its_issuer_is_refused(oidc_provider: OidcProvider) -> None:
    pending = begin(oidc_provider, "basic")
    back = oidc_provider.sign_in(pending.url)
    stripped = "&".join(part for part in back.split("&") if not part.startswith("iss="))
    assert stripped != back
    with pytest.raises(errors.IssuerMismatch):
        pending.finish(stripped)
    assert pending.finish(back).id_token is not None


@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.check(id="refresh/rotation")
def test_refresh_tokens_rotate(call: Any, kind: str, oidc_provider: OidcProvider) -> None:
    session = signed_in(oidc_provider, kind)
    first = session.refresh_token, session.access_token
    who = session.id_token
    for _ in range(2):
        call(session, "refresh")
    assert session.refresh_token not in {None, first[0]}
    assert session.access_token != first[1]
    assert session.id_token is not None
    assert who is not None
    assert session.id_token.subject == who.subject
    assert call(session, "userinfo").claims["sub"] == who.claims["sub"]


@both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.check(id="revocation/confirmed")
def test_revoked_tokens_are_worth_nothing(
    call: Any, kind: str, oidc_provider: OidcProvider
) -> None:
    session = signed_in(oidc_provider, kind)
    tokens = vars(session)["_last"]
    call(session, "revoke")
    with pytest.raises(errors.NotSignedIn):
        call(session, "userinfo")
    # Copies that someone else may have
    kept = signed_in(oidc_provider, kind)
    vars(kept)["_last"] = tokens
    with pytest.raises(errors.InvalidGrant):
        call(kept, "userinfo")


@both
@pytest.mark.parametrize("kind", ["basic", "post"])
def test_a_client_signs_in_by_itself(
    call: Any, kind: str, oidc_provider: OidcProvider, server: ow.AuthorizationServer
) -> None:
    session = call(
        ow, "client_credentials", server, client(oidc_provider, kind), scope="events.read"
    )
    assert session.scope == ow.Scope("events.read")
    assert session.id_token is session.refresh_token is None
    told = call(session, "introspect")
    assert told.active
    assert told.claims["client_id"] == oidc_provider.clients[kind]["client_id"]


@both
def test_a_resource_server_asks_about_a_token(
    call: Any, oidc_provider: OidcProvider, server: ow.AuthorizationServer
) -> None:
    session = signed_in(oidc_provider)
    token = session.access_token.reveal()
    asking = client(oidc_provider, "basic")
    assert call(ow, "introspect", server, asking, token).active
    call(session, "revoke")
    assert not call(ow, "introspect", server, asking, token).active


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_wrong_secret_is_invalid_client(
    method: str, oidc_provider: OidcProvider, server: ow.AuthorizationServer
) -> None:
    record = oidc_provider.clients["basic" if method.endswith("basic") else "post"]
    wrong = ow.ClientMetadata(
        client_id=record["client_id"],
        client_secret="another % secret",
        token_endpoint_auth_method=method,
    )
    with pytest.raises(errors.InvalidClient):
        ow.client_credentials(server, wrong, scope="events.read")


@pytest.mark.check(id="userinfo/signed")
def test_a_signed_userinfo_answer_is_verified(oidc_provider: OidcProvider) -> None:
    session = signed_in(oidc_provider, "signed_userinfo", userinfo_signed_response_alg="RS256")
    assert session.userinfo().claims["name"] == "Alice Ålund"


@pytest.mark.check(id="userinfo/signed")
def test_json_where_a_signed_answer_was_asked_is_refused(
    oidc_provider: OidcProvider,
) -> None:
    session = signed_in(oidc_provider, "basic", userinfo_signed_response_alg="RS256")
    with pytest.raises(errors.InvalidUserInfo):
        session.userinfo()


@pytest.mark.parametrize("keep_old", [True, False])
@pytest.mark.check(id="keys/unknown-kid")
def test_keys_that_rotated_a_moment_ago_are_found(
    keep_old: bool, oidc_provider: OidcProvider
) -> None:
    before = signed_in(oidc_provider)
    oidc_provider.rotate_keys(keep_old=keep_old)
    assert signed_in(oidc_provider).id_token is not None
    before.refresh()
    assert before.id_token is not None


# five seconds long: the standard's pause between two questions (RFC 8628 3.2)
def test_a_person_signs_in_on_another_device(
    oidc_provider: OidcProvider, server: ow.AuthorizationServer
) -> None:
    device = ow.device_login(server, client(oidc_provider, "public"), scope="openid")
    assert device.user_code in repr(device)
    assert device.verification_uri.startswith(oidc_provider.issuer)
    with ThreadPoolExecutor(1) as person:
        person.submit(oidc_provider.sign_in, device.verification_uri_complete, user="bob")
        session = device.finish()
    assert session.id_token is not None
    assert session.id_token.claims["sub"] == "bob"


def test_signing_out_ends_here_and_at_the_server(oidc_provider: OidcProvider) -> None:
    session = signed_in(oidc_provider)
    done = session.logout(post_logout_redirect_uri="http://127.0.0.1:54321/signed-out")
    assert done.confirmed
    assert done.request is not None
    back = oidc_provider.sign_in(done.request.url.reveal())
    assert back.startswith("http://127.0.0.1:54321/signed-out?")
    done.check(back)
    with pytest.raises(errors.NotSignedIn):
        session.userinfo()


def test_one_person_has_another_subject_at_a_client_of_another_sector(
    oidc_provider: OidcProvider,
) -> None:
    plain, pairwise = (signed_in(oidc_provider, kind) for kind in ("basic", "pairwise"))
    assert plain.id_token is not None
    assert pairwise.id_token is not None
    assert plain.id_token.claims["sub"] == "alice"
    assert pairwise.id_token.claims["sub"] != "alice"


@both
def test_tokens_that_the_browser_brings_are_bound_to_their_id_token(
    call: Any, server: ow.AuthorizationServer, oidc_provider: OidcProvider
) -> None:
    with pytest.warns(errors.ImplicitGrantWarning):
        pending = ow.begin_login(
            server,
            client(oidc_provider, "implicit"),
            scope="openid profile",
            redirect_uri=CALLBACK,
            implicit=True,
        )
    session = call(pending, "finish", oidc_provider.sign_in(pending.url))
    assert session.id_token.claims["at_hash"]
    assert session.refresh_token is None
    assert call(session, "userinfo").claims["name"] == "Alice Ålund"


@pytest.mark.check(id="id-token/auth-time")
def test_a_fresh_sign_in_is_asked_for_and_shown(oidc_provider: OidcProvider) -> None:
    pending = ow.begin_login(
        ow.discover(oidc_provider.issuer),
        client(oidc_provider, "basic"),
        scope="openid",
        redirect_uri=CALLBACK,
        extra={
            "max_age": 60,
            "prompt": "login",
            "login_hint": "alice",
            "ui_locales": "nb",
            "claims": {"id_token": {"auth_time": {"essential": True}}},
        },
    )
    session = pending.finish(oidc_provider.sign_in(pending.url))
    assert session.id_token is not None
    assert session.id_token.claims["auth_time"] > 0
