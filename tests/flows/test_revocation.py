from __future__ import annotations

import pytest

from oauth_widgets.errors import InvalidResponse, OAuthError, ServerUnreachable
from oauth_widgets.flows.revocation import revocation
from oauth_widgets.protocol.message import Response
from tests.protocol.builders import ACCESS_TOKEN, CLIENT, METADATA, REFRESH_TOKEN, SERVER, refuses

from .script import Script
from .tokens import held


def forms(script: Script) -> list[dict[str, str]]:
    assert set(script.urls) <= {METADATA["revocation_endpoint"]}
    return [dict(request.form or ()) for request in script.requests]


def test_check_89_both_tokens_are_given_back_the_refresh_token_first() -> None:
    script = Script(Response(200), Response(200))
    assert script.play(revocation(SERVER, CLIENT, held())) is None
    assert forms(script) == [
        {"token": REFRESH_TOKEN, "token_type_hint": "refresh_token"},
        {"token": ACCESS_TOKEN, "token_type_hint": "access_token"},
    ]


def test_check_89_without_a_refresh_token_the_access_token_alone_is() -> None:
    script = Script(Response(200))
    script.play(revocation(SERVER, CLIENT, held(refresh_token=None)))
    assert [form["token"] for form in forms(script)] == [ACCESS_TOKEN]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([Response(404)], InvalidResponse),
        ([Response(200), Response(404)], InvalidResponse),
        ([ServerUnreachable("Gone.")], ServerUnreachable),
    ],
)
def test_check_89_what_the_server_did_not_confirm_comes_out(
    answers: list[Response | OAuthError], error: type[OAuthError]
) -> None:
    with refuses(error):
        Script(*answers).play(revocation(SERVER, CLIENT, held()))
