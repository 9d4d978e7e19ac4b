"""PyPI's requests-oauthlib drives the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc8628.clients.device import DeviceClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from ...helpers.people import decide_on_device, sign_in, sign_out_at

if TYPE_CHECKING:
    from ..conftest import Known

SCOPE = ["openid", "phone", "offline_access", "events.read"]
CALLBACK = "http://127.0.0.1:51236/callback"
SIGNED_OUT = "http://127.0.0.1:51236/signed-out"

every_profile = pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
introspecting = pytest.mark.parametrize("profile", ["onewelcome", "playground"])


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    # Default scopes may come on top of what was asked for (O6).
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def signed_in(sandbox: Known, **options: Any) -> OAuth2Session:
    """Sign alice in through code + PKCE."""
    session = OAuth2Session("notebook", scope=SCOPE, redirect_uri=CALLBACK, pkce="S256", **options)
    url, _ = session.authorization_url(sandbox.metadata["authorization_endpoint"], nonce="once")
    session.fetch_token(
        sandbox.metadata["token_endpoint"],
        authorization_response=sign_in(url),
        auth=HTTPBasicAuth("notebook", sandbox.secret("notebook")),
    )
    return session


def post(sandbox: Known, endpoint: str, **form: str) -> requests.Response:
    auth = HTTPBasicAuth("notebook", sandbox.secret("notebook"))
    return requests.post(sandbox.metadata[endpoint], data=form, auth=auth, timeout=10)


@every_profile
def test_a_person_signs_in_refreshes_and_leaves(sandbox: Known) -> None:
    with signed_in(sandbox) as session:
        assert session.token["id_token"]
        for ask in (session.get, session.post):
            assert ask(sandbox.metadata["userinfo_endpoint"]).json()["phone_number"]
        assert session.get(f"{sandbox.api}/events").status_code == 200

        before = session.token
        auth = HTTPBasicAuth("notebook", sandbox.secret("notebook"))
        after = session.refresh_token(sandbox.metadata["token_endpoint"], auth=auth)
        assert after["access_token"] != before["access_token"]
        assert after["refresh_token"] != before["refresh_token"]

        asked = requests.Request(
            "GET",
            sandbox.metadata["end_session_endpoint"],
            params={"id_token_hint": after["id_token"], "post_logout_redirect_uri": SIGNED_OUT},
        ).prepare()
        assert sign_out_at(asked.url or "") == SIGNED_OUT
        # oauthlib makes the request and leaves the sending to us.
        url, headers, body = session._client.prepare_token_revocation_request(  # noqa: SLF001
            sandbox.metadata["revocation_endpoint"], after["refresh_token"], "refresh_token"
        )
        revoked = requests.post(url, data=body, headers=headers, auth=auth, timeout=10)
        assert revoked.status_code == 200
        assert sandbox.status(after["access_token"]) == 401


@every_profile
def test_the_token_is_renewed_when_it_is_used_too_late(sandbox: Known) -> None:
    secret = sandbox.secret("notebook")
    renewed: list[dict[str, Any]] = []
    with signed_in(
        sandbox,
        auto_refresh_url=sandbox.metadata["token_endpoint"],
        token_updater=renewed.append,
    ) as session:
        session.token = {**session.token, "expires_in": -1, "expires_at": 1}
        answer = session.get(f"{sandbox.api}/events", client_id="notebook", client_secret=secret)
        assert answer.status_code == 200
        assert len(renewed) == 1


@every_profile
def test_a_program_gets_a_token_of_its_own(sandbox: Known) -> None:
    client = BackendApplicationClient("notebook", scope=["cells.read"])
    with OAuth2Session(client=client) as session:
        token = session.fetch_token(
            sandbox.metadata["token_endpoint"],
            auth=HTTPBasicAuth("notebook", sandbox.secret("notebook")),
        )
        assert "refresh_token" not in token
        assert session.get(f"{sandbox.api}/cells").status_code == 200
        assert session.get(f"{sandbox.api}/events").status_code == 403


@introspecting
def test_a_token_is_looked_into(sandbox: Known) -> None:
    with signed_in(sandbox) as session:
        token = session.access_token
    assert post(sandbox, "introspection_endpoint", token=token).json()["active"] is True
    assert post(sandbox, "revocation_endpoint", token=token).status_code == 200
    assert post(sandbox, "introspection_endpoint", token=token).json() == {"active": False}


@pytest.mark.parametrize("profile", ["playground"])
def test_a_device_is_connected(sandbox: Known) -> None:
    client = DeviceClient("terminal", scope=SCOPE)
    asked = requests.post(
        sandbox.metadata["device_authorization_endpoint"],
        data={"client_id": "terminal", "scope": " ".join(SCOPE)},
        timeout=10,
    ).json()
    connected = decide_on_device(f"{asked['verification_uri']}?user_code={asked['user_code']}")
    assert connected == "Your device is connected"
    with OAuth2Session(client=client) as session:
        session.fetch_token(
            sandbox.metadata["token_endpoint"],
            device_code=asked["device_code"],
            include_client_id=True,
        )
        assert session.get(f"{sandbox.api}/events").status_code == 200
