"""The view of a trace without a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import watching
from oauth_widgets.signing_in.trace.message import WORDS
from tests.helpers.people import ALL_ABOUT, EVERYTHING, secrets_of, session_of, sign_in

from .page import Page


@pytest.fixture
def pending() -> ow.PendingLogin:
    sandbox = ow.sandbox.start("wgtwo")
    return ow.begin_login(sandbox.server, sandbox.client, scope=EVERYTHING)


def test_the_page_is_sent_each_message_and_only_the_names_of_steps_are_saved(
    pending: ow.PendingLogin,
) -> None:
    trace = ow.Trace(pending)
    page = Page(trace)
    assert page.hello("messages")["rows"][1]["label"] == "Show the sign-in link · asks for 4 scopes"
    pending.finish(sign_in(pending.url))
    page.until(lambda: len(page.told("messages")[-1]["rows"]) >= 10)
    rows = page.told("messages")[-1]["rows"]
    assert [row["step"] for row in rows] == trace.steps
    assert {"sender", "to", "at", "front", "failed", "parameters", "checks"} <= rows[0].keys()
    assert page.told("messages")[-1]["text"] == str(trace)
    saved = trace.get_state()
    assert set(saved["steps"]) <= {step for step, _ in WORDS["steps"].values()}
    whole = json.dumps(saved["steps"]) + saved["server"]
    assert "•" not in whole
    assert "127.0.0.1" not in whole


def test_a_card_is_traced_through_every_try(pending: ow.PendingLogin) -> None:
    request = pending.request
    card = ow.LoginCard(request.server, request.client, scope=EVERYTHING)
    trace = ow.Trace(card)
    tries = vars(card)["_sign_in"]
    refused = [*tries.begun][-1]
    tries.paste(ow.Secret(sign_in(refused.url, allow=False)))
    granted = [*tries.begun][-1]
    assert granted is not refused
    tries.paste(ow.Secret(sign_in(granted.url)))
    kinds = [one.kind for one in trace.messages]
    assert kinds.count("offer") == 2
    assert kinds.count("authorization response") == 2
    assert kinds.count("code exchange") == 1
    before = len(trace.messages)
    tries.result.refresh()
    assert trace.messages[before].kind == "refresh"


def test_a_card_that_is_signed_in_already_is_traced_from_its_session(
    pending: ow.PendingLogin,
) -> None:
    session = pending.finish(sign_in(pending.url))
    trace = ow.Trace(ow.SessionCard(session))
    session.refresh()
    assert trace.messages[0].kind == "refresh"
    trace.close()
    before = trace.messages
    session.refresh()
    assert trace.messages == before
    assert watching.watchers == []


def test_exports_are_whole_and_alike(pending: ow.PendingLogin) -> None:
    trace = ow.Trace(pending)
    pending.finish(sign_in(pending.url))
    page = trace.to_html()
    assert page.startswith("<!doctype html>")
    assert page.count("<li>") == len(trace.messages)
    lines = trace.to_mermaid().splitlines()
    assert lines[0] == "sequenceDiagram"
    assert len(lines) == 5 + len(trace.messages)
    assert "    notebook->>server: POST /oauth2/token" in lines
    assert str(trace).count("→") == sum(one.sender != one.to for one in trace.messages)
    assert repr(trace) == f"<Trace of Practice server (wgtwo): {len(trace.messages)} messages>"


def test_names_of_servers_cannot_break_out_of_an_export(pending: ow.PendingLogin) -> None:
    trace = ow.Trace(pending)
    vars(trace)["_recording"].server = ow.AuthorizationServer(
        issuer="https://a.example", name="<b>;\n#1 end"
    )
    assert "<b>;" not in trace.to_html()
    assert "as #lt;b#gt;#59; #35;1 end" in trace.to_mermaid()


@pytest.mark.parametrize("given", [None, "card", 7, object(), ow.Session, ow.ClaimsView])
def test_what_cannot_be_traced_is_refused(given: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="needs a card or a session"):
        ow.Trace(given)


def test_a_session_can_be_traced_too() -> None:
    session = session_of("alice")
    trace = ow.Trace(session)
    assert trace.messages == ()
    session.userinfo()
    assert [one.kind for one in trace.messages] == ["userinfo", "response"]


def card_on_a_page() -> tuple[ow.LoginCard, Page]:
    """Return a login card that an open page shows, and that page."""
    sandbox = ow.sandbox.start("playground")
    card = ow.login(sandbox.server, sandbox.client, scope=ALL_ABOUT)
    page = Page(card)
    page.tell("hello")
    return card, page


def diagram_in(card: ow.LoginCard, page: Page) -> ow.Trace:
    """Open what happened within the card."""
    page.tell("open", view="trace")
    diagram: ow.Trace = vars(card)["_inside"].cards["trace"]
    return diagram


def test_a_card_that_no_page_shows_records_nothing() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    card = ow.login(sandbox.server, sandbox.client, scope=EVERYTHING)
    assert watching.watchers == []
    vars(card)["_sign_in"].paste(ow.Secret(sign_in(card.url)))
    assert card.session
    card.close()


def test_what_happened_can_be_opened_in_the_card_after_a_failure_and_until_the_sign_in() -> None:
    card, page = card_on_a_page()
    tries = vars(card)["_sign_in"]
    assert card.views == []
    page.tell("open", view="trace")
    assert card.inside == {}
    tries.paste(ow.Secret(sign_in(card.url, allow=False)))
    assert (card.phase, card.views) == ("failed", ["trace"])
    diagram = diagram_in(card, page)
    assert list(card.inside) == ["trace"]
    assert any(one.failed for one in diagram.messages)
    failed = len(diagram.messages)
    tries.paste(ow.Secret(sign_in(card.url)))
    # The same diagram shows the next try, and nothing that the session does.
    assert card.views == ["scopes", "tokens", "claims", "trace"]
    assert list(card.inside) == ["trace", "session"]
    assert diagram_in(card, page) is diagram
    assert "ID token checks" in [one.kind for one in diagram.messages[failed:]]
    assert watching.watchers == []
    before = diagram.messages
    card.session.refresh()
    assert diagram.messages == before
    assert page.saved(secrets_of(card.session)) == []
    card.session.revoke()
    assert card.views == []
    card.close()
    assert diagram.comm is None


@pytest.mark.parametrize("ends", ["cancel", "another"])
def test_the_next_sign_in_at_a_card_has_another_diagram(ends: str) -> None:
    card, page = card_on_a_page()
    tries = vars(card)["_sign_in"]
    tries.paste(ow.Secret(sign_in(card.url, allow=ends == "another")))
    first = diagram_in(card, page)
    page.tell(ends)
    if ends == "cancel":
        page.tell("again")
    assert (card.phase, card.views, card.inside) == ("ready", [], {})
    assert first.comm is None
    tries.paste(ow.Secret(sign_in(card.url)))
    second = diagram_in(card, page)
    assert second is not first
    assert [one.kind for one in second.messages].count("offer") == 1
    card.close()
    assert watching.watchers == []
