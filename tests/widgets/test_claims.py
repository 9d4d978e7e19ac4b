"""The view of an ID token's claims without a browser."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.people import ALL_ABOUT, secrets_of, session_of
from tests.protocol.builders import claims, refuses
from tests.protocol.keys import encoded, rsa_key

from .page import Page

MASK = "••••••••"


def rows(view: Page) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in view.hello("claims")["rows"]}


def judged(view: Page) -> dict[str, dict[str, Any]]:
    """Return the rows once the checks are done."""
    view.tell("hello")
    view.until(lambda: view.told("claims")[-1]["rows"][0].get("passed") is not None)
    view.idle()
    return rows(view)


def test_each_claim_is_shown_with_its_meaning_value_and_check(alice: ow.Session) -> None:
    assert alice.id_token is not None
    view = Page(ow.ClaimsView(alice))
    told = rows(view)
    assert set(told) == {"signature", *alice.id_token.claims}
    assert told["name"] == {
        "name": "name",
        "value": "Alice Liddell",
        "meaning": "full name",
    }
    assert told["nonce"]["value"] == alice.id_token.claims["nonce"]
    assert told["nonce"]["meaning"] == "ties it to this sign-in"
    assert told["exp"]["value"] == str(alice.id_token.claims["exp"])
    assert told["amr"]["value"] == '["pwd"]'
    assert told["signature"]["value"].startswith("RS256, ")
    assert (view.card.basis, view.card.server) == ("sign-in", "Practice server (playground)")


def test_what_was_checked_stands_first_and_passed(alice: ow.Session) -> None:
    told = rows(Page(ow.ClaimsView(alice)))
    passed = {name: row["passed"] for name, row in told.items() if "passed" in row}
    assert list(told)[: len(passed)] == list(passed)
    assert [name for name, good in passed.items() if good] == [
        *("signature", "iss", "aud", "sub", "exp", "iat", "nonce", "at_hash"),
    ]
    # there, but nothing was asked of them
    assert [name for name, good in passed.items() if good is None] == ["auth_time", "acr"]
    assert {row["reason"] for row in told.values() if "reason" in row} == {""}


def test_an_id_token_stands_for_itself(alice: ow.Session) -> None:
    assert alice.id_token is not None
    view = Page(ow.ClaimsView(alice.id_token))
    assert rows(view) == rows(Page(ow.ClaimsView(alice)))
    assert (view.card.basis, view.card.server, view.card.subjects) == ("sign-in", "", "")


def test_how_the_server_names_people_is_told(alice: ow.Session) -> None:
    assert ow.ClaimsView(alice).subjects == "public"
    assert ow.ClaimsView(session_of("alice")).subjects == "pairwise"
    both = replace(alice.server, subject_types_supported=("public", "pairwise"))
    silent = replace(alice.server, subject_types_supported=None)
    server = alice.server
    try:
        for alice.server in (both, silent):
            assert ow.ClaimsView(alice).subjects == ""
    finally:
        alice.server = server


def test_another_sign_ins_token_is_judged_claim_by_claim(
    alice: ow.Session, bob: ow.Session
) -> None:
    view = Page(ow.ClaimsView(bob, against=alice))
    assert view.card.basis == "held"
    told = judged(view)
    assert {name for name, row in told.items() if row.get("passed") is False} == {
        "nonce",
        "at_hash",
    }
    assert told["nonce"]["reason"].startswith("The nonce in the ID token is not the one")
    assert told["signature"]["passed"] is True
    # what was found is not looked for again
    view.tell("hello")
    assert view.card.doing == ""


def test_a_token_that_a_session_would_take_passes_every_check(alice: ow.Session) -> None:
    assert alice.id_token is not None
    told = judged(Page(ow.ClaimsView(alice.id_token.raw, against=alice)))
    assert {row.get("passed") for row in told.values()} == {True, None}


def test_a_forged_token_fails_by_its_signature_and_by_what_it_lacks(alice: ow.Session) -> None:
    token = rsa_key().sign(claims(exp="soon"))
    told = judged(Page(ow.ClaimsView(token.reveal(), against=alice)))
    assert told["signature"]["passed"] is False
    assert told["exp"]["reason"] == '"exp" is not a number.'
    assert told["iss"]["reason"].startswith("The ID token's issuer (iss) is https://as.example;")
    unsigned = Page(
        ow.ClaimsView(f"{encoded({'alg': 'none'})}.{encoded({'a': 1})}.", against=alice)
    )
    told = judged(unsigned)
    assert told["signature"]["reason"] == "The token's signature is none; RS256 was expected."
    assert (told["sub"]["value"], told["sub"]["passed"]) == ("", False)


def test_keys_that_cannot_be_had_leave_the_signature_unchecked(mint: Mint) -> None:
    session = mint.session()
    view = Page(ow.ClaimsView(rsa_key().sign(claims()), against=session))
    view.tell("hello")
    view.until(lambda: view.card.rows[0].get("reason"))
    signature = view.told("claims")[-1]["rows"][0]
    assert (signature["name"], signature["passed"]) == ("signature", None)
    assert "has no jwks_uri" in signature["reason"]


def test_a_token_held_against_nothing_has_no_verdicts() -> None:
    view = Page(ow.ClaimsView(rsa_key().sign(claims()).reveal()))
    assert view.card.basis == "unverified"
    assert not any("passed" in row for row in rows(view).values())


def test_a_session_that_ended_meanwhile_is_said_so(mint: Mint) -> None:
    session = mint.session()
    session.revoke()
    view = Page(ow.ClaimsView(rsa_key().sign(claims()), against=session))
    view.tell("hello")
    view.until(lambda: view.card.problem)
    assert view.card.problem == "This session was signed out."
    assert view.card.next_step == "Sign in again."


def test_a_sign_out_ends_the_view_of_its_token() -> None:
    session = session_of("bob")
    view = Page(ow.ClaimsView(session))
    session.revoke()
    assert view.card.ended
    view.messages.clear()
    view.tell("hello")
    assert view.messages == []
    late = ow.ClaimsView(session)
    assert (late.ended, late.rows) == (True, [])


def test_a_token_held_against_another_session_stays_when_its_own_ends(alice: ow.Session) -> None:
    session = session_of("bob", ALL_ABOUT, "playground")
    view = Page(ow.ClaimsView(session, against=alice))
    session.revoke()
    assert judged(view)["nonce"]["passed"] is False
    with refuses(errors.NotSignedIn):
        ow.ClaimsView(session, against=alice)


def test_a_renewed_id_token_takes_the_place_of_the_first() -> None:
    session = session_of("bob")
    view = Page(ow.ClaimsView(session))
    session.refresh()
    assert session.id_token is not None
    view.until(lambda: view.told("claims"))
    assert rows(view)["at_hash"]["value"] == session.id_token.claims["at_hash"]


def test_a_session_without_an_id_token_says_what_to_ask_for() -> None:
    with refuses(errors.ConfigurationError) as refused:
        ow.ClaimsView(session_of("alice", "phone events.read", "playground"))
    assert refused.value.next_step == "Sign in with openid in the scope."


@pytest.mark.parametrize(
    "token",
    ["opaque", f"{encoded({'alg': 'dir', 'enc': 'x'})}.a.b.c.d"],
    ids=["opaque", "encrypted"],
)
def test_a_token_that_cannot_be_read_says_so(token: str) -> None:
    with refuses(errors.ConfigurationError) as refused:
        ow.ClaimsView(token)
    assert "no claims to read" in refused.value.message


@pytest.mark.parametrize("wrong", [7, None, b"a.b.c", {}])
def test_what_is_no_token_is_refused(wrong: Any) -> None:
    with refuses(errors.ConfigurationError):
        ow.ClaimsView(wrong)


def test_what_is_no_session_to_hold_it_against_is_refused(alice: ow.Session) -> None:
    with refuses(errors.ConfigurationError) as refused:
        ow.ClaimsView(alice, against=alice.id_token)  # type: ignore[arg-type]
    assert refused.value.message == "The against is IDToken, not Session."
    with refuses(errors.ConfigurationError) as refused:
        ow.ClaimsView(alice, agains=alice)  # type: ignore[call-arg]
    assert refused.value.next_step == "Did you mean against?"


def test_what_is_saved_has_each_claim_and_masks_what_may_be_about_a_person(
    alice: ow.Session,
) -> None:
    saved = {row["name"]: row["value"] for row in ow.ClaimsView(alice).rows}
    assert saved["iss"] == alice.server.issuer
    assert saved["aud"] == alice.client.client_id
    assert {saved[name] for name in ("sub", "name", "email", "phone_number", "sid")} == {MASK}


def test_of_a_token_nobody_vouches_for_no_value_is_saved(
    alice: ow.Session, bob: ow.Session
) -> None:
    assert bob.id_token is not None
    for view in (
        Page(ow.ClaimsView(bob, against=alice)),
        Page(ow.ClaimsView(bob.id_token.raw)),
    ):
        view.tell("hello")
        assert {row["value"] for row in view.card.rows} == {MASK}


@pytest.mark.check(id="secrets/hidden")
def test_a_claims_view_saves_no_token_and_nothing_personal(
    alice: ow.Session, bob: ow.Session
) -> None:
    assert bob.id_token is not None
    for view in (
        Page(ow.ClaimsView(bob)),
        Page(ow.ClaimsView(bob, against=alice)),
        Page(ow.ClaimsView(bob.id_token.raw.reveal())),
    ):
        view.tell("hello")
        view.idle()
        assert view.saved(secrets_of(bob) | secrets_of(alice)) == []
        assert secrets_of(bob)["phone_number"] in str(view.messages)


def test_where_the_session_it_goes_on_with_has_no_id_token_nothing_is_shown(
    alice: ow.Session,
) -> None:
    with closing(ow.ClaimsView(alice)) as card:
        page = Page(card)
        assert card.rows
        card._follow(session_of("bob", "phone"))  # noqa: SLF001
        assert card.rows == []
        assert page.told("claims")[-1]["rows"] == []
