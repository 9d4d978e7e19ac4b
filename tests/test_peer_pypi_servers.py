"""The engine against servers that we did not write: made with PyPI's Authlib and oauthlib."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .helpers.people import LOOPBACK
from .helpers.twins import both
from .peers.authlib_server import AuthlibServer
from .peers.oauthlib_server import OauthlibServer
from .peers.pypi_server import METHODS, REDIRECT_URI, SECRETS, SIGNED_OUT_URI, PyPIServer

BASIC, POST, PUBLIC = METHODS
SCOPE = "openid profile events.read"
Clients = dict[str, ow.ClientMetadata]
every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(scope="module", params=[AuthlibServer, OauthlibServer])
def peer(request: pytest.FixtureRequest) -> Iterator[PyPIServer]:
    server: PyPIServer = request.param()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(peer: PyPIServer) -> ow.AuthorizationServer:
    return ow.discover(peer.issuer)


@pytest.fixture(scope="module")
def clients(peer: PyPIServer) -> Clients:
    """The registered clients, by the way in which each authenticates."""
    return {
        method: ow.ClientMetadata(
            client_id=name,
            client_secret=secret,
            redirect_uris=[REDIRECT_URI],
            token_endpoint_auth_method=method,
            id_token_signed_response_alg=peer.key.alg,
        )
        for (name, secret), method in zip(SECRETS.items(), METHODS, strict=True)
    }


def visited(url: str) -> str:
    """Return the address that the server sends a person's browser to from `url`."""
    response = httpx.get(url, trust_env=False, verify=LOOPBACK)
    assert response.status_code == 302, response.text
    return response.headers["location"]


def signed_in(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata, scope: str = SCOPE
) -> ow.Session:
    pending = ow.begin_login(server, client, scope=scope)
    session: ow.Session = call(pending, "finish", visited(pending.url))
    return session


@both
def test_a_person_signs_in_without_openid(
    call: Any, server: ow.AuthorizationServer, clients: Clients
) -> None:
    session = signed_in(call, server, clients[BASIC], "events.read")
    assert session.scope == ow.Scope("events.read")
    assert session.id_token is None


@both
@every_method
@pytest.mark.check(id="client-auth/basic")
def test_every_kind_of_client_signs_a_person_in(
    call: Any, method: str, server: ow.AuthorizationServer, clients: Clients
) -> None:
    session = signed_in(call, server, clients[method])
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")
    assert session.scope == ow.Scope(SCOPE)
    assert call(session, "userinfo").claims == {"sub": "alice", "name": "Alice Ålund"}


@both
def test_a_code_is_taken_once(call: Any, server: ow.AuthorizationServer, clients: Clients) -> None:
    pending = ow.begin_login(server, clients[BASIC], scope="events.read")
    back = visited(pending.url)
    call(pending, "finish", back)
    with pytest.raises(errors.StateMismatch):
        call(pending, "finish", back)


def test_a_refusal_is_access_denied(
    peer: PyPIServer, server: ow.AuthorizationServer, clients: Clients
) -> None:
    pending = ow.begin_login(server, clients[PUBLIC], scope=SCOPE)
    peer.refuse()
    with pytest.raises(errors.AccessDenied):
        pending.finish(visited(pending.url))


@both
@every_method
@pytest.mark.check(id="refresh/rotation")
def test_refresh_tokens_rotate(
    call: Any, method: str, server: ow.AuthorizationServer, clients: Clients
) -> None:
    session = signed_in(call, server, clients[method])
    before = session.refresh_token, session.access_token
    for _ in range(2):
        call(session, "refresh")
    assert session.refresh_token not in {None, before[0]}
    assert session.access_token != before[1]
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")


@both
def test_a_client_signs_in_without_a_person(
    call: Any, server: ow.AuthorizationServer, clients: Clients
) -> None:
    client = clients[BASIC]
    session = call(ow, "client_credentials", server, client, scope="events.read")
    assert session.scope == ow.Scope("events.read")
    answer = call(ow, "introspect", server, client, session.access_token)
    assert answer.active
    assert answer.claims["client_id"] == client.client_id


@pytest.mark.check(id="device/polling")
def test_every_kind_of_client_signs_in_a_person_on_another_device(
    peer: PyPIServer, server: ow.AuthorizationServer, clients: Clients
) -> None:
    async def decided(client: ow.ClientMetadata, *, agrees: bool) -> ow.Session:
        device = await ow.adevice_login(server, client, scope=peer.device_scope)
        assert device.verification_uri == f"{server.issuer}/device"
        peer.decide(device.user_code, agrees=agrees)
        return await device.afinish()

    async def all_at_once() -> list[ow.Session | BaseException]:
        # No request is made within a second of the one before (RFC 8628 3.2): wait once for all.
        runs = [decided(clients[method], agrees=method != POST) for method in METHODS]
        return await asyncio.gather(*runs, return_exceptions=True)

    basic, refused, public = asyncio.run(all_at_once())
    for session in (basic, public):
        assert isinstance(session, ow.Session), session
        assert session.scope == ow.Scope(peer.device_scope)
        if "openid" in session.scope:
            assert session.id_token is not None
            assert session.id_token.claims["sub"] == "alice"
    assert isinstance(refused, errors.AccessDenied)


@both
def test_a_resource_server_asks_about_a_token(
    call: Any, server: ow.AuthorizationServer, clients: Clients
) -> None:
    session = signed_in(call, server, clients[PUBLIC], "events.read")
    token = session.access_token.reveal()
    found = call(ow, "introspect", server, clients[POST], token)
    assert found.active
    assert (found.claims["client_id"], found.claims["scope"]) == ("public", "events.read")
    call(session, "revoke")
    assert not call(ow, "introspect", server, clients[POST], token).active


@both
@every_method
def test_signing_out_ends_here_and_at_the_server(
    call: Any, method: str, server: ow.AuthorizationServer, clients: Clients
) -> None:
    session = signed_in(call, server, clients[method])
    token = session.access_token.reveal()
    done = call(session, "logout", post_logout_redirect_uri=SIGNED_OUT_URI)
    assert done.confirmed
    assert done.request is not None
    back = visited(done.request.url.reveal())
    assert back.startswith(f"{SIGNED_OUT_URI}?")
    done.check(back)
    assert not call(ow, "introspect", server, clients[BASIC], token).active


@pytest.mark.parametrize("scope", ["everything", "openid everything"])
def test_a_scope_that_the_server_does_not_know_is_refused(
    scope: str, server: ow.AuthorizationServer, clients: Clients
) -> None:
    pending = ow.begin_login(server, clients[PUBLIC], scope=scope)
    with pytest.raises(errors.InvalidScope):
        pending.finish(visited(pending.url))
    with pytest.raises(errors.InvalidScope):
        ow.client_credentials(server, clients[BASIC], scope=scope)


@pytest.mark.parametrize("method", [BASIC, POST])
def test_a_wrong_secret_is_refused(
    method: str, server: ow.AuthorizationServer, clients: Clients
) -> None:
    wrong = replace(clients[method], client_secret="wr0ng-s3cret")
    pending = ow.begin_login(server, wrong, scope=SCOPE)
    with pytest.raises(errors.InvalidClient) as caught:
        pending.finish(visited(pending.url))
    assert "wr0ng-s3cret" not in str(caught.value)
    with pytest.raises(errors.InvalidClient) as caught:
        ow.client_credentials(server, wrong, scope="events.read")
    assert "wr0ng-s3cret" not in str(caught.value)
