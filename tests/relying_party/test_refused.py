"""The OpenID Foundation's relying-party tests in which the client must refuse the answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.twins import both
from tests.protocol.builders import CLIENT, CLIENT_SECRET, GONE, REDIRECT_URI, refuses
from tests.protocol.keys import SigningKey, ec_key, encoded, rsa_key

from .client import ES256_CLIENT, SCOPE, assert_refused, begin, either, follow, login
from .server import CLIENT_ID, Changes, running, signed

ELSEWHERE = "https://elsewhere.example"


# ways to sign wrongly


def damaged(key: SigningKey, claims: Changes, header: Changes) -> str:
    """Sign well, then change a bit in the middle of the signature."""
    start, _, signature = signed(key, claims, header).rpartition(".")
    raw = bytearray(urlsafe_b64decode(signature + "=="))
    raw[len(raw) // 2] ^= 1
    return f"{start}.{encoded(bytes(raw))}"


def by_almost_the_same_issuer(key: SigningKey, claims: Changes, header: Changes) -> str:
    return signed(key, {**claims, "iss": f"{claims['iss']}/"}, header)


def unsigned(_: SigningKey, claims: Changes, __: Changes) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def by_secret(secret: bytes) -> Callable[[SigningKey, Changes, Changes], str]:
    """Sign by HS256, which anyone who knows `secret` can."""

    def sign(key: SigningKey, claims: Changes, _: Changes) -> str:
        start = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
        return f"{start}.{encoded(hmac.digest(secret, start.encode(), hashlib.sha256))}"

    return sign


# the ID token


ID_TOKENS: dict[str, tuple[type[errors.OAuthError], dict[str, Any]]] = {
    "invalid-iss": (errors.WrongIssuer, {"claims": {"iss": ELSEWHERE}}),
    "invalid-aud": (errors.WrongAudience, {"claims": {"aud": "another-client"}}),
    "missing-aud": (errors.WrongAudience, {"claims": {"aud": GONE}}),
    "missing-sub": (errors.InvalidIDToken, {"claims": {"sub": GONE}}),
    "missing-iat": (errors.InvalidIDToken, {"claims": {"iat": GONE}}),
    "kid-absent-multiple-jwks": (
        errors.UntrustedSignature,
        {"header": {"kid": GONE}, "keys": [rsa_key("one"), rsa_key("two")]},
    ),
    "idtoken-sig-none": (errors.UntrustedSignature, {"signed": unsigned}),
    "invalid-sig-rs256": (errors.UntrustedSignature, {"signed": damaged}),
    "nonce-invalid": (errors.WrongNonce, {"claims": {"nonce": "another's"}}),
    "invalid-athash": (
        errors.InvalidIDToken,
        {"claims": {"at_hash": encoded(b"another token's.")}},
    ),
}


@both
@either
@pytest.mark.parametrize("name", ID_TOKENS)
def test_oidcc_client_test(call: Any, implicit: bool, name: str) -> None:
    error, behaviour = ID_TOKENS[name]
    assert_refused(call, error, implicit=implicit, **behaviour)


@both
def test_oidcc_client_test_invalid_sig_es256(call: Any) -> None:
    with running(keys=[ec_key()]) as server:
        assert login(call, server, client=ES256_CLIENT).id_token is not None
    curve = {"client": ES256_CLIENT, "keys": [ec_key()]}
    assert_refused(call, errors.UntrustedSignature, signed=damaged, **curve)


@both
@pytest.mark.parametrize(
    "secret",
    [b"a wrong secret", CLIENT_SECRET.encode(), json.dumps(rsa_key("one").jwk()).encode()],
    ids=["wrong", "the client's", "the public key"],
)
def test_oidcc_client_test_invalid_sig_hs256(call: Any, secret: bytes) -> None:
    assert_refused(call, errors.UntrustedSignature, signed=by_secret(secret))
    with pytest.raises(errors.ConfigurationError, match="that algorithm are not accepted"):
        ow.ClientMetadata(client_id=CLIENT_ID, id_token_signed_response_alg="HS256")


@both
def test_oidcc_client_test_missing_athash(call: Any) -> None:
    with running() as server:
        assert login(call, server, implicit=True).id_token is not None
    assert_refused(call, errors.InvalidIDToken, implicit=True, claims={"at_hash": GONE})


# other answers


@both
def test_oidcc_client_test_userinfo_invalid_sub(call: Any) -> None:
    with running(userinfo={"sub": "person-8"}) as server:
        session = login(call, server)
        with refuses(errors.WrongSubject):
            call(session, "userinfo")


@both
def test_oidcc_client_test_discovery_issuer_mismatch(call: Any) -> None:
    with running(metadata={"issuer": ELSEWHERE}) as server, refuses(errors.InvalidMetadata):
        begin(call, server)
    assert len(server.asked()) == 1


@both
def test_oidcc_client_test_form_post_error(call: Any) -> None:
    """An answer by form_post is not offered: it cannot be asked for, and unasked it is none."""
    form = {"error": "access_denied", "error_description": "by form_post"}
    with running() as server:
        pending = begin(call, server)
        with refuses(errors.ConfigurationError):
            extra = {"response_mode": "form_post"}
            ow.begin_login(pending.request.server, CLIENT, scope=SCOPE, extra=extra)
        form["state"] = pending.request.state
        posted = httpx.Request("POST", REDIRECT_URI, data=form)
        # after a form was posted there, the address has nothing in it
        with refuses(errors.StateMismatch):
            call(pending, "finish", str(posted.url))
        with refuses(errors.StateMismatch):
            call(pending, "finish", f"{REDIRECT_URI}#{urlencode(form)}")
        assert not pending.used
        assert call(pending, "finish", follow(pending.url)).id_token is not None


# the renewal


@both
@pytest.mark.parametrize(
    ("error", "renewed"),
    [
        pytest.param(errors.WrongIssuer, {"iss": ELSEWHERE}, id="invalid-issuer"),
        pytest.param(errors.WrongSubject, {"sub": "person-8"}, id="invalid-sub"),
    ],
)
def test_oidcc_client_test_refresh_token(
    call: Any, error: type[errors.OAuthError], renewed: Changes
) -> None:
    with running(renewed=renewed) as server:
        session = login(call, server)
        before = session.access_token, session.refresh_token, session.id_token
        with refuses(error):
            call(session, "refresh")
        assert (session.access_token, session.refresh_token, session.id_token) == before
        assert call(session, "userinfo").claims["sub"]


# refused in the FAPI client plans


BOTH = [CLIENT_ID, "another-client"]
FAPI: dict[str, tuple[type[errors.OAuthError], dict[str, Any]]] = {
    "ensure-authorization-response-with-invalid-state-fails": (
        errors.StateMismatch,
        {"answer": {"state": "another's"}},
    ),
    "ensure-authorization-response-with-invalid-missing-state-fails": (
        errors.StateMismatch,
        {"answer": {"state": GONE}},
    ),
    "invalid-authorization-response-iss": (errors.IssuerMismatch, {"answer": {"iss": ELSEWHERE}}),
    "remove-authorization-response-iss": (errors.IssuerMismatch, {"answer": {"iss": GONE}}),
    "invalid-iss": (errors.WrongIssuer, {"signed": by_almost_the_same_issuer}),
    "invalid-missing-iss": (errors.InvalidIDToken, {"claims": {"iss": GONE}}),
    "invalid-aud": (errors.WrongAudience, {"claims": {"aud": f"{CLIENT_ID}2"}}),
    "invalid-missing-aud": (errors.WrongAudience, {"claims": {"aud": []}}),
    "invalid-secondary-aud, without azp": (errors.WrongAudience, {"claims": {"aud": BOTH}}),
    "invalid-secondary-aud": (errors.WrongAudience, {"claims": {"aud": BOTH, "azp": CLIENT_ID}}),
    "invalid-null-alg": (
        errors.UntrustedSignature,
        {"header": {"alg": "none"}, "signed": unsigned},
    ),
    # A good signature by a published key, but not by the algorithm that was registered.
    "invalid-alternate-alg": (
        errors.UntrustedSignature,
        {"client": ES256_CLIENT, "keys": [rsa_key("one"), ec_key()]},
    ),
    "invalid-missing-exp": (errors.InvalidIDToken, {"claims": {"exp": GONE}}),
    "invalid-nonce": (errors.WrongNonce, {"claims": {"nonce": ""}}),
    "invalid-missing-nonce": (errors.WrongNonce, {"claims": {"nonce": GONE}}),
}


@both
@pytest.mark.parametrize("name", FAPI)
def test_fapi2_security_profile_final_client_test(call: Any, name: str) -> None:
    error, behaviour = FAPI[name]
    assert_refused(call, error, **behaviour)


@both
def test_fapi2_security_profile_final_client_test_discovery_issuer_mismatch(call: Any) -> None:
    with running(metadata={"issuer": f"{ELSEWHERE}/"}) as server, refuses(errors.InvalidMetadata):
        begin(call, server)


@both
def test_fapi2_security_profile_final_client_test_invalid_expired_exp(call: Any) -> None:
    assert_refused(call, errors.ExpiredIDToken, claims={"exp": time.time() - 60})
