"""No text freezes the kernel: every regular expression takes time by the length of its text alone.

They hold Python's lock while they run, so one that looks at each place anew stops everything.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import oauth_widgets
from oauth_widgets.frames import meaning, times

ROOM = Path(oauth_widgets.__file__).parent
MAKERS = {"compile", "fullmatch", "match", "search", "sub", "split", "findall", "finditer", "subn"}
FIRST, LARGEST = 1_000, 64_000
LONG_ENOUGH = 0.001
SCRIPT_PATTERN = re.compile(
    r"(?<=[(=,:!&|?])\s*/((?:[^/\\\n*]|\\.)(?:[^/\\\n]|\\.)*)/[gimsuy]*(?=[.,;)])"
)


@dataclass(frozen=True)
class Found:
    """A pattern of the package: the module and the name or the function it is in, and its uses."""

    where: str
    pattern: Any
    uses: frozenset[str]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOM.rglob("*.py")):
        name = ".".join(file.relative_to(ROOM).with_suffix("").parts)
        yield name, ast.parse(file.read_text("utf-8"))


TREES = dict(modules())


def uses_of(name: str) -> frozenset[str]:
    """Return the methods that are taken of a pattern of this name, in any module.

    One that is handed on is used from the start of a text.
    """
    return frozenset(
        node.attr
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in MAKERS
    ) or frozenset({"fullmatch", "match"})


def is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    )


def named(tree: ast.Module) -> dict[int, str]:
    """Return the name that each call of `re.compile` at the top of a module is given."""
    return {
        id(node.value): node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def patterns() -> Iterator[Found]:
    for module, tree in TREES.items():
        names = named(tree)
        for node in ast.walk(tree):
            if not is_of_re(node):
                continue
            assert isinstance(node, ast.Call)
            assert isinstance(node.func, ast.Attribute)
            method = node.func.attr
            if method in {"escape", "error"}:
                continue
            if id(node) in names:
                name = names[id(node)]
                there = importlib.import_module(f"oauth_widgets.{module}")
                yield Found(f"{module}.{name}", getattr(there, name), uses_of(name))
            else:
                # one that is not written out would be looked at by nobody
                text = ast.literal_eval(node.args[0])
                flags = re.DOTALL if "re.DOTALL" in ast.unparse(node) else re.NOFLAG
                yield Found(f"{module}: {text!r}", re.compile(text, flags), frozenset({method}))


EVERY = {found.where: found for found in patterns()}


def again(text: str, *, before: str = "", after: str = "\0") -> Callable[[int], str]:
    """Return what makes `text` over and over, about as many characters as are asked for."""
    return lambda size: before + text * (size // len(text)) + after


A, SPACE, DIGITS = again("a"), again(" "), again("1")
ATTACKS: dict[str, list[Callable[[int], str]]] = {
    "_sandbox.api.formats: 'q=([01](?:\\\\.[0-9]{0,3})?)'": [
        again("0", before="q=0."),
        again("q=0."),
    ],
    "_sandbox.api.paging: b'row ([0-9]{1,9})'": [again("1", before="row "), again("row ")],
    "_sandbox.api.parameters: '[0-9]{1,9}'": [DIGITS],
    "_sandbox.api.parameters: '[0-9]{1,3}(?:\\\\.[0-9]{1,3})?'": [DIGITS, again("1.")],
    "_sandbox.asked._NAME": [A],
    "_sandbox.authorization._CHALLENGE": [A],
    "_sandbox.authorization: '[0-9]{1,9}'": [DIGITS],
    "_sandbox.browsers._PREFIX": [A, again("/"), again("/a"), again("a", before="/")],
    "_sandbox.exchange._VERIFIER": [A],
    "_sandbox.redirecturi.LOOPBACK_PORT": [
        again("http://localhost:"),
        again("1", before="http://localhost:"),
    ],
    "_sandbox.redirecturi._CHARACTERS": [A, again("%")],
    "_sandbox.registration: ' and |,'": [again(" and"), again(","), SPACE],
    "_sandbox.registration._SCOPE": [A],
    "_sandbox.registration._VISIBLE": [A, SPACE],
    "_trust._SCHEME": [A, again("a:"), again(":/", before="a")],
    "callback.loopback: '<script>((?:(?!<script>).)*?)</script>'": [
        again("<script>"),
        again("<"),
        again("</script"),
    ],
    "callback.page._ORIGIN": [
        again("a", before="http://"),
        again(":", before="https://["),
        again("a:", before="http://"),
    ],
    "callback.page._PATH": [again("/"), again("/a"), again("a", before="/")],
    "callback.pasted._NO_ADDRESS": [A, again(".")],
    "callback.ways._PROXIED": [again("a", before="1/"), DIGITS, again("/", before="1")],
    "errors._CODE": [A, again("_")],
    "frames.envelope._HELP_OF_CKAN": [
        again("/help_show?name="),
        again("a", before="/help_show?name="),
    ],
    "frames.link._PARAMETER": [
        *(again(";"), again("; "), SPACE, again(" ", before=";"), again(" ", before=";a")),
        *(again(" ", before=";a="), again("\\", before=';a="'), again("a", before=';a="')),
        *(again(';a="'), again(";a=b"), again("a", before=";"), again('\\"', before=';a="')),
    ],
    "frames.link._TARGET": [
        again(","),
        again(", "),
        again("<"),
        again("a", before="<"),
        again("<>"),
    ],
    "frames.provenance._ID": [A, again(".", before="a")],
    "frames.text._CHARSET": [
        *(again("charset"), again(" ", before="charset"), again("charset ")),
        *(again("charset="), again("a", before="charset="), again(" ", before="charset=")),
    ],
    "frames.text._OWN_MARKS": [again("\xef\xbb\xbf"), again("\xef\xbb")],
    "protocol.authorization._SECONDS": [DIGITS],
    "protocol.challenge._STEP": [
        *(again(","), SPACE, again(", "), A, again("a "), again(" ", before="a"), again("a=")),
        *(again(" ", before="a="), again("a", before='a="'), again("\\", before='a="')),
        *(again("=", before="a b"), again("a=b,"), again("a", before="a "), again('a="b" ')),
        *(again("a", before="a ", after=" \0"), again("= ", before="a b")),
    ],
    "protocol.challenge._UNREADABLE": [again(","), SPACE, again(", "), A],
    "protocol.challenge: '\\\\\\\\(.)'": [again("\\"), again("\\\n"), A],
    "protocol.content_range._ROWS": [A, DIGITS, again("-"), again("a-"), again("1", before="0-1/")],
    "protocol.document._HALF_A_CHARACTER": [A, again("\ud800")],
    "protocol.retry_after._SECONDS": [DIGITS],
    "protocol.scope._TOKEN": [A, again("!")],
    "protocol.token._DECIMAL": [DIGITS],
    "protocol.token._SENDABLE": [A, again("!")],
    "resource._ABSOLUTE": [A, again("a:"), again(":/", before="a")],
    "widgets._source._COMMENT": [
        *(again("/*\n"), again("//"), again("//\n"), again("/*"), again(" "), again("\n")),
        *(again("*", before="/*"), again("\n /*"), again("*/\n", before="/*"), again("\t\n")),
    ],
    "widgets._source._IMPORT": [
        *(again("import {"), again("import {\n"), again("@import"), again("\n"), A),
        *(again("a", before='@import "./'), again(".js", before='@import "./'), again("import { ")),
    ],
}
"""By pattern, the texts that such a one may look through again and again."""


def the_other_attacks(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Yield what any pattern is tried with: each character that it names, over and over."""
    text = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    for character in sorted({*text, *" \n\ta1"}):
        yield again(character)


