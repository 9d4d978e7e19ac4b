"""Which list of an answer its records are: found by name, depth and what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.address import parameters
from oauth_widgets.frames.envelope import (
    Outline,
    Rows,
    ckan_action,
    is_bundle,
    is_plain_list,
    value_at,
)
from oauth_widgets.frames.vocabulary import (
    AROUND,
    ASIDE,
    ASIDE_LISTS,
    DESCRIPTIVE,
    HOLDERS,
    LIKELY_OWN,
    LINKS,
    LONGEST,
    ORDINARY,
    OWN,
    RECORDS,
    SURE,
    SURE_RECORDS,
    plain,
)

_DEEPEST = 3
_DEEPEST_OF_GRAPHQL = 5
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_NO_ERROR = frozenset({"", "0", "none", "null", "no", "no error", "ok", "false", "success"})
_UNKNOWN = 1.5
_COUNTS = frozenset({"count", "total", "totalcount", "numfound", "totalresults", "totalitems"})
_COUNTS |= {"totalrows", "resultcount", "resultsizeestimate", "totalsize", "hitcount", "found"}
_AMOUNTS = frozenset({"value", "relation", "count", "hits", "records", "pages"})
_KINDS = frozenset({"kind", "type", "object", "class"})
_OF_LISTS = re.compile(r".*(?:list|listing|collection|feed|resultset|searchset)", re.IGNORECASE)
_OF_GRAPHQL = frozenset({"data", "errors", "extensions"})


@dataclass(frozen=True)
class _List:
    """A list that may be the records: the lower its `score`, the likelier."""

    path: str
    score: float
    count: int


@dataclass(frozen=True)
class Found:
    """The place of the records: `path` leads to them, "" for an object that is a record itself.

    An answer that is `empty` has left the list out, since there is nothing to put in it. If it
    is a page of many and no record, `problem` says why no list was chosen.
    """

    path: str = ""
    empty: bool = False
    problem: UnexpectedAnswer | None = None


def find_records(outline: Outline, *, paged: bool, url: str, page: int) -> Found:
    """Return the place of the records in an answer.

    `paged` says that the answer is one of several, so that it is no record. Raises UnexpectedAnswer
    for errors in the place of data.
    """
    if is_bundle(outline):
        return Found("entry")
    if ckan_action(outline):
        for path in ("result", "result.records", "result.results"):
            value = value_at(outline, path)
            if isinstance(value, Rows) or value == []:
                return Found(path)
    _check_errors(outline)
    deepest = _DEEPEST_OF_GRAPHQL if outline.keys() <= _OF_GRAPHQL else _DEEPEST
    resource = {plain(part) for part in urlsplit(url).path.split("/")[-2:] if part}
    lists = list(_lists(outline, (), deepest, resource, likely=False, paged=paged))
    counts = _counts(outline)
    best = _best(lists, counts)
    place = _values_path(outline, lists, counts, paged) or (best.path if best else None)
    if place is not None:
        return Found(place)
    if not lists and _says_nothing_was_found(outline):
        return Found(empty=True)
    if paged or _pages(outline):
        return Found(problem=_unclear(lists, page))
    return Found()


def list_paths(outline: Outline) -> list[str]:
    """Return the dotted paths of all lists in an answer that a person could mean."""
    found = _lists(outline, (), _DEEPEST_OF_GRAPHQL, set(), likely=False, paged=True)
    return [one.path for one in sorted(found, key=lambda one: one.score)]


def is_descriptive(name: str, value: object) -> bool:
    """Whether a member describes pages, and is no part of any record."""
    if isinstance(value, Mapping | list | Rows):
        return plain(name) in HOLDERS | LINKS | {"errors", "included", "warnings"}
    return plain(name) in DESCRIPTIVE or name.startswith("@odata.")


def left_out(outline: Outline, path: str) -> Iterator[str]:
    """Yield the members that neither hold the records at `path` nor describe pages, dotted."""
    above = ""
    level: object = outline
    for name in path.split("."):
        if not isinstance(level, Mapping):
            return
        for other, value in level.items():
            if other != name and not is_descriptive(other, value):
                yield foreign_text(above + other)
        above, level = f"{above}{name}.", level.get(name)


def _lists(
    level: Outline,
    above: tuple[str, ...],
    deepest: int,
    resource: set[str],
    *,
    likely: bool,
    paged: bool,
) -> Iterator[_List]:
    """Yield the lists at a level and below it, but for those that are a part of a record."""
    sure = paged or _pages(level)
    # A feed of Atom has an id, and is no record for that.
    feed = above[-1:] in {("feed",), ("channel",)}
    if not sure and not feed and _is_record(level):
        return
    likely = not (sure or feed) and (likely or any(plain(name) in LIKELY_OWN for name in level))
    depth = len(above) + 1
    likely = likely or (not sure and _has_many_parts(level))
    signs = depth > 1 and any(_describes(name) for name in level)
    for name, value in level.items():
        key = plain(name)
        if key in ASIDE_LISTS:
            continue
        known = key in RECORDS
        if isinstance(value, Rows) or value == [] or (value is None and key in RECORDS[:12]):
            if likely and key not in SURE_RECORDS:
                continue
            score = depth + RECORDS.index(key) / 100 if known else depth + _UNKNOWN
            if not known and (key in resource or (above and _repeats(above[-1], key))):
                score = depth + 0.5
            elif not known and signs:
                score -= 1.25
            count = value.count if isinstance(value, Rows) else 0
            yield _List(".".join((*above, name)), score, count)
        elif isinstance(value, Mapping) and depth < deepest and _is_way(name):
            yield from _lists(
                value, (*above, name), deepest, resource, likely=likely, paged=paged and not above
            )


def _value_lists(level: Outline, above: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths of lists of plain values, but for those that are a part of a record."""
    if _is_record(level):
        return
    for name, value in level.items():
        key = plain(name)
        if is_plain_list(value) and key not in ASIDE_LISTS:
            yield ".".join((*above, name))
        elif isinstance(value, Mapping) and len(above) + 1 < _DEEPEST and _is_way(name):
            yield from _value_lists(value, (*above, name))


