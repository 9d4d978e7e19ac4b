"""A temporary failure costs no one a sign-in: harmless requests are sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.rigged import Sent, answer
from tests.helpers.twins import both
from tests.protocol.builders import CLIENT

from .client import SCOPE, follow, login
from .server import Server, running

METADATA = "/.well-known/openid-configuration"
FAILURES = {"reset": b"", "500": answer(status=500), "503": answer(status=503)}

failing = pytest.mark.parametrize("failure", FAILURES)


def once(server: Server, path: str, failure: str) -> None:
    """Have the server fail at `path` for one request, and answer well after it."""

    def fail(_: Sent) -> bytes:
        del server.behaviour.instead[path]
        return FAILURES[failure]

    server.behaviour.instead[path] = fail


@both
@failing
@pytest.mark.parametrize("path", ["/jwks", METADATA, "/userinfo"])
@pytest.mark.check(id="transport/retries")
def test_one_failure_of_what_changes_nothing_is_not_noticed(
    call: Any, failure: str, path: str
) -> None:
    with running() as server:
        once(server, path, failure)
        session = login(call, server)
        assert call(session, "userinfo").claims["sub"]
        assert len(server.asked(path)) == 2
        assert path not in server.behaviour.instead


@both
@pytest.mark.parametrize(
    ("trouble", "step"),
    [
        ({"header": {"kid": "unknown"}}, "wait ten seconds and start a new sign-in."),
        ({"instead": {"/token": answer(status=511)}}, "network, then start a new sign-in."),
        ({"instead": {"/token": answer(status=503)}}, "already been used. Start a new one."),
    ],
)
def test_no_advice_says_that_a_code_may_be_used_again(call: Any, trouble: Any, step: str) -> None:
    with running(**trouble) as server:
        pending = ow.begin_login(ow.discover(server.origin), CLIENT, scope=SCOPE)
        with pytest.raises(errors.OAuthError) as failed:
            call(pending, "finish", follow(pending.url))
    assert failed.value.next_step.endswith(step)
    assert not failed.value.retry_may_help


@both
@failing
@pytest.mark.check(id="answer/code-once")
def test_a_code_is_sent_once_whatever_fails(call: Any, failure: str) -> None:
    with running() as server:
        pending = ow.begin_login(ow.discover(server.origin), CLIENT, scope=SCOPE)
        back = follow(pending.url)
        once(server, "/token", failure)
        with pytest.raises(errors.OAuthError) as failed:
            call(pending, "finish", back)
        assert len(server.asked("/token")) == 1
    assert not failed.value.retry_may_help
    assert "Start a new one" in failed.value.next_step


@both
@pytest.mark.parametrize("path", ["/jwks", "/userinfo"])
@pytest.mark.check(id="transport/retries")
def test_what_fails_for_good_is_asked_for_a_few_times_and_told(call: Any, path: str) -> None:
    with running() as server:
        server.behaviour.instead[path] = answer(status=500)
        use: Callable[[], Any] = lambda: call(login(call, server), "userinfo")  # noqa: E731
        with pytest.raises(errors.OAuthError) as failed:
            use()
        assert len(server.asked(path)) <= 4
    assert failed.value.next_step
