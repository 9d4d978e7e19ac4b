from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.scope import Scope

from .builders import refuses

NAMES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'), min_size=1
)


def test_a_scope_keeps_its_order_and_prints_as_the_wire_writes_it() -> None:
    scope = Scope("openid  phone events.read phone")
    assert str(scope) == "openid phone events.read"
    assert list(scope) == ["openid", "phone", "events.read"]
    assert (len(scope), len(Scope())) == (3, 0)
    assert repr(scope) == "Scope('openid phone events.read')"


def test_a_scope_compares_and_combines_as_a_set() -> None:
    assert Scope("a b") == Scope(["b", "a"]) == {"a", "b"}
    assert hash(Scope("a b")) == hash(Scope("b a"))
    assert Scope("a") < Scope("a b")
    assert "a" in Scope("a b")
    assert "A" not in Scope("a b")
    assert str(Scope("a b") - Scope("a")) == "b"
    assert str(Scope("a") | {"b"}) == "a b"
    assert isinstance(Scope("a") & Scope("b"), Scope)


@pytest.mark.parametrize("names", ['a"', "a\\b", "é", "a\x7f", "a\0b", ["a b"], [""], [7], [None]])
def test_what_cannot_be_a_scope_name_is_refused(names: object) -> None:
    with refuses(ConfigurationError):
        Scope(names)  # type: ignore[arg-type]


@given(st.lists(NAMES))
def test_what_is_written_is_read_again(names: list[str]) -> None:
    scope = Scope(names)
    assert list(Scope(str(scope))) == list(scope) == list(dict.fromkeys(names))


@given(st.text(st.characters()) | st.lists(st.text(st.characters()) | st.integers()))
def test_anything_is_a_scope_or_is_refused(names: object) -> None:
    with suppress(ConfigurationError):
        assert str(Scope(names)).isascii()  # type: ignore[arg-type]
