"""A resource server asks about the token that a caller sent (RFC 7662)."""

from __future__ import annotations

from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import ConfigurationError, InvalidClient
from tests.helpers.twins import both
from tests.protocol.builders import CLIENT, SERVER, refuses
from tests.relying_party.client import login
from tests.relying_party.server import running


@both
def test_a_resource_server_asks_whether_a_token_is_good(call: Any) -> None:
    with running() as server:
        session = login(call, server)
        found = call(ow, "discover", server.origin)
        answer = call(ow, "introspect", found, CLIENT, session.access_token)
        assert answer.active
        assert answer.claims["client_id"] == CLIENT.client_id
        plain = call(ow, "introspect", found, CLIENT, session.access_token.reveal())
        assert plain.active
        assert not call(ow, "introspect", found, CLIENT, "another").active
        with refuses(InvalidClient):
            stranger = ow.ClientMetadata(client_id="stranger", client_secret="x")
            call(ow, "introspect", found, stranger, session.access_token)


def test_a_server_without_introspection_says_so_before_anything_is_sent() -> None:
    with refuses(ConfigurationError) as caught:
        ow.introspect(SERVER, CLIENT, "token")
    assert "introspection_endpoint" in caught.value.next_step


@pytest.mark.parametrize("token", ["", None, 7])
def test_what_is_no_token_is_refused(token: object) -> None:
    with pytest.raises(ConfigurationError):
        ow.introspect(SERVER, CLIENT, token)  # type: ignore[arg-type]
