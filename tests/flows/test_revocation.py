from __future__ import annotations

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidClient,
    InvalidResponse,
    OAuthError,
    ServerUnreachable,
)
from oauth_widgets.flows.revocation import owed_of, revocation
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    METADATA,
    REFRESH_TOKEN,
    SERVER,
    json_answer,
    refuses,
)
from tests.protocol.keys import held

from .script import Script


def forms(script: Script) -> list[dict[str, str]]:
    assert set(script.urls) <= {METADATA["revocation_endpoint"]}
    return [dict(request.form or ()) for request in script.requests]


@pytest.mark.check(id="revocation/confirmed")
def test_both_tokens_are_given_back_the_refresh_token_first() -> None:
    script, owed = Script(Response(200), Response(200)), owed_of(held())
    assert script.play(revocation(SERVER, CLIENT, owed)) is None
    assert owed == []
    assert forms(script) == [
        {"token": REFRESH_TOKEN, "token_type_hint": "refresh_token"},
        {"token": ACCESS_TOKEN, "token_type_hint": "access_token"},
    ]


@pytest.mark.check(id="revocation/confirmed")
def test_without_a_refresh_token_the_access_token_alone_is() -> None:
    script = Script(Response(200))
    script.play(revocation(SERVER, CLIENT, owed_of(held(refresh_token=None))))
    assert [form["token"] for form in forms(script)] == [ACCESS_TOKEN]


NO = json_answer({"error": "invalid_client"}, status=401)
LOST = ServerUnreachable("Gone.")


@pytest.mark.parametrize(
    ("answers", "error", "left"),
    [
        ([Response(400), Response(200)], InvalidResponse, ["refresh_token"]),
        ([Response(200), Response(400)], InvalidResponse, ["access_token"]),
        ([LOST, Response(200)], ServerUnreachable, ["refresh_token"]),
        ([Response(200), LOST], ServerUnreachable, ["access_token"]),
        ([LOST, NO], ServerUnreachable, ["refresh_token", "access_token"]),
        ([NO, LOST], InvalidClient, ["refresh_token", "access_token"]),
    ],
)
@pytest.mark.check(id="revocation/confirmed")
def test_both_are_tried_and_what_the_server_did_not_confirm_stays_owed(
    answers: list[Response | OAuthError], error: type[OAuthError], left: list[str]
) -> None:
    owed = owed_of(held())
    with refuses(error):
        Script(*answers).play(revocation(SERVER, CLIENT, owed))
    assert [kind for kind, _ in owed] == left


@pytest.mark.check(id="revocation/confirmed")
def test_a_server_without_the_endpoint_confirms_nothing() -> None:
    owed = owed_of(held())
    with refuses(ConfigurationError):
        Script().play(revocation(AuthorizationServer(issuer="https://a.example"), CLIENT, owed))
    assert len(owed) == 2
