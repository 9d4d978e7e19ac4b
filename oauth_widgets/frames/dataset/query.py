"""Whose query a dataset answers: enough to tell another one, and nothing that may be a secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from oauth_widgets.errors import ConfigurationError, foreign_text
from oauth_widgets.frames.address import parameters
from oauth_widgets.frames.dataset.manifest import Query
from oauth_widgets.frames.each import Rows
from oauth_widgets.frames.plan import Plan, ReadOptions

_NEXT = "Choose another folder for this query, or repeat the call that started the dataset."
_IDENTICAL = ("records", "paging", "limit", "method", "json", "headers", "missing")


def asked(plans: list[Plan], rows: Rows | None, options: ReadOptions) -> dict[str, Any]:
    """Return what makes a query the one that it is, by the names of the arguments."""
    address, _, query = plans[0].url.partition("#")[0].partition("?")
    if rows is not None:
        address, query = rows.template, ""
    return {
        "url_or_path": address,
        "params": sorted(query.split("&")),
        "each": None if rows is None else [list(rows.columns), *(plan.url for plan in plans)],
        "timestamps": sorted(plans[0].timestamps.items()),
        **{name: options[name] for name in _IDENTICAL},  # type: ignore[literal-required]
    }


def query_of(plans: list[Plan], given: Mapping[str, Any]) -> Query:
    """Return the query of a new dataset."""
    salt = secrets.token_hex(16)
    names = tuple(sorted(parameters(plans[0].url)))
    return Query(given["url_or_path"], names, salt, _digests(given, salt))


def check_same(query: Query, given: Mapping[str, Any], folder: str) -> None:
    """Raise ConfigurationError, which names the arguments, if this is another query."""
    digests = _digests(given, query.salt)
    other = [name for name, digest in digests.items() if query.digests.get(name) != digest]
    if other:
        raise ConfigurationError(
            f"{folder} contains the dataset of a different query, to "
            f"{foreign_text(query.address)}. The two queries differ in {'=, '.join(other)}=.",
            next_step=_NEXT,
        )


def check_person(before: Mapping[str, str], now: Mapping[str, str], salt: str, folder: str) -> None:
    """Raise ConfigurationError if someone else began the dataset, whose rows may be others."""
    who = who_of(now, salt)
    if any(name in before and before[name] != value for name, value in who.items()):
        raise ConfigurationError(
            f"{folder} was started with a different sign-in: another server, client or person.",
            next_step="Sign in as before, or choose another folder.",
        )


def who_of(who: Mapping[str, str], salt: str) -> dict[str, str]:
    """Return who signed in, as it may be written down: a person is a salted hash."""
    return {
        name: _digest(value, salt) if name == "person" else value for name, value in who.items()
    }


def _digests(given: Mapping[str, Any], salt: str) -> dict[str, str]:
    return {name: _digest(value, salt) for name, value in given.items()}


def _digest(value: object, salt: str) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hmac.new(
        salt.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()
