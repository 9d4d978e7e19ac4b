"""The client under test, and the browser that carries addresses for it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.protocol.builders import CLIENT, CLIENT_SECRET, REDIRECT_URI, refuses

from .server import Server, running

_browser = httpx.Client(trust_env=False, follow_redirects=False)

SCOPE = "openid offline_access profile email"
ES256_CLIENT = ow.ClientMetadata(
    client_id=CLIENT.client_id,
    client_secret=CLIENT_SECRET,
    redirect_uris=[REDIRECT_URI],
    id_token_signed_response_alg="ES256",
)

either = pytest.mark.parametrize("implicit", [False, True], ids=["code", "implicit"])
"""Runs a test by the code, and once more by the implicit grant."""


def begin(
    call: Any,
    server: Server,
    *,
    client: ow.ClientMetadata = CLIENT,
    implicit: bool = False,
    scope: str = SCOPE,
) -> ow.PendingLogin:
    """Find the server and begin a sign-in there."""
    found = call(ow, "discover", server.origin)
    if not implicit:
        return ow.begin_login(found, client, scope=scope)
    with pytest.warns(errors.ImplicitGrantWarning):
        return ow.begin_login(found, client, scope=scope, implicit=True)


def follow(url: str) -> str:
    """Return the address that the page at `url` redirects to, without opening it."""
    response = _browser.get(url)
    assert response.status_code == 302, response.text
    return response.headers["location"]


def login(call: Any, server: Server, **more: Any) -> ow.Session:
    """Sign in from the start to the session."""
    pending = begin(call, server, **more)
    return call(pending, "finish", follow(pending.url))


def assert_refused(
    call: Any,
    error: type[errors.OAuthError],
    *,
    client: ow.ClientMetadata = CLIENT,
    implicit: bool = False,
    **behaviour: Any,
) -> None:
    """Sign in at a server that behaves so; expect `error`, which says what to do and no secret."""
    with running(**behaviour) as server:
        pending = begin(call, server, client=client, implicit=implicit)
        back = follow(pending.url)
        with refuses(error) as caught:
            call(pending, "finish", back)
    request = pending.request
    shown = repr(vars(caught.value)) + str(caught.value)
    own = {request.state, request.nonce, request.code_verifier.reveal(), CLIENT_SECRET}
    for secret in (*own, "Code-", "Access-", "Refresh-"):
        assert secret not in shown