def _is_way(name: str) -> bool:
    """Whether records may be below a member of this name."""
    return len(name) <= LONGEST and plain(name) not in ASIDE | HOLDERS


def _values_path(outline: Outline, lists: list[_List], counts: set[int], paged: bool) -> str | None:
    """Return the path of the only list of plain values, if an answer is an envelope around it."""
    values = list(_value_lists(outline, ()))
    # Next to an empty list, it counts only if the answer says that there is something.
    empty = not lists or (not any(one.count for one in lists) and counts - {0})
    if len(values) != 1 or not empty:
        return None
    above: Any = outline
    for name in values[0].split("."):
        others = {other: value for other, value in above.items() if other != name}
        described = others and all(is_descriptive(*one) for one in others.items())
        if paged or _pages(above) or described or sum(map(_describes, others)) > 1:
            return values[0]
        above = above[name]
    return None


def _best(lists: list[_List], counts: set[int]) -> _List | None:
    """Return the likeliest list; None where several are as likely, and hold something."""
    if not lists:
        return None
    least = min(one.score for one in lists)
    best = [one for one in lists if one.score == least]
    if 0 in counts and any(not one.count for one in best):
        return next(one for one in best if not one.count)
    filled = [one for one in best if one.count]
    if len(filled) > 1:
        filled = [one for one in filled if one.count in counts]
        return filled[0] if len(filled) == 1 else None
    return (filled or best)[0]


def _is_record(level: Outline) -> bool:
    """Whether an object is a record itself: it has an id, or a sum of money as its total."""
    for name, value in level.items():
        key = plain(name)
        if key in OWN and isinstance(value, str | int):
            return True
        if key == "resourcetype" and not is_bundle(level):
            return True
        # An object of Kubernetes keeps its id among its metadata.
        if key == "metadata" and isinstance(value, Mapping) and value.get("uid"):
            return True
        if key == "total" and isinstance(value, Mapping) and not value.keys() & _AMOUNTS:
            return True
    return False


