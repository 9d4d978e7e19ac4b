"""One address for each row of a table: names in braces, and what takes their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from oauth_widgets.errors import ConfigurationError, foreign_text
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.resource.query import UNLISTED, spelled
from oauth_widgets.secret.names import shown_name

_NAME = re.compile(r"\{([^{}]*)\}")
_TIMES = ("m", "M")
_EXAMPLE = '"/customers/{id}/orders", each={"id": [1, 2]}'


@dataclass(frozen=True)
class Rows:
    """The columns of `each`, and the address of each of their rows.

    `template` is the path that they have in common, with names in braces.
    """

    columns: dict[str, list[Any]]
    addresses: tuple[str, ...]
    template: str = ""


def rows_of(each: Any, address: str) -> Rows:  # noqa: ANN401 - whatever the caller gives
    """Return the addresses that `each`, a mapping of columns or a DataFrame, makes of `address`.

    Raises ConfigurationError if the names in braces are not those of its columns, the columns are
    not equally long, or a value cannot be a part of an address.
    """
    columns = _columns(each)
    if not isinstance(address, str):
        raise ConfigurationError(
            f"The address is {type(address).__name__}, not text.",
            next_step=f"Pass {_EXAMPLE}.",
        )
    named = set(_NAME.findall(address))
    if named != columns.keys() or not named:
        raise _unfit(named, columns)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{shown_name(name)} has {length}" for name, length in lengths.items())
        raise ConfigurationError(
            f"The columns of each= differ in length: {foreign_text(shown)}.",
            next_step="Pass the same number of values for each name.",
        )
    path = address.partition("?")[0]
    in_path = set(_NAME.findall(path))
    count = next(iter(lengths.values()))
    texts = {
        name: [_text(name, value, in_path=name in in_path) for value in values]
        for name, values in columns.items()
    }
    made = (
        _NAME.sub(lambda found, at=at: texts[found[1]][at], address)  # type: ignore[misc]
        for at in range(count)
    )
    return Rows(columns, tuple(made))


def without_braces(address: str) -> str:
    """Return an address with its braces spelled as an address can hold them."""
    return address.replace("{", "%7B").replace("}", "%7D")


def with_braces(address: str) -> str:
    """Return what `without_braces` was given."""
    return address.replace("%7B", "{").replace("%7D", "}")


def _columns(each: Any) -> dict[str, list[Any]]:  # noqa: ANN401
    if hasattr(each, "columns") and hasattr(each, "iloc"):
        names = list(each.columns)
        # By place, since two columns may have one name.
        found = [(name, each.iloc[:, at].tolist()) for at, name in enumerate(names)]
        if len(set(names)) < len(names):
            raise ConfigurationError(
                "Two columns of each= have the same name.", next_step="Rename one of them."
            )
    elif isinstance(each, Mapping):
        found = [(name, _listed(name, values)) for name, values in each.items()]
    else:
        raise ConfigurationError(
            f"each= must be columns (a mapping or a DataFrame), not {kind_of(each)}.",
            next_step=f"Pass {_EXAMPLE}.",
        )
    for name, _ in found:
        if not isinstance(name, str) or not name:
            raise ConfigurationError(
                f"each= names a column by {kind_of(name)}, which is not text.",
                next_step="Rename it.",
            )
    return dict(found)


def _listed(name: object, values: object) -> list[Any]:
    if isinstance(values, UNLISTED) or not isinstance(values, Iterable):
        raise ConfigurationError(
            f"each= has {kind_of(values)} for {shown_name(str(name))}, but needs a list of values.",
            next_step=f"Pass {_EXAMPLE}.",
        )
    # Makes the values of numpy and pandas Python's own. Times of numpy would become bare numbers.
    bare = getattr(getattr(values, "dtype", None), "kind", "") in _TIMES
    made = values.tolist() if hasattr(values, "tolist") and not bare else list(values)
    return made if isinstance(made, list) else [made]


def _unfit(named: set[str], columns: Mapping[str, object]) -> ConfigurationError:
    missing, unused = sorted(named - columns.keys()), sorted(columns.keys() - named)
    if not named:
        why = "The address has no names in braces for the values of each="
    elif missing:
        why = f"each= has no column for {', '.join(map(shown_name, missing))}"
    else:
        why = f"The address has no name in braces for {', '.join(map(shown_name, unused))} of each="
    return ConfigurationError(
        f"{foreign_text(why)}.", next_step=f"Make the names match, as in {_EXAMPLE}."
    )


def _text(name: str, value: object, *, in_path: bool) -> str:
    if value is None:
        raise ConfigurationError(
            f"each= has no value for {shown_name(name)} in one of its rows.",
            next_step="Leave that row out, as with DataFrame.dropna().",
        )
    text = spelled(name, value)
    if in_path and text in ("", ".", ".."):
        raise ConfigurationError(
            f"each= has {text!r} for {shown_name(name)}, which would lead to another address.",
            next_step="Leave that row out.",
        )
    return quote(text, safe="")
