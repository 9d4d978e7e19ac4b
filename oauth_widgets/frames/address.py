"""Addresses of pages: their parameters, read and changed, and those between two of them."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit, urlunsplit


def without_query(url: str) -> str:
    """Return an address without its query, and without the body that a POST has behind it."""
    return url.partition("#")[0].partition("?")[0]


def parameters(url: str) -> dict[str, str]:
    """Return the query's parameters; of one that comes twice the last."""
    return dict(parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True))


def with_parameter(url: str, name: str, value: object) -> str:
    """Return `url` with `name` set to `value`, and all else letter by letter as it was."""
    parts = urlsplit(url)
    new = f"{quote(name, safe='[]$')}={quote(str(value), safe='')}"
    query = [one for one in parts.query.split("&") if one]
    places = [at for at, one in enumerate(query) if unquote_plus(one.partition("=")[0]) == name]
    # A parameter that is there already keeps its place.
    query = [one for at, one in enumerate(query) if at not in places]
    query.insert(places[0] if places else len(query), new)
    return urlunsplit(parts._replace(query="&".join(query)))


def same(one: str, other: str) -> bool:
    """Whether two addresses name the same page, however their queries are ordered and written."""
    return one == other or _key(one) == _key(other)


def _key(url: str) -> object:
    place, _, query = url.partition("?")
    return place, sorted(parse_qsl(query, keep_blank_values=True))
