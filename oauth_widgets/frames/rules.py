"""The ways of paging that a caller can choose: one entry for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets._net.address import absolute
from oauth_widgets.errors import ConfigurationError, UnexpectedAnswer
from oauth_widgets.frames.address import parameters
from oauth_widgets.frames.body import with_member
from oauth_widgets.frames.counting import (
    OFFSET,
    PAGE,
    PAGE_COUNT,
    counted,
    put,
    sent_values,
    with_word,
)
from oauth_widgets.frames.envelope import value_at
from oauth_widgets.frames.pages import Onward, PageInfo
from oauth_widgets.frames.signs import Sign, Signs, whole
from oauth_widgets.frames.vocabulary import plain
from oauth_widgets.secret.names import shown_name


@dataclass(frozen=True)
class PagingRule:
    """What the caller says of paging: the way, and the names that belong to it.

    `path` leads to what the answer says, `parameter` or `body` name what takes it.
    """

    way: Way
    path: str = ""
    parameter: str = ""
    body: str = ""

    @property
    def kind(self) -> str:
        """What the way is called: its first member."""
        return self.way.members[0]


_Go = Callable[[PageInfo, PagingRule, Signs, "int | None"], Onward]


@dataclass(frozen=True)
class Way:
    """A way of paging: the members of the option, an example, and its next page."""

    members: tuple[str, ...]
    written: str
    go: _Go


def paging_rule(paging: str | Mapping[str, str] | None) -> PagingRule | None:
    """Read the option `paging`. Raises ConfigurationError."""
    if paging is None:
        return None
    option: dict[str, Any] = {}
    if isinstance(paging, str | Mapping):
        option = {paging: paging} if isinstance(paging, str) else dict(paging)
    words = all(isinstance(word, str) and word for word in option.values())
    way = next((way for way in WAYS if option.keys() == set(way.members)), None)
    if way is None or not words or (isinstance(paging, str) and paging not in _BY_NAME):
        raise ConfigurationError(
            "paging=… is not a known way of paging.",
            next_step=f"Pass one of: {', '.join(way.written for way in WAYS)}.",
        )
    kind, *takers = way.members
    takes, into = (takers[0], option[takers[0]]) if takers else ("", "")
    if kind in _BY_NAME:
        takes, into = "parameter", option[kind]
    return PagingRule(
        way,
        option[kind],
        parameter=into if takes == "parameter" else "",
        body=into if takes == "body" else "",
    )


def first_address(url: str, rule: PagingRule | None) -> str:
    """Return the address of the first page, which is fetched as it is written.

    Raises ConfigurationError for a parameter that is to be counted up and is no number.
    """
    if rule is not None and rule.kind in {"page", "offset"}:
        start, parameter = parameters(url).get(rule.parameter), shown_name(rule.parameter)
        if start is not None and not start.isdecimal():
            raise ConfigurationError(
                f"The parameter {parameter} has no number to count up from.",
                next_step=f"Pass a number, or leave {parameter} out of the address.",
            )
    return url


def as_ruled(page: PageInfo, rule: PagingRule, signs: Signs, total: int | None) -> Onward:
    """Return the way on from a page, as the caller told it."""
    return rule.way.go(page, rule, signs, total)


def after_last(page: PageInfo, member: str, parameter: str, total: int | None) -> Onward:
    """Ask for what follows the last record, which `member` identifies."""
    last = page.last(member)
    if type(last) in (str, int) and last != "":
        how = f"the last record's {member} goes into the parameter {parameter}"
        return Onward(
            put(page.sent if "#" in page.sent else page.url, parameter, last), total=total, how=how
        )
    problem = UnexpectedAnswer(
        f"Page {page.page} ends with a record that has no {shown_name(member)} to continue from.",
        next_step="Pass another member, one that identifies each record: "
        f'paging={{"last": "member", "parameter": {shown_name(parameter)}}}.',
    )
    return Onward(None, total=total, problem=problem)


def _none(_: PageInfo, __: PagingRule, ___: Signs, total: int | None) -> Onward:
    return Onward(None, total=total)


def _count(page: PageInfo, rule: PagingRule, signs: Signs, total: int | None) -> Onward:
    """Count up from what is in the address, or from what the first page says that it is."""
    by_page, name = rule.kind == "page", rule.parameter
    step = 1 if by_page else page.rows
    enough = total is not None and page.before + page.rows >= total
    if signs.surely_no_more or (enough and not signs.estimated):
        return Onward(None, total=total)
    sent = whole(sent_values(page.sent).get(name))
    if sent is not None:
        pages = signs.whole(PAGE_COUNT) if by_page else None
        end = None if pages is None else pages[1] + (sent >= page.page)
        return counted(page, (name, sent), step, end, None if by_page else total)
    said = signs.whole((plain(name), *(PAGE if by_page else OFFSET)))
    if said is not None and said[1] in {0, 1}:
        return counted(page, (name, said[1]), step, None, total)
    # Whether it counts from 0 or from 1 shows in the page that comes.
    way = counted(page, (name, 0), step, None, total)
    if way.next is None:
        return way
    second = put(page.sent, name, step + 1)
    return Onward(way.next, total=total, counted=True, otherwise=(second,), how=way.how)


def _next(page: PageInfo, rule: PagingRule, _: Signs, total: int | None) -> Onward:
    address = value_at(page.outline, rule.path)
    if not isinstance(address, str) or not address:
        return Onward(None, total=total)
    return Onward(
        absolute(address, page.url), total=total, how=f"{rule.path} leads to the next page"
    )


def _cursor(page: PageInfo, rule: PagingRule, _: Signs, total: int | None) -> Onward:
    word = value_at(page.outline, rule.path)
    return _with(page, rule, word, total)


def _header(page: PageInfo, rule: PagingRule, _: Signs, total: int | None) -> Onward:
    word = page.headers.get(rule.path.lower(), "")
    return _with(page, rule, "" if word.lower() in {"null", "none"} else word, total)


def _with(page: PageInfo, rule: PagingRule, word: object, total: int | None) -> Onward:
    if not isinstance(word, str | int) or word in ("", 0, False):
        return Onward(None, total=total)
    if rule.body:
        how = f"{rule.path} goes into {rule.body} of the body"
        return Onward(with_member(page.sent, rule.body, word), total=total, how=how)
    return with_word(page, Sign(rule.path, rule.path, word), (rule.parameter,), total)


def _last(page: PageInfo, rule: PagingRule, signs: Signs, total: int | None) -> Onward:
    if page.rows and not signs.no_more:
        return after_last(page, rule.path, rule.parameter, total)
    return Onward(None, total=total)


_BY_NAME = frozenset({"none", "page", "offset"})

WAYS: tuple[Way, ...] = (
    Way(("none",), '"none"', _none),
    Way(("page",), '"page" or {"page": "p"}', _count),
    Way(("offset",), '"offset" or {"offset": "start"}', _count),
    Way(("next",), '{"next": "more.url"}', _next),
    Way(("cursor", "parameter"), '{"cursor": "more.after", "parameter": "after"}', _cursor),
    Way(("cursor", "body"), '{"cursor": "more.after", "body": "page.after"}', _cursor),
    Way(("header", "parameter"), '{"header": "X-Next", "parameter": "after"}', _header),
    Way(("last", "parameter"), '{"last": "id", "parameter": "after"}', _last),
)
