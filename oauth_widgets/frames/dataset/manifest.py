"""What a dataset says of itself: how far it is, its parts, and whose query it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import TypeVar

from oauth_widgets.errors import DatasetDamaged, DatasetTooNew, foreign_text
from oauth_widgets.frames.saved import Saved

VERSION = 1
FORMAT = "oauth-widgets dataset"

Value = str | int | float
T = TypeVar("T")

_PART = re.compile(r"part-[0-9]{5,12}\.parquet")
_ASIDE = re.compile(r"new-[0-9]{1,12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Start:
    """Where to fetch a part again: from a state of the address number `at`, without `skip` rows."""

    at: int
    state: Saved | None
    skip: int = 0


@dataclass(frozen=True)
class Part:
    """A file of the dataset.

    `fetched` is how many rows it was made of, before some gave way to later states of theirs.
    `modified` is when the file changed, in nanoseconds. `since` is what the API was asked for
    changes after, None for everything.
    """

    name: str
    rows: int
    fetched: int
    size: int
    modified: int
    sha256: str
    start: Start
    since: Value | None = None

    @property
    def number(self) -> int:
        """The number in its name."""
        return int(self.name.removeprefix("part-").partition(".")[0])


@dataclass(frozen=True)
class Query:
    """Which query the dataset answers; what may hold a secret is a salted hash in `digests`."""

    address: str
    parameters: tuple[str, ...]
    salt: str
    digests: dict[str, str]


@dataclass(frozen=True)
class Since:
    """How changes are asked for: the `parameter`, and the `column` that its `value` is from."""

    parameter: str
    column: str
    value: Value | None = None


@dataclass(frozen=True)
class Manifest:
    """All that a dataset says of itself.

    `began` and `completed` are when the latest fetch began and ended; it is under way without an
    end. The first `settled` parts have each key once. `columns` and `times` are the types so far,
    `front` and `states` how far each address is, and `handed` the end of the rows in parts.
    `journal` is the number of the file with the pages that are in no part yet, `numbered` that of
    the next part. `moves` are files that take the place of parts, and `drops`
    parts that go: both are done as soon as this is written, or by the next call.
    """

    query: Query
    who: dict[str, str]
    began: str
    completed: str | None = None
    since: Since | None = None
    key: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    settled: int = 0
    columns: Saved | None = None
    times: dict[str, int] = field(default_factory=dict)
    front: int = 0
    states: dict[int, Saved] = field(default_factory=dict)
    handed: Start = Start(0, None)
    journal: int = 0
    numbered: int = 0
    moves: dict[str, str] = field(default_factory=dict)
    drops: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the parts have."""
        return sum(part.rows for part in self.parts)

    def text(self) -> str:
        """Return it as JSON."""
        whole = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def manifest_of(text: bytes, place: str) -> Manifest:
    """Return the manifest that `text` is; `place` is its name for people.

    Raises DatasetDamaged, or DatasetTooNew for one of a newer version.
    """
    with _damage_named(place):
        found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        if found["format"] != FORMAT:
            raise ValueError("format")
        version = _of(int, found["version"])
        if version > VERSION:
            raise DatasetTooNew(f"A newer version of this package wrote {place}.")
        return Manifest(
            query=_query(found["query"]),
            who=_texts(found["who"]),
            began=_time(found["began"]),
            completed=None if found["completed"] is None else _time(found["completed"]),
            since=None if found["since"] is None else _since(found["since"]),
            key=tuple(_of(str, one) for one in _of(list, found["key"])),
            parts=tuple(map(_part, _of(list, found["parts"]))),
            settled=_count(found["settled"]),
            columns=None if found["columns"] is None else _of(dict, found["columns"]),
            times={_of(str, k): _count(v) for k, v in _of(dict, found["times"]).items()},
            front=_count(found["front"]),
            states={int(at): _of(dict, one) for at, one in _of(dict, found["states"]).items()},
            handed=_start(found["handed"]),
            journal=_count(found["journal"]),
            numbered=_count(found["numbered"]),
            moves={
                _matching(_ASIDE, aside): _matching(_PART, part)
                for aside, part in _of(dict, found["moves"]).items()
            },
            drops=tuple(_matching(_PART, one) for one in _of(list, found["drops"])),
        )


@contextmanager
def _damage_named(place: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError):
        raise damaged(place, "it was changed or cut short after this package wrote it") from None


def damaged(place: str, why: str) -> DatasetDamaged:
    """Return the error for a manifest that can't be used."""
    return DatasetDamaged(
        f"{foreign_text(place)} is damaged: {why}.",
        next_step="Its parts can still be read. To fetch the dataset again, delete the folder and "
        "repeat the call, or choose another folder.",
    )


def now() -> str:
    """Return the time, as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def part_name(number: int) -> str:
    """Return the name of a part."""
    return f"part-{number:05}.parquet"


def is_part(name: str) -> bool:
    """Whether a part may have this name."""
    return _PART.fullmatch(name) is not None


def _no_number(name: str) -> None:
    """Refuse NaN and infinity, which no JSON has."""
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _query(found: object) -> Query:
    one = _of(dict, found)
    names = tuple(_of(str, name) for name in _of(list, one["parameters"]))
    return Query(_of(str, one["address"]), names, _of(str, one["salt"]), _texts(one["digests"]))


def _since(found: object) -> Since:
    one = _of(dict, found)
    return Since(_of(str, one["parameter"]), _of(str, one["column"]), _value(one["value"]))


def _part(found: object) -> Part:
    one = _of(dict, found)
    return Part(
        name=_matching(_PART, one["name"]),
        rows=_count(one["rows"]),
        fetched=_count(one["fetched"]),
        size=_count(one["size"]),
        modified=_of(int, one["modified"]),
        sha256=_matching(_SHA256, one["sha256"]),
        start=_start(one["start"]),
        since=_value(one["since"]),
    )


def _start(found: object) -> Start:
    one = _of(dict, found)
    state = one["state"]
    return Start(
        _count(one["at"]), None if state is None else _of(dict, state), _count(one["skip"])
    )


def _value(found: object) -> Value | None:
    if found is None or (isinstance(found, str | int | float) and type(found) is not bool):
        return found
    raise ValueError("value")


def _texts(found: object) -> dict[str, str]:
    return {_of(str, name): _of(str, value) for name, value in _of(dict, found).items()}


def _time(found: object) -> str:
    text = _of(str, found)
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("time")
    return text


def _count(found: object) -> int:
    number = _of(int, found)
    if not 0 <= number < 2**63:
        raise ValueError("count")
    return number


def _matching(pattern: re.Pattern[str], found: object) -> str:
    text = _of(str, found)
    # A name that leads out of the folder is none of ours.
    if pattern.fullmatch(text) is None:
        raise ValueError("name")
    return text


def _of(kind: type[T], found: object) -> T:
    if type(found) is not kind:
        raise ValueError(kind.__name__)
    return found
