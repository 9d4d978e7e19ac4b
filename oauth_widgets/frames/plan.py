"""What a caller wants to be fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_mapping, check_text, is_one_of, kind_of, listed
from oauth_widgets.frames.progress import Report
from oauth_widgets.frames.rules import PagingRule
from oauth_widgets.secret.names import shown_name

Kind = Literal["frame", "arrow", "parquet"]
Params = Mapping[str, Any]
Paging = str | Mapping[str, str]
Progressing = bool | Report
Timestamps = Iterable[str] | Mapping[str, str]

MAX_BYTES = 2**30
"""Bytes that records may take in memory, unless the caller says more: 1 GiB."""

UNITS = ("s", "ms", "us", "ns")
"""What numbers of a column of times may count since 1970, as pandas names it."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?")
_KEPT = frozenset(
    {"authorization", "proxy-authorization", "cookie", "cookie2", "host", "dpop"}
    | {"content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"}
    | {"te", "trailer", "upgrade", "expect", "accept-encoding", "content-encoding"}
)
"""Headers that carry who is asking or how the message is framed (RFC 9110, RFC 9112)."""


class ReadOptions(TypedDict, total=False):
    """What all ways of reading have in common.

    `records`: dotted path of the list in each answer, such as "data.items"; found without it.
    `paging`: how pages follow each other, if the answers don't say: "none" (this one is all),
    "page" or "offset" (that parameter is counted up to the end; {"page": "p"} if its name is p),
    {"next": "more.url"} (dotted path of the next page's address), {"cursor": "more.after",
    "parameter": "after"} (path of a word, and what takes it; "body": "page.after" in place of
    "parameter" if a member of `json` takes it), {"header": "X-Next", "parameter": "after"} (a
    header has the word), or {"last": "id", "parameter": "after"} (member of the page's last record,
    and what takes it).
    `limit`: how many rows at most.
    `timestamps`: columns to read as times: a list of names for text (RFC 3339), or the unit of
    numbers since 1970, as in {"created": "s"}; "ms", "us" and "ns" work too.
    `max_bytes`: how many bytes the records may take in memory, 1 GiB unless you say more. Each cell
    counts 8 and the length of its text, each column 4,096, and in a DataFrame each value in a list
    about 50. One page, unpacked, may be a quarter of that.
    `progress`: True shows a bar for what takes over a second, False shows none; or a function that
    is called with a Progress, in this thread, ten times a second.
    `method`: "POST" for searches that want one; `json` is its body. Only an answer that says when
    to try again (429 or 503 with Retry-After) has a POST sent again.
    `headers`: headers that the API demands, such as {"Notion-Version": "2022-06-28"}.
    `each`: values for the names in braces in the address, as columns of equal length: one address
    is read for each row, several at a time, and the columns come first in the result.
    `missing`: what to do about those of `each` that the API doesn't have (404): "error" or "skip".
    """

    records: str | None
    paging: Paging | None
    limit: int | None
    timestamps: Timestamps
    max_bytes: int
    progress: Progressing
    method: Literal["GET", "POST"]
    json: Any
    headers: Mapping[str, str] | None
    each: Any
    missing: Literal["error", "skip"]


PARTITION_ROWS = 100_000
"""About how many rows a file of a dataset has, unless the caller says otherwise."""

DEFAULTS: ReadOptions = {
    "records": None,
    "paging": None,
    "limit": None,
    "timestamps": (),
    "max_bytes": MAX_BYTES,
    "progress": True,
    "method": "GET",
    "json": None,
    "headers": None,
    "each": None,
    "missing": "error",
}


