"""JSON through Python's own reader: every value as it was written, in the columns of `fast_json`.

Slower, and right for numbers of any size, for mixed types, and for saying what is wrong.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any, NoReturn, TypeGuard

import pyarrow as pa

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.columns import Page, Path, inexact, json_texts, shared_column
from oauth_widgets.frames.envelope import Answer, Rows
from oauth_widgets.frames.size import OBJECT, VALUE, cells_size, check_size
from oauth_widgets.frames.vocabulary import LINKS, plain
from oauth_widgets.frames.widening import MIXED, Mixed, Type
from oauth_widgets.secret.quoting import Secrets

Record = dict[str, Any]

_DEEPEST = 100
_BLANK = " \t\r\n"
_BLANKS = re.compile(r"[ \t\r\n]+")


def answer(body: bytes, *, page: int, max_bytes: int, secrets: Secrets = ()) -> Answer:
    """Return what an answer of JSON holds.

    Raises UnexpectedAnswer if it is no proper JSON, AnswerTooLarge over `max_bytes` in memory.
    """
    check_size(size(body), max_bytes, page=page)
    value = _loaded(body, page, secrets)
    if isinstance(value, dict):
        return Answer(_outline(value), Rows([value], 1))
    return Answer(_rows("", value))


def lines(body: bytes, *, page: int, max_bytes: int, secrets: Secrets = ()) -> Rows:
    """Return the records of lines of JSON. Raises UnexpectedAnswer or AnswerTooLarge."""
    check_size(size(body), max_bytes, page=page)
    try:
        records = [_loaded(line, page, secrets) for line in body.splitlines() if line.strip()]
    except UnexpectedAnswer:
        # A record may extend over several lines, and a line may contain several records.
        records = _loaded(body, page, secrets, _in_sequence)
    if not _are_records(records):
        raise UnexpectedAnswer(f"Page {page} has no list of records.")
    return Rows(records, len(records))


def page_of(records: list[Record], *, page: int, max_bytes: int) -> Page:
    """Return records as columns, nested objects taken apart.

    Raises UnexpectedAnswer, or AnswerTooLarge if the cells take more than `max_bytes`.
    """
    try:
        values, objects = _in_columns(records, page, max_bytes)
        types = {path: _type(column) for path, column in values.items()}
        mixed = frozenset(path for path, kind in types.items() if isinstance(kind, Mixed))
        arrays: dict[Path, pa.Array] = {}
        for path, column in values.items():
            # A name is text, too.
            path[-1].encode()
            arrays[path] = json_texts(column) if path in mixed else pa.array(column, types[path])
    except UnicodeEncodeError:
        raise _half_a_character(page) from None
    except RecursionError:
        raise UnexpectedAnswer(f"Page {page} has a record that is nested too deeply.") from None
    return Page(len(records), arrays, frozenset(objects), mixed)


def _in_columns(
    records: list[Record], page: int, max_bytes: int
) -> tuple[dict[Path, list[Any]], Iterable[Path]]:
    """Return the values by their paths, and the paths that have objects."""
    values: dict[Path, list[Any]] = {}
    objects: list[Path] = []
    if _all_alike(records, (), values, objects):
        check_size(cells_size(len(records), len(values)), max_bytes, page=page)
        return values, objects
    taken = _Taken(len(records), max_bytes // cells_size(len(records), 1))
    for at, record in enumerate(records):
        taken.add(at, record, (), ())
        check_size(cells_size(len(records), len(taken.values)), max_bytes, page=page)
    return {path: taken.values[path] for path in taken.paths}, taken.objects


def _all_alike(
    records: list[Record], above: Path, values: dict[Path, list[Any]], objects: list[Path]
) -> bool:
    """Put in what records hold that all have the same members; False if they don't."""
    names = records[0].keys() if records else ()
    if len(above) > _DEEPEST or any(record.keys() != names for record in records):
        return False
    for name in names:
        path, column = (*above, name), [record[name] for record in records]
        kinds = set(map(type, column))
        if dict not in kinds:
            values[path] = column
        elif len(kinds) == 1:
            objects.append(path)
            if not _all_alike(column, path, values, objects):
                return False
        else:
            return False
    return True


