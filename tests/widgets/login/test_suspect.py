"""What a card says of an answer that may be an attack, and which failures it can show."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in.trace.recording import Recording
from oauth_widgets.widgets._inside import recorded


def answered(card: ow.LoginCard, **answer: str) -> str:
    """Return the address of an answer to what the card asks for now."""
    sent = dict(parse_qsl(urlsplit(card.url).query))
    return f"{sent['redirect_uri']}?{urlencode({'state': sent['state'], **answer})}"


def test_only_an_answer_of_another_server_may_be_an_attack() -> None:
    sandbox = ow.sandbox.start("playground")
    card = ow.LoginCard(sandbox.server, sandbox.client, scope="openid")
    with pytest.raises(errors.IssuerMismatch):
        card.finish(answered(card, code="a", iss="https://other.example"))
    assert (card.phase, card.suspect, card.refused) == ("failed", True, False)
    with pytest.raises(errors.AccessDenied):
        card.finish(answered(card, error="access_denied", iss=sandbox.server.issuer))
    assert (card.phase, card.suspect, card.refused) == ("failed", False, True)
    card.close()


def test_a_failure_is_offered_as_a_diagram_only_if_it_is_in_it() -> None:
    sandbox = ow.sandbox.start("playground")
    card = ow.LoginCard(sandbox.server, sandbox.client, scope="openid")
    recording = Recording(card._sign_in)  # noqa: SLF001 - as the card does
    failure = errors.InvalidAuthorizationResponse("That is only the code.")
    assert recorded(recording, None, over=True)
    assert not recorded(recording, failure, over=False)
    assert not recorded(None, failure, over=True)
    with pytest.raises(errors.AccessDenied) as refused:
        card.finish(answered(card, error="access_denied", iss=sandbox.server.issuer))
    assert recorded(recording, refused.value, over=False)
    card.close()
