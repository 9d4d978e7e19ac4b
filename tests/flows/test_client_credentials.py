from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidClient,
    InvalidTokenResponse,
    OAuthError,
    TemporarilyUnavailable,
)
from oauth_widgets.flows.client_credentials import client_credentials
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    NOW,
    PUBLIC_CLIENT,
    SERVER,
    TOKEN_ENDPOINT,
    json_answer,
    refuses,
    token_answer,
)

from .script import Script


def ask(script: Script, scope: str = "events.read", client: ClientMetadata = CLIENT) -> Any:
    return script.play(client_credentials(SERVER, client, scope=Scope(scope), now=NOW))


def test_id_and_secret_become_a_token() -> None:
    script = Script(token_answer(scope="events.read usage.read"))
    tokens = ask(script)
    assert script.urls == [TOKEN_ENDPOINT]
    assert script.requests[0].form == (
        ("grant_type", "client_credentials"),
        ("scope", "events.read"),
    )
    assert tokens.access_token == Secret(ACCESS_TOKEN)
    assert (tokens.id_token, tokens.refresh_token) == (None, None)
    assert tokens.requested_scope == Scope("events.read")
    assert tokens.scope == Scope("events.read usage.read")


def test_without_a_scope_none_is_sent() -> None:
    script = Script(token_answer())
    assert ask(script, scope="").scope == Scope()
    assert script.requests[0].form == (("grant_type", "client_credentials"),)


def test_no_person_is_in_it_whatever_the_server_says() -> None:
    assert ask(Script(token_answer(id_token="a.b.c", scope="openid"))).id_token is None


def test_a_public_client_cannot_sign_in_by_itself_and_nothing_is_sent() -> None:
    script = Script()
    with refuses(ConfigurationError):
        ask(script, client=PUBLIC_CLIENT)
    assert script.requests == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer({"error": "invalid_client"}, status=401), InvalidClient),
        (token_answer(token_type="mac"), InvalidTokenResponse),
        (Response(302, {"location": "https://other.example"}), InvalidTokenResponse),
        (Response(503), TemporarilyUnavailable),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_a_refusal_comes_out_and_nothing_is_sent_again(
    answer: Response, error: type[OAuthError]
) -> None:
    script = Script(answer)
    with refuses(error):
        ask(script)
    assert len(script.requests) == 1
