"""Exercises judged by what the practice server saw."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox.attacks.naive import NaiveClient
from oauth_widgets.sandbox.attacks.stage import BACK
from oauth_widgets.sandbox.exercises import EXERCISES, Exercise, NotYet, exercise

from ..helpers.people import sign_in

# For each exercise, what learners typically do instead, and what the check then says.
MISTAKES: dict[str, list[tuple[str, str]]] = {
    "first token": [
        ("signed_in('openid')", "a token request with grant_type=client_credentials"),
        ("refused(alone, 'phone')", "The server refused"),
        ("pass", "received a token request"),
    ],
    "first data": [
        ("alone('cells.read')", "Nothing has fetched /cells"),
        ("refused(alone('usage.read').frame, '/cells')", "lacks a scope"),
        ("naive.tokens = {'access_token': 'x'}; refused(naive.get, api + '/cells')", "no valid"),
    ],
    "sign in": [
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("alone('cells.read')", "has not been opened"),
    ],
    "pkce": [
        ("naive_sign_in()", "no code_challenge"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "No code was exchanged together with"),
    ],
    "state": [
        ("naive_sign_in()", "no state"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
    ],
    "id token": [
        ("signed_in('phone')", "Without the scope openid"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
    ],
    "ask for more": [
        ("signed_in('openid phone events.read').frame('/events')", "hasn't refused anything yet"),
        ("refused(signed_in('openid').frame, '/events')", "/events is still refused"),
        (
            "refused(signed_in('openid').frame, '/events'); alone('cells.read').frame('/cells')",
            "/events is still refused",
        ),
    ],
    "refresh": [
        ("signed_in('openid')", "offline_access"),
        ("signed_in('openid offline_access')", "No refresh token has been used"),
        ("refused(signed_in('openid').refresh)", "offline_access"),
    ],
    "all pages": [
        ("pass", "has fetched /cells yet"),
        (
            "alone('cells.read').frame('/cells', {'paging': 'page', 'per_page': '100'}, limit=100)",
            "of 4 pages",
        ),
        ("alone('cells.read').frame('/cells')", "Only 1 of 4"),
    ],
    "sign out": [
        ("signed_in('openid')", "No token was revoked"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
    ],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    running = ow.sandbox.start("wgtwo", restart=True)
    yield running
    running.stop()


@pytest.fixture
def begin(sandbox: ow.sandbox.Sandbox) -> Any:
    return lambda name: exercise(name, sandbox)


def test_there_are_ten_and_each_has_three_mistakes() -> None:
    assert len(EXERCISES) == 10
    assert list(MISTAKES) == list(EXERCISES)
    assert {len(mistakes) for mistakes in MISTAKES.values()} == {3}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_start_does_not_pass_and_the_solution_does(
    begin: Any, sandbox: ow.sandbox.Sandbox, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: Exercise = begin(name)
    with pytest.raises(NotYet):
        begun.check()
    monkeypatch.setattr(builtins, "input", sign_in)
    exec(begun.solution(), {"ow": ow, "sandbox": sandbox})  # noqa: S102 - our own text
    assert begun.check() == f"Solved: {name}."
    # What was done before an exercise doesn't count.
    with pytest.raises(NotYet):
        begin(name).check()


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [(name, code, said) for name, mistakes in MISTAKES.items() for code, said in mistakes],
)
def test_a_typical_mistake_is_told_what_lacks(
    begin: Any, sandbox: ow.sandbox.Sandbox, name: str, code: str, said: str
) -> None:
    server, client = sandbox.server, sandbox.client
    naive = NaiveClient(server, client, BACK)

    def begun(scope: str) -> Any:
        return ow.begin_login(server, client, scope=scope)

    def signed_in(scope: str) -> ow.Session:
        pending = begun(scope)
        session: ow.Session = pending.finish(sign_in(pending.url))
        return session

    def refused(call: Any, *arguments: str) -> None:
        with pytest.raises((errors.OAuthError, OSError)):
            call(*arguments)

    names = {
        "api": sandbox.api,
        "naive": naive,
        "sign_in": sign_in,
        "begun": begun,
        "signed_in": signed_in,
        "refused": refused,
        "alone": lambda scope: ow.client_credentials(server, client, scope=scope),
        "naive_sign_in": lambda: naive.finish(sign_in(naive.begin("openid"))),
    }
    task = begin(name)
    exec(code, names)  # noqa: S102 - our own text
    with pytest.raises(NotYet, match=said):
        task.check()


def test_hints_come_in_three_steps(begin: Any) -> None:
    task = begin("pkce")
    hints = [task.hint() for _ in range(4)]
    assert hints[0] != hints[1] != hints[2] == hints[3]
    assert str(task) == f"pkce: {task.task}"


def test_an_unknown_exercise_and_what_is_no_sandbox_are_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="no exercise 'pkec'") as refused:
        exercise("pkec")
    assert "pkce" in refused.value.next_step
    with pytest.raises(errors.ConfigurationError, match="The sandbox is str"):
        exercise("pkce", "wgtwo")  # type: ignore[arg-type]


def test_it_begins_at_the_running_sandbox(sandbox: ow.sandbox.Sandbox) -> None:
    assert exercise("pkce").sandbox is sandbox
