"""The view of a token without a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.people import secrets_of
from tests.protocol.builders import NOW, claims, refuses
from tests.protocol.keys import rsa_key

from .page import Page

OPAQUE = "opaque-token-of-somewhere"
FINE = claims(scope="a b", email="alice@corp.example")


def tokens(view: Page) -> dict[str, dict[str, Any]]:
    return {token["use"]: token for token in view.hello("details")["tokens"]}


def test_each_token_of_a_session_is_described(alice: ow.Session) -> None:
    view = Page(ow.TokenView(alice))
    told = tokens(view)
    assert list(told) == ["access", "refresh", "id"]
    assert [token["form"] for token in told.values()] == ["opaque", "opaque", "signed"]
    assert alice.expires_at is not None
    assert told["access"]["expires"] == alice.expires_at.isoformat()
    assert told["access"]["scope"] == list(alice.scope)
    assert told["refresh"]["expires"] is None
    assert told["id"]["audience"] == [alice.client.client_id]
    assert told["id"]["claims"] == told["id"]["header"] == []
    assert (view.card.server, view.card.asks) == ("Practice server (playground)", True)


def test_a_token_goes_to_the_page_that_asks_for_it_and_nowhere_else(alice: ow.Session) -> None:
    view = Page(ow.TokenView(alice))
    view.tell("hello")
    told = json.dumps(view.messages)
    assert not any(secret in told for secret in secrets_of(alice).values())
    view.messages.clear()
    view.tell("reveal", use="access", view="one")
    assert view.messages == [
        {
            "kind": "revealed",
            "use": "access",
            "view": "one",
            "value": alice.access_token.reveal(),
        }
    ]


@pytest.mark.parametrize("use", ["pasted", "", None, ["access"], {"a": 1}, 7])
def test_what_is_no_token_is_not_revealed(use: object, alice: ow.Session) -> None:
    view = Page(ow.TokenView(alice))
    view.tell("reveal", use=use, view="one")
    assert view.messages == []


def test_what_the_server_says_of_the_token_is_asked_when_a_person_asks(
    alice: ow.Session,
) -> None:
    view = Page(ow.TokenView(alice))
    view.tell("hello")
    assert view.told("info") == []
    view.tell("ask")
    view.until(lambda: view.told("info"))
    rows = {row["name"]: row for row in view.told("info")[0]["rows"]}
    assert rows["active"]["value"] == "true"
    assert rows["username"]["value"] == "alice"
    assert rows["scope"]["meaning"] == "what it allows"
    assert datetime.fromisoformat(view.told("info")[0]["at"]) <= datetime.now(UTC)


def test_a_server_that_tells_nothing_of_tokens_is_not_asked(mint: Mint) -> None:
    view = Page(ow.TokenView(mint.session()))
    assert not view.card.asks
    view.tell("ask")
    assert (view.card.doing, view.told("info")) == ("", [])


def test_a_refusal_to_tell_is_shown_with_its_next_step(alice: ow.Session) -> None:
    playground = ow.sandbox.start("playground")
    view = Page(ow.TokenView(alice))
    playground.misbehave("downtime")
    try:
        view.tell("ask")
        view.until(lambda: view.card.problem)
    finally:
        playground.misbehave("downtime", on=False)
    assert view.card.problem == (
        "The server cannot answer right now. The server said: temporarily_unavailable."
    )
    assert view.card.next_step == "Try again in a moment."
    view.tell("ask")
    view.until(lambda: view.told("info"))
    view.until(lambda: not view.card.problem)


def test_a_renewal_is_followed(mint: Mint) -> None:
    session = mint.session(seconds=100)
    view = Page(ow.TokenView(session))
    first = view.hello("details")
    assert view.hello("details") == first
    session.refresh()
    view.until(lambda: view.told("details")[-1]["renewals"] == first["renewals"] + 1)
    view.tell("reveal", use="access", view="one")
    assert view.messages[-1]["value"] == session.access_token.reveal() == "access-2"


def test_a_session_that_has_ended_is_said_to_have(mint: Mint) -> None:
    session = mint.session()
    view = Page(ow.TokenView(session))
    session.revoke()
    assert view.card.ended
    view.messages.clear()
    for kind in ("hello", "reveal", "ask"):
        view.tell(kind, use="access", view="one")
    assert view.messages == []
    assert ow.TokenView(session).ended


def test_a_closed_view_hears_no_more_of_its_session(mint: Mint) -> None:
    session = mint.session()
    view = Page(ow.TokenView(session))
    view.card.close()
    session.refresh()
    assert view.messages == []


def test_a_pasted_token_is_taken_apart() -> None:
    raw = rsa_key().sign(FINE).reveal()
    view = Page(ow.TokenView(f"  {raw}\n"))
    (told,) = view.hello("details")["tokens"]
    assert (told["use"], told["form"]) == ("pasted", "signed")
    assert told["expires"] == datetime.fromtimestamp(NOW + 600, UTC).isoformat()
    assert (told["audience"], told["scope"]) == (["notebook"], ["a", "b"])
    assert {row["name"]: row["value"] for row in told["header"]}["alg"] == "RS256"
    assert {row["name"]: row["value"] for row in told["claims"]}["email"] == "alice@corp.example"
    assert (view.card.server, view.card.asks) == ("", False)
    view.tell("ask")
    view.tell("reveal", use="pasted", view="one")
    assert view.messages[-1]["value"] == raw


@pytest.mark.parametrize("exp", [None, "soon", True, 1e300, float("1e15"), [], -1e18])
def test_an_end_that_is_no_moment_is_not_shown(exp: object) -> None:
    view = Page(ow.TokenView(rsa_key().sign(claims(exp=exp))))
    assert tokens(view)["pasted"]["expires"] is None


@pytest.mark.parametrize(
    ("aud", "audience"), [(["a", 7], ["a", "7"]), ([], []), (None, []), ({"a": 1}, ['{"a": 1}'])]
)
def test_any_audience_is_shown(aud: object, audience: list[str]) -> None:
    view = Page(ow.TokenView(rsa_key().sign(claims(aud=aud, scope=7))))
    assert tokens(view)["pasted"]["audience"] == audience
    assert tokens(view)["pasted"]["scope"] == []


def test_an_opaque_token_says_nothing() -> None:
    told = tokens(Page(ow.TokenView(ow.Secret(OPAQUE))))["pasted"]
    assert (told["form"], told["claims"], told["expires"]) == ("opaque", [], None)


@pytest.mark.parametrize("wrong", [None, 7, b"token", ["token"], ow.Session])
def test_what_is_no_token_is_refused(wrong: Any) -> None:
    with refuses(errors.ConfigurationError) as refused:
        ow.TokenView(wrong)
    assert "not a session, a Secret or a string" in refused.value.message


@pytest.mark.parametrize("empty", ["", " \n"])
def test_nothing_is_no_token(empty: str) -> None:
    with refuses(errors.ConfigurationError):
        ow.TokenView(empty)


@pytest.mark.check(id="secrets/hidden")
def test_a_token_view_saves_no_token_and_nothing_personal(alice: ow.Session) -> None:
    view = Page(ow.TokenView(alice))
    view.tell("hello")
    for use in ("access", "refresh", "id"):
        view.tell("reveal", use=use, view="one")
    view.tell("ask")
    view.until(lambda: view.told("info"))
    alice.refresh()
    view.tell("hello")
    assert view.saved(secrets_of(alice)) == []
    assert secrets_of(alice)["ID token"] not in str(view.messages)

    raw = rsa_key().sign(FINE).reveal()
    other = Page(ow.TokenView(raw))
    other.tell("hello")
    other.tell("reveal", use="pasted", view="one")
    secrets = {"token": raw, "mail": FINE["email"], "subject": FINE["sub"]}
    assert other.saved(secrets) == []
    assert all(secret in str(other.messages) for secret in secrets.values())
