"""A practice server described in a TOML file: its users, scopes and services."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.signing_in.named_file import text_of, toml_of

_TABLES = ("users", "scopes", "services", "server_name", "client_name")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_MOST_RECORDS = 2**26
_EXAMPLE = "See docs/own-api.md for an example."


def options_in(file: Path) -> dict[str, Any]:
    """Return the users, scopes, services and names in `file`, as `start` takes them.

    The records of a service are an array of tables, or the name of a .csv or .json file next to
    `file`. Raises ConfigurationError if a file cannot be read; `start` checks the rest.
    """
    try:
        options = toml_of(text_of(str(file), next_step="Check the path."), str(file))
    except ValueError as problem:
        raise ConfigurationError(
            f"{file} is not a TOML file: {problem}.", next_step=_EXAMPLE
        ) from problem
    strange = [name for name in options if name not in _TABLES]
    if strange:
        raise ConfigurationError(
            f"{file} has {strange[0]!r}, which is not one of {', '.join(_TABLES)}.",
            next_step=_EXAMPLE,
        )
    services = options.get("services")
    if isinstance(services, Mapping):
        options["services"] = {
            name: _with_records(file.parent, service) for name, service in services.items()
        }
    return options


def _with_records(folder: Path, service: object) -> object:
    """Return a service with its records read, if it names a file."""
    if not isinstance(service, Mapping) or not isinstance(service.get("records"), str):
        return service
    return {**service, "records": _records(folder / service["records"])}


def _records(file: Path) -> object:
    step = "Name a file next to the TOML file, of 64 MiB at most."
    text = text_of(str(file), next_step=step, most=_MOST_RECORDS)
    try:
        if file.suffix == ".json":
            return json.loads(text)
        if file.suffix == ".csv":
            rows = csv.DictReader(text.splitlines(keepends=True), strict=True)
            _check_names(rows.fieldnames or ())
            return [_row(row, rows.line_num) for row in rows]
    except (ValueError, RecursionError, csv.Error) as problem:
        raise ConfigurationError(
            f"The records file {file} can't be read as {file.suffix[1:]}: {problem}.",
            next_step="Use a table with the column names in the first line, or a list of objects.",
        ) from problem
    raise ConfigurationError(
        f"The format of the records file {file} isn't supported.",
        next_step="Use a .csv or a .json file.",
    )


def _check_names(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name")


def _row(row: Mapping[str | None, Any], line: int) -> dict[str, Any]:
    if None in row:
        raise ValueError(f"line {line} has more cells than the first line")
    return {str(name): _typed(value) for name, value in row.items()}


def _typed(value: str | None) -> str | float | None:
    """Return a cell as a number, if it is written like one; an empty cell is null."""
    if not value:
        return None
    # Not every text that Python reads as a number is one: "007" is a name, and so is "nan".
    if _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if _NUMBER.fullmatch(value) else value
