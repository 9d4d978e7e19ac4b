"""The OpenID Foundation's relying-party tests in which the sign-in must be completed."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.twins import both
from tests.protocol.builders import CLIENT, CLIENT_SECRET, GONE, SUBJECT
from tests.protocol.keys import rsa_key

from .client import SCOPE, assert_refused, begin, either, follow, login
from .server import CLAIMS, CLIENT_ID, Changes, Server, query_of, running

SIGNED_OUT = "http://127.0.0.1:8400/signed-out"


def assert_usable(call: Any, session: ow.Session) -> None:
    assert session.id_token is not None
    assert session.id_token.claims["sub"] == SUBJECT
    assert call(session, "userinfo").claims["sub"] == SUBJECT


def assert_completed(call: Any, *, implicit: bool = False, **behaviour: Any) -> ow.Session:
    """Sign in at a server that behaves so, and use the session."""
    with running(**behaviour) as server:
        session = login(call, server, implicit=implicit)
        assert_usable(call, session)
    return session


# the basic and the configuration profile


@both
@either
def test_oidcc_client_test(call: Any, implicit: bool) -> None:
    session = assert_completed(call, implicit=implicit)
    assert session.scope == session.requested_scope == ow.Scope(SCOPE)


@both
@either
@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"kid": GONE}, id="kid-absent-single-jwks"),
        pytest.param({"alg": "RS256"}, id="idtoken-sig-rs256"),
    ],
)
def test_oidcc_client_test_signed(call: Any, implicit: bool, header: Changes) -> None:
    assert_completed(call, implicit=implicit, header=header)


@both
@either
def test_oidcc_client_test_nonce_unless_code_flow(call: Any, implicit: bool) -> None:
    with running() as server:
        session = login(call, server, implicit=implicit)
        (asked,) = server.asked("/authorize")
    # our own code requests have one too
    assert len(query_of(asked.target)["nonce"]) >= 43
    assert session.id_token is not None
    assert session.id_token.claims["nonce"] == query_of(asked.target)["nonce"]


@both
def test_oidcc_client_test_scope_userinfo_claims(call: Any) -> None:
    with running() as server:
        claims = call(login(call, server), "userinfo").claims
        (asked,) = server.asked("/authorize")
    assert query_of(asked.target)["scope"] == SCOPE
    assert claims == {"sub": SUBJECT, **CLAIMS}


@both
def test_oidcc_client_test_client_secret_basic(call: Any) -> None:
    with running() as server:
        login(call, server)
        (sent,) = server.asked("/token")
    pair = b64decode(sent.headers["authorization"].removeprefix("Basic "))
    assert pair.decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
    assert {"client_id", "client_secret"}.isdisjoint(sent.form)


@both
def test_oidcc_client_test_userinfo_bearer_header(call: Any) -> None:
    with running() as server:
        session = login(call, server)
        call(session, "userinfo")
        (sent,) = server.asked("/userinfo")
    assert sent.headers["authorization"] == f"Bearer {session.access_token.reveal()}"
    assert (sent.method, sent.target, sent.body) == ("GET", "/userinfo", b"")


@both
def test_oidcc_client_test_discovery_openid_config(call: Any) -> None:
    with running() as server:
        found = call(ow, "discover", server.origin)
    assert [sent.target for sent in server.asked()] == ["/.well-known/openid-configuration"]
    assert found.token_endpoint == f"{server.origin}/token"
    assert found.authorization_response_iss_parameter_supported


@both
def test_oidcc_client_test_discovery_jwks_uri_keys(call: Any) -> None:
    other = rsa_key("other")
    with running(keys=[rsa_key("one"), other]) as server:
        assert_usable(call, login(call, server))
        assert len(server.asked("/jwks")) == 1


@both
def test_oidcc_client_test_signing_key_rotation(call: Any) -> None:
    with running() as server:
        assert_usable(call, login(call, server))
        server.behaviour.keys = [rsa_key("two")]
        assert_usable(call, login(call, server))
        assert len(server.asked("/jwks")) == 2


@both
def test_oidcc_client_test_signing_key_rotation_just_before_signing(call: Any) -> None:
    def rotate(server: Server) -> None:
        server.behaviour.keys = [rsa_key("two"), *server.behaviour.keys]

    with running() as server:
        pending = begin(call, server)
        assert_usable(call, login(call, server))
        back = follow(pending.url)
        server.behaviour.before_signing = rotate
        assert_usable(call, call(pending, "finish", back))
        assert len(server.asked("/jwks")) == 2


@both
def test_oidcc_client_test_refresh_token(call: Any) -> None:
    with running(renewed={"nonce": GONE}) as server:
        session = login(call, server)
        before = session.access_token, session.refresh_token
        call(session, "refresh")
        assert (session.access_token, session.refresh_token) != before
        assert_usable(call, session)
        call(session, "refresh")
        assert [sent.form["grant_type"] for sent in server.asked("/token")] == [
            "authorization_code",
            "refresh_token",
            "refresh_token",
        ]


# sign-out begun by the client


def sign_out(call: Any, **behaviour: Any) -> tuple[Any, str]:
    """Sign in and out at a server that behaves like this; return both outcomes."""
    with running(**behaviour) as server:
        session = login(call, server)
        assert session.id_token is not None
        hint = session.id_token.raw.reveal()
        done = call(session, "logout", post_logout_redirect_uri=SIGNED_OUT)
        with pytest.raises(errors.NotSignedIn):
            call(session, "userinfo")
        back = follow(done.request.url.reveal())
        (sent,) = server.asked("/logout")
    assert query_of(sent.target)["id_token_hint"] == hint
    assert query_of(sent.target)["client_id"] == CLIENT_ID
    assert done.confirmed
    return done, back


@both
def test_oidcc_client_test_rp_init_logout(call: Any) -> None:
    done, back = sign_out(call)
    assert back.startswith(f"{SIGNED_OUT}?state=")
    done.check(back)


@both
@pytest.mark.parametrize(
    "state", [pytest.param("another's", id="other-state"), pytest.param(GONE, id="no-state")]
)
def test_oidcc_client_test_rp_init_logout_refused(call: Any, state: Any) -> None:
    done, back = sign_out(call, signed_out={"state": state})
    with pytest.raises(errors.StateMismatch, match="signed out here"):
        done.check(back)


# accepted in the FAPI client plans


@both
@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param({}, id="happy-path"),
        pytest.param({"claims": {"aud": [CLIENT_ID]}}, id="valid-aud-as-array"),
        pytest.param({"token": {"token_type": "bEARER"}}, id="token-type-case-insensitivity"),
    ],
)
def test_fapi2_security_profile_final_client_test(call: Any, behaviour: dict[str, Any]) -> None:
    assert_completed(call, **behaviour)


@both
def test_fapi2_security_profile_final_client_test_token_endpoint_response_without_expires_in(
    call: Any,
) -> None:
    assert assert_completed(call, token={"expires_in": GONE}).expires_at is None


@both
def test_fapi1_advanced_final_client_test_no_scope_in_token_endpoint_response(call: Any) -> None:
    assert assert_completed(call, token={"scope": GONE}).scope == ow.Scope(SCOPE)


# what the two lists are worth


def test_the_server_refuses_what_a_good_server_refuses() -> None:
    """A server that took anything would prove nothing about the client."""
    wrong = ow.ClientMetadata(
        client_id=CLIENT_ID, client_secret="a wrong one", redirect_uris=CLIENT.redirect_uris
    )
    with running() as server:
        pending = ow.begin_login(ow.discover(server.origin), wrong, scope=SCOPE)
        with pytest.raises(errors.InvalidClient):
            pending.finish(follow(pending.url))
        pending = ow.begin_login(ow.discover(server.origin), CLIENT, scope=SCOPE)
        back = follow(pending.url)
        other = replace(pending.request, code_verifier=ow.Secret("x" * 43))
        pending.request = other
        with pytest.raises(errors.InvalidGrant):
            pending.finish(back)


def test_the_helper_that_expects_a_refusal_notices_when_there_is_none() -> None:
    def blocking(owner: Any, name: str, *args: Any) -> Any:
        return getattr(owner, name)(*args)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        assert_refused(blocking, errors.WrongIssuer)
