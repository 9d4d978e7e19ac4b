"""Whom a connection is for, and whom it isn't."""

from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.signing_in.person import Person

ALICE = {"iss": "https://id.example", "sub": "1", "email": "alice@acme.example"}
ACME = Person("*@acme.example")


def tokens(claims: dict[str, Any] | None) -> ValidatedTokens:
    return ValidatedTokens(
        access_token=Secret("access"),
        refresh_token=None,
        id_token=IDToken(claims, Secret("id.token")) if claims else None,
        requested_scope=Scope(),
        scope=Scope(),
        expires_at=None,
    )


@pytest.mark.parametrize("more", [{}, {"email_verified": True}, {"email": "BOB@Acme.example"}])
def test_an_address_that_fits_is_let_in(more: dict[str, Any]) -> None:
    ACME.admits(tokens(ALICE | more))
    Person(sub="1").admits(tokens(ALICE))
    Person().admits(tokens(None))


@pytest.mark.check(id="kept/person")
@pytest.mark.parametrize(
    ("person", "claims", "said"),
    [
        (ACME, ALICE | {"email": "alice@acme.example.evil"}, "another account"),
        (ACME, ALICE | {"email_verified": False}, "hasn't verified"),
        (ACME, ALICE | {"email_verified": "false"}, "hasn't verified"),
        (ACME, ALICE | {"email": None}, "didn't send the email"),
        (ACME, None, "doesn't say who"),
        (Person(sub="2"), ALICE, "another account"),
        (Person("*@acme.example", "2"), ALICE, "another account"),
    ],
)
def test_anyone_else_is_refused_without_being_named(
    person: Person, claims: dict[str, Any] | None, said: str
) -> None:
    with pytest.raises(errors.WrongSubject, match=said) as refused:
        person.admits(tokens(claims))
    assert "alice" not in str(refused.value)
