from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.challenge import bearer_challenge, challenges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("Bearer", [("bearer", {})]),
        ('Bearer realm="api"', [("bearer", {"realm": "api"})]),
        ("BEARER Error=invalid_token", [("bearer", {"error": "invalid_token"})]),
        (
            'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
            [
                ("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
                ("basic", {"realm": "simple"}),
            ],
        ),
        (
            "Negotiate YIIZ+/8=, Basic, Bearer error = insufficient_scope",
            [("negotiate", {}), ("basic", {}), ("bearer", {"error": "insufficient_scope"})],
        ),
        ('Digest qop="auth, Bearer error=x"', [("digest", {"qop": "auth, Bearer error=x"})]),
        (', ,Basic realm="",, Bearer', [("basic", {"realm": ""}), ("bearer", {})]),
        ('Bearer error="first", error="second"', [("bearer", {"error": "first"})]),
        ('realm="nobody\'s"', []),
        ('Bearer realm="unclosed', [("bearer", {})]),
        ('Bearer realm=https://x, error="x"', [("bearer", {"realm": "https", "error": "x"})]),
    ],
)
@pytest.mark.check(id="bearer/challenges")
def test_a_header_with_several_challenges_is_taken_apart(
    header: str, expected: list[tuple[str, dict[str, str]]]
) -> None:
    found = challenges(header)
    assert list(found)[: len(expected)] == expected


@pytest.mark.check(id="bearer/challenges")
def test_bearer_is_found_behind_others() -> None:
    header = 'DPoP algs="ES256", Basic realm="x", Bearer error="insufficient_scope", scope="a b"'
    assert bearer_challenge(header) == {"error": "insufficient_scope", "scope": "a b"}
    assert bearer_challenge('Basic realm="x", error="insufficient_scope"') == {}


@pytest.mark.check(id="bearer/challenges")
def test_a_long_header_takes_no_long_time() -> None:
    began = time.perf_counter()
    for part in (" ", ",", "a ", "a=", '"', '\\"', "a" * 9 + "!", 'a="', "a b="):
        challenges("Bearer " + part * (65_536 // len(part)))
    assert time.perf_counter() - began < 2


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-_.0123456789", min_size=1, max_size=9)
PARAMETERS = st.dictionaries(NAMES, st.text(st.characters(exclude_characters="\n")), max_size=4)


@given(st.text(st.characters()) | st.text('Bearer ,="\\a1 \t'))
def test_any_header_is_read(header: str) -> None:
    assert all(isinstance(scheme, str) for scheme, _ in challenges(header))
    assert isinstance(bearer_challenge(header), dict)


@given(st.lists(st.tuples(NAMES, PARAMETERS), max_size=4))
def test_what_is_written_is_read_again(written: list[tuple[str, dict[str, str]]]) -> None:
    header = ", ".join(
        scheme + " " + ", ".join(f'{name}="{quoted(value)}"' for name, value in parameters.items())
        for scheme, parameters in written
    )
    assert list(challenges(header)) == written


def quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
