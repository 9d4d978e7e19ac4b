"""Words of another party never hold a secret of the exchange, in whatever spelling it comes."""

from __future__ import annotations

import gzip
import html
import json
from base64 import b32encode, b64encode, b85encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ResourceError
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import quoted, quoted_problem, shown_names

Spelling = Callable[[str], str]


def utf16(text: str) -> list[str]:
    units = text.encode("utf-16-be").hex()
    return [f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)]


SPELLINGS: dict[str, Spelling] = {
    "as it is": str,
    "percent-encoded": lambda s: quote(s, safe=""),
    "percent-encoded in small letters": lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    "form-encoded": quote_plus,
    "as JSON": lambda s: json.dumps(s)[1:-1],
    "with escaped slashes": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "all escaped for JSON": lambda s: "".join(utf16(s)),
    "for HTML": html.escape,
    "as decimal entities": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "as hexadecimal entities": lambda s: "".join(f"&#x{ord(c):X};" for c in s),
    "in base64": lambda s: b64encode(s.encode()).decode(),
    "in base64 for addresses": lambda s: urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "in a Basic pair": lambda s: b64encode(f"notebook:{s}".encode()).decode(),
    "in a form-encoded Basic pair": lambda s: b64encode(f"app:{quote_plus(s)}".encode()).decode(),
    "in hexadecimal": lambda s: s.encode().hex(),
}
SECRETS = st.text(
    st.one_of(
        st.sampled_from("aZ09-._~+/=%&<>\"'\\ :;é€😀"),
        st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E),
    ),
    min_size=3,
    max_size=60,
).filter(lambda secret: secret == " ".join(secret.split()) and set(secret) != {"*"})
WORDS = "Wir ÜÖ: ", " ¿no? ¡…"
# Characters around it that a secret of these characters could not be a part of


@given(SECRETS, st.sampled_from(list(SPELLINGS)), st.sampled_from(list(SPELLINGS)))
@pytest.mark.check(id="secrets/hidden")
def test_a_secret_is_blotted_out_in_every_spelling_and_in_one_inside_another(
    secret: str, inner: str, outer: str
) -> None:
    spelled = SPELLINGS[outer](SPELLINGS[inner](secret))
    shown = quoted(f"¿¡ {spelled} ¡¿", [secret])
    assert "***" in shown
    assert secret not in shown
    assert spelled not in shown


TOKEN = "tokEn-/+aZ9_~.Qw3rtyUiop42"
RARE: dict[str, str] = {
    "in octal": "".join(f"\\{ord(c):03o}" for c in TOKEN),
    "as a point of Unicode": "".join(f"\\u{{{ord(c):x}}}" for c in TOKEN),
    "as a long entity": "".join(f"&#x{ord(c):08x};" for c in TOKEN),
    "in base32": b32encode(TOKEN.encode()).decode(),
    "in base85": b85encode(TOKEN.encode()).decode(),
    "as a dump": TOKEN.encode().hex(" "),
    "as a list of bytes": str(list(TOKEN.encode())),
    "in UTF-16": b64encode(TOKEN.encode("utf-16-le")).decode(),
    "compressed": b64encode(gzip.compress(TOKEN.encode())).decode(),
    "with invisible characters": "\u200b".join(TOKEN),
    "in bold": f"<b>{TOKEN[:9]}</b>{TOKEN[9:]}",
    "broken into lines": f"{TOKEN[:9]}\n{TOKEN[9:]}",
}


@pytest.mark.parametrize("spelling", RARE)
@pytest.mark.check(id="secrets/hidden")
def test_a_secret_in_a_rare_spelling_is_not_shown(spelling: str) -> None:
    shown = quoted(f"not known: {RARE[spelling]} (7)", [Secret(TOKEN)])
    assert "***" in shown
    assert RARE[spelling][-12:] not in shown


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("start", "stop"), [(0, 20), (6, None), (3, 19)])
@pytest.mark.check(id="secrets/hidden")
def test_a_long_piece_of_a_secret_is_not_shown(spelling: str, start: int, stop: int | None) -> None:
    piece = TOKEN[start:stop]
    for before in range(8):
        shown = quoted(f"{'¿' * before} {SPELLINGS[spelling](piece)}… ¡", [TOKEN])
        assert "***" in shown
        assert not any(piece[at : at + 8] in shown for at in range(len(piece) - 8))
    assert quoted(f"It begins with {TOKEN[:8]}…", [TOKEN]) == f"It begins with {TOKEN[:8]}…"


def test_pieces_are_looked_for_in_time_that_grows_with_the_words() -> None:
    assert quoted("A" * 16_000, ["A" * 500]) == "***"


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", ["abc", "p+q/r=s", "A" * 500, "x" * 12 + "%2B" + "é" * 4])
@pytest.mark.check(id="secrets/hidden")
def test_what_stands_around_a_secret_is_kept(spelling: str, secret: str) -> None:
    shown = quoted(f"¿ {SPELLINGS[spelling](secret)} ¡", [Secret(secret)])
    assert shown.replace("=", "") == "¿ *** ¡"


@pytest.mark.check(id="secrets/hidden")
def test_a_secret_that_begins_at_the_end_of_what_is_shown_is_blotted_out() -> None:
    for before in range(560, 620):
        assert "cret" not in quoted(" " * before + "Secret" * 200, ["Secret" * 200])


@pytest.mark.check(id="secrets/hidden")
def test_what_follows_many_secrets_is_not_shown_by_halves() -> None:
    assert "cret" not in quoted(("secret-1" * 90 + " ") * 30, ["secret-1" * 90])


def test_words_without_a_secret_stay_as_they_are() -> None:
    said = "The code c%C3%B4de &amp; \\u0041 YWJjZGVmZ2g= 6162636465 has ended."
    assert quoted(said, ["another", "", Secret("half an hour")]) == said
    assert quoted("one\n\ttwo\x00") == "one two"
    assert quoted("x" * 1000, ["y"]) == "x" * 299 + "…"


def test_half_a_character_on_either_side_is_no_fault() -> None:
    assert quoted("no \ud800 here", ["\ud800x", "here"]) == "no ***"


def test_a_name_that_spells_a_secret_is_no_name_of_a_scope() -> None:
    assert shown_names("a acc%65ss-1 b *** access-1", ["access-1"]) == ("a", "b", "***")


def test_what_an_api_said_is_told_from_our_words_after_a_secret_was_blotted_out_of_it() -> None:
    refused = ResourceError("It answered 400.").quoting("alice sent access-1, which has ended.")
    problem = quoted_problem(refused, ["access-1"])
    assert problem.message == "It answered 400. It said: alice sent ***, which has ended."
    assert problem.own_words == "It answered 400."
    assert problem.server_words == "alice sent ***, which has ended"