class _Taken:
    """Values by the path that leads to them, one for each record, None if there is none."""

    def __init__(self, rows: int, most: int) -> None:
        self._rows = rows
        self._most = most
        self.values: dict[Path, list[Any]] = {}
        self.objects: dict[Path, None] = {}
        self._places: dict[Path, tuple[int, ...]] = {}

    def add(self, at: int, record: Record, above: Path, place: tuple[int, ...]) -> None:
        """Take in a record, as far as there are not more paths than `most` by then."""
        if len(above) > _DEEPEST:
            raise RecursionError
        for name, value in record.items():
            path = (*above, name)
            here = self._places.setdefault(path, (*place, len(self._places)))
            if isinstance(value, dict):
                self.objects[path] = None
                self.add(at, value, path, here)
                continue
            if path not in self.values:
                self.values[path] = [None] * self._rows
            self.values[path][at] = value
            if len(self.values) > self._most:
                return

    @property
    def paths(self) -> list[Path]:
        """The paths in the order of appearance, with all members of an object in one place."""
        return sorted(self.values, key=self._places.__getitem__)


def _type(values: list[Any]) -> Type:
    """Return the type that holds each of `values` unchanged; MIXED if there is none."""
    kinds = set(map(type, values))
    kinds.discard(NoneType)
    if not kinds:
        return pa.null()
    if kinds in ({bool}, {str}):
        return pa.bool_() if bool in kinds else pa.string()
    known = [value for value in values if value is not None]
    found: Type = MIXED
    if kinds <= {int, float}:
        found = _number(known, kinds)
    elif kinds == {list}:
        inner = _type([value for each in known for value in each])
        found = MIXED if isinstance(inner, Mixed) else pa.list_(inner)
    elif kinds == {dict}:
        found = _object_type(known)
    return found


def _number(values: list[Any], kinds: set[type]) -> Type:
    whole = [value for value in values if type(value) is int]
    least, most = min(whole, default=0), max(whole, default=0)
    if float in kinds:
        return MIXED if inexact(least, most) else pa.float64()
    if least >= -(2**63) and most < 2**63:
        return pa.int64()
    return pa.uint64() if least >= 0 and most < 2**64 else MIXED


def _object_type(objects: list[Record]) -> Type:
    members: dict[str, list[Any]] = {}
    for one in objects:
        for name, value in one.items():
            members.setdefault(name, []).append(value)
    types = [(name, _type(values)) for name, values in members.items()]
    return MIXED if any(isinstance(kind, Mixed) for _, kind in types) else pa.struct(types)


def _outline(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in record.items():
        found[name] = _outline(value) if isinstance(value, dict) else _rows(name, value)
    return found


def _rows(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not value or not _are_records(value):
        return value
    return Rows(value, len(value), tuple(value) if plain(name) in LINKS else ())


def _are_records(value: object) -> TypeGuard[list[Record]]:
    return isinstance(value, list) and all(isinstance(record, dict) for record in value)


def size(body: bytes) -> int:
    """Return how many bytes Python's own values for JSON take, more or less."""
    values = body.count(b",") + body.count(b"[") + body.count(b":")
    return len(body) + values * VALUE + body.count(b"{") * OBJECT


class _NamedTwice(Exception):
    """An object has two members called `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _one_value(text: bytes) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(text, **_READING)


def _in_sequence(text: bytes) -> list[Any]:
    rest = text.decode().strip(_BLANK)
    found, at = [], 0
    while at < len(rest):
        value, at = _READER.raw_decode(rest, at)
        found.append(value)
        blank = _BLANKS.match(rest, at)
        at = blank.end() if blank else at
    return found


def _loaded(
    text: bytes, page: int, secrets: Secrets, read: Callable[[bytes], Any] = _one_value
) -> Any:  # noqa: ANN401 - any JSON
    try:
        value = read(text)
        # Half a character can be written so, and nothing takes it.
        _ = b"\\u" not in text or json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _half_a_character(page) from None
    except _NamedTwice as problem:
        raise shared_column(problem.name, secrets) from None
    except (ValueError, RecursionError):
        broken = UnexpectedAnswer(
            f"Page {page} is not valid JSON.",
            next_step="It may have been cut off on the way. Try again.",
        )
        broken.retry_may_help = True
        raise broken from None
    return value


def _half_a_character(page: int) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"Page {page} contains half a character (a lone surrogate).",
        next_step="Fetch it with session.http(), and repair the text before you parse it.",
    )


def _object(pairs: list[tuple[str, Any]]) -> Record:
    # A call of Python's own for each object lets other threads run in between, too.
    found = dict(pairs)
    if len(found) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise _NamedTwice(name)
    return found


def _double(text: str) -> float | str:
    """Return a number, or its text if it is too large for a double."""
    value = float(text)
    return value if -math.inf < value < math.inf else text


def _no_constant(_: str) -> NoReturn:
    raise ValueError


_READING: dict[str, Any] = {
    "object_pairs_hook": _object,
    "parse_constant": _no_constant,
    "parse_float": _double,
}
_READER = json.JSONDecoder(**_READING)
