"""The records of an answer and what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.secret.names import shown_name

_ENTRY = "entry"
_HELP_OF_CKAN = re.compile(r"/help_show\?name=(\w+)\Z")


@dataclass(frozen=True)
class Rows:
    """A list of objects found in an answer: what it `holds`, in the form it was read in.

    `members` are those objects if they may be links to other pages.
    """

    holds: Any
    count: int
    members: tuple[Any, ...] = ()

    def as_list(self) -> list[dict[str, Any]]:
        """Return the objects as Python's own."""
        found: list[dict[str, Any]] = (
            self.holds if isinstance(self.holds, list) else self.holds.to_pylist()
        )
        return found


Outline = Mapping[str, Any]
"""An answer's object with Rows in the place of each list of objects."""


@dataclass(frozen=True)
class Answer:
    """An answer of JSON: its `outline`, or Rows if it is a list of objects.

    `whole` is the object as a record, if it is an object.
    """

    outline: Any
    whole: Rows | None = None


def rows_at(
    outline: Any,  # noqa: ANN401 - any JSON
    path: str,
    *,
    page: int,
    lists: Callable[[Outline], list[str]] = lambda _: [],
    plain: bool = True,
) -> Rows:
    """Return the records at the dotted `path`; those of a list of plain values if that may be.

    Raises UnexpectedAnswer if there are none, which names the `lists` that are.
    """
    found = value_at(outline, path)
    if isinstance(found, Rows):
        return found
    if plain and is_plain_list(found):
        return rows_of_values(found, path.rpartition(".")[2])
    # FHIR has no empty lists (FHIR R4 2.6.2), and a list that is null is empty.
    absent = found is None and (has(outline, path) or (path == _ENTRY and is_bundle(outline)))
    if found == [] or absent:
        return Rows(None, 0)
    others = lists(outline) if isinstance(outline, Mapping) else []
    named = " or ".join(f"records={foreign_text(one)!r}" for one in others[:4])
    raise UnexpectedAnswer(
        f"Page {page} has no list of records at {shown_name(path)}.",
        next_step=f"Use {named}, which this answer has."
        if named
        else "Look at the answer with session.http(), then pass the path of the list: records=….",
    )


def is_plain_list(value: object) -> bool:
    """Tell whether a value is a list of plain values, at least one of them not null."""
    if not isinstance(value, list) or all(one is None for one in value):
        return False
    return not any(_has_parts(one) for one in value)


def _has_parts(value: object) -> bool:
    return isinstance(value, Mapping | list | Rows)


def rows_of_values(values: list[Any], name: str) -> Rows:
    """Return a list of plain values as records with one member, called `name`."""
    return Rows([{name: value} for value in values], len(values))


def value_at(outline: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what is at the dotted `path` of an answer, None if nothing is."""
    if not isinstance(outline, Mapping):
        return None
    if path in outline:
        return outline[path]
    head, dot, rest = path.partition(".")
    while dot:
        if head in outline:
            return value_at(outline[head], rest)
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def has(outline: Any, path: str) -> bool:  # noqa: ANN401 - any JSON
    """Whether an answer has a member at the dotted `path`, whatever it holds."""
    above, _, name = path.rpartition(".")
    level = value_at(outline, above) if above else outline
    return isinstance(level, Mapping) and name in level


def ckan_action(outline: Outline) -> str:
    """Return the name of the action that CKAN answers; "" for any other answer.

    The address of its help has that name.
    """
    said = outline.get("help")
    found = _HELP_OF_CKAN.search(said) if isinstance(said, str) else None
    return found[1] if found and outline.get("success") is True else ""


def is_bundle(outline: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether an answer is a Bundle of FHIR."""
    return isinstance(outline, Mapping) and outline.get("resourceType") == "Bundle"
