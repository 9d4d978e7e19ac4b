"""Pages that are asked for by POST: the address of one names the JSON it is asked with.

That JSON follows a `#`, which is never sent. So two requests to one address that differ in their
bodies are two addresses, for all that follows pages and notices repeated ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from oauth_widgets._net.address import absolute
from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.envelope import Outline, Rows, value_at
from oauth_widgets.secret.quoting import Secrets, quoted

_AFTER = re.compile(r"\bafter\s*:\s*\$(\w+)")
_LEVELS = 5


def with_body(url: str, body: object) -> str:
    """Return the address of the page that `url` gives for a POST of `body`."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{url.partition('#')[0]}#{quote(text, safe='')}"


def body_of(address: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a page is asked for with; None for a GET. Raises UnexpectedAnswer."""
    text = address.partition("#")[2]
    try:
        return json.loads(unquote(text)) if text else None
    except (ValueError, RecursionError):
        raise UnexpectedAnswer(
            "The API sent an address with a fragment (#) for the next page."
        ) from None


def content_of(address: str) -> bytes | None:
    """Return the bytes of the body of a POST, None if it has none. Raises UnexpectedAnswer."""
    body = body_of(address)
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()


def with_member(address: str, path: str, value: object) -> str:
    """Return the address with the member at the dotted `path` of its body set to `value`."""
    body = body_of(address)
    whole = dict(body) if isinstance(body, Mapping) else {}
    *above, name = path.split(".")
    place = whole
    for step in above:
        inner = place.get(step)
        place[step] = place = dict(inner) if isinstance(inner, Mapping) else {}
    place[name] = value
    return with_body(address, whole)


def led_by(address: str, outline: Outline, url: str) -> str | None:
    """Return where an answer to a POST leads: "" after the last page, None if it doesn't say.

    It speaks as GraphQL's connections do, or as the links of STAC. Raises UnexpectedAnswer for a
    query that takes no cursor.
    """
    if not body_of(address):
        return None
    by_cursor = _by_connection(address, outline)
    return _by_link(address, outline, url) if by_cursor is None else by_cursor


def is_graphql(address: str) -> bool:
    """Whether a page is asked for by a query of GraphQL."""
    return isinstance(value_at(body_of(address), "query"), str)


def check_graphql(outline: Any, secrets: Secrets) -> None:  # noqa: ANN401 - any JSON
    """Raise UnexpectedAnswer for errors of GraphQL, which come with status 200."""
    errors = value_at(outline, "errors")
    if not errors:
        return
    listed = errors.holds if isinstance(errors, Rows) else errors
    first = listed[0] if isinstance(errors, Rows | list) else listed
    # Arrow's reader has found it, or Python's.
    first = first.as_py() if hasattr(first, "as_py") else first
    raise UnexpectedAnswer(
        "The API refused this query, or part of it.",
        next_step="Correct the query, then try again.",
    ).quoting(quoted(str(value_at(first, "message") or ""), secrets))


def carried(address: str, following: str | None) -> str | None:
    """Return the next address with the body of `address`, unless it has one or is the end."""
    _, mark, body = address.partition("#")
    return following + mark + body if following and mark and "#" not in following else following


def _by_connection(address: str, outline: Outline) -> str | None:
    query = value_at(body_of(address), "query")
    if not isinstance(query, str):
        return None
    pages = [one for one in _page_infos(outline, _LEVELS) if "hasNextPage" in one]
    if len(pages) != 1:
        return None
    word, variable = pages[0].get("endCursor"), _AFTER.search(query)
    if pages[0]["hasNextPage"] is False:
        return ""
    if variable is None or not isinstance(word, str) or not word:
        raise UnexpectedAnswer(
            "The API says that there are more pages, but the query takes no cursor.",
            next_step="Add a variable for the cursor, as in "
            '"query($after: String) { items(first: 100, after: $after) { … } }".',
        )
    return with_member(address, f"variables.{variable[1]}", word)


def _page_infos(outline: Outline, levels: int) -> Iterator[Outline]:
    for name, value in outline.items():
        if isinstance(value, Mapping):
            if name == "pageInfo":
                yield value
            elif levels:
                yield from _page_infos(value, levels - 1)


def _by_link(address: str, outline: Outline, url: str) -> str | None:
    links = outline.get("links")
    listed = links.members if isinstance(links, Rows) else ()
    for link in listed:
        target = link.get("href")
        if link.get("rel") != "next" or not isinstance(target, str):
            continue
        method = str(link.get("method", "")).upper()
        if method == "POST":
            given, before = link.get("body") or {}, body_of(address)
            merged = {**before, **given} if link.get("merge") is True else given or before
            return with_body(absolute(target, url), merged)
        # Without a body it is a GET, which `carried` would make a POST.
        return absolute(target, url) if method == "GET" else None
    return None
