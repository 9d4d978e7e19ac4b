"""Servers that refuse in an unusual form: the reason and its type are kept all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ErrorResponse, InvalidGrant, InvalidTokenResponse, OAuthError
from oauth_widgets.flows.device_authorization import device_tokens
from oauth_widgets.protocol.authorization import authorization_response
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse
from oauth_widgets.protocol.introspection import introspection
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import token_response
from oauth_widgets.protocol.userinfo import plain_claims, signed_token
from oauth_widgets.secret import Secret
from tests.flows.script import Script
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    CODE,
    GONE,
    ISSUER,
    NOW,
    SERVER,
    asked,
    come_back,
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
    "apigee": {"fault": {"faultstring": "No such key.", "detail": {"errorcode": "oauth.v2.X"}}},
    "camel": {"errorMessage": "The account is closed.", "errorId": "3"},
    "capitals": {"Error": "no_account", "ErrorDescription": "The account is closed."},
    "snake": {"error_code": 3, "error_msg": "The account is closed."},
    "fastapi": {"detail": [{"loc": ["body", "code"], "msg": "Field required", "type": "missing"}]},
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
    "apigee": "No such key.",
    "camel": "The account is closed.",
    "capitals": "The account is closed.",
    "snake": "The account is closed.",
    "fastapi": "Field required",
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
    {"errors": ["invalid_grant"]},
    {"errors": {"code": "invalid_grant"}},
    {"error_code": "invalid_grant", "error_message": "No."},
    {"error": "INVALID_GRANT"},
    {"error": "invalid-grant"},
    {"error": "InvalidGrantException"},
    {"error": "Bad Request", "message": "invalid_grant: The token has expired."},
    {"fault": {"faultstring": "No.", "detail": {"errorcode": "oauth.v2.InvalidGrant"}}},
    ["invalid_grant"],
    [{"error": "invalid_grant"}],
    "invalid_grant",
]


@pytest.mark.parametrize("document", INVALID_GRANT, ids=json.dumps)
@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_is_final_in_every_form(document: object) -> None:
    problem = refused(document)
    assert type(problem) is InvalidGrant
    assert not problem.retry_may_help


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"error=invalid_grant&error_description=No+more."),
        ("text/plain", b"error=invalid_grant&error_description=No+more."),
        ("application/json", b'{"access_token": null, "error": "invalid_grant: No more."}'),
        ("application/json", b'{"access_token": "", "error": {"code": "invalid_grant"}}'),
    ],
)
@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_is_final_in_every_content_type_and_status(
    kind: str, body: bytes, status: int
) -> None:
    with refuses(InvalidGrant):
        token_response(Response(status, {"content-type": kind}, body), SERVER)


@pytest.mark.parametrize(
    "document",
    [
        {"ok": False, "reason": "The account is closed."},
        {"success": False, "message": "The account is closed."},
        {"errcode": 40029, "errmsg": "The account is closed."},
    ],
    ids=json.dumps,
)
def test_a_refusal_with_status_200_is_shown(document: object) -> None:
    with refuses(ErrorResponse) as caught:
        token_response(json_answer(document), SERVER)
    assert "The account is closed." in caught.value.message


def test_a_sentence_is_shown_and_a_page_is_not() -> None:
    with refuses(ErrorResponse) as caught:
        token_response(Response(400, {"content-type": "text/plain"}, b"No such client.\n"), SERVER)
    assert "No such client." in caught.value.message
    page = b"<h1>No such client.</h1>"
    for kind in ("text/html", "text/plain"):
        with refuses(InvalidTokenResponse) as caught:
            token_response(Response(400, {"content-type": kind}, page), SERVER)
        assert "<h1>" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html"])
def test_tokens_in_another_form_are_neither_taken_nor_shown(status: int, kind: str) -> None:
    body = f"access_token={ACCESS_TOKEN}&error_note=x&token_type=bearer".encode()
    with refuses(InvalidTokenResponse):
        token_response(Response(status, {"content-type": kind}, body), SERVER)


@pytest.mark.parametrize("body", [f'"{ACCESS_TOKEN}"', f'["{ACCESS_TOKEN}"]'])
def test_a_success_that_is_a_token_alone_is_not_shown(body: str) -> None:
    with refuses(InvalidTokenResponse):
        token_response(json_answer(body.encode()), SERVER)


def test_401_without_a_reason_is_about_the_client() -> None:
    """RFC 6749 5.2."""
    with refuses(errors.InvalidClient) as caught:
        token_response(Response(401), SERVER)
    assert "client_secret" in caught.value.next_step


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"error": "ACCESS_DENIED"}, errors.AccessDenied),
        ({"error": "user_cancelled_login"}, errors.AccessDenied),  # LinkedIn
        ({"error_code": "1349048", "error_message": "Can't load URL"}, ErrorResponse),  # Facebook
    ],
)
@pytest.mark.check(id="answer/words")
def test_a_refusal_that_the_browser_brings_is_read_in_the_servers_form(
    changes: dict[str, str], kind: type[OAuthError]
) -> None:
    with refuses(kind) as caught:
        authorization_response(asked(), come_back(code=GONE, **changes), now=NOW)
    assert changes.get("error_message", "") in caught.value.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer({"error": "insufficient_scope"}, status=403), errors.InsufficientScope),
        (json_answer({"error": {"code": "INVALID_TOKEN"}}, status=400), errors.InvalidToken),
        (json_answer({"message": "The account is closed."}, status=403), ErrorResponse),
        (Response(403), errors.InvalidUserInfo),
    ],
)
@pytest.mark.check(id="userinfo/sub")
def test_a_refusal_of_userinfo_keeps_its_reason(answer: Response, kind: type[OAuthError]) -> None:
    for read in (plain_claims, signed_token):
        with refuses(kind) as caught:
            read(answer)
        assert "account is closed" in caught.value.message or kind is not ErrorResponse


def test_a_refused_introspection_keeps_its_reason_with_status_200_too() -> None:
    with refuses(ErrorResponse) as caught:
        introspection(json_answer({"error": "no_rights", "error_description": "Ask first."}))
    assert "Ask first." in caught.value.message


@pytest.mark.parametrize(
    "document",
    [
        {"errors": [{"errorType": "authorization_pending"}]},
        {"error": {"code": "authorization_pending"}},
        {"message": "authorization_pending"},
        {"status": 400, "message": "authorization_pending"},  # Twitch
        {"error": "AUTHORIZATION_PENDING"},
        {"error": "AuthorizationPendingException"},  # AWS
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 428])
@pytest.mark.check(id="device/polling")
def test_a_pending_device_poll_continues_in_every_form(document: object, status: int) -> None:
    device = DeviceAuthorizationResponse(
        device_code=Secret(CODE),
        user_code="A",
        verification_uri=ISSUER,
        verification_uri_complete=None,
        expires_at=NOW + 600,
        interval=5,
    )
    script = Script(json_answer(document, status=status), token_answer())
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
