"""The engine against a server that we did not write: PyPI's oauthlib, with and without OpenID."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .helpers.people import LOOPBACK
from .helpers.twins import both
from .peers.oauthlib_server import METHODS, REDIRECT_URI, SECRETS, SIGNED_OUT_URI, OauthlibServer

CLIENTS = {
    method: ow.ClientMetadata(
        client_id=name,
        client_secret=secret,
        redirect_uris=[REDIRECT_URI],
        token_endpoint_auth_method=method,
        id_token_signed_response_alg="ES256",
    )
    for (name, secret), method in zip(SECRETS.items(), METHODS, strict=True)
}
CONFIDENTIAL, POSTING, PUBLIC = CLIENTS.values()
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=METHODS)


@pytest.fixture(scope="module")
def peer() -> Iterator[OauthlibServer]:
    server = OauthlibServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(peer: OauthlibServer) -> ow.AuthorizationServer:
    return ow.discover(peer.issuer)


def visited(url: str) -> str:
    """Return the address that the server sends a person's browser to from `url`."""
    response = httpx.get(url, trust_env=False, verify=LOOPBACK)
    assert response.status_code == 302, response.text
    return response.headers["location"]


def signed_in(
    call: Any,
    server: ow.AuthorizationServer,
    client: ow.ClientMetadata = CONFIDENTIAL,
    scope: str = "events.read",
) -> ow.Session:
    pending = ow.begin_login(server, client, scope=scope)
    session: ow.Session = call(pending, "finish", visited(pending.url))
    return session


@both
def test_a_person_signs_in_by_a_code(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    assert session.scope == ow.Scope("events.read")
    assert session.id_token is None


@both
@every_client
@pytest.mark.check(id="client-auth/basic")
def test_every_kind_of_client_signs_a_person_in(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata
) -> None:
    session = signed_in(call, server, client, "openid events.read")
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")
    assert session.scope == ow.Scope("openid events.read")
    assert call(session, "userinfo").claims == {"sub": "alice", "name": "Alice Ålund"}


@both
def test_a_code_is_taken_once(call: Any, server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, CONFIDENTIAL, scope="events.read")
    back = visited(pending.url)
    call(pending, "finish", back)
    with pytest.raises(errors.StateMismatch):
        call(pending, "finish", back)


def test_a_refusal_is_access_denied(peer: OauthlibServer, server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, PUBLIC, scope="events.read")
    peer.refuse()
    with pytest.raises(errors.AccessDenied):
        pending.finish(visited(pending.url))


@both
@every_client
@pytest.mark.check(id="refresh/rotation")
def test_refresh_tokens_rotate(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata
) -> None:
    session = signed_in(call, server, client, "openid events.read")
    before = session.refresh_token, session.access_token
    for _ in range(2):
        call(session, "refresh")
    assert session.refresh_token not in {None, before[0]}
    assert session.access_token != before[1]
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")


@both
def test_a_client_signs_in_without_a_person(call: Any, server: ow.AuthorizationServer) -> None:
    session = call(ow, "client_credentials", server, CONFIDENTIAL, scope="events.read")
    assert session.scope == ow.Scope("events.read")


@pytest.mark.check(id="device/polling")
def test_every_kind_of_client_signs_in_a_person_on_another_device(
    peer: OauthlibServer, server: ow.AuthorizationServer
) -> None:
    async def decided(client: ow.ClientMetadata, *, agrees: bool) -> ow.Session:
        device = await ow.adevice_login(server, client, scope="events.read")
        assert device.verification_uri == f"{server.issuer}/device"
        peer.decide(device.user_code, agrees=agrees)
        return await device.afinish()

    async def all_at_once() -> list[ow.Session | BaseException]:
        # No request is made within a second of the one before (RFC 8628 3.2): wait once for all.
        clients = ((CONFIDENTIAL, True), (POSTING, False), (PUBLIC, True))
        runs = [decided(client, agrees=agrees) for client, agrees in clients]
        return await asyncio.gather(*runs, return_exceptions=True)

    basic, refused, public = asyncio.run(all_at_once())
    for session in (basic, public):
        assert isinstance(session, ow.Session), session
        assert session.scope == ow.Scope("events.read")
    assert isinstance(refused, errors.AccessDenied)


@both
def test_a_resource_server_asks_about_a_token(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server, PUBLIC)
    token = session.access_token.reveal()
    found = call(ow, "introspect", server, POSTING, token)
    assert found.active
    assert (found.claims["client_id"], found.claims["scope"]) == ("public", "events.read")
    call(session, "revoke")
    assert not call(ow, "introspect", server, POSTING, token).active


@both
@every_client
def test_signing_out_ends_here_and_at_the_server(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata
) -> None:
    session = signed_in(call, server, client, "openid events.read")
    token = session.access_token.reveal()
    done = call(session, "logout", post_logout_redirect_uri=SIGNED_OUT_URI)
    assert done.confirmed
    assert done.request is not None
    back = visited(done.request.url.reveal())
    assert back.startswith(f"{SIGNED_OUT_URI}?")
    done.check(back)
    assert not call(ow, "introspect", server, CONFIDENTIAL, token).active


def test_a_scope_that_the_server_does_not_know_is_refused(server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, PUBLIC, scope="everything")
    with pytest.raises(errors.InvalidScope):
        pending.finish(visited(pending.url))
    with pytest.raises(errors.InvalidScope):
        ow.client_credentials(server, CONFIDENTIAL, scope="everything")


@pytest.mark.parametrize("method", METHODS[:2])
def test_a_wrong_secret_is_refused(method: str, server: ow.AuthorizationServer) -> None:
    wrong = ow.ClientMetadata(
        client_id=CLIENTS[method].client_id,
        client_secret="wr0ng-s3cret",
        token_endpoint_auth_method=method,
    )
    with pytest.raises(errors.InvalidClient) as caught:
        ow.client_credentials(server, wrong, scope="events.read")
    assert "wr0ng-s3cret" not in str(caught.value)
