"""How to get on from a page: what it says of the next one, or what the caller told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oauth_widgets.errors import ConfigurationError, UnexpectedAnswer, foreign_text
from oauth_widgets.frames.address import parameters, same, with_parameter
from oauth_widgets.frames.body import carried, led_by
from oauth_widgets.frames.envelope import Outline, ckan_action, plain, value_at
from oauth_widgets.frames.link import links
from oauth_widgets.frames.signs import NEXT, Signs
from oauth_widgets.protocol.address import absolute
from oauth_widgets.protocol.content_range import content_range

_WORDS: tuple[str, ...] = (
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "continuationtoken",
    "continuation",
)
_WORDS += ("nextmarker", "endcursor", "nextoffset", "nextpage", "after", "cursor")
_PAGE = ("page", "currentpage", "pagenumber", "pageindex", "number")
_PAGE_COUNT = ("totalpages", "pages", "pagecount", "lastpage", "numpages")
_OFFSET = ("offset", "skip", "start", "startindex", "startat", "from")
_SIZE = ("perpage", "pagesize", "limit", "size", "itemsperpage", "maxresults")
_NEXT_HEADERS = ("x-next-page", "x-next", "x-next-url", "x-next-link")
_PAGES = frozenset({"page", "page[number]", "pagenumber", "page_number", "pageindex", "p"})
_OFFSETS = frozenset(
    {"offset", "page[offset]", "skip", "$skip", "start", "startindex", "startat", "from"}
)
# these may as well be filters: such a parameter counts only where the answer confirms it
_SURE = (_PAGES | _OFFSETS) - {"p", "start", "from"}
_CKAN_COUNTS_BY = {"datastore_search": "offset", "package_search": "start"}


@dataclass(frozen=True)
class Told:
    """What the caller says of paging; `kind` is none, page, offset, next, cursor or last."""

    kind: str
    parameter: str = ""
    path: str = ""


@dataclass(frozen=True)
class Seen:
    """A page, as far as the way on is concerned; `page` is its number among those fetched.

    `last` gives what the last record has under a dotted name. `asked` is the address that was asked
    for, which a redirect may have led away from, and `first` that of the first page: its query is
    the person's own.
    """

    url: str
    page: int
    rows: int
    outline: Outline
    headers: Mapping[str, str] = field(default_factory=dict)
    last: Callable[[str], Any] = lambda _: None
    asked: str = ""
    first: str = ""


@dataclass(frozen=True)
class Onward:
    """The next page's address, None after the last, and the addresses foreseen `ahead` of it.

    `total` is the number of rows in all, where it is said, and `estimated` whether that is a guess.
    `problem` is why there is no way on although there are more pages. `counted` says that the
    address was made here by counting, and not taken from the answer.
    """

    next: str | None
    ahead: Iterable[str] = ()
    total: int | None = None
    problem: UnexpectedAnswer | None = None
    estimated: bool = False
    counted: bool = False


def told(paging: str | Mapping[str, str] | None) -> Told | None:
    """Read the option `paging`. Raises ConfigurationError."""
    if paging is None:
        return None
    way: dict[str, Any] = {}
    if isinstance(paging, str | Mapping):
        way = {paging: paging} if isinstance(paging, str) else dict(paging)
    words = all(isinstance(word, str) and word for word in way.values())
    kind = next((name for name in way if name != "parameter"), "")
    if words and way.keys() in ({"page"}, {"offset"}, {"none"}):
        return Told(kind, parameter=way[kind])
    ways = ({"next"}, {"cursor", "parameter"}, {"last", "parameter"})
    if words and not isinstance(paging, str) and way.keys() in ways:
        return Told(kind, way.get("parameter", ""), way[kind])
    raise ConfigurationError(
        f"{paging!r} is no way of paging.",
        next_step='Use "none", "page", "offset", {"page": name}, {"offset": name}, {"next": path}, '
        '{"cursor": path, "parameter": name} or {"last": member, "parameter": name}.',
    )


def first_address(url: str, way: Told | None) -> str:
    """Return the address of the first page: a parameter that is counted up is in it.

    Pages are counted from 1, offsets from 0, or from what is there. Raises ConfigurationError for
    what cannot be counted.
    """
    if way is None or way.kind not in {"page", "offset"}:
        return url
    start = parameters(url).get(way.parameter)
    if start is None:
        return with_parameter(url, way.parameter, 1 if way.kind == "page" else 0)
    if not start.isdecimal():
        raise ConfigurationError(f"{way.parameter}={start!r} is no number to count up from.")
    return url


def onward(seen: Seen, way: Told | None) -> Onward:
    """Return the way on from a page.

    Raises UnexpectedAnswer for a page that is not the one that was asked for.
    """
    signs = Signs(seen.outline)
    led = None if way is not None else led_by(seen.asked, seen.outline, seen.url)
    if led is not None:
        return Onward(led or None)
    found = _onward(seen, way, signs)
    following = carried(seen.asked, found.next)
    # What is asked for ahead may be in vain, which is not for a POST.
    ahead = () if "#" in (following or "") else found.ahead
    return replace(found, next=following, ahead=ahead, estimated=signs.estimated)


def _onward(seen: Seen, way: Told | None, signs: Signs) -> Onward:
    total = signs.total(seen.headers, at_least=seen.rows if seen.page == 1 else 0)
    if way is not None:
        return _as_told(seen, way, signs, total)
    counted = _of_ckan(seen, signs)
    if counted is not None:
        return counted
    linked = links(seen.headers.get("link", ""), seen.url)
    headed = _in_headers(seen.headers, seen.url, seen.first)
    address = linked.get("next") or headed or signs.link(NEXT, seen.url)
    if address is not None:
        last = linked.get("last") or signs.link(("last",), seen.url)
        return Onward(address, _foreseen(seen, address, last, total), total)
    if signs.no_more or linked or headed is not None:
        return Onward(None, total=total)
    found = _by_word(seen, signs, total) or _by_number(seen, signs, total)
    found = found or _by_range(seen, total) or _of_stripe(seen, total)
    return found or Onward(None, total=total, problem=_lost(seen, signs, total))


def is_linked(outline: Outline, headers: Mapping[str, str], url: str) -> bool:
    """Whether an answer names a next page, in its headers or in its body."""
    if "next" in links(headers.get("link", ""), url) or _in_headers(headers, url, url):
        return True
    return Signs(outline).link(NEXT, url) is not None


def _in_headers(headers: Mapping[str, str], url: str, first: str) -> str | None:
    """Return what a header for it alone says of the next page: "" after the last, None if nothing.

    It is an address, or the number of a page.
    """
    said = [headers[name].strip() for name in _NEXT_HEADERS if name in headers]
    page, pages = headers.get("x-page", ""), headers.get("x-total-pages", "")
    if not said and page.isdecimal() and pages.isdecimal():
        said = [str(int(page) + 1) if int(page) < int(pages) else ""]
    if not said:
        return None
    if said[0].isdecimal():
        counting = _counting(url, first, _PAGES, int(said[0][:12]) - 1)
        return with_parameter(url, counting or "page", said[0])
    return absolute(said[0], url) if said[0] else ""


def _of_ckan(seen: Seen, signs: Signs) -> Onward | None:
    """Count the rows of a search in CKAN, whose links never end."""
    parameter = _CKAN_COUNTS_BY.get(ckan_action(seen.outline))
    if parameter is None:
        return None
    said = signs.whole(("total", "count"))
    total = None if said is None else said[1]
    guessed = value_at(seen.outline, "result.total_was_estimated") is True
    asked = _number_in(seen.url, frozenset({parameter}))
    start = 0 if asked is None else int(parameters(seen.url)[asked])
    return _counted(seen, (parameter, start), seen.rows, None if guessed else total, total)


def _of_stripe(seen: Seen, total: int | None) -> Onward | None:
    """Go on after the last record of a list of Stripe's, which says that there are more."""
    outline = seen.outline
    named = outline.get("object") == "list" and isinstance(outline.get("url"), str)
    backwards = "ending_before" in parameters(seen.url)
    if not named or backwards or outline.get("has_more") is not True:
        return None
    return _after_last(seen, "id", "starting_after", total)


