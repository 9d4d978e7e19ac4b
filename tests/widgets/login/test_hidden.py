"""Nothing secret and nothing personal is in what a card syncs."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

import oauth_widgets as ow
from tests.helpers.leaks import secrets_in
from tests.helpers.people import sign_in

from .seen import Show, arrive


@pytest.mark.parametrize("refused_first", [False, True])
@pytest.mark.check(id="secrets/hidden")
def test_no_synced_state_ever_holds_a_secret_or_a_persons_data(
    refused_first: bool, login: Show, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="oauth_widgets")
    seen = login()
    secrets: dict[str, str] = {}
    for allow in [False, True] if refused_first else [True]:
        pending = vars(seen.card)["_sign_in"].__dict__["_pending"]
        secrets[f"verifier, allowed {allow}"] = pending.request.code_verifier.reveal()
        back = sign_in(seen.card.url, allow=allow)
        arrive(back)
        seen.reaches("signed_in" if allow else "failed")
    session = seen.card.session
    secrets["code"] = parse_qs(urlsplit(back).query)["code"][0]
    secrets |= held_by(session)
    seen.tell("hello")
    session.refresh()
    secrets |= {f"new {name}": secret for name, secret in held_by(session).items()}
    seen.tell("hello")
    person = {name: str(value) for name, value in person_of(session).items()}

    assert seen.saved(secrets | person) == []
    assert secrets_in(caplog.text.encode(), secrets | person) == []
    assert secrets_in(json.dumps(seen.messages).encode(), secrets) == []
    assert seen.card.url == ""


def held_by(session: ow.Session) -> dict[str, str]:
    assert session.refresh_token is not None
    assert session.id_token is not None
    assert session.client.client_secret is not None
    return {
        "access token": session.access_token.reveal(),
        "refresh token": session.refresh_token.reveal(),
        "ID token": session.id_token.raw.reveal(),
        "client secret": session.client.client_secret.reveal(),
    }


def person_of(session: ow.Session) -> dict[str, str]:
    assert session.id_token is not None
    return {name: session.id_token.claims[name] for name in ("sub", "phone_number")}
