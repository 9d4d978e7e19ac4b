"""The peer does what its users expect of it, tried by plain HTTP without our client."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from .provider import OidcProvider

pytestmark = pytest.mark.node

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
REDIRECT = "http://127.0.0.1:54321/callback"


def authorization_url(provider: OidcProvider, kind: str) -> str:
    query = {
        "client_id": provider.clients[kind]["client_id"],
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "openid offline_access profile events.read",
        "prompt": "consent",
        "state": "state",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    return f"{provider.issuer}/auth?{urlencode(query)}"


def post(provider: OidcProvider, path: str, kind: str, **form: str) -> httpx.Response:
    client = provider.clients[kind]
    auth = None
    if client["token_endpoint_auth_method"] == "client_secret_basic":
        auth = (quote_plus(client["client_id"]), quote_plus(client["client_secret"]))
    else:
        form |= {k: client[k] for k in ("client_id", "client_secret") if k in client}
    return httpx.post(provider.issuer + path, data=form, auth=auth, trust_env=False)


def tokens(provider: OidcProvider, kind: str) -> dict[str, Any]:
    redirect = provider.sign_in(authorization_url(provider, kind))
    answer = parse_qs(urlsplit(redirect).query)
    assert redirect.startswith(REDIRECT)
    assert answer["state"] == ["state"]
    response = post(
        provider,
        "/token",
        kind,
        grant_type="authorization_code",
        code=answer["code"][0],
        redirect_uri=REDIRECT,
        code_verifier=VERIFIER,
    )
    assert response.is_success, response.text
    found: dict[str, Any] = response.json()
    return found


def kid(token: str) -> str:
    header = json.loads(base64.urlsafe_b64decode(token[: token.index(".")] + "=="))
    found: str = header["kid"]
    return found


@pytest.mark.parametrize("kind", ["basic", "post", "public", "pairwise", "signed_userinfo"])
def test_every_client_signs_in_and_gets_a_refresh_token(
    oidc_provider: OidcProvider, kind: str
) -> None:
    assert {"access_token", "id_token", "refresh_token"} <= tokens(oidc_provider, kind).keys()


def test_a_person_can_refuse(oidc_provider: OidcProvider) -> None:
    redirect = oidc_provider.sign_in(authorization_url(oidc_provider, "basic"), approve=False)
    assert parse_qs(urlsplit(redirect).query)["error"] == ["access_denied"]


def test_refresh_tokens_rotate(oidc_provider: OidcProvider) -> None:
    first = tokens(oidc_provider, "post")["refresh_token"]
    again = {"grant_type": "refresh_token", "refresh_token": first}
    second = post(oidc_provider, "/token", "post", **again).json()["refresh_token"]
    assert second != first
    assert post(oidc_provider, "/token", "post", **again).json()["error"] == "invalid_grant"


def test_client_credentials_introspection_and_revocation(oidc_provider: OidcProvider) -> None:
    grant = {"grant_type": "client_credentials", "scope": "events.read"}
    token = post(oidc_provider, "/token", "basic", **grant).json()["access_token"]
    introspect = "/token/introspection"
    assert post(oidc_provider, introspect, "basic", token=token).json()["active"] is True
    assert post(oidc_provider, "/token/revocation", "basic", token=token).is_success
    assert post(oidc_provider, introspect, "basic", token=token).json() == {"active": False}


def test_userinfo_comes_plain_or_signed(oidc_provider: OidcProvider) -> None:
    for kind, media_type in [("basic", "application/json"), ("signed_userinfo", "application/jwt")]:
        bearer = {"authorization": f"Bearer {tokens(oidc_provider, kind)['access_token']}"}
        response = httpx.get(f"{oidc_provider.issuer}/me", headers=bearer, trust_env=False)
        assert response.headers["content-type"].startswith(media_type)


def test_a_device_is_signed_in_and_a_session_signed_out(oidc_provider: OidcProvider) -> None:
    device = post(oidc_provider, "/device/auth", "public", scope="openid").json()
    done = oidc_provider.sign_in(device["verification_uri_complete"])
    assert done.startswith(f"{oidc_provider.issuer}/device")
    grant = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": device["device_code"],
    }
    found = post(oidc_provider, "/token", "public", **grant).json()
    leaving = urlencode(
        {
            "id_token_hint": found["id_token"],
            "post_logout_redirect_uri": "http://127.0.0.1:54321/signed-out",
        }
    )
    assert oidc_provider.sign_in(f"{oidc_provider.issuer}/session/end?{leaving}") == (
        "http://127.0.0.1:54321/signed-out"
    )


def test_signing_keys_rotate(oidc_provider: OidcProvider) -> None:
    before = tokens(oidc_provider, "basic")
    kids = oidc_provider.rotate_keys(keep_old=True)
    assert kid(before["id_token"]) in kids
    assert kid(tokens(oidc_provider, "basic")["id_token"]) == kids[0]
    (only,) = oidc_provider.rotate_keys(keep_old=False)
    published = httpx.get(f"{oidc_provider.issuer}/jwks", trust_env=False).json()["keys"]
    assert [key["kid"] for key in published] == [only]
    # What was given before stays valid: only the keys changed.
    renewed = {"grant_type": "refresh_token", "refresh_token": before["refresh_token"]}
    assert kid(post(oidc_provider, "/token", "basic", **renewed).json()["id_token"]) == only
