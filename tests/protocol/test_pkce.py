from __future__ import annotations

import pytest

from oauth_widgets.protocol.pkce import code_challenge, code_verifier, random_token
from oauth_widgets.secret import Secret


@pytest.mark.check(id="request/pkce")
def test_the_challenge_is_the_standards_own() -> None:
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.check(id="request/pkce")
def test_a_verifier_has_43_characters_and_is_never_the_same() -> None:
    values = {code_verifier().reveal() for _ in range(20)}
    assert len(values) == 20
    assert {len(value) for value in values} == {43}


@pytest.mark.check(id="request/state")
def test_tokens_are_safe_in_an_address() -> None:
    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in random_token())
