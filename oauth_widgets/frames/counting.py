"""Parameters that are counted up, or take a word: which it is, and the addresses they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.address import parameters, same, with_parameter
from oauth_widgets.frames.body import body_of, with_member
from oauth_widgets.frames.pages import Onward, PageInfo
from oauth_widgets.frames.signs import Sign, Signs, whole
from oauth_widgets.frames.vocabulary import plain

PAGE: tuple[str, ...] = (
    "page",
    "currentpage",
    "pagenumber",
    "pageindex",
    "number",
    "pageno",
    "pagenum",
)
PAGE_COUNT: tuple[str, ...] = (
    "totalpages",
    "pages",
    "pagecount",
    "lastpage",
    "numpages",
    "nbpages",
    "maxpage",
)
PAGE_COUNT += ("pagestotal", "totalpagecount", "noofpages", "numberofpages")
OFFSET: tuple[str, ...] = (
    "offset",
    "skip",
    "start",
    "startindex",
    "startat",
    "from",
    "retstart",
    "resultoffset",
)
OFFSET += ("startrecord", "firstrow", "startrow")
SIZE: tuple[str, ...] = (
    "perpage",
    "pagesize",
    "limit",
    "size",
    "itemsperpage",
    "maxresults",
    "hitsperpage",
)
SIZE += ("resultsperpage", "rows", "take", "retmax", "maxrecords", "numrowsperpage", "pagelimit")
PAGES = frozenset(
    {"page", "page[number]", "pagenumber", "page_number", "pageindex", "p", "page_num", "pageno"}
    | {"currentpage", "current_page"}
)
OFFSETS = frozenset(
    {"offset", "page[offset]", "skip", "$skip", "start", "startindex", "startat", "from", "$offset"}
    | {"retstart", "resultoffset", "start_index", "startrecord"}
)
_OTHER_PAGES = ("page", "pageNumber", "p")
_OTHER_OFFSETS = ("offset", "start", "skip")
_TRIES = 3
NAME = re.compile(r"[A-Za-z_$@][\w.$@:\[\]-]{0,60}")
"""The paths of members and names of parameters that a hint quotes."""
_TAKERS = {
    "nexttoken": ("{}", "pagination_token", "token"),
    "endcursor": ("after", "cursor"),
    "aftercursor": ("after", "cursor", "{}"),
    "nextpagestart": ("start", "pageStart", "{}"),
    "nextpagecursor": ("pageCursor", "cursor", "{}"),
    "lastevaluatedkey": ("ExclusiveStartKey", "{}"),
    "next": ("cursor", "next", "after", "page_token"),
    "scrollid": ("scroll_id", "{}"),
    "xmscontinuationtoken": ("continuationToken",),
    "sforcelocator": ("locator",),
}


def takers(written: str) -> tuple[str, ...]:
    """Return the parameters that may take the word called `written`, the likeliest first.

    Most APIs take `nextPageToken` in `pageToken`, and some in `nextPageToken`.
    """
    known = _TAKERS.get(plain(written))
    if known is not None:
        return tuple(name.format(written) for name in known)
    if written.lower().startswith("x-"):
        written = written[2:].lower().replace("-", "_")
    short = written[4:].lstrip("_-") if written.lower().startswith("next") else written
    short = short[:1].lower() + short[1:]
    return (short,) if short == written else (short, written)


def sent_values(address: str) -> dict[str, str]:
    """Return the parameters of an address, and the members of the body that it is asked with."""
    body = body_of(address)
    members = body.items() if isinstance(body, Mapping) else ()
    return {name: str(value) for name, value in members} | parameters(address)


def put(address: str, name: str, value: str | int) -> str:
    """Return the address with a parameter set; with a member of the body, if it is a POST."""
    if "#" in address and name not in parameters(address):
        return with_member(address, name, value)
    return with_parameter(address, name, value)


def with_word(page: PageInfo, sign: Sign, names: tuple[str, ...], total: int | None) -> Onward:
    """Send a word in the parameter that takes it: the one in use, or one of `names`."""
    query, known = sent_values(page.sent), {plain(name) for name in names}
    used = next((name for name in query if plain(name) in known), None)
    if used is not None and query[used] == str(sign.value):
        done = total is not None and page.before + page.rows >= total
        on = page.rows > 0 and page.page > 1 and not done
        return Onward(page.sent if on else None, total=total, stays=on)
    tried = (used,) if used is not None else names[: _TRIES + 1]
    url = page.sent if "#" in page.sent else page.url
    addresses = [put(url, name, sign.value) for name in tried]
    how, hint = "", ""
    place = "body" if "#" in page.sent else "parameter"
    source = "header" if sign.path in page.headers else "cursor"
    if NAME.fullmatch(sign.path):
        hint = f'{{"{source}": "{sign.path}", "{place}": "…"}}'
    if page.page == 1:
        how = f"{foreign_text(sign.path)} goes into the parameter {foreign_text(tried[0])}"
    otherwise = tuple(addresses[1:])
    return Onward(addresses[0], total=total, otherwise=otherwise, how=how, hint=hint)


def counted(  # noqa: PLR0917 - all of them say where and how far
    page: PageInfo,
    counter: tuple[str, int],
    step: int,
    end: int | None,
    total: int | None,
    others: tuple[str, ...] = (),
) -> Onward:
    """Count a parameter up from its value, up to but not including `end`.

    If the API takes no notice of it, it may be one of the `others`.
    """
    parameter, value = counter
    following = value + step
    if not page.rows or (end is not None and following >= end):
        return Onward(None, total=total)
    rest = range(following + step, end or 0, step)
    # A redirect may have dropped the parameter.
    url, fresh = page.sent, parameter not in sent_values(page.sent)
    return Onward(
        put(url, parameter, following),
        (put(url, parameter, one) for one in rest),
        total,
        counted=True,
        otherwise=tuple(put(url, other, following) for other in others) if fresh else (),
        how=f"the parameter {foreign_text(parameter)} goes up by {step}",
    )


def by_number(page: PageInfo, signs: Signs, total: int | None) -> Onward | None:
    """Count a page number or an offset up, if an answer says which it is."""
    offset, number = signs.whole(OFFSET), signs.whole(PAGE)
    size = signs.whole(SIZE)
    full = size is not None and 0 < size[1] <= page.rows and not signs.links_pages
    if offset is not None and (total is not None or signs.more or full):
        counter = sent_as(page, offset, OFFSETS, offset[0])
        base = offset[1] - page.before
        first = base if base in {0, 1} else int(plain(offset[0]) == "startindex")
        end = None if total is None else total + first
        return counted(page, counter, page.rows, end, total, _others(counter[0], _OTHER_OFFSETS))
    pages = signs.whole(PAGE_COUNT)
    if number is None or (pages is None and total is None and not signs.more and not full):
        return None
    plainly = plain(number[0])
    name = number[0] if plainly in {"pagenumber", "pageindex", "pageno", "pagenum"} else "page"
    counter = sent_as(page, number, PAGES, name)
    end = None if pages is None else pages[1]
    if end is None and total is not None:
        end = -(-total // max(size[1] if size else page.rows, 1))
    # Of pages counted from 1 on, the one visited as the nth has the number n or a higher one.
    if end is not None and counter[1] >= page.page:
        end += 1
    return counted(page, counter, 1, end, total, _others(counter[0], _OTHER_PAGES, number[0]))


def _others(name: str, usual: tuple[str, ...], written: str = "") -> tuple[str, ...]:
    own = (written,) if written and plain(written) != "number" else ()
    return tuple(dict.fromkeys(one for one in (*own, *usual) if one != name))[:_TRIES]


def sent_as(
    page: PageInfo, said: tuple[str, int], names: frozenset[str], otherwise: str
) -> tuple[str, int]:
    """Return the parameter that counts, and its value. Raises if the API counts by another."""
    query = sent_values(page.sent if "#" in page.sent else page.url)
    name = counting(page.url, page.first, names, said[1]) or otherwise
    sent = query.get(name, str(said[1]))
    if sent != str(said[1]) and whole(sent) != said[1]:
        raise UnexpectedAnswer(
            f"Page {page.page} came back as {foreign_text(said[0])} {said[1]}, but "
            f"{foreign_text(sent)} was requested with {name!r}.",
            next_step='Pass the parameter that the API counts by: paging={"page": "p"} or '
            '{"offset": "start"}.',
        )
    return name, said[1]


def counting(url: str, first: str, names: frozenset[str], said: int) -> str | None:
    """Return the one parameter of `url` among `names` that counts.

    What is in the `first` address is the person's own, a filter perhaps: it counts if its value
    changed on the way, or is what the answer `said`.
    """
    own, query = parameters(first), parameters(url)
    found = numbers_in(url, names)
    changed = [name for name in found if own.get(name) != query[name]]
    counts = changed or [name for name in found if int(query[name]) == said]
    return counts[0] if len(counts) == 1 else None


def number_in(url: str, names: frozenset[str]) -> str | None:
    """Return the one parameter of `url` among `names` that is a whole number."""
    found = numbers_in(url, names)
    return found[0] if len(found) == 1 else None


def numbers_in(url: str, names: frozenset[str]) -> list[str]:
    """Return the parameters of `url` among `names` that are whole numbers."""
    return [
        name
        for name, value in parameters(url).items()
        if name.lower() in names and value.isdecimal() and len(value) <= 12
    ]


def foreseen(page: PageInfo, address: str, last: str | None, total: int | None) -> Iterator[str]:
    """Yield the addresses that follow `address`, if a number in it counts up to an end."""
    earlier = parameters(page.url)
    counts = [
        name
        for name in numbers_in(address, PAGES | OFFSETS)
        if earlier.get(name) != parameters(address)[name]
    ]
    if len(counts) != 1 or not page.rows:
        return
    name = counts[0]
    value, before = int(parameters(address)[name]), whole(earlier.get(name))
    by_page = name.lower() in PAGES
    step = value - before if before is not None else 1 if by_page else page.rows
    ends = None if last is None else whole(parameters(last).get(name))
    if last is not None and ends is not None:
        end = ends + 1
        if not same(with_parameter(address, name, end - 1), last):
            return
    elif total is None:
        return
    elif by_page:
        pages = -(-total // page.rows)
        # A page without a number is the first one, whatever the API calls it.
        end = value - 1 + pages if earlier.get(name, "") in {"", "0"} else pages + 1
    else:
        end = total
    if step < 1:
        return
    for one in range(value + step, end, step):
        yield with_parameter(address, name, one)
