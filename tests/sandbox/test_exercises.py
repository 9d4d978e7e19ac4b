"""Exercises judged by what the practice server saw."""

from __future__ import annotations

import base64
import builtins
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox.attacks.naive import NaiveClient
from oauth_widgets.sandbox.attacks.stage import BACK
from oauth_widgets.sandbox.exercises import Exercise, NotYet, exercise
from oauth_widgets.sandbox.lessons import LESSONS

from ..helpers.people import LOOPBACK, sign_in

# For each exercise, what learners typically do instead, and what the check then says.
MISTAKES: dict[str, list[tuple[str, str]]] = {
    "first token": [
        ("signed_in('openid')", "a token request with grant_type=client_credentials"),
        ("refused(alone, 'phone')", "The server refused"),
        ("pass", "hasn't received a token request"),
        ("'alone(scope)'", "No request has reached Practice server"),
        ("refused(alone, '')", "The server refused"),
        ("web('GET', token)", "It said: This page doesn't take that method"),
        ("web('POST', token, json={'grant_type': 'client_credentials'})", "It said: .*in the body"),
    ],
    "first data": [
        ("alone('cells.read')", "The API hasn't received a request"),
        ("refused(alone('usage.read').frame, '/cells')", "refused /cells: .* lacks a scope"),
        ("refused(alone('cells.read').frame, '/events')", "another request was: 403 for /events"),
        (
            "signed_in('openid phone events.read').frame('/events')",
            "for /events, but none for /cells",
        ),
        ("refused(alone('cells.read').frame, '/cell')", "another request was: 404 for /cell"),
        ("web('GET', api + '/cell')", "404 for /cell"),
        ("web('GET', api + '/cells')", "didn't get a valid token"),
        ("web('GET', api + '/cells?access_token=x')", "It said: .*Authorization header"),
        ("alone('cells.read').frame", "hasn't received a request for /cells"),
        (
            "naive.tokens = {'access_token': 'x'}; refused(naive.get, api + '/cells')",
            "didn't get a valid token",
        ),
    ],
    "sign in": [
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("alone('cells.read')", "has not been opened"),
        ("refused(naive_code, 'spent')", "refused to exchange the code. It said: invalid_grant"),
        ("sign_in(begun('openid').url, allow=False)", "clicked “Don't allow”"),
        ("refused(wrong_secret)", "refused to exchange the code. It said: invalid_client"),
        ("refused(begun('openid').finish, begun('openid').url)", "has not been opened"),
        ("refused(begun('openid').finish, sign_in(begun('openid').url))", "no code was exchanged"),
    ],
    "pkce": [
        ("naive_sign_in()", "no code_challenge"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("sign_in(begun('openid').url); naive_sign_in()", "no code_challenge"),
        ("naive_sign_in(); sign_in(begun('openid').url)", "no code_challenge"),
        ("web('GET', plain_pkce)", "refused the sign-in. It said: .*S256"),
        ("same_verifier()", "code_verifier of an earlier one"),
    ],
    "state": [
        ("naive_sign_in()", "no state"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("sign_in(begun('openid').url); naive_sign_in()", "no state"),
        ("naive_sign_in('&state=abc')", "Your state is easy to guess"),
        ("naive_sign_in('&state=' + 43 * '1')", "Your state is easy to guess"),
        ("for _ in 'ab': naive_sign_in('&state=kq3vZ81xTbRw7uYf')", "an earlier sign-in used it"),
    ],
    "id token": [
        ("signed_in('phone')", "Without the scope openid"),
        ("sign_in(begun('openid').url); signed_in('phone')", "Without the scope openid"),
        ("alone('cells.read')", "has not been opened"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
    ],
    "ask for more": [
        ("signed_in('openid phone events.read').frame('/events')", "hasn't refused you yet"),
        ("refused(signed_in('openid').frame, '/events')", "/events still refuses you"),
        (
            "refused(signed_in('openid').frame, '/events'); alone('cells.read').frame('/cells')",
            "/events still refuses you",
        ),
        (
            "for one in ('', ' events.read'): refused(signed_in('openid' + one).frame, '/events')",
            "every scope that the error names",
        ),
        ("signed_in('openid').ask_for('events.read phone')", "hasn't refused you yet"),
        (
            "refused(alone('usage.read').frame, '/cells'); alone('cells.read').frame('/cells')",
            "fetch /events without its scope",
        ),
    ],
    "refresh": [
        ("signed_in('openid')", "offline_access"),
        ("signed_in('openid offline_access')", "No refresh token has been used"),
        ("refused(signed_in('openid').refresh)", "offline_access"),
        ("alone('cells.read').refresh()", "No refresh token has been used"),
        ("pass", "No refresh token has been used"),
        ("web('POST', token, data=stale, auth=credentials)", "refused the refresh token. It said"),
        ("signed_in('openid offline_access').refresh", "No refresh token has been used"),
    ],
    "all pages": [
        ("pass", "hasn't received a request for /cells"),
        (
            "alone('cells.read').frame('/cells', {'paging': 'page', 'per_page': '100'}, limit=100)",
            "of the 4 pages",
        ),
        ("alone('cells.read').frame('/cells')", "set the parameter paging"),
        ("alone('cells.read').frame('/cells', paging='page')", "set the parameter paging"),
        (
            "alone('cells.read').frame('/cells', {'paging': 'page', 'per_page': '50'})",
            "page of 100",
        ),
        ("alone('cells.read').frame('/cells', {'paging': 'page'})", "set per_page"),
        (
            "for _ in 'abcd': alone('cells.read').frame('/cells', {'per_page': '100'}, limit=100)",
            "set the parameter paging to .page.",
        ),
        ("four_pages('page', [1, 1, 1, 1])", "Only 1 of the 4"),
        ("four_pages('cursor')", "It said: .*no parameter page here"),
        ("four_pages('offset')", "It said: .*no parameter page here"),
        ("four_pages('none')", "It said: .*no parameter per_page here"),
        ("four_pages('page', range(4))", "Only 3 of the 4 .*page must be a whole number from 1"),
        ("four_pages('page', token='x')", "didn't get a valid token"),
        ("alone('cells.read').frame('/cells', {'paging': 'offset', 'limit': '100'})", "page"),
    ],
    "sign out": [
        ("signed_in('openid')", "Your token hasn't been revoked"),
        ("pass", "has not been opened"),
        ("sign_in(begun('openid').url)", "no code was exchanged"),
        ("signed_in('openid').logout", "Your token hasn't been revoked"),
        ("alone('cells.read').revoke()", "has not been opened"),
        ("session = signed_in('openid'); revoke('nonsense')", "isn't a token from your sign-in"),
        ("session = signed_in('openid'); revoke(str(session.access_token))", ".reveal()"),
        ("signed_in('openid'); alone('cells.read').revoke()", "isn't a token from your sign-in"),
    ],
}


class Learner:
    """What learners do at a sandbox, with this package, a naive client or by hand."""

    def __init__(self, sandbox: ow.sandbox.Sandbox) -> None:
        self._server, self._client = sandbox.server, sandbox.client
        assert sandbox.client.client_secret is not None
        self.api, self.token = sandbox.api, str(sandbox.server.token_endpoint)
        self.naive = NaiveClient(sandbox.server, sandbox.client, BACK)
        self.credentials = (sandbox.client.client_id, sandbox.client.client_secret.reveal())
        self.plain_pkce = f"{self.naive.begin('openid')}&code_challenge=x"
        self.stale = {"grant_type": "refresh_token", "refresh_token": "nonsense"}

    def begun(self, scope: str) -> ow.PendingLogin:
        return ow.begin_login(self._server, self._client, scope=scope)

    def signed_in(self, scope: str) -> ow.Session:
        pending = self.begun(scope)
        return pending.finish(sign_in(pending.url))

    def alone(self, scope: str) -> ow.Session:
        return ow.client_credentials(self._server, self._client, scope=scope)

    def refused(self, call: Any, *arguments: str) -> None:
        with pytest.raises((errors.OAuthError, OSError)):
            call(*arguments)

    def web(self, method: str, url: str, **more: Any) -> httpx.Response:
        return httpx.request(method, url, trust_env=False, verify=LOOPBACK, **more)

    def naive_sign_in(self, more: str = "") -> None:
        self.naive.finish(sign_in(self.naive.begin("openid") + more))

    def naive_code(self, code: str) -> None:
        self.naive.finish(f"{sign_in(self.naive.begin('openid'))}{code}")

    def wrong_secret(self) -> None:
        client = replace(self._client, client_secret=ow.Secret("wrong"))
        pending = ow.begin_login(self._server, client, scope="openid")
        pending.finish(sign_in(pending.url))

    def same_verifier(self) -> None:
        verifier = "kq3vZ81xTbRw7uYfkq3vZ81xTbRw7uYfkq3vZ81xTbRw7uYf"
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        more = f"&code_challenge={challenge}&code_challenge_method=S256"
        for _ in range(2):
            answer = sign_in(self.naive.begin("openid") + more)
            code = parse_qs(urlsplit(answer).query)["code"][0]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
            form |= {"code_verifier": verifier}
            assert self.web("POST", self.token, data=form, auth=self.credentials).is_success

    def four_pages(
        self, paging: str, pages: Iterable[int] = (1, 2, 3, 4), token: str | None = None
    ) -> None:
        if token is None:
            token = self.alone("cells.read").access_token.reveal()
        header = {"Authorization": f"Bearer {token}"}
        for page in pages:
            query = f"paging={paging}&per_page=100&page={page}"
            self.web("GET", f"{self.api}/cells?{query}", headers=header)

    def revoke(self, token: str) -> None:
        address = str(self._server.revocation_endpoint)
        self.web("POST", address, data={"token": token}, auth=self.credentials)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    running = ow.sandbox.start("wgtwo", restart=True)
    yield running
    running.stop()


@pytest.fixture
def begin(sandbox: ow.sandbox.Sandbox) -> Any:
    return lambda name: exercise(name, sandbox)


def test_there_are_ten_and_each_has_at_least_three_mistakes() -> None:
    assert len(LESSONS) == 10
    assert list(MISTAKES) == list(LESSONS)
    assert min(len(mistakes) for mistakes in MISTAKES.values()) >= 3


@pytest.mark.parametrize("name", LESSONS)
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
        assert begun.check().startswith(f"Solved: {name}. ")
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
    learner = Learner(sandbox)
    names = {name: getattr(learner, name) for name in dir(learner) if not name.startswith("_")}
    names["sign_in"] = sign_in
    task = begin(name)
    exec(code, names)  # noqa: S102 - our own text
    with pytest.raises(NotYet, match=said):
        task.check()


def test_what_was_done_counts_after_a_reset_too(begin: Any, sandbox: ow.sandbox.Sandbox) -> None:
    ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    task = begin("first token")
    sandbox.reset()
    ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    assert task.check().startswith("Solved: first token. ")


def test_other_ways_to_be_refused_first_do_not_spoil_an_exercise(
    begin: Any, sandbox: ow.sandbox.Sandbox
) -> None:
    task = begin("ask for more")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="usage.read")
    with pytest.raises(errors.InsufficientScope):
        session.frame("/cells")
    exec(task.solution(), {"ow": ow, "sandbox": sandbox, "input": sign_in})  # noqa: S102 - our own text
    assert task.check().startswith("Solved: ask for more. ")


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
    with pytest.raises(errors.ConfigurationError, match="no exercise with that name") as refused:
        exercise("pkec")
    assert "pkce" in refused.value.next_step
    with pytest.raises(errors.ConfigurationError, match="The sandbox is str"):
        exercise("pkce", "wgtwo")  # type: ignore[arg-type]


def test_it_begins_at_the_running_sandbox(sandbox: ow.sandbox.Sandbox) -> None:
    assert exercise("pkce").sandbox is sandbox


OWN: dict[str, Any] = {
    "users": {"mira": {"password": "barometer"}},
    "scopes": {"stations.read": "See the stations", "alerts.read": "See alerts"},
    "services": {
        "me": {"records": [{"name": "mira"}], "requires": "openid"},
        "stations": {"records": [{"id": one} for one in range(7)], "requires": "stations.read"},
        "alerts": {"records": [{"id": 1}], "requires": "alerts.read"},
    },
}


@pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
def test_exercises_are_about_ones_own_services_and_people(
    profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ow.sandbox.start(profile, restart=True, **OWN)

    def typed(url: str) -> str:
        return sign_in(url, "mira", password="barometer")

    monkeypatch.setattr(builtins, "input", typed)
    for name in LESSONS:
        task = exercise(name, own)
        texts = [str(task), *(task.hint() for _ in range(3)), task.solution()]
        assert not any(word in "".join(texts) for word in ("cells", "events", "alice", "$"))
        with pytest.raises(NotYet):
            task.check()
        exec(task.solution(), {"ow": ow, "sandbox": own})  # noqa: S102 - our own text
        assert task.check().startswith(f"Solved: {name}. ")
    assert "7 records of /stations in pages of 2" in exercise("all pages", own).task
    own.stop()


def test_an_exercise_that_cannot_take_place_says_what_it_needs() -> None:
    services = {"me": {"records": [{"name": "mira"}], "requires": "openid"}}
    own = ow.sandbox.start("playground", restart=True, services=services)
    for name, needs in {
        "first token": "without a person",
        "first data": "without a person",
        "all pages": "at least two records",
        "ask for more": "more than openid",
    }.items():
        with pytest.raises(errors.ConfigurationError, match=needs):
            exercise(name, own)
    assert exercise("pkce", own).name == "pkce"
    own.stop()
