"""PyPI's authlib drives the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from ...helpers.people import decide_on_device, sign_in, sign_out_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..conftest import Known

SCOPE = "openid phone offline_access events.read"
CALLBACK = "http://127.0.0.1:51235/callback"
SIGNED_OUT = "http://127.0.0.1:51235/signed-out"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

every_profile = pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
introspecting = pytest.mark.parametrize("profile", ["onewelcome", "playground"])


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def client_of(sandbox: Known) -> Iterator[Callable[..., OAuth2Session]]:
    clients: list[OAuth2Session] = []

    def client_of(client_id: str = "notebook", **options: Any) -> OAuth2Session:
        options = {"client_secret": sandbox.secret(client_id), **options}
        client = OAuth2Session(
            client_id,
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
            default_timeout=10,
            **options,
        )
        clients.append(client)
        return client

    yield client_of
    for client in clients:
        client.close()


def signed_in(sandbox: Known, client: OAuth2Session, scope: str = SCOPE) -> str:
    """Sign alice in through code + PKCE; the nonce that was asked for."""
    verifier, nonce = generate_token(48), generate_token(16)
    url, state = client.create_authorization_url(
        sandbox.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, scope=scope
    )
    client.fetch_token(
        sandbox.metadata["token_endpoint"],
        authorization_response=sign_in(url),
        code_verifier=verifier,
        state=state,
    )
    return nonce


def check_id_token(sandbox: Known, client: OAuth2Session, nonce: str | None) -> dict[str, Any]:
    keys = KeySet.import_key_set(httpx.get(sandbox.metadata["jwks_uri"], trust_env=False).json())
    token = jwt.decode(client.token["id_token"], keys, algorithms=["RS256"])
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={"iss": {"value": sandbox.issuer}, "aud": {"value": client.client_id}},
        params={"nonce": nonce, "access_token": client.token["access_token"]},
    )
    claims.validate()
    return token.claims


@pytest.mark.parametrize(
    ("profile", "method"),
    [
        ("wgtwo", "client_secret_basic"),
        ("onewelcome", "client_secret_basic"),
        ("onewelcome", "client_secret_post"),
        ("playground", "client_secret_basic"),
        ("playground", "client_secret_post"),
    ],
)
def test_a_person_signs_in_refreshes_and_leaves(
    sandbox: Known, client_of: Callable[..., OAuth2Session], method: str
) -> None:
    client_id = "notebook" if method == "client_secret_basic" else "dashboard"
    client = client_of(client_id, token_endpoint_auth_method=method)
    nonce = signed_in(sandbox, client)
    claims = check_id_token(sandbox, client, nonce)
    for ask in (client.get, client.post):
        assert ask(sandbox.metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    assert client.get(f"{sandbox.api}/events").status_code == 200

    before = client.token["access_token"]
    client.refresh_token(sandbox.metadata["token_endpoint"])
    assert client.token["access_token"] != before
    assert check_id_token(sandbox, client, None)["sub"] == claims["sub"]

    out = requests.Request(
        "GET",
        sandbox.metadata["end_session_endpoint"],
        params={
            "id_token_hint": client.token["id_token"],
            "post_logout_redirect_uri": SIGNED_OUT,
            "state": "x",
        },
    ).prepare()
    assert sign_out_at(out.url or "") == f"{SIGNED_OUT}?state=x"
    access_token = client.token["access_token"]
    revoked = client.revoke_token(
        sandbox.metadata["revocation_endpoint"], token_type_hint="access_token"
    )
    assert revoked.status_code == 200
    assert sandbox.status(access_token) == 401


@every_profile
def test_a_program_gets_a_token_of_its_own(
    sandbox: Known, client_of: Callable[..., OAuth2Session]
) -> None:
    client = client_of()
    token = client.fetch_token(
        sandbox.metadata["token_endpoint"], grant_type="client_credentials", scope="cells.read"
    )
    assert "refresh_token" not in token
    assert sandbox.status(token["access_token"], "cells") == 200
    assert sandbox.status(token["access_token"], "events") == 403


@every_profile
def test_the_token_is_renewed_when_it_is_used_too_late(
    sandbox: Known, client_of: Callable[..., OAuth2Session]
) -> None:
    client = client_of(token_endpoint=sandbox.metadata["token_endpoint"])
    signed_in(sandbox, client)
    before = client.token["access_token"]
    client.token["expires_at"] = 1
    assert client.get(f"{sandbox.api}/events").status_code == 200
    assert client.token["access_token"] != before


@introspecting
def test_a_token_is_looked_into(sandbox: Known, client_of: Callable[..., OAuth2Session]) -> None:
    client = client_of()
    signed_in(sandbox, client)
    where = sandbox.metadata["introspection_endpoint"]
    token = client.token["access_token"]
    told = client.introspect_token(where, token=token).json()
    assert told["active"] is True
    assert told["client_id"] == "notebook"
    assert set(SCOPE.split()) <= set(told["scope"].split())
    client.revoke_token(sandbox.metadata["revocation_endpoint"], token=token)
    assert client.introspect_token(where, token=token).json() == {"active": False}


@pytest.mark.parametrize("profile", ["playground"])
def test_a_device_is_connected(sandbox: Known, client_of: Callable[..., OAuth2Session]) -> None:
    client = client_of("terminal", client_secret=None, token_endpoint_auth_method="none")
    asked = client.post(
        sandbox.metadata["device_authorization_endpoint"],
        data={"client_id": "terminal", "scope": SCOPE},
        withhold_token=True,
    ).json()
    connected = decide_on_device(f"{asked['verification_uri']}?user_code={asked['user_code']}")
    assert connected == "Your device is connected"
    client.fetch_token(
        sandbox.metadata["token_endpoint"],
        grant_type=DEVICE_GRANT,
        device_code=asked["device_code"],
    )
    assert check_id_token(sandbox, client, None)["sub"]
