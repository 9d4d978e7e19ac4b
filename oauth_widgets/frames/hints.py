"""What to say when there are more pages and nothing leads to them: the call that would work."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.address import parameters
from oauth_widgets.frames.counting import NAME, OFFSETS, PAGES, SIZE, number_in
from oauth_widgets.frames.pages import PageInfo
from oauth_widgets.frames.signs import Signs
from oauth_widgets.frames.vocabulary import plain

# The others may be filters: such a parameter counts only if the answer confirms it.
_SURE = (PAGES | OFFSETS) - {"p", "start", "from"}
_SIZES = frozenset(SIZE) | {
    "$limit",
    "$top",
    "top",
    "first",
    "count",
    "n",
    "num",
    "max",
    "pagelimit",
}
_SIZES |= {"page[size]", "resultrecordcount", "limitto", "batchsize"}
_ROUND = re.compile(r"(?:[1-9]|25|50|75|[12]5)0{2,}|50|25|20|30")
_CURSOR = re.compile(r".*(?:cursor|token|next|after|bookmark|marker|continu|scroll).*")


def lost(page: PageInfo, signs: Signs, total: int | None) -> UnexpectedAnswer | None:
    """Return what is wrong with an answer that says that there are more and not where."""
    top = any(plain(name) in {"$top", "top"} for name in parameters(page.first or page.url))
    if more := signs.more:
        says = f"says in {foreign_text(more)!r} that there are more"
    elif (
        total is not None
        and page.page == 1
        and total > page.rows
        and (top or not signs.links_pages)
        and number_in(page.url, _SURE) is None
    ):
        says = f"gives {page.rows} of {total} records"
    else:
        return None
    return UnexpectedAnswer(
        f"Page {page.page} {says}, but doesn't say where the others are.",
        next_step=f"Say how to fetch them, as in {call(page, _likely(page, signs))}. Other ways "
        f'are {_OTHERS}; to read only this page, use paging="none".',
    )


def full_page(page: PageInfo, signs: Signs, total: int | None) -> str:
    """Return why one page may not be all, though nothing in it says so; "" if nothing hints at it.

    It has as many rows as were asked for, or a round number of them.
    """
    if page.page > 1 or page.rows < 2 or total is not None or signs.links_pages:
        return ""
    for name, value in parameters(page.first or page.url).items():
        if plain(name) in _SIZES and value == str(page.rows):
            what = f"as many as {foreign_text(name)}={page.rows} asks for"
            break
    else:
        if not page.guessed or page.outline or not _ROUND.fullmatch(str(page.rows)):
            return ""
        what = "a round number that may be the page size"
    return (
        f"The API returned {page.rows} rows, {what}, and doesn't say whether there are more. If "
        f"there are, say how to fetch them, as in {call(page, _likely(page, signs))}; if not, use "
        'paging="none".'
    )


def short_of(rows: int, total: int) -> str:
    """Return the words for a fetch that ended before the total was there."""
    return (
        f"The API says that there are {total} records, but its pages had {rows}. If the others "
        'are on further pages, say how to fetch them: paging="page", paging="offset" or '
        '{"cursor": path, "parameter": name}; see docs/apis.md.'
    )


def call(page: PageInfo, paging: str) -> str:
    """Return the call for this address, with the path of the records that were found."""
    path = urlsplit(page.first or page.url).path
    path = path if re.fullmatch(r"[\w./~%:-]{1,100}", path) else "…"
    records = f", records={page.records!r}" if NAME.fullmatch(page.records) else ""
    return f'session.frame("{path}"{records}, paging={paging})'


def _likely(page: PageInfo, signs: Signs) -> str:
    """Return the way of paging that is likeliest for this answer, as it would be written."""
    for path, value in signs.members():
        name = path.rpartition(".")[2]
        fits = isinstance(value, str) and value and _CURSOR.fullmatch(plain(name))
        if fits and "://" not in value and NAME.fullmatch(path):
            return f'{{"cursor": "{path}", "parameter": "{name}"}}'
    query = parameters(page.first or page.url)
    for kinds, kind in ((PAGES, "page"), (OFFSETS, "offset")):
        name = next((name for name in query if name.lower() in kinds and NAME.fullmatch(name)), "")
        if name:
            return f'"{kind}"' if name == kind else f'{{"{kind}": "{name}"}}'
    if value := next((name for name in query if name.startswith("$")), ""):
        return '{"offset": "$skip"}' if value == "$top" else '{"offset": "$offset"}'
    by_offset = any(plain(name) in {"limit", "rows", "size"} for name in query)
    return '"offset"' if by_offset else '"page"'


_OTHERS = (
    '"page", "offset", {"next": path in the answer}, {"cursor": path, "parameter": name} and '
    '{"last": member of each record, "parameter": name}'
)
