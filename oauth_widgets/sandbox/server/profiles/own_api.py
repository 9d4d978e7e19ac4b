"""An API of one's own: scopes and services with given records, in place of the sample API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any
from zlib import crc32

from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.network.service import Row, Service
from oauth_widgets.sandbox.server.profiles.people import is_line
from oauth_widgets.sandbox.server.profiles.profile import Profile
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning
from oauth_widgets.sandbox.server.refusals import OptionError

MOST_RECORDS = 200_000
MOST_SERVICES = 100
_FIELDS = ("records", "requires", "gives")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")  # part of an address
_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,60}")  # RFC 6749 3.3
_KINDS = {str: "Text", bool: "True or false", int: "Whole number", float: "Number", list: "List"}


@dataclass(frozen=True, kw_only=True)
class OwnService:
    """A service as its author describes it; `requires` has every scope that a token needs."""

    name: str
    requires: tuple[str, ...]
    gives: str
    records: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class OwnApi:
    """Scopes and services that an author adds to a profile."""

    scopes: tuple[ScopeMeaning, ...] = ()
    services: tuple[OwnService, ...] = ()

    def on(self, profile: Profile) -> Profile:
        """Return `profile` with these scopes and, if there are any, with these services only."""
        if not self.services:
            return replace(profile, further_scopes=self.scopes)
        # What a scope means doesn't depend on the services here.
        meaning = replace(profile, services=(), further_scopes=self.scopes).meaning
        services = tuple(
            _service(service, meaning(service.requires[0])) for service in self.services
        )
        return replace(profile, services=services, further_scopes=self.scopes, sample=False)


def own_api(profile: Profile, scopes: object = None, services: object = None) -> OwnApi:
    """Return the API that an author describes, checked.

    `scopes` maps names to what each allows, in words for the person who is asked. `services` maps
    names to {"records": …, "requires": …}, and "gives" for the documentation. Records are a
    DataFrame or a list of dicts. Raises OptionError that names what is wrong.
    """
    further = _scopes(profile, {} if scopes is None else scopes)
    if services is None:
        return OwnApi(scopes=further)
    if not isinstance(services, Mapping) or not services:
        raise OptionError('Describe the services by name: {"penguins": {"records": …}}.')
    if len(services) > MOST_SERVICES:
        raise OptionError(f"A sandbox has at most {MOST_SERVICES} services, not {len(services)}.")
    personal = [scope.name for scope in profile.personal_scopes]
    known = (*personal, *(scope.name for scope in further))
    return OwnApi(
        scopes=further,
        services=tuple(_described(name, service, known) for name, service in services.items()),
    )


def _scopes(profile: Profile, scopes: object) -> tuple[ScopeMeaning, ...]:
    if not isinstance(scopes, Mapping):
        raise OptionError('Describe the scopes by name: {"penguins.read": "See penguins"}.')
    for name, gives in scopes.items():
        if not isinstance(name, str) or not _SCOPE.fullmatch(name):
            raise OptionError(
                f"{name!r:.60} cannot be a scope: use printable ASCII without spaces, quotes or \\."
            )
        if not is_line(gives):
            raise OptionError(f"Say in a few words what the scope {name} allows.")
        if profile.is_personal(name):
            raise OptionError(f"The scope {name} already has a meaning here; choose another name.")
    return tuple(ScopeMeaning(name=name, gives=gives.strip()) for name, gives in scopes.items())


def _described(name: object, service: object, known: tuple[str, ...]) -> OwnService:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise OptionError(
            f"{name!r:.80} can't be the name of a service: use letters, digits, dots, hyphens and "
            "underscores."
        )
    if not isinstance(service, Mapping):
        raise OptionError(f'Describe the service {name} as {{"records": …, "requires": …}}.')
    strange = [str(member) for member in service if member not in _FIELDS]
    if strange:
        raise OptionError(
            f"The service {name} has no field {strange[0]!r}; its fields are {', '.join(_FIELDS)}."
        )
    records = _records(name, service.get("records"))
    gives = service.get("gives", "1 record" if len(records) == 1 else f"{len(records):,} records")
    if not isinstance(gives, str):
        raise OptionError(f'The service {name}: "gives" is {type(gives).__name__}, not text.')
    if not is_line(gives):
        raise OptionError(f"Say in a few words what the service {name} gives.")
    requires = _requires(name, service.get("requires"), known)
    return OwnService(name=name, requires=requires, gives=gives, records=records)


def _requires(name: str, requires: object, known: tuple[str, ...]) -> tuple[str, ...]:
    scopes = requires.replace(",", " ").split() if isinstance(requires, str) else requires
    if not isinstance(scopes, list | tuple) or not scopes:
        raise OptionError(f'Say which scope the service {name} requires: "requires": "…".')
    for scope in scopes:
        if scope not in known:
            raise OptionError(
                f"The service {name} requires {scope!r}, which isn't one of the "
                f"scopes: {', '.join(known)}."
            )
    return tuple(dict.fromkeys(scopes))


def _records(name: str, records: Any) -> tuple[Row, ...]:  # noqa: ANN401 - frames of any kind
    if hasattr(records, "to_dicts"):  # of polars
        records = records.to_dicts()
    elif hasattr(records, "to_dict") and hasattr(records, "columns"):
        columns = [str(column) for column in records.columns]
        if len(set(columns)) < len(columns):
            raise OptionError(f"The records of {name} have two columns with the same name.")
        if any(records.index.names):
            records = records.reset_index()
        records = records.to_dict("records")
    if isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable):
        raise OptionError(f"Give the service {name} records: a DataFrame or a list of dicts.")
    rows = tuple(islice(records, MOST_RECORDS + 1))
    if not rows:
        raise OptionError(f"The service {name} has no records; give it at least one.")
    if len(rows) > MOST_RECORDS:
        raise OptionError(f"The service {name} has more than {MOST_RECORDS:,} records.")
    return tuple(_record(name, number, row) for number, row in enumerate(rows, 1))


def _record(name: str, number: int, row: object) -> Row:
    if not isinstance(row, Mapping):
        raise OptionError(f"Record {number} of {name} is {type(row).__name__}, not a dict.")
    try:
        plain: Row = _plain(row)
        json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as problem:
        reason = str(problem)
        if isinstance(problem, UnicodeError):
            reason = "it has half a character (a lone surrogate)"
        elif isinstance(problem, RecursionError):
            reason = "it contains itself, or is nested too deeply"
        raise OptionError(f"Record {number} of {name} cannot be sent: {reason}.") from None
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - values of any kind are tried
    """Return `value` as JSON has it: missing values are null, dates and times are text."""
    if isinstance(value, Mapping):
        plain = {str(key): _plain(entry) for key, entry in value.items()}
        if len(plain) < len(value):
            raise TypeError("two of its fields have the same name")
        return plain
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    # NumPy's arrays and numbers.
    for plainer in ("tolist", "item"):
        if hasattr(value, plainer):
            return _plain(getattr(value, plainer)())
    return _plain_one(value)


def _plain_one(value: Any) -> str | float | bool | None:  # noqa: ANN401 - likewise
    # pandas' ways to say that nothing is known.
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, str | int | float):
        # Python's way is the number that differs from itself.
        return value if value == value else None  # noqa: PLR0124
    raise TypeError(f"{type(value).__name__} can't be written as JSON")


def _service(own: OwnService, scope: ScopeMeaning) -> Service:
    records = own.records

    def record(_network: Network, number: int) -> Row:
        if number < len(records):
            return records[number]
        # A request may ask for more rows than there are, to practise with a long list. In the same
        # order again, all pages would be alike, as if the API ignored which one it is asked for.
        return records[crc32(str(number).encode()) % len(records)]

    return Service(
        name=own.name,
        gives=own.gives,
        scope=scope,
        also_needs=own.requires[1:],
        count=len(records),
        fields=_fields(records),
        record=record,
    )


def _fields(records: tuple[Row, ...]) -> dict[str, str]:
    """Return each field by its dotted name, in the order of appearance, with the kind of value."""
    found: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            found.setdefault(name, []).append(value)
    fields: dict[str, str] = {}
    for name, values in found.items():
        present = [value for value in values if value is not None]
        if present and all(isinstance(value, dict) for value in present):
            inner = _fields(tuple(present))
            fields |= {f"{name}.{member}": kind for member, kind in inner.items()}
        else:
            fields[name] = _kind(present, missing=len(present) < len(records))
    return fields


def _kind(values: list[Any], *, missing: bool) -> str:
    kinds = {type(value) for value in values}
    if kinds == {int, float}:
        kinds = {float}
    kind = _KINDS.get(next(iter(kinds)), "Object") if len(kinds) == 1 else "Mixed"
    return f"{kind}; may be null or left out" if missing else kind