def checked(options: ReadOptions, method: str) -> ReadOptions:
    """Return the options with those that were left out.

    Raises ConfigurationError for what cannot be meant, TypeError for an option that there isn't.
    """
    for name in options:
        if name not in DEFAULTS:
            raise TypeError(f"{method}() got an unexpected keyword argument {name!r}")
    whole: ReadOptions = {**DEFAULTS, **options}
    records, limit, most = whole["records"], whole["limit"], whole["max_bytes"]
    if records is not None and not (isinstance(records, str) and records):
        raise ConfigurationError(
            f"records= must be a dotted path, not {kind_of(records)}.",
            next_step='Pass records="data.orders".',
        )
    # True is a number to Python.
    if limit is not None and (type(limit) is not int or limit < 1):
        raise ConfigurationError(
            f"limit= must be a number of rows, 1 or more, not {kind_of(limit)}.",
            next_step="Leave it out to read every row.",
        )
    if type(most) is not int or most < 1:
        raise ConfigurationError(
            f"max_bytes= must be a number of bytes, 1 or more, not {kind_of(most)}.",
            next_step=f"Pass max_bytes={MAX_BYTES}.",
        )
    _check_method(whole)
    if not is_one_of(whole["missing"], ("error", "skip")):
        raise ConfigurationError(
            'missing= is neither "error" nor "skip".',
            next_step='Pass missing="error" or missing="skip".',
        )
    return whole


def _check_method(options: ReadOptions) -> None:
    method, body = options["method"], options["json"]
    if not is_one_of(method, ("GET", "POST")):
        raise ConfigurationError(
            "method= is neither GET nor POST, the only two that read data.",
            next_step='Pass method="POST", or use session.http() for anything else.',
        )
    if method == "GET" and body is not None:
        raise ConfigurationError(
            "json= is the body of a POST, but this is a GET.",
            next_step='Pass method="POST", or pass the query as params=….',
        )
    try:
        json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise ConfigurationError(
            "json= contains something that JSON can't express.",
            next_step="Pass only dicts, lists, text, finite numbers, True, False and None.",
        ) from None


def own_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return what a caller adds to the headers, names in lower case. Raises ConfigurationError."""
    if headers is None:
        return {}
    found = {}
    for name, value in check_mapping(
        headers, "headers", '{"Notion-Version": "2022-06-28"}'
    ).items():
        check_text(name, "name of a header")
        shown = shown_name(name)
        check_text(value, f"header {shown}")
        if not _TOKEN.fullmatch(name):
            raise ConfigurationError(
                f"{shown} is not a valid header name.",
                next_step="Use letters, digits and hyphens.",
            )
        if name.lower() in _KEPT or name.lower() in found:
            raise ConfigurationError(
                f"The header {shown} is set for you."
                if name.lower() in _KEPT
                else f"The header {shown} is given twice.",
                next_step=f"Leave {shown} out of headers.",
            )
        if value and not _VALUE.fullmatch(value):
            raise ConfigurationError(
                f"The value of the header {shown} contains a character not allowed in headers.",
                next_step="Remove line breaks, and characters beyond Latin-1.",
            )
        found[name.lower()] = value
    return found


@dataclass(frozen=True)
class Plan:
    """All pages from `url` on, at most `limit` rows.

    `records` is the dotted path of the list in each answer, `way` how pages follow each other,
    None if that is to be found; `timestamps` has the unit of each column of times, None for
    text. The records take at most `max_bytes` in memory. For a POST, `url` names its body.
    """

    url: str
    records: str | None
    way: PagingRule | None
    limit: int | None
    timestamps: Mapping[str, str | None]
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    posts: bool = False


def units(timestamps: Timestamps) -> dict[str, str | None]:
    """Return the unit of each column of times, None for text.

    Raises ConfigurationError for what is neither a list of columns nor a unit for each.
    """
    if isinstance(timestamps, str | bytes) or not isinstance(timestamps, Iterable):
        raise ConfigurationError(
            f"timestamps= must be a list of columns, not {kind_of(timestamps)}.",
            next_step='Pass timestamps=["created"], or {"created": "s"} for seconds.',
        )
    named = listed(timestamps, "timestamps")
    found = dict(timestamps) if isinstance(timestamps, Mapping) else {}
    for name in named:
        if not isinstance(name, str):
            raise ConfigurationError(
                f"timestamps= names a column by {kind_of(name)}, but column names are text.",
                next_step='Put each in quotes: timestamps=["created"].',
            )
        unit = found.setdefault(name, None)
        if not is_one_of(unit, UNITS) and (unit is not None or isinstance(timestamps, Mapping)):
            raise ConfigurationError(
                f"timestamps= gives {shown_name(name)} a unit that doesn't exist.",
                next_step='Pass "s", "ms", "us" or "ns", or list columns of text: '
                f"timestamps=[{shown_name(name)}].",
            )
    return found
