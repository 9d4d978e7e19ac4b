from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.secret import Secret

from .builders import claims
from .keys import encoded, rsa_key

GOOD = encoded({"alg": "RS256"})


def test_a_signed_token_is_read_whole() -> None:
    raw = rsa_key().sign(claims())
    token = unverified_token(raw)
    assert (token.kind, token.raw) == ("signed", raw)
    assert token.claims == claims()
    assert token.header["alg"] == "RS256"


def test_a_token_without_a_signature_is_told_apart() -> None:
    token = unverified_token(Secret(f"{encoded({'alg': 'none'})}.{encoded(claims())}."))
    assert token.kind == "unsigned"
    assert token.claims == claims()


def test_of_an_encrypted_token_only_the_header_is_read() -> None:
    token = unverified_token(Secret(f"{encoded({'alg': 'dir', 'enc': 'A256GCM'})}.a.b.c.d"))
    assert (token.kind, token.header["enc"], token.claims) == ("encrypted", "A256GCM", {})


@pytest.mark.parametrize(
    "text",
    [
        *("x", "a.b.c", "a.b.c.d.e", "..", "....", "é.é.é"),
        *(f"{GOOD}.e30", f"{GOOD}.W10.x", f"{GOOD}.e30.x.y", f"{GOOD}.a.b.c.d"),
        *(f"{encoded({'typ': 'JWT'})}.e30.x", f"{GOOD}.{encoded(b'[' * 9000)}.x"),
    ],
)
def test_what_cannot_be_read_is_opaque(text: str) -> None:
    token = unverified_token(Secret(text))
    assert (token.kind, token.header, token.claims) == ("opaque", {}, {})


def test_what_was_read_cannot_be_changed() -> None:
    token = unverified_token(rsa_key().sign(claims()))
    for read in (token.header, token.claims):
        with pytest.raises(TypeError):
            read["sub"] = "other"  # type: ignore[index]


@pytest.mark.check(id="secrets/hidden")
def test_it_shows_neither_token_nor_claim() -> None:
    token = unverified_token(rsa_key().sign(claims(email="alice@corp.example")))
    assert repr(token) == "UnverifiedToken(raw=Secret('••••'), kind='signed')"


@given(st.text(st.characters(), min_size=1) | st.from_regex(r"[\w-]*(\.[\w-]*){1,4}"))
def test_any_text_is_taken_apart(text: str) -> None:
    assert unverified_token(Secret(text or ".")).raw
