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
        ("pass", "hasn't received a token request"),
        ("'alone(scope)'", "No request at all has reached the wgtwo sandbox"),
        ("refused(alone, '')", "The server refused"),
    ],
    "first data": [
        ("alone('cells.read')", "The API has not been asked"),
        ("refused(alone('usage.read').frame, '/cells')", "/cells was refused: .* lacks a scope"),
        ("refused(alone('cells.read').frame, '/events')", "/events was refused"),
        ("signed_in('openid phone events.read').frame('/events')", "for /events, not for /cells"),
        ("refused(alone('cells.read').frame, '/cell')", "has not been asked for /cells"),
        ("alone('cells.read').frame", "has not been asked for /cells"),
        ("naive.tokens = {'access_token': 'x'}; refused(naive.get, api + '/cells')", "no valid"),
    ],
    "sign in": [
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("alone('cells.read')", "has not been opened"),
        ("refused(naive_code, 'spent')", "The server refused the code"),
        ("sign_in(begun('openid').url, allow=False)", "no code was exchanged"),
        ("refused(begun('openid').finish, begun('openid').url)", "has not been opened"),
        ("refused(begun('openid').finish, sign_in(begun('openid').url))", "no code was exchanged"),
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
        ("signed_in('openid phone events.read').frame('/events')", "has refused nothing yet"),
        ("refused(signed_in('openid').frame, '/events')", "/events is still refused"),
        (
            "refused(signed_in('openid').frame, '/events'); alone('cells.read').frame('/cells')",
            "/events is still refused",
        ),
        (
            "for one in ('', ' events.read'): refused(signed_in('openid' + one).frame, '/events')",
            "every scope that its error names",
        ),
        ("signed_in('openid').ask_for('events.read phone')", "has refused nothing yet"),
    ],
    "refresh": [
        ("signed_in('openid')", "offline_access"),
        ("signed_in('openid offline_access')", "No refresh token has been used"),
        ("refused(signed_in('openid').refresh)", "offline_access"),
        ("alone('cells.read').refresh()", "offline_access"),
        ("signed_in('openid offline_access').refresh", "No refresh token has been used"),
    ],
    "all pages": [
        ("pass", "has not been asked for /cells"),
        (
            "alone('cells.read').frame('/cells', {'paging': 'page', 'per_page': '100'}, limit=100)",
            "of 4 pages",
        ),
        ("alone('cells.read').frame('/cells')", "per_page"),
        ("alone('cells.read').frame('/cells', paging='page')", "per_page"),
        ("alone('cells.read').frame('/cells', {'per_page': '10'}, limit=50)", "per_page"),
        (
            "for _ in 'abcd': alone('cells.read').frame('/cells', {'per_page': '100'}, limit=100)",
            "Only 1 of 4",
        ),
    ],
    "sign out": [
        ("signed_in('openid')", "No token was revoked"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("signed_in('openid').logout", "No token was revoked"),
        ("alone('cells.read').revoke()", "has not been opened"),
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


def test_there_are_ten_and_each_has_at_least_three_mistakes() -> None:
    assert len(EXERCISES) == 10
    assert list(MISTAKES) == list(EXERCISES)
    assert min(len(mistakes) for mistakes in MISTAKES.values()) == 3


@pytest.mark.parametrize("name", EXERCISES)
def test_the_start_does_not_pass_and_the_solution_does(
    begin: Any, sandbox: ow.sandbox.Sandbox, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: Exercise = begin(name)
    with pytest.raises(NotYet):
        begun.check()
    monkeypatch.setattr(builtins, "input", sign_in)
    # A cell that runs twice spoils nothing.
    for _ in range(2):
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
        "naive_code": lambda code: naive.finish(f"{sign_in(naive.begin('openid'))}{code}"),
    }
    task = begin(name)
    exec(code, names)  # noqa: S102 - our own text
    with pytest.raises(NotYet, match=said):
        task.check()


def test_what_was_done_counts_after_a_reset_too(begin: Any, sandbox: ow.sandbox.Sandbox) -> None:
    ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    task = begin("first token")
    sandbox.reset()
    ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    assert task.check() == "Solved: first token."


def test_other_ways_to_be_refused_first_do_not_spoil_an_exercise(
    begin: Any, sandbox: ow.sandbox.Sandbox
) -> None:
    task = begin("ask for more")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="usage.read")
    with pytest.raises(errors.InsufficientScope):
        session.frame("/cells")
    exec(task.solution(), {"ow": ow, "sandbox": sandbox, "input": sign_in})  # noqa: S102 - our own text
    assert task.check() == "Solved: ask for more."


def test_an_exercise_at_a_sandbox_that_has_stopped_says_how_to_begin_anew() -> None:
    stopped = ow.sandbox.start("playground", restart=True)
    task = exercise("first token", stopped)
    stopped.stop()
    with pytest.raises(NotYet, match="has been stopped") as refused:
        task.check()
    assert 'ow.exercise("first token", sandbox)' in str(refused.value)


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