def _after_last(seen: Seen, member: str, parameter: str, total: int | None) -> Onward:
    last = seen.last(member)
    if type(last) in (str, int) and last != "":
        return Onward(with_parameter(seen.url, parameter, last), total=total)
    problem = UnexpectedAnswer(
        f"Page {seen.page} ends with a record that has no {member!r} to go on after.",
        next_step="Name another member of the records, one that tells them apart: "
        'paging={"last": member, "parameter": name}.',
    )
    return Onward(None, total=total, problem=problem)


def _as_told(seen: Seen, way: Told, signs: Signs, total: int | None) -> Onward:
    if way.kind in {"page", "offset"}:
        counted = way.parameter, int(parameters(seen.asked or seen.url)[way.parameter])
        step, end = (seen.rows, total) if way.kind == "offset" else (1, None)
        return _counted(seen, counted, step, end, total)
    if way.kind == "last":
        if seen.rows and not signs.no_more:
            return _after_last(seen, way.path, way.parameter, total)
        return Onward(None, total=total)
    word = value_at(seen.outline, way.path) if way.path else None
    if not isinstance(word, str | int) or word in ("", 0, False):
        return Onward(None, total=total)
    if way.kind == "next":
        return Onward(absolute(str(word), seen.url), total=total)
    return Onward(with_parameter(seen.url, way.parameter, word), total=total)


