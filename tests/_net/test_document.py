from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.document import (
    check_not_busy,
    flag,
    needed_text,
    number,
    object_of,
    parse_object,
    text,
    texts,
)
from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidDocument, InvalidKeySet, TemporarilyUnavailable
from tests.protocol.builders import ACCESS_TOKEN, json_answer, refuses


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


@pytest.mark.parametrize("status", [201, 204, 206, 302, 304, 400, 404, 500])
@pytest.mark.check(id="documents/shape")
def test_only_status_200_is_read(status: int) -> None:
    assert object_of(json_answer({"a": 1}), error=InvalidKeySet) == {"a": 1}
    with refuses(InvalidKeySet):
        object_of(json_answer({"a": 1}, status=status), error=InvalidKeySet)


@pytest.mark.parametrize(("status", "passing"), [(500, True), (520, True), (404, False)])
def test_what_may_pass_is_told_with_its_status(status: int, passing: bool) -> None:
    with refuses(InvalidKeySet) as caught:
        object_of(json_answer({}, status=status), error=InvalidKeySet)
    assert caught.value.retry_may_help == passing
    assert ("Try again in a moment." in str(caught.value)) == passing


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.check(id="transport/retries")
def test_a_server_that_asks_for_patience_is_told_apart(status: int) -> None:
    check_not_busy(Response(200))
    check_not_busy(Response(500))
    with refuses(TemporarilyUnavailable) as caught:
        check_not_busy(Response(status))
    assert caught.value.retry_may_help


@pytest.mark.parametrize("body", [b"[]", b"[{}]", b'"a"', b"1", b"true", b"null"])
@pytest.mark.check(id="documents/shape")
def test_anything_but_an_object_is_refused(body: bytes) -> None:
    with refuses(InvalidDocument):
        parse_object(body)


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "a/b+json"]
)
@pytest.mark.check(id="documents/content-type")
def test_a_json_content_type_is_read(kind: str) -> None:
    assert object_of(json_answer({}, content_type=kind), error=InvalidKeySet) == {}


@pytest.mark.parametrize(
    "headers",
    [
        *({"content-type": kind} for kind in ("text/html", "text/json", "application/jwt", "")),
        {"content-type": "text/plain; x=application/json"},
        {"content-type": "application/jsonp"},
        {},
    ],
)
@pytest.mark.check(id="documents/content-type")
def test_another_content_type_is_refused(headers: dict[str, str]) -> None:
    with refuses(InvalidKeySet):
        object_of(Response(200, headers, b"{}"), error=InvalidKeySet)


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"[{}, NaN]"])
@pytest.mark.check(id="documents/json")
def test_nan_and_infinity_are_refused(value: bytes) -> None:
    with refuses(InvalidDocument):
        parse_object(b'{"a": %b}' % value)


@pytest.mark.parametrize(
    "body", [b'{"a": 1, "a": 1}', b'{"a": 1, "\\u0061": 2}', b'{"b": [{"a": 1, "a": 2}]}']
)
@pytest.mark.check(id="documents/json")
def test_a_name_that_stands_twice_is_refused(body: bytes) -> None:
    with refuses(InvalidDocument):
        parse_object(body)


@pytest.mark.check(id="documents/json")
def test_deep_nesting_is_refused() -> None:
    assert parse_object(nested(32))
    for body in (nested(33), nested(100_000), b'{"a":' + b"[" * 100_000, b"[" * 100_000):
        with refuses(InvalidDocument):
            parse_object(body)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"{}{}", b"{}x", b"{'a': 1}", b'{"a": 01}', b'{"a": "\n"}', b"{a: 1}"),
        *(b'{"a": "\xff"}', b"\xff\xfe{", b"\xef\xbb\xbf", b'{"a": ' + b"1" * 5000 + b"}"),
        b'{"access_token": "' + ACCESS_TOKEN.encode() + b'\xff"}',
        b'{"access_token": "' + ACCESS_TOKEN.encode(),
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with refuses(InvalidDocument):
        parse_object(body)


READERS: list[tuple[Callable[..., object], object, list[object]]] = [
    (text, "a", [7, True, [], {}, ["a"]]),
    (needed_text, "a", [7, True, [], {}, ["a"], "", None]),
    (texts, ["a", "b"], ["a", 7, True, {}, [7], [None], ["a", []]]),
    (flag, False, ["true", 0, 1, [], {}]),
    (number, 7.5, ["7", True, False, [], {}, 1e15, -1e15, 10**400, float("inf"), float("nan")]),
]


@pytest.mark.parametrize(
    ("reader", "value"), [(reader, value) for reader, _, wrong in READERS for value in wrong]
)
@pytest.mark.check(id="token/members")
def test_a_member_of_the_wrong_type_is_refused(
    reader: Callable[..., object], value: object
) -> None:
    with refuses(InvalidDocument) as caught:
        reader({"a": value}, "a", error=InvalidDocument)
    assert '"a"' in caught.value.message


@pytest.mark.parametrize(("reader", "value"), [(reader, value) for reader, value, _ in READERS])
def test_a_member_of_the_right_type_is_returned(
    reader: Callable[..., object], value: object
) -> None:
    expected = tuple(value) if isinstance(value, list) else value
    assert reader({"a": value}, "a", error=InvalidDocument) == expected
    if reader is not needed_text:
        assert reader({}, "a", error=InvalidDocument) is None
        assert reader({"a": None}, "a", error=InvalidDocument) is None


def test_half_a_character_is_no_text() -> None:
    document = parse_object(b'{"a": "\\ud83d", "b": "\\ud83d\\ude00"}')
    assert text(document, "b", error=InvalidDocument) == "\N{GRINNING FACE}"
    with refuses(InvalidDocument):
        text(document, "a", error=InvalidDocument)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON), st.sampled_from(["utf-8", "utf-8-sig"]), st.booleans())
def test_every_json_object_is_read_as_it_was_written(
    document: dict[str, Any], encoding: str, escaped: bool
) -> None:
    assert parse_object(json.dumps(document, ensure_ascii=escaped).encode(encoding)) == document


@given(st.binary() | st.text(st.characters()) | st.text('{}[]":,\\u d8NaInfty-1e9 '))
def test_any_bytes_are_an_object_or_are_refused(body: bytes | str) -> None:
    with suppress(InvalidDocument):
        assert isinstance(parse_object(body), dict)
