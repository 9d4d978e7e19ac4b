"""Servers that refuse in an unusual form: the reason and its type are kept all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ErrorResponse, InvalidGrant, InvalidTokenResponse, OAuthError
from oauth_widgets.flows.device_authorization import device_tokens
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import token_response
from oauth_widgets.secret import Secret
from tests.flows.script import Script
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    CODE,
    ISSUER,
    NOW,
    SERVER,
    json_answer,
    refuses,
    token_answer,
)

FORMS = {
    "facebook": {"error": {"message": "This code has been used.", "type": "X", "code": 100}},
    "google-api": {"error": {"code": 400, "message": "Not a valid code.", "status": "INVALID"}},
    "fitbit": {"errors": [{"errorType": "expired_token", "message": "The code ran out."}]},
    "strava": {"message": "Bad Request", "errors": [{"resource": "App", "field": "client_id"}]},
    "okta": {"errorCode": "E0000021", "errorSummary": "The media type is wrong."},
    "problem": {"type": "about:blank", "title": "Forbidden", "detail": "The account is closed."},
    "wechat": {"errcode": 40029, "errmsg": "The code is wrong."},
    "list": {"error": "server_says_no", "error_description": ["One thing.", "Another."]},
}
WORDS = {
    "facebook": "This code has been used.",
    "google-api": "Not a valid code.",
    "fitbit": "The code ran out.",
    "strava": "Bad Request, App, client_id",
    "okta": "The media type is wrong.",
    "problem": "The account is closed., Forbidden",
    "wechat": "The code is wrong.",
    "list": "One thing., Another.",
}


def refused(document: object, **more: Any) -> OAuthError:
    answer = json_answer(document, status=400, **more)
    with pytest.raises(OAuthError) as caught:
        token_response(answer, SERVER)
    return caught.value


@pytest.mark.parametrize("server", FORMS)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/problem+json"])
@pytest.mark.check(id="token/error")
def test_the_servers_words_are_shown_whatever_their_form(server: str, kind: str) -> None:
    problem = refused(FORMS[server], content_type=kind)
    assert isinstance(problem, ErrorResponse)
    assert problem.error_description == WORDS[server]
    assert WORDS[server].rstrip(".") in str(problem)


INVALID_GRANT = [
    {"error": {"type": "invalid_grant", "message": "No."}},
    {"errors": [{"errorType": "invalid_grant", "message": "No."}]},
    {"message": "invalid_grant"},
    {"errorCode": "invalid_grant", "errorSummary": "No."},
    {"type": "https://as.example/problems/invalid_grant", "title": "No."},
    {"error": ["invalid_grant"]},
    {"code": 400, "error": "invalid_grant"},
    {"error": "bad_verification_code"},  # GitHub
    {"error": "invalid_code"},  # Slack
]


@pytest.mark.parametrize("document", INVALID_GRANT, ids=json.dumps)
@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_is_final_in_every_form(document: object) -> None:
    problem = refused(document)
    assert type(problem) is InvalidGrant
    assert not problem.retry_may_help


@pytest.mark.parametrize(
    "document",
    [
        {"errors": [{"errorType": "authorization_pending"}]},
        {"error": {"code": "authorization_pending"}},
        {"message": "authorization_pending"},
    ],
    ids=json.dumps,
)
@pytest.mark.check(id="device/polling")
def test_a_pending_device_poll_continues_in_every_form(document: object) -> None:
    device = DeviceAuthorizationResponse(
        device_code=Secret(CODE),
        user_code="A",
        verification_uri=ISSUER,
        verification_uri_complete=None,
        expires_at=NOW + 600,
        interval=5,
    )
    script = Script(json_answer(document, status=400), token_answer())
    exchange = device_tokens(SERVER, CLIENT, device, scope=Scope(), clock=lambda: NOW)
    assert script.play(exchange).access_token == Secret(ACCESS_TOKEN)


@pytest.mark.parametrize("server", ["facebook", "strava", "okta"])
def test_a_server_in_trouble_may_work_later_whatever_its_words(server: str) -> None:
    with pytest.raises(errors.TemporarilyUnavailable) as caught:
        token_response(json_answer(FORMS[server], status=503), SERVER)
    assert WORDS[server].rstrip(".") in caught.value.message


def test_words_never_repeat_a_secret_of_the_request() -> None:
    answer = Response(
        400,
        {"content-type": "application/json"},
        json.dumps({"error": {"message": f"{CODE} is used up", "type": CODE}}).encode(),
        secrets=(CODE,),
    )
    with refuses(ErrorResponse):
        token_response(answer, SERVER)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.check(id="transport/no-redirects")
def test_a_redirect_at_the_token_endpoint_is_called_one(status: int) -> None:
    answer = Response(status, {"location": "https://login.example/x?y=1"}, url=f"{ISSUER}/token")
    with refuses(InvalidTokenResponse) as caught:
        token_response(answer, SERVER)
    assert "redirect" in caught.value.message
    assert "https://login.example" in caught.value.message
