"""A sign-in that stops before each message: who notices which change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.people import sign_in
from ..helpers.reader import example_of
from .page import Page

NOTEBOOK, SERVER = "This notebook", "The server"
CHANGES = {
    "another state in the request": (0, {"state": "mine"}, NOTEBOOK, "state"),
    "another nonce in the request": (0, {"nonce": "mine"}, NOTEBOOK, "nonce"),
    "another challenge": (0, {"code_challenge": "A" * 43}, SERVER, "invalid_grant"),
    "a scope that the client may not have": (0, {"scope": "openid x.y"}, SERVER, "invalid_scope"),
    "another state in the answer": (1, {"state": "mine"}, NOTEBOOK, "state"),
    "no state in the answer": (1, {"state": None}, NOTEBOOK, "state"),
    "another issuer in the answer": (1, {"iss": "https://evil.example"}, NOTEBOOK, "iss"),
    "another code": (1, {"code": "stolen"}, SERVER, "invalid_grant"),
    "another verifier": (2, {"code_verifier": "V" * 43}, SERVER, "invalid_grant"),
    "no verifier": (2, {"code_verifier": None}, SERVER, "invalid_grant"),
    "another grant": (2, {"grant_type": "password"}, SERVER, "unsupported_grant_type"),
    "another secret": (2, {"Authorization": "Basic bm90ZWJvb2s6eA=="}, SERVER, "invalid_client"),
    "another access token": (3, {"access_token": "another"}, NOTEBOOK, "at_hash"),
    "another ID token": (3, {"id_token": "e30.e30.AA"}, NOTEBOOK, "UntrustedSignature"),
    "another kind of token": (3, {"token_type": "mac"}, NOTEBOOK, "InvalidTokenResponse"),
    "other keys": (5, {"keys": "[]"}, NOTEBOOK, "UntrustedSignature"),
}
"""Before which message what is changed, who notices it, and by what."""


@pytest.fixture
def sandbox() -> ow.sandbox.Sandbox:
    return ow.sandbox.start("playground")


@pytest.fixture
def steps(sandbox: ow.sandbox.Sandbox) -> Iterator[ow.StepByStep]:
    card = ow.StepByStep(sandbox.server, sandbox.client, scope="openid email")
    yield card
    card.close()


def walk(steps: ow.StepByStep, at: int = -1, changes: dict[str, Any] | None = None) -> None:
    """Send each message, the one numbered `at` with `changes`, until it has ended."""
    while steps.phase not in {"signed_in", "noticed"}:
        if steps.phase == "browser":
            steps.bring(_answer(steps.url))
        if len(steps.done) == at:
            steps.edit(**(changes or {}))
        steps.advance()


def _answer(url: str) -> str:
    if "x.y" in url:
        return httpx.get(url, trust_env=False).headers["location"]
    return sign_in(url)


def test_unchanged_it_is_the_sign_in_that_every_other_card_runs(steps: ow.StepByStep) -> None:
    trace = ow.Trace(steps)
    walk(steps)
    assert steps.session is not None
    assert steps.session.userinfo() is not None
    assert steps.done == [
        *("Open the sign-in page", "Deliver the answer", "Trade the code for tokens"),
        *("Answer 200", "Fetch the server's keys", "Answer 200"),
    ]
    assert steps.verdict == "Signed in."
    assert steps.noticed is None
    kinds = [one.kind for one in trace.messages]
    assert kinds.count("ID token checks") == kinds.count("code exchange") == 1


def test_nothing_is_sent_before_its_turn(sandbox: ow.sandbox.Sandbox, steps: ow.StepByStep) -> None:
    before = len(sandbox.seen)
    assert steps.next == "Open the sign-in page"
    assert steps.advance() == "You sign in and decide"
    assert len(sandbox.seen) == before
    steps.bring(sign_in(steps.url))
    assert steps.advance() == "Trade the code for tokens"
    assert not any("code_verifier" in one["names"] for one in sandbox.seen[before:])
    assert steps.advance() == "Answer 200"
    assert "code_verifier" in sandbox.seen[-1]["names"]


@pytest.mark.parametrize("change", CHANGES)
def test_who_notices_a_change(steps: ow.StepByStep, change: str) -> None:
    at, changes, by, check = CHANGES[change]
    walk(steps, at, changes)
    assert steps.noticed is not None
    assert (steps.noticed.by, steps.noticed.check) == (by, check)
    assert steps.noticed.error.__traceback__ is None
    assert steps.phase == "noticed"
    assert steps.problem
    assert steps.verdict == f"{by} noticed ({check})."
    assert str(steps.noticed) == f"{steps.verdict} {steps.noticed.error.own_words}"


def test_each_parameter_says_what_it_is_for_and_secrets_are_dots(steps: ow.StepByStep) -> None:
    steps.advance()
    steps.bring(sign_in(steps.url))
    steps.advance()
    shown = {one.name: one for one in steps.parameters}
    assert shown["grant_type"].value == "authorization_code"
    assert shown["code_verifier"].value.startswith("•")
    assert shown["code_verifier"].purpose == "proves that this client began the sign-in"
    assert shown["code_verifier"].section == "RFC 7636 §4.5"
    assert (
        repr(steps)
        == "<StepByStep at Practice server (playground): next, 'Trade the code for tokens'>"
    )


def test_the_open_page_alone_gets_the_values(steps: ow.StepByStep) -> None:
    page = Page(steps)
    assert page.hello("draft")["rows"][3][0] == "state"
    page.tell("step", changes={"scope": "openid"})
    page.idle()
    link = page.told("draft")[-1]["url"]
    assert "scope=openid&" in link
    page.tell("bring", address=sign_in(link))
    page.idle()
    answer = {name: value for name, value, *_ in page.told("draft")[-1]["rows"]}
    page.tell("step", changes={})
    page.idle()
    proof = {name: value for name, value, *_ in page.told("draft")[-1]["rows"]}
    page.tell("step", changes={"code_verifier": None})
    page.idle()
    assert page.told("draft")[-1]["step"] == "Answer 400"
    page.tell("step", changes={})
    page.idle()
    assert steps.phase == "noticed"
    assert page.told("said")[-1]["words"]
    assert page.saved({**answer, **{k: proof[k] for k in ("code_verifier", "Authorization")}}) == []


def test_the_browser_brings_the_answer_to_a_loopback_address(steps: ow.StepByStep) -> None:
    page = Page(steps)
    steps.advance()
    answer = sign_in(steps.url)
    assert httpx.get(answer, trust_env=False).status_code == 200
    page.until(lambda: steps.phase == "edit")
    assert steps.next == "Deliver the answer"
    assert httpx.get(answer, trust_env=False).status_code == 400


def test_it_can_begin_again(steps: ow.StepByStep) -> None:
    first = steps.parameters
    walk(steps, 1, {"state": "mine"})
    page = Page(steps)
    page.tell("again")
    assert steps.phase == "edit"
    assert (steps.problem, steps.verdict, steps.done) == ("", "", [])
    assert steps.parameters != first
    walk(steps)
    assert steps.session is not None


def test_what_cannot_be_done_now_says_what_to_do_instead(steps: ow.StepByStep) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"steps\.advance\(\)"):
        steps.bring("http://127.0.0.1/callback")
    with pytest.raises(errors.ConfigurationError, match="state is int"):
        steps.edit(state=7)  # type: ignore[arg-type]
    steps.advance()
    with pytest.raises(errors.ConfigurationError, match=r"steps\.bring\(address\)"):
        steps.advance()
    with pytest.raises(errors.ConfigurationError, match="address is NoneType"):
        steps.bring(None)  # type: ignore[arg-type]
    with pytest.raises(errors.ConfigurationError, match="not an address"):
        steps.bring("http://[/?code=1")
    steps.bring(sign_in(steps.url))
    for _ in range(3):
        steps.advance()
    assert steps.next == "Fetch the server's keys"
    with pytest.raises(errors.ConfigurationError, match="no parameters to change"):
        steps.edit(kid="1")
    walk(steps)
    with pytest.raises(errors.ConfigurationError, match="has ended"):
        steps.advance()


def test_a_server_that_cannot_be_reached_is_no_ones_check(steps: ow.StepByStep) -> None:
    steps.advance()
    steps.bring(sign_in(steps.url))
    steps.advance()
    object.__setattr__(vars(steps)["_steps"].draft.whole, "url", "http://127.0.0.1:9/token")
    steps.advance()
    assert steps.noticed is not None
    assert (steps.noticed.by, steps.noticed.check) == ("The network", "ServerUnreachable")
    # The code has been used all the same.
    assert not steps.noticed.error.retry_may_help
    assert "Start a new one" in str(steps.noticed.error.next_step)


def test_the_example_of_its_documentation_runs(sandbox: ow.sandbox.Sandbox) -> None:
    names: dict[str, Any] = {"ow": ow, "sandbox": sandbox}
    exec(example_of(ow.StepByStep), names)  # noqa: S102 - our own text
    assert "state=mine&" in names["steps"].url
    names["steps"].close()


def test_no_other_part_of_the_package_knows_it() -> None:
    own = ("widgets/step_by_step.py", "widgets/_steps.py", "__init__.py")
    root = Path(ow.__file__).parent
    others = [one for one in root.rglob("*.py") if one.relative_to(root).as_posix() not in own]
    names = ("step_by_step", "_steps import")
    assert [one for one in others if any(name in one.read_text("utf-8") for name in names)] == []


def test_wrong_arguments_are_refused(sandbox: ow.sandbox.Sandbox) -> None:
    with pytest.raises(errors.ConfigurationError):
        ow.StepByStep("wgtwo", sandbox.client)  # type: ignore[arg-type]
    with pytest.raises(errors.ConfigurationError, match="no argument scopes"):
        ow.StepByStep(sandbox.server, sandbox.client, scopes="openid")  # type: ignore[call-arg]
    with pytest.raises(errors.ConfigurationError):
        ow.StepByStep(sandbox.server, sandbox.client, scope="cells.write")


def test_a_saved_card_names_steps_and_no_values(steps: ow.StepByStep) -> None:
    walk(steps, 1, {"code": "stolen"})
    state = steps.get_state()
    saved = json.dumps({name: state[name] for name in state if not name.startswith("_")})
    assert "Deliver the answer" in saved
    assert "stolen" not in saved
    assert "127.0.0.1" not in saved