def seconds(use: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.thread_time()
        use()
        return time.thread_time() - begun

    return min(once() for _ in range(3))


def is_linear(using: Callable[[int], Callable[[], object]]) -> bool:
    """Whether four times the text takes less than eight times as long, once it can be measured."""
    size = FIRST
    while size <= LARGEST:
        short, long = seconds(using(size)), seconds(using(4 * size))
        # what has a step for each place and character takes sixteen times as long
        if long > LONG_ENOUGH:
            if any(
                seconds(using(4 * size)) < 8 * max(seconds(using(size)), 1e-9) for _ in range(4)
            ):
                return True
            return long < 8 * short
        size *= 4
    return True


def used(pattern: re.Pattern[Any], method: str, text: Any) -> Callable[[], object]:
    if method in {"sub", "subn"}:
        return lambda: getattr(pattern, method)(text[:0], text)
    if method == "finditer":
        return lambda: list(pattern.finditer(text))
    return lambda: getattr(pattern, method)(text)


def test_every_pattern_of_the_package_has_its_attacks() -> None:
    assert len(EVERY) > 30
    assert sorted(EVERY) == sorted(ATTACKS)


@pytest.mark.parametrize("where", sorted(EVERY))
def test_a_pattern_takes_time_by_the_length_of_its_text_alone(where: str) -> None:
    found = EVERY[where]
    bytes_ = isinstance(found.pattern.pattern, bytes)
    for attack in [*ATTACKS.get(where, []), *the_other_attacks(found.pattern)]:
        for method in found.uses:

            def using(
                size: int, attack: Callable[[int], str] = attack, method: str = method
            ) -> Callable[[], object]:
                text = attack(size)
                return used(found.pattern, method, text.encode("latin-1") if bytes_ else text)

            assert is_linear(using), (where, method, attack(20))


def test_a_pattern_that_looks_at_each_place_anew_is_noticed() -> None:
    quadratic = re.compile(r"(?:\A|[}\n])\s*null")
    assert not is_linear(lambda size: used(quadratic, "search", "\n" * size))


def arrow_patterns() -> list[str]:
    """Return what is handed to Arrow."""
    return [pattern for pattern, _ in (*meaning.TEXT_TYPES, *times.NUMBERS)]


def test_patterns_are_handed_to_arrow_from_two_tables_alone() -> None:
    those = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and "regex" in node.attr
    }
    assert those == {"frames.meaning", "frames.times"}


@pytest.mark.parametrize("pattern", arrow_patterns())
def test_arrow_takes_time_by_the_length_of_the_text_alone(pattern: str) -> None:
    for attack in (
        DIGITS,
        again("1", before="-"),
        again("1", before="0."),
        again("."),
        A,
        again("1e"),
    ):

        def using(size: int, attack: Callable[[int], str] = attack) -> Callable[[], object]:
            array = pa.array([attack(size)])
            return lambda: pc.match_substring_regex(array, pattern)

        assert is_linear(using)


def test_the_patterns_of_the_pages_scripts_take_time_by_the_length_alone() -> None:
    found = {
        pattern
        for file in (*ROOM.rglob("*.js"), *ROOM.rglob("*.html"))
        for pattern in SCRIPT_PATTERN.findall(file.read_text("utf-8"))
    }
    attacks = {
        "[.!?…]$": [again("."), again("!?"), A],
        r"\/?$": [again("/"), again("/a"), A],
        r"\s+": [SPACE, again("a "), A],
        r"[\u0000-\u0020\u007f-\u009f]": [SPACE, A],
    }
    assert found == set(attacks)
    for text, those in attacks.items():
        for attack in those:

            def using(
                size: int, attack: Callable[[int], str] = attack, text: str = text
            ) -> Callable[[], object]:
                return used(re.compile(text), "search", attack(size))

            assert is_linear(using), (text, attack(20))
