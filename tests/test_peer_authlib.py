"""The engine against an OpenID Connect provider that we did not write: PyPI's Authlib."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .helpers.twins import both
from .peers.authlib_server import METHODS, REDIRECT_URI, SECRETS, SIGNED_OUT_URI, AuthlibServer

SCOPE = "openid profile events.read"
CLIENTS = {
    name: ow.ClientMetadata(
        client_id=name,
        client_secret=secret,
        redirect_uris=[REDIRECT_URI],
        token_endpoint_auth_method=method,
    )
    for (name, secret), method in zip(SECRETS.items(), METHODS, strict=True)
}
CONFIDENTIAL, _, PUBLIC = CLIENTS.values()
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=METHODS)


@pytest.fixture(scope="module")
def peer() -> Iterator[AuthlibServer]:
    server = AuthlibServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(peer: AuthlibServer) -> ow.AuthorizationServer:
    return ow.discover(peer.issuer)


def visited(url: str) -> str:
    """Return the address that the server sends a person's browser to from `url`."""
    response = httpx.get(url, trust_env=False)
    assert response.status_code == 302, response.text
    return response.headers["location"]


def signed_in(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata = CONFIDENTIAL
) -> ow.Session:
    pending = ow.begin_login(server, client, scope=SCOPE)
    session: ow.Session = call(pending, "finish", visited(pending.url))
    return session


@both
@every_client
@pytest.mark.check(id="client-auth/basic")
def test_every_kind_of_client_signs_a_person_in(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata
) -> None:
    session = signed_in(call, server, client)
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")
    assert session.scope == ow.Scope(SCOPE)
    assert call(session, "userinfo").claims == {"sub": "alice", "name": "Alice Ålund"}


@both
@every_client
@pytest.mark.check(id="refresh/rotation")
def test_refresh_tokens_rotate(
    call: Any, server: ow.AuthorizationServer, client: ow.ClientMetadata
) -> None:
    session = signed_in(call, server, client)
    before = session.refresh_token, session.access_token
    for _ in range(2):
        call(session, "refresh")
    assert session.refresh_token not in {None, before[0]}
    assert session.access_token != before[1]
    assert session.id_token is not None
    assert session.id_token.subject == (server.issuer, "alice")


def test_a_refusal_is_access_denied(peer: AuthlibServer, server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, PUBLIC, scope=SCOPE)
    peer.refuse()
    with pytest.raises(errors.AccessDenied):
        pending.finish(visited(pending.url))


@pytest.mark.parametrize("kind", METHODS[:2])
def test_a_wrong_secret_is_refused(kind: str, server: ow.AuthorizationServer) -> None:
    name = list(SECRETS)[METHODS.index(kind)]
    wrong = ow.ClientMetadata(
        client_id=name,
        client_secret="wr0ng-s3cret",
        redirect_uris=[REDIRECT_URI],
        token_endpoint_auth_method=kind,
    )
    pending = ow.begin_login(server, wrong, scope=SCOPE)
    with pytest.raises(errors.InvalidClient) as caught:
        pending.finish(visited(pending.url))
    assert "wr0ng-s3cret" not in str(caught.value)


def test_a_scope_that_the_server_does_not_know_is_refused(server: ow.AuthorizationServer) -> None:
    pending = ow.begin_login(server, PUBLIC, scope="openid everything")
    with pytest.raises(errors.InvalidScope):
        pending.finish(visited(pending.url))


@both
def test_signing_out_ends_here_and_at_the_server(call: Any, server: ow.AuthorizationServer) -> None:
    session = signed_in(call, server)
    token = session.access_token.reveal()
    done = call(session, "logout", post_logout_redirect_uri=SIGNED_OUT_URI)
    assert done.confirmed
    assert done.request is not None
    back = visited(done.request.url.reveal())
    assert back.startswith(f"{SIGNED_OUT_URI}?")
    done.check(back)
    assert not call(ow, "introspect", server, CONFIDENTIAL, token).active


@both
def test_a_client_signs_in_without_a_person(call: Any, server: ow.AuthorizationServer) -> None:
    session = call(ow, "client_credentials", server, CONFIDENTIAL, scope="events.read")
    assert session.scope == ow.Scope("events.read")
    answer = call(ow, "introspect", server, CONFIDENTIAL, session.access_token)
    assert answer.active
    assert answer.claims["client_id"] == CONFIDENTIAL.client_id


# A second each: a shorter pause between two requests is never made (RFC 8628 3.2).
@pytest.mark.parametrize("client", [CONFIDENTIAL, PUBLIC], ids=["confidential", "public"])
@pytest.mark.check(id="device/polling")
def test_a_person_signs_in_on_another_device(
    client: ow.ClientMetadata, peer: AuthlibServer, server: ow.AuthorizationServer
) -> None:
    device = ow.device_login(server, client, scope=SCOPE)
    assert device.verification_uri == f"{server.issuer}/device"
    peer.decide(device.user_code, agrees=client is PUBLIC)
    if client is PUBLIC:
        session = device.finish()
        assert session.id_token is not None
        assert session.id_token.claims["sub"] == "alice"
    else:
        with pytest.raises(errors.AccessDenied):
            device.finish()
