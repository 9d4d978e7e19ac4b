"""A device authorization endpoint that says strange things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.message import Pause, Response
from oauth_widgets.flows.device_authorization import device_tokens
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse
from tests.helpers.rigged import Answer, answer, as_json, zipped
from tests.protocol.builders import CLIENT, NOW, SERVER, refuses
from tests.relying_party.server import running

HONEST = {
    "device_code": "Code-of-a-device",
    "user_code": "BCDF-GHJK",
    "verification_uri": "http://127.0.0.1:9/enter",
    "expires_in": 600,
    "interval": 1,
}


@contextmanager
def begun(*, token: Answer = b"", **changes: Any) -> Iterator[ow.DeviceLogin]:
    instead = {"/device": as_json(HONEST | changes), "/token": token}
    with running(instead=instead) as server:
        yield ow.device_login(ow.discover(server.origin), CLIENT, scope="openid")


@pytest.mark.parametrize("seconds", [1e9, 1e14, 9.9e14])
@pytest.mark.check(id="device/polling")
def test_a_code_that_lasts_beyond_the_calendar_lasts_a_day(seconds: float) -> None:
    with begun(expires_in=seconds) as pending:
        assert pending.expires_at <= datetime.now(UTC) + timedelta(days=1)


@pytest.mark.parametrize("interval", [3600, 9.9e14])
@pytest.mark.check(id="device/polling")
def test_an_interval_longer_than_the_code_lasts_ends_with_the_code(
    interval: float,
) -> None:
    with begun(expires_in=0.2, interval=interval) as pending, refuses(errors.SignInTimeout):
        pending.finish()


@pytest.mark.parametrize("code", ["\x1b[2J", "A\nB", "A\u202eB", "A" * 1000, " ", ""])
@pytest.mark.check(id="device/polling")
def test_a_code_that_nobody_can_type_is_refused(code: str) -> None:
    with refuses(errors.InvalidResponse), begun(user_code=code):
        pass


@pytest.mark.parametrize("member", ["verification_uri", "verification_uri_complete"])
@pytest.mark.parametrize(
    "page",
    ["javascript:alert(1)", "http://evil.example/", "https://a@evil.example/", "https://a/\x85b"],
)
@pytest.mark.check(id="request/openable")
def test_a_page_that_must_not_be_opened_is_refused(member: str, page: str) -> None:
    with refuses(errors.InvalidResponse), begun(**{member: page}):
        pass


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (answer(b"<html>", kind="text/html"), errors.InvalidTokenResponse),
        (as_json([]), errors.InvalidTokenResponse),
        (as_json({"error": "no such error"}, status=400), errors.ErrorResponse),
        (zipped(b" " * 50_000_000), errors.SignInTimeout),
        (b"HTTP/1.1 200 so\r\ncontent-le", errors.SignInTimeout),
    ],
    ids=["HTML", "array", "unknown", "bomb", "cut"],
)
def test_whatever_a_question_is_answered_with_the_sign_in_comes_to_an_end(
    token: Answer, error: type[errors.OAuthError]
) -> None:
    # Waiting for the code to expire takes two seconds; a refusal has time enough
    lasts = 2 if error is errors.SignInTimeout else 60
    with begun(token=token, expires_in=lasts) as pending, refuses(error):
        pending.finish()


@pytest.mark.check(id="device/polling")
def test_a_failure_on_the_way_never_makes_the_questions_more_frequent() -> None:
    device = DeviceAuthorizationResponse(
        device_code=ow.Secret("Code-of-a-device"),
        user_code="BCDF-GHJK",
        verification_uri="http://127.0.0.1:9/enter",
        verification_uri_complete=None,
        expires_at=NOW + 600,
        interval=90,
    )
    exchange = device_tokens(SERVER, CLIENT, device, scope=ow.Scope(), clock=lambda: NOW)
    assert next(exchange) == Pause(90)
    exchange.send(Response(0))
    assert exchange.throw(errors.ServerUnreachable("The connection was cut.")) == Pause(90)
