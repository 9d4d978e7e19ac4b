"""Where in an answer its records are, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets.errors import UnexpectedAnswer, foreign_text

HOLDERS = frozenset(
    {"links", "meta", "metadata", "page", "pageinfo", "pagination", "paging", "responsemetadata"}
    | {"cursors", "jsonapi"}
)
"""Names of objects that hold what describes pages, as `plain` gives them."""

_ENVELOPE = HOLDERS | frozenset(
    {"next", "nextcursor", "nextlink", "nextpage", "nextpagetoken", "nexttoken", "nexturl"}
    | {
        "previous",
        "prev",
        "prevcursor",
        "previouscursor",
        "prevpage",
        "previouspage",
        "hasprevious",
    }
    | {"hasmore", "hasnext", "hasnextpage", "first", "last", "self", "total", "totalcount", "count"}
    | {"totalpages", "pages", "pagesize", "perpage", "limit", "offset", "cursor", "status", "took"}
    | {"success", "ok", "kind", "etag", "object"}
)
_SURELY = frozenset(
    {"nextcursor", "nextpagetoken", "nexttoken", "continuationtoken", "hasmore", "hasnextpage"}
    | {"totalpages", "totalelements", "totalcount", "totalresults", "itemsperpage"}
    | {"istruncated", "maxresults", "nextmarker", "nextrecordsurl", "startat", "totalsize"}
)
"""Names that no record has, so that what they stand in is an envelope whatever else is in it."""

AROUND = frozenset({"d", "data", "embedded", "payload", "response", "result"})
"""Names of objects that hold the list of records and what describes pages."""

LINKS = frozenset({"link", "links"})
"""Names of lists of links."""

_BESIDE = frozenset({"errors", "included", "warnings"})
_ENTRY = "entry"
_HELP_OF_CKAN = re.compile(r"/help_show\?name=(\w+)\Z")


@dataclass(frozen=True)
class Rows:
    """A list of objects found in an answer: what it `holds`, in the form it was read in.

    `members` are those objects where they may be links to other pages.
    """

    holds: Any
    count: int
    members: tuple[Any, ...] = ()


Outline = Mapping[str, Any]
"""An answer's object with Rows in the place of each list of objects."""


@dataclass(frozen=True)
class Answer:
    """What an answer of JSON holds: its `outline`, or Rows where it is a list of objects.

    `whole` is the object as a record, where it is one.
    """

    outline: Any
    whole: Rows | None = None


def plain(name: str) -> str:
    """Return a member's name as it is compared: lower case, without `_`, `-` and OData's marks."""
    name = name.lower().removeprefix("@").removeprefix("odata.")
    return name.replace("_", "").replace("-", "")


def rows_at(outline: Any, path: str, *, page: int) -> Rows:  # noqa: ANN401 - any JSON
    """Return the records at the dotted `path`. Raises UnexpectedAnswer where none are there."""
    found = value_at(outline, path)
    if isinstance(found, Rows):
        return found
    # FHIR has no empty lists (FHIR R4 2.6.2)
    if found == [] or (found is None and path == _ENTRY and _is_bundle(outline)):
        return Rows(None, 0)
    raise UnexpectedAnswer(
        f"Page {page} has no list of records at {path!r}.",
        next_step="Look at the answer with session.http(), and name the path in records=….",
    )


def value_at(outline: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what is at the dotted `path` of an answer, None where nothing is."""
    for name in path.split("."):
        outline = outline.get(name) if isinstance(outline, Mapping) else None
    return outline


def ckan_action(outline: Outline) -> str:
    """Return the name of the action that CKAN answers; "" for any other answer.

    That is told by the address of its help.
    """
    said = outline.get("help")
    found = _HELP_OF_CKAN.search(said) if isinstance(said, str) else None
    return found[1] if found and outline.get("success") is True else ""


def path_in(outline: Outline, *, linked: bool) -> str:
    """Return the dotted path of the list that `outline` is an envelope of.

    An envelope has one list and else what describes pages, by the usual names. "" where it is
    none: then the object is a record itself, so that nothing of it is lost. Where a next page is
    named or told of (`linked`), or the members are those of no record, others may stand around.
    A Bundle of FHIR and an answer of CKAN's are known by marks of their own.
    """
    if _is_bundle(outline):
        return _ENTRY
    if ckan_action(outline):
        for path in ("result", "result.records", "result.results"):
            found = value_at(outline, path)
            if isinstance(found, Rows) or found == []:
                return path
    for path, level in _levels(outline):
        lists = _lists(level)
        if len(lists) == 1:
            name = lists[0]
            others = [one for one in level.items() if one[0] != name]
            surely = linked or any(plain(other) in _SURELY for other, _ in others)
            if surely or all(_describes_pages(*one) for one in others):
                return f"{path}{name}"
    return ""


def left_out(outline: Outline, path: str) -> Iterator[str]:
    """Yield the members that neither hold the records at `path` nor describe pages."""
    name = path.partition(".")[0]
    for other, value in outline.items():
        if other != name and not _describes_pages(other, value):
            yield foreign_text(other)


def _levels(outline: Outline) -> Iterator[tuple[str, Outline]]:
    yield "", outline
    others = {name for name, value in outline.items() if not _describes_pages(name, value)}
    for name, value in outline.items():
        if plain(name) in AROUND and isinstance(value, Mapping) and others <= {name}:
            yield f"{name}.", value


def _is_bundle(outline: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(outline, Mapping) and outline.get("resourceType") == "Bundle"


def _lists(level: Outline) -> list[str]:
    """Return the names of what may be the list of records."""
    found = [name for name, value in level.items() if isinstance(value, Rows)]
    # what stands beside the list of a standard answer is no list of records to it
    main = [name for name in found if plain(name) not in _BESIDE | LINKS]
    if len(found) > 1:
        return main
    if not found:
        empty = [name for name, value in level.items() if value == []]
        return [name for name in empty if plain(name) not in _BESIDE | LINKS]
    return found


def _describes_pages(name: str, value: object) -> bool:
    if isinstance(value, Mapping | list | Rows):
        return plain(name) in HOLDERS | _BESIDE
    return plain(name) in _ENVELOPE or name.startswith("@odata.")
