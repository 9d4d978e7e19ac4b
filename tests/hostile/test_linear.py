"""No text freezes the kernel: every regular expression takes time by the length of its text alone.

They hold Python's lock while they run, so one that looks at each place anew stops everything.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import oauth_widgets
from oauth_widgets.frames import meaning, times
from oauth_widgets.servers import PRESETS

ROOM = Path(oauth_widgets.__file__).parent
METHODS = {"fullmatch", "match", "search", "sub", "split", "findall", "finditer", "subn"}
SHORT, LONG = 500, 4_000
SURELY_LINEAR = 0.001
"""Seconds for the long text. A pattern that looks at each place anew takes ten times that."""
SCRIPT_PATTERN = re.compile(
    r"(?<=[(=,:!&|?])\s*/((?:[^/\\\n*]|\\.)(?:[^/\\\n]|\\.)*)/[gimsuy]*(?=[.,;)])"
)


@dataclass(frozen=True)
class Found:
    """A pattern of the package and the methods it is used by."""

    pattern: re.Pattern[Any]
    uses: frozenset[str]


def modules(words: str) -> Iterator[tuple[str, ast.Module]]:
    """Parse the modules whose text has one of the words: all of them take more than a second."""
    for file in sorted(ROOM.rglob("*.py")):
        text = file.read_text("utf-8")
        if file.name != "__main__.py" and re.search(words, text):
            name = ".".join(file.relative_to(ROOM.parent).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(text)


TREES = dict(modules(rf"\bre\.|regex|\.({'|'.join(METHODS)})\b"))
# Every module's calls and attributes, looked for once
NODES = {
    module: [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Attribute)]
    for module, tree in TREES.items()
}


def calls_of_re(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in {"escape", "error"}
        ):
            yield node.func.attr, node


def uses_of(name: str, modules: Iterable[str]) -> frozenset[str]:
    return frozenset(
        node.attr
        for module in modules
        for node in NODES[module]
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in METHODS
    )


def compiled(value: object) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns that a module's variable holds, whether in a table or not."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from compiled(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from compiled(each)


def patterns() -> Iterator[Found]:
    """Yield every pattern, by the module that makes it; one handed on is tried from the start."""
    for module, nodes in NODES.items():
        if not any(calls_of_re(nodes)):
            continue
        for name, value in vars(importlib.import_module(module)).items():
            for pattern in compiled(value):
                uses = uses_of(name, [module]) or uses_of(name, NODES)
                yield Found(pattern, uses or frozenset({"fullmatch", "match"}))
        for method, call in calls_of_re(nodes):
            if method != "compile" and module != "oauth_widgets.servers.preset":
                text = ast.literal_eval(call.args[0])
                flags = re.DOTALL if "re.DOTALL" in ast.unparse(call) else re.NOFLAG
                yield Found(re.compile(text, flags), frozenset({method}))

    for preset in PRESETS:
        for part in preset.parts:
            yield Found(re.compile(part.form, re.IGNORECASE | re.ASCII), frozenset({"fullmatch"}))


def text_of(pattern: re.Pattern[Any]) -> str:
    text: str | bytes = pattern.pattern
    return text if isinstance(text, str) else text.decode("latin-1")


EVERY: dict[str, Found] = {}
for found in patterns():
    known = EVERY.get(text_of(found.pattern))
    EVERY[text_of(found.pattern)] = Found(
        found.pattern, found.uses | (known.uses if known else frozenset())
    )


@dataclass(frozen=True)
class Attack:
    """A text that repeats one piece, between a beginning and an end."""

    piece: str
    before: str = ""
    after: str = "\0"

    def text(self, size: int) -> str:
        return self.before + self.piece * (size // len(self.piece)) + self.after


# What is repeated comes from the pattern itself, so that a new one needs no entry here

CATEGORIES = {
    ops.CATEGORY_DIGIT: "1",
    ops.CATEGORY_NOT_DIGIT: "a",
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: "a",
    ops.CATEGORY_WORD: "a",
    ops.CATEGORY_NOT_WORD: "-",
}
REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
MOST_REPEATED = 64


def characters(members: list[Any]) -> list[str]:
    """Return one character for each member of a class such as `[a-z_]`."""
    if members[0][0] is ops.NEGATE:
        excluded = re.compile(_class_text(members))
        return [one for one in "a1 \n\"'<,;-" if not excluded.match(one)][:3] or ["\x01"]
    found = []
    for kind, value in members:
        if kind is ops.LITERAL:
            found.append(chr(value))
        elif kind is ops.RANGE:
            found.append(chr(value[0]))
        elif kind is ops.CATEGORY:
            found.append(CATEGORIES[value])
    return list(dict.fromkeys(found))


def _class_text(members: list[Any]) -> str:
    names = {ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_SPACE: r"\s", ops.CATEGORY_WORD: r"\w"}
    parts = []
    for kind, value in members[1:]:
        if kind is ops.LITERAL:
            parts.append(re.escape(chr(value)))
        elif kind is ops.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append(names.get(value, ""))
    return f"[{''.join(parts)}]"


def inside(kind: Any, value: Any) -> list[Any]:
    """Return the sequences that a node consists of, as alternatives."""
    if kind in REPEATS:
        return [value[2]]
    if kind is ops.SUBPATTERN:
        return [value[3]]
    if kind is ops.BRANCH:
        return list(value[1])
    if kind is ops.ATOMIC_GROUP:
        return [value]
    return []


def sample(nodes: Any, first: int = 0) -> str:
    """Return a text that a sequence of nodes fits, of its alternatives the one numbered."""
    text = ""
    for kind, value in nodes:
        if kind is ops.LITERAL:
            text += chr(value)
        elif kind in {ops.ANY, ops.NOT_LITERAL}:
            text += "a"
        elif kind is ops.IN:
            those = characters(value)
            text += those[first % len(those)]
        elif within := inside(kind, value):
            once = sample(within[first % len(within)], first)
            text += once * (min(value[0], MOST_REPEATED) if kind in REPEATS else 1)
    return text


def attacks_in(nodes: Any, before: str = "") -> Iterator[Attack]:
    """Yield the repeats of a pattern with more in them than fits, and its beginnings over again."""
    so_far = before
    for at, (kind, value) in enumerate(nodes):
        for within in inside(kind, value):
            if kind in REPEATS:
                for first in range(3):
                    if piece := sample(within, first):
                        yield Attack(piece, so_far)
                        yield Attack(piece, so_far, " \0")
                        yield Attack(so_far + piece)
            yield from attacks_in(within, so_far)
        so_far += sample([nodes[at]])
        if so_far:
            yield Attack(so_far)


def attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    text = text_of(pattern)
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    single = [Attack(character) for character in sorted({*text, *" \n\ta1"})]
    known = [attack for start, those in PARTICULAR.items() if start in text for attack in those]
    return list(dict.fromkeys([*single, *attacks_in(tree), *known]))


PARTICULAR: dict[str, list[Attack]] = {
    "q=([01]": [Attack("0", "q=0.")],
    "<script>(": [Attack("<script>"), Attack("</script")],
    r"/\*": [Attack("/*\n"), Attack("*", "/*"), Attack("\n /*"), Attack("*/\n", "/*")],
    "import": [Attack("import {\n"), Attack("a", '@import "./'), Attack(".js", '@import "./')],
    "charset": [Attack("charset "), Attack(" ", "charset"), Attack(" ", "charset=")],
    ";": [Attack(" ", ";a="), Attack("\\", ';a="'), Attack(';a="'), Attack('\\"', ';a="')],
    '"': [Attack("a", 'a="'), Attack("\\", 'a="'), Attack('a="b" '), Attack("= ", "a b")],
    "BEGIN": [Attack("-----BEGIN PRIVATE KEY-----"), Attack("\\n", "-----BEGIN PRIVATE KEY-----")],
    "%[0-9A-F": [Attack("%"), Attack("%4"), Attack("%41")],
    r"\\u": [Attack("\\u0041"), Attack("\\u00"), Attack("\\")],
}
"""Texts that patterns with such a piece in them may look through again and again."""


def seconds(use: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.thread_time()
        use()
        return time.thread_time() - begun

    return min(once() for _ in range(3))


def is_linear(using: Callable[[int], Callable[[], object]]) -> bool:
    """Whether eight times the text takes less than 24 times as long, if it can be measured.

    A pattern that looks at each place anew takes 64 times as long.
    """
    using(SHORT)()
    long = using(LONG)
    begun = time.thread_time()
    long()
    if time.thread_time() - begun < SURELY_LINEAR:
        return True
    return any(seconds(using(LONG)) < 24 * seconds(using(SHORT)) for _ in range(3))


def used(pattern: re.Pattern[Any], method: str, text: Any) -> Callable[[], object]:
    if method in {"sub", "subn"}:
        return lambda: getattr(pattern, method)(text[:0], text)
    if method == "finditer":
        return lambda: list(pattern.finditer(text))
    return lambda: getattr(pattern, method)(text)


def assert_linear(found: Found) -> None:
    as_bytes = isinstance(found.pattern.pattern, bytes)
    for attack in attacks(found.pattern):
        for method in found.uses:

            def using(
                size: int, attack: Attack = attack, method: str = method
            ) -> Callable[[], object]:
                text = attack.text(size)
                return used(
                    found.pattern, method, text.encode("latin-1", "replace") if as_bytes else text
                )

            assert is_linear(using), (method, attack)


def test_every_pattern_of_the_package_is_listed() -> None:
    """One that is made inside a function would be looked at by no test."""
    assert len(EVERY) > 60
    for module, tree in TREES.items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            made = [call for method, call in calls_of_re(ast.walk(function)) if method == "compile"]
            assert not made, (module, function.name)


@pytest.mark.parametrize("text", sorted(EVERY))
def test_a_pattern_takes_time_by_the_length_of_its_text_alone(text: str) -> None:
    assert_linear(EVERY[text])


@pytest.mark.parametrize(
    ("text", "method"),
    [
        (r"(?:\A|[}\n])\s*null", "search"),
        (r"<.*>", "search"),
        (r"(?:a|b)*c", "search"),
        (r"\s+$", "search"),
        (r"a+b?a+c", "match"),
    ],
)
def test_a_pattern_that_looks_at_each_place_anew_is_noticed(text: str, method: str) -> None:
    with pytest.raises(AssertionError):
        assert_linear(Found(re.compile(text), frozenset({method})))


def arrow_patterns() -> list[str]:
    """Return what is handed to Arrow."""
    return [pattern for pattern, _ in (*meaning.TEXT_TYPES, *times.NUMBERS)]


def test_patterns_are_handed_to_arrow_from_two_tables_alone() -> None:
    those = {
        module.rpartition(".")[2]
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and "regex" in node.attr
    }
    assert those == {"meaning", "times"}


@pytest.mark.parametrize("pattern", arrow_patterns())
def test_arrow_takes_time_by_the_length_of_the_text_alone(pattern: str) -> None:
    for attack in attacks(re.compile(pattern)):

        def using(size: int, attack: Attack = attack) -> Callable[[], object]:
            array = pa.array([attack.text(size)])
            return lambda: pc.match_substring_regex(array, pattern)

        assert is_linear(using), attack


def test_the_patterns_of_the_pages_scripts_take_time_by_the_length_alone() -> None:
    found = {
        pattern
        for file in (*ROOM.rglob("*.js"), *ROOM.rglob("*.html"))
        for pattern in SCRIPT_PATTERN.findall(file.read_text("utf-8"))
    }
    assert found
    for text in sorted(found):
        assert_linear(Found(re.compile(text), frozenset({"search"})))
