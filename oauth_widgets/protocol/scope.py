"""Scopes: the permissions of a token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of, listed

NO_COMMAS = 'Separate the names with spaces, not commas: scope="openid profile".'

_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


def is_scope_name(name: object) -> bool:
    """Whether `name` can be the name of one scope."""
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None


class Scope(AbstractSet[str]):
    """A set of scope names that keeps its order and prints as it is sent (RFC 6749 3.3).

    Made from a string, an iterable of names, or None for none; compares and combines as a set.

        ow.Scope("openid phone") | {"events.read"}
    """

    __slots__ = ("_names",)

    def __init__(self, names: str | Iterable[str] | None = ()) -> None:
        names = () if names is None else names
        if not isinstance(names, Iterable):
            raise ConfigurationError(
                f"scope= must be a string of names or a list of them, not {kind_of(names)}.",
                next_step='Pass scope="openid profile", or leave it out.',
            )
        parts = names.split() if isinstance(names, str) else listed(names, "scope")
        if not all(map(is_scope_name, parts)):
            said = "One of these cannot be the name of a scope."
            raise ConfigurationError(said, next_step=NO_COMMAS)
        self._names = dict.fromkeys(parts)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __str__(self) -> str:
        return " ".join(self._names)

    def __repr__(self) -> str:
        return f"Scope({str(self)!r})"

    def __hash__(self) -> int:
        return self._hash()