def _by_word(seen: Seen, signs: Signs, total: int | None) -> Onward | None:
    """Follow a word that goes into a parameter: a cursor, a token."""
    found = signs.word(_WORDS)
    if found is None:
        return None
    written, word = found
    return Onward(with_parameter(seen.url, _taking(written, seen.url), word), total=total)


def _taking(written: str, url: str) -> str:
    """Return the parameter that takes the word called `written`: `nextPageToken` → `pageToken`."""
    short = written[4:].lstrip("_-") if written.lower().startswith("next") else written
    names = {"nexttoken": written, "endcursor": "after"}
    parameter = names.get(plain(written), short[:1].lower() + short[1:])
    known = {plain(parameter), plain(written)}
    return next((name for name in parameters(url) if plain(name) in known), parameter)


def _by_number(seen: Seen, signs: Signs, total: int | None) -> Onward | None:
    """Count a page number or an offset up, where an answer says which it is."""
    offset, page = signs.whole(_OFFSET), signs.whole(_PAGE)
    if offset is not None and (total is not None or signs.more):
        counted = _asked(seen, offset, _OFFSETS, offset[0])
        first = 1 if plain(offset[0]) == "startindex" else 0
        end = None if total is None else total + first
        return _counted(seen, counted, seen.rows, end, total)
    pages, size = signs.whole(_PAGE_COUNT), signs.whole(_SIZE)
    if page is None or (pages is None and total is None and not signs.more):
        return None
    plainly = plain(page[0])
    name = page[0] if plainly in {"pagenumber", "pageindex"} else "page"
    counted = _asked(seen, page, _PAGES, name)
    end = None if pages is None else pages[1]
    if end is None and total is not None:
        end = -(-total // max(size[1] if size else seen.rows, 1))
    # of pages counted from 1 on, the one visited as the nth has the number n or a higher one
    if end is not None and counted[1] >= seen.page:
        end += 1
    return _counted(seen, counted, 1, end, total)


def _by_range(seen: Seen, total: int | None) -> Onward | None:
    """Count rows up from a range without a unit: PostgREST's, which counts by `offset`."""
    part = content_range(seen.headers)
    if part is None or part.unit:
        return None
    if total is None and seen.page == 1 and seen.rows == 1:
        # a record by itself, such as a function returns
        return Onward(None)
    counted = _asked(seen, ("Content-Range", part.first), _OFFSETS, "offset")
    return _counted(seen, counted, seen.rows, total, total)


def _asked(
    seen: Seen, said: tuple[str, int], names: frozenset[str], otherwise: str
) -> tuple[str, int]:
    """Return the parameter that counts, and its value. Raises where the API counts by another."""
    query = parameters(seen.url)
    name = _counting(seen.url, seen.first, names, said[1]) or otherwise
    asked = query.get(name, str(said[1]))
    if asked != str(said[1]) and not (asked.isdecimal() and int(asked) == said[1]):
        raise UnexpectedAnswer(
            f"Page {seen.page} came back as {foreign_text(said[0])} {said[1]}, and "
            f"{foreign_text(asked)} was asked for by {name!r}.",
            next_step='Name the parameter that the API counts by: paging={"page": …} or '
            '{"offset": …}.',
        )
    return name, said[1]


def _counting(url: str, first: str, names: frozenset[str], said: int) -> str | None:
    """Return the one parameter of `url` among `names` that counts.

    What stands in the `first` address is the person's own, a filter perhaps: it counts where its
    value changed on the way, or is what the answer `said`.
    """
    own, query = parameters(first), parameters(url)
    found = _numbers_in(url, names)
    changed = [name for name in found if own.get(name) != query[name]]
    counting = changed or [name for name in found if int(query[name]) == said]
    return counting[0] if len(counting) == 1 else None


def _number_in(url: str, names: frozenset[str]) -> str | None:
    """Return the one parameter of `url` among `names` that is a whole number."""
    found = _numbers_in(url, names)
    return found[0] if len(found) == 1 else None


def _numbers_in(url: str, names: frozenset[str]) -> list[str]:
    return [
        name
        for name, value in parameters(url).items()
        if name.lower() in names and value.isdecimal() and len(value) <= 12
    ]


def _counted(
    seen: Seen, counted: tuple[str, int], step: int, end: int | None, total: int | None
) -> Onward:
    """Count a parameter up from its value, up to but not including `end`."""
    parameter, value = counted
    following = value + step
    if not seen.rows or (end is not None and following >= end):
        return Onward(None, total=total)
    rest = range(following + step, end or 0, step)
    # a redirect may have dropped the parameter
    url = seen.asked or seen.url
    return Onward(
        with_parameter(url, parameter, following),
        (with_parameter(url, parameter, one) for one in rest),
        total,
        counted=True,
    )


def _foreseen(seen: Seen, address: str, last: str | None, total: int | None) -> Iterator[str]:
    """Yield the addresses that follow `address`, where a number in it counts up to an end."""
    earlier = parameters(seen.url)
    counting = [
        name
        for name in _numbers_in(address, _PAGES | _OFFSETS)
        if earlier.get(name) != parameters(address)[name]
    ]
    if len(counting) != 1 or not seen.rows:
        return
    name = counting[0]
    value, before = int(parameters(address)[name]), earlier.get(name, "")
    by_page = name.lower() in _PAGES
    step = value - int(before) if before.isdecimal() else 1 if by_page else seen.rows
    if last is not None and parameters(last).get(name, "").isdecimal():
        end = int(parameters(last)[name]) + 1
        if not same(with_parameter(address, name, end - 1), last):
            return
    elif total is None:
        return
    elif by_page:
        pages = -(-total // seen.rows)
        # a page without a number is the first one, whatever the API calls it
        end = value - 1 + pages if before in {"", "0"} else pages + 1
    else:
        end = total
    if step < 1:
        return
    for one in range(value + step, end, step):
        yield with_parameter(address, name, one)


def _lost(seen: Seen, signs: Signs, total: int | None) -> UnexpectedAnswer | None:
    """Return what is wrong with an answer that says that there are more and not where."""
    if more := signs.more:
        says = f"says in {foreign_text(more)!r} that there are more"
    elif (
        total is not None
        and seen.page == 1
        and total > seen.rows
        and not signs.links_pages
        and _number_in(seen.url, _SURE) is None
    ):
        says = f"gives {seen.rows} of {total} records"
    else:
        return None
    return UnexpectedAnswer(
        f"Page {seen.page} {says}, but not where the others are.",
        next_step='Say how to get there: paging="page", "offset", {"next": path in the answer}, '
        '{"cursor": path, "parameter": name} or {"last": member of each record, "parameter": '
        'name}; or take this page alone: paging="none".',
    )
