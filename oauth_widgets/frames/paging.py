"""How to get on from a page: what it says of the next one, or what the caller told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from oauth_widgets._net.address import absolute
from oauth_widgets.frames.address import parameters, with_parameter
from oauth_widgets.frames.body import carried, led_by
from oauth_widgets.frames.counting import (
    OFFSET,
    OFFSETS,
    PAGES,
    by_number,
    counted,
    counting,
    foreseen,
    number_in,
    sent_as,
    takers,
    with_word,
)
from oauth_widgets.frames.envelope import Outline, ckan_action, value_at
from oauth_widgets.frames.headers import (
    NEXT_HEADERS,
    cursor_in,
    described_in,
    pages_in,
    total_in,
)
from oauth_widgets.frames.hints import full_page, lost
from oauth_widgets.frames.link import links
from oauth_widgets.frames.pages import Onward, PageInfo
from oauth_widgets.frames.rules import PagingRule, after_last, as_ruled
from oauth_widgets.frames.signs import NEXT, Sign, Signs, whole
from oauth_widgets.frames.vocabulary import plain
from oauth_widgets.resource.content_range import content_range

_WORDS: tuple[str, ...] = ("nextcursor", "nextpagetoken", "nexttoken", "continuationtoken")
_WORDS += ("continuation", "nextmarker", "endcursor", "nextcursormark", "nextpagecursor")
_WORDS += ("nextpagestart", "nextstart", "nextoffset", "nextskip", "nextindex", "nextstartindex")
_WORDS += ("nextpageid", "nextkey", "nextid", "nextbookmark", "nextposition", "nextpagenumber")
_WORDS += ("nextafter", "nextsearchafter", "nextpage", "aftercursor", "paginationtoken", "scrollid")
_WORDS += ("pagingstate", "pagestate", "resumptiontoken", "lastevaluatedkey", "searchafter")
_ECHOED = ("pagetoken", "after", "bookmark", "continue", "marker", "cursor")
_CKAN_COUNTS_BY = {"datastore_search": "offset", "package_search": "start"}
_NOTHING = frozenset({"0", "-1", "null", "none", "false", "nil"})


def onward(page: PageInfo, rule: PagingRule | None) -> Onward:
    """Return the way on from a page.

    Raises UnexpectedAnswer for a page that is not the one that was asked for.
    """
    outline, described = page.outline, described_in(page.headers)
    if described:
        outline = {"pagination": described, **outline}
    signs = Signs(outline, page.records)
    total = total_in(page.headers)
    if total is None:
        total = signs.total(at_least=page.rows if page.page == 1 else 0)
    if rule is None:
        way = _found(page, signs, total)
    else:
        way = as_ruled(page, rule, signs, total)
        if way.next is None and way.problem is None and rule.kind not in {"none", "page", "offset"}:
            # What leads on may be misspelt, so that the first page would be taken for all.
            way = replace(way, problem=lost(page, signs, total) if page.page == 1 else None)
    following = carried(page.sent, way.next)
    return replace(
        way,
        next=following,
        # What is asked for ahead may be in vain, which is not for a POST.
        ahead=() if "#" in (following or "") else way.ahead,
        estimated=signs.estimated,
    )


def is_linked(outline: Outline, headers: Mapping[str, str], url: str) -> bool:
    """Whether an answer names a next page, in its headers or in its body."""
    if "next" in links(headers.get("link", ""), url) or _in_headers(headers, url, url):
        return True
    cursor = cursor_in(headers)
    if cursor is not None and cursor.value:
        return True
    return Signs(outline).link(NEXT, url) is not None


def _found(page: PageInfo, signs: Signs, total: int | None) -> Onward:
    led = led_by(page.sent, page.outline, page.url)
    if led is not None:
        how = "the answer contains the body of the next request" if led else ""
        return Onward(led or None, total=total, how=how)
    way = _of_ckan(page, signs) or _of_mediawiki(page, total)
    if way is not None:
        return way
    linked = links(page.headers.get("link", ""), page.url)
    headed = _in_headers(page.headers, page.url, page.first)
    named = None if signs.surely_no_more else signs.link(NEXT, page.url)
    address = linked.get("next") or headed or named
    if address is not None:
        last = linked.get("last") or signs.link(("last",), page.url)
        how = "the Link header" if "next" in linked else "a header" if headed else "a link"
        ahead = foreseen(page, address, last, total)
        by_header = bool(headed) and not linked.get("next")
        how += " leads to the next page"
        return Onward(address, ahead, total, by_header=by_header, how=how)
    # After the last page such a header may be missing.
    by_cursor = _by_header(page, total)
    over = page.led_by_header and by_cursor is None and not signs.more
    if signs.no_more or linked or headed is not None or over:
        return Onward(None, total=total)
    way = (
        by_cursor
        or _by_word(page, signs, total)
        or by_number(page, signs, total)
        or _of_arcgis(page, signs, total)
        or _by_range(page, total)
        or _of_stripe(page, total)
    )
    if way is not None:
        return way
    problem = lost(page, signs, total)
    doubt = "" if problem else full_page(page, signs, total)
    return Onward(None, total=total, problem=problem, doubt=doubt)


def _in_headers(headers: Mapping[str, str], url: str, first: str) -> str | None:
    """Return what a header says of the next page: "" after the last, None if nothing.

    It is an address, or the number of a page.
    """
    said = [headers[name].strip() for name in NEXT_HEADERS if name in headers]
    number, pages = pages_in(headers)
    if not said and pages is not None:
        if number is None:
            counter = number_in(url, PAGES)
            number = 1 if counter is None else int(parameters(url)[counter])
        said = [str(number + 1) if number < pages else ""]
    if not said:
        return None
    if said[0].isdecimal():
        name = counting(url, first, PAGES, int(said[0][:12]) - 1)
        return with_parameter(url, name or "page", said[0])
    return absolute(said[0], url) if said[0] else ""


def _of_ckan(page: PageInfo, signs: Signs) -> Onward | None:
    """Count the rows of a search in CKAN, whose links never end."""
    parameter = _CKAN_COUNTS_BY.get(ckan_action(page.outline))
    if parameter is None:
        return None
    said = signs.whole(("total", "count"))
    total = None if said is None else said[1]
    guessed = value_at(page.outline, "result.total_was_estimated") is True
    counter = number_in(page.url, frozenset({parameter}))
    start = 0 if counter is None else int(parameters(page.url)[counter])
    return counted(page, (parameter, start), page.rows, None if guessed else total, total)


def _of_mediawiki(page: PageInfo, total: int | None) -> Onward | None:
    """Send all members of `continue`, as MediaWiki requires."""
    members = page.outline.get("continue")
    if not isinstance(members, Mapping) or not members:
        return None
    url = page.url
    for name, value in members.items():
        if not isinstance(value, str | int):
            return None
        url = with_parameter(url, name, value)
    return Onward(url, total=total, how='the members of "continue" go into the query')


def _of_arcgis(page: PageInfo, signs: Signs, total: int | None) -> Onward | None:
    """Count on in a layer of ArcGIS, which says only that there are more."""
    if plain(signs.more or "") != "exceededtransferlimit":
        return None
    start = whole(parameters(page.sent).get("resultOffset")) or 0
    return counted(page, ("resultOffset", start), page.rows, None, total)


def _of_stripe(page: PageInfo, total: int | None) -> Onward | None:
    """Ask for what follows the last record of a Stripe list that has more."""
    outline = page.outline
    named = outline.get("object") == "list" and isinstance(outline.get("url"), str)
    backwards = "ending_before" in parameters(page.url)
    if not named or backwards or outline.get("has_more") is not True:
        return None
    return after_last(page, "id", "starting_after", total)


def _by_header(page: PageInfo, total: int | None) -> Onward | None:
    """Follow a word in a header."""
    sign = cursor_in(page.headers)
    if sign is None:
        return None
    if not sign.value:
        return Onward(None, total=total)
    return replace(with_word(page, sign, takers(sign.name), total), by_header=True)


def _by_word(page: PageInfo, signs: Signs, total: int | None) -> Onward | None:
    """Follow a word that goes into a parameter: a cursor, a token."""
    sign = signs.sign(_WORDS)
    if sign is None and any(signs.ends_at(name) for name in _WORDS):
        # What else is called a cursor is this page's own.
        return Onward(None, total=total)
    if sign is None:
        sign = _of_a_holder(signs) or signs.sign(_ECHOED) or _word_as_offset(signs)
        own = parameters(page.first)
        if sign is not None and own.get(sign.name) == str(sign.value):
            return None
    if sign is None:
        return None
    if str(sign.value).lower() in _NOTHING:
        return Onward(None, total=total)
    return with_word(page, sign, takers(sign.name), total)


def _of_a_holder(signs: Signs) -> Sign | None:
    """Return a word under the name `next` that is no address, as in `pagination.next`."""
    sign = signs.sign(("next",))
    if sign is None or "." not in sign.path:
        return None
    return sign


def _word_as_offset(signs: Signs) -> Sign | None:
    """Return an offset that is a word (Airtable)."""
    sign = signs.sign(OFFSET)
    word = sign is not None and isinstance(sign.value, str) and not sign.value.isdecimal()
    return sign if word else None


def _by_range(page: PageInfo, total: int | None) -> Onward | None:
    """Count rows up from a range without a unit: PostgREST's, which counts by `offset`."""
    part = content_range(page.headers)
    if part is None or part.unit:
        return None
    if total is None and page.page == 1 and page.rows == 1:
        # A single record, such as a function returns.
        return Onward(None)
    counter = sent_as(page, ("Content-Range", part.first), OFFSETS, "offset")
    return counted(page, counter, page.rows, total, total)