def _repeats(parent: str, name: str) -> bool:
    """Whether a list is named like what it is in: `photos.photo`, `hits.hits`."""
    around = plain(parent)
    return around in {name, f"{name}s", f"{name}list"} or around.endswith(f"{name}s")


def _has_many_parts(level: Outline) -> bool:
    """Whether an object says nothing of pages and has several objects inside, as a record has."""
    if any(_describes(name) for name in level):
        return False
    return (
        sum(
            isinstance(value, Mapping)
            and plain(name) not in HOLDERS | ASIDE | LINKS | AROUND
            and not plain(name).endswith(("parameters", "params", "query", "request"))
            for name, value in level.items()
        )
        > 1
    )


def _describes(name: str) -> bool:
    """Whether a member's name is one of those that describe pages."""
    key = plain(name)
    return key in ORDINARY or key in _COUNTS or (key.startswith("more") and key.endswith("url"))


def _pages(level: Outline) -> bool:
    """Whether an object has members that no record has, or calls itself a list."""
    if any(
        plain(name) in _KINDS and isinstance(value, str) and _OF_LISTS.fullmatch(value)
        for name, value in level.items()
    ):
        return True
    return any(plain(name) in SURE and value is not None for name, value in level.items()) or any(
        plain(name) in HOLDERS - LINKS
        and isinstance(value, Mapping)
        and any(plain(inner) in SURE for inner in value)
        for name, value in level.items()
    )


def _counts(outline: Outline) -> set[int]:
    """Return the numbers of rows that an answer gives near its top."""
    levels = [outline, *(one for one in outline.values() if isinstance(one, Mapping))]
    found: set[int] = set()
    for level in levels:
        for name, value in level.items():
            if plain(name) in _COUNTS and str(value).isdecimal():
                found.add(int(str(value)[:12]))
    return found


def _says_nothing_was_found(outline: Outline) -> bool:
    """Whether an answer only says that there are no records, as APIs do that omit empty lists."""
    if 0 not in _counts(outline) or _is_record(outline):
        return False
    return all(is_descriptive(name, value) or not value for name, value in outline.items())


def _check_errors(outline: Outline) -> None:
    """Raise UnexpectedAnswer for an answer of GraphQL that holds errors and no data."""
    listed = outline.get("errors")
    if not isinstance(listed, Rows) or outline.get("data") is not None or len(outline) > 3:
        return
    first = listed.as_list()[0]
    said = first.get("message") or first.get("detail") or first.get("title") or "it gave no reason"
    raise UnexpectedAnswer(
        f"The API returned errors and no records: {foreign_text(str(said))}.",
        next_step="Correct the request, then try again.",
    )


def check_failed(outline: Outline, url: str) -> None:
    """Raise UnexpectedAnswer if an answer without records reports a failure.

    It would count as the last page otherwise, so a busy API would end the fetch early, silently.
    A status that `url` asks for is a filter.
    """
    said = {plain(name): value for name, value in outline.items()}
    error, status = said.get("error"), str(said.get("status")).lower()
    reason = error.get("message") if isinstance(error, Mapping) else error
    reason = reason if isinstance(reason, str) and reason.lower() not in _NO_ERROR else ""
    failed = said.get("success") is False or said.get("ok") is False
    failed |= status in _FAILED and status not in map(str.lower, parameters(url).values())
    if failed or reason:
        message = said.get("message") or said.get("msg")
        why = reason or (message if isinstance(message, str) else "")
        raise UnexpectedAnswer(
            "The API returned no records and reports a failure: "
            f"{foreign_text(why.rstrip('.')) or 'it gave no reason'}.",
            next_step="Wait a moment and try again, or correct the request.",
        )


def _unclear(lists: list[_List], page: int) -> UnexpectedAnswer:
    if not lists:
        return UnexpectedAnswer(
            f"Page {page} says that it is one of several, but has no list of records.",
            next_step="Look at the answer with session.http(), then pass the path of the list: "
            'records="path.to.list".',
        )
    paths = [foreign_text(one.path) for one in lists][:6]
    return UnexpectedAnswer(
        f"Page {page} has several lists that may be the records: {', '.join(paths)}.",
        next_step=f"Pass the one you mean: session.frame(…, records={paths[0]!r}).",
    )
