"""The engine against a plain OAuth 2.0 server that we did not write: PyPI's oauthlib."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .helpers.twins import both
from .peers.oauthlib_server import CLIENT_ID, REDIRECT_URI, SECRET, OauthlibServer

CLIENT = ow.ClientMetadata(client_id=CLIENT_ID, client_secret=SECRET, redirect_uris=[REDIRECT_URI])


@pytest.fixture(scope="module")
def peer() -> Iterator[OauthlibServer]:
    server = OauthlibServer()
    yield server
    server.stop()


@pytest.fixture
def server(peer: OauthlibServer) -> ow.AuthorizationServer:
    return ow.discover(peer.issuer)


def signed_in(call: Any, server: ow.AuthorizationServer) -> ow.Session:
    pending = ow.begin_login(server, CLIENT, scope="events.read")
    response = httpx.get(pending.url, trust_env=False)
    assert response.status_code == 302, response.text
    session: ow.Session = call(pending, "finish", response.headers["location"])
    return session


@both
def test_a_person_signs_in_by_a_code(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    assert session.scope == ow.Scope("events.read")
    assert session.id_token is None


@both
def test_a_code_is_taken_once(call: Any, server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, CLIENT, scope="events.read")
    back = httpx.get(pending.url, trust_env=False).headers["location"]
    call(pending, "finish", back)
    with pytest.raises(errors.StateMismatch):
        call(pending, "finish", back)


@both
@pytest.mark.check(id="refresh/rotation")
def test_refresh_tokens_rotate(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    before = session.refresh_token, session.access_token
    call(session, "refresh")
    assert session.refresh_token not in {None, before[0]}
    assert session.access_token != before[1]


@both
def test_a_client_signs_in_without_a_person(call: Any, server: ow.AuthorizationServer) -> None:
    session = call(ow, "client_credentials", server, CLIENT, scope="events.read")
    assert session.scope == ow.Scope("events.read")


@both
def test_a_resource_server_asks_about_a_token(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    token = session.access_token.reveal()
    found = call(ow, "introspect", server, CLIENT, token)
    assert found.active
    assert (found.claims["client_id"], found.claims["scope"]) == (CLIENT_ID, "events.read")
    call(session, "revoke")
    assert not call(ow, "introspect", server, CLIENT, token).active


@both
def test_signing_out_revokes_both_tokens(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    assert call(session, "logout").confirmed


def test_a_scope_that_the_server_does_not_know_is_refused(server: ow.AuthorizationServer) -> None:
    with pytest.raises(errors.InvalidScope):
        ow.client_credentials(server, CLIENT, scope="everything")


def test_a_wrong_secret_is_refused(server: ow.AuthorizationServer) -> None:
    wrong = ow.ClientMetadata(client_id=CLIENT_ID, client_secret="another")
    with pytest.raises(errors.InvalidClient) as caught:
        ow.client_credentials(server, wrong, scope="events.read")
    assert "another" not in str(caught.value).replace("use another", "")
