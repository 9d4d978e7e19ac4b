"""Answers as documented APIs give them are read whole: many pages, one page and none."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.frames import decode
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.fast_json import FastJson
from tests.bench.signed_in import signed_in
from tests.helpers.rigged import Answer, Rigged, Sent, answer, rigged

from .shapes.by_link import BY_LINK
from .shapes.by_number import BY_NUMBER
from .shapes.by_token import BY_TOKEN
from .shapes.tables import TABLES
from .shapes.told import TOLD
from .shapes.view import MANY, NONE, ONE, PER_PAGE, Shape

SHAPES = {shape.name: shape for shape in [*BY_TOKEN, *BY_LINK, *BY_NUMBER, *TOLD, *TABLES]}
VARIANTS = {"many": MANY, "one": ONE, "none": NONE}

every_shape = pytest.mark.parametrize("name", SHAPES)


@pytest.fixture(scope="module")
def api() -> Iterator[Rigged]:
    """Serve every shape at /wiki/VARIANT/NAME, from one server."""

    def respond(sent: Sent) -> Answer:
        variant, name = sent.target.partition("?")[0].split("/")[-2:]
        shape = SHAPES[name]
        total = VARIANTS[variant]
        if shape.single:
            total = min(total, PER_PAGE)
        view = shape.view(running.origin, sent.target, total)
        body = shape.body(view)
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {key.replace("-", "_"): value for key, value in shape.headers(view).items()}
        return answer(text.encode(), kind=shape.kind, **headers)

    with rigged(respond) as running:
        yield running


@pytest.fixture(scope="module")
def session(api: Rigged) -> ow.Session:
    return signed_in(api.origin)


@pytest.fixture(scope="module")
def all_pages(api: Rigged, session: ow.Session) -> Callable[[str], pd.DataFrame]:
    """Return the frame of all pages of a shape, each of which is asked for once."""

    @cache
    def read(name: str) -> pd.DataFrame:
        shape, before = SHAPES[name], len(api.sent)
        frame = session.frame(address(shape, "many"), progress=False, **shape.hint)
        asked = [sent.target for sent in api.sent[before:]]
        # Up to two more, if nothing says which parameter counts or where the end is.
        assert len(set(asked)) == len(asked) <= 5, asked
        return frame

    return read


def address(shape: Shape, variant: str) -> str:
    return f"/wiki/{variant}/{shape.name}{shape.to_send}"


def ids(frame: Any, shape: Shape) -> list[int]:
    return [int(one) for one in frame[shape.ids]] if len(frame) else []


def expected_rows(shape: Shape, variant: str) -> int:
    return min(VARIANTS[variant], PER_PAGE) if shape.single else VARIANTS[variant]


def expected(shape: Shape, variant: str) -> list[int]:
    return list(range(expected_rows(shape, variant)))


@every_shape
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_record_of_a_documented_api_is_read_once_and_in_order(
    name: str,
    variant: str,
    session: ow.Session,
    all_pages: Callable[[str], pd.DataFrame],
) -> None:
    shape = SHAPES[name]
    with warnings.catch_warnings():
        if variant == "many":
            frame = all_pages(name)
        else:
            # A page that is as long as was asked for may be the only one.
            warnings.simplefilter("ignore", errors.MaybeIncompleteWarning)
            frame = session.frame(address(shape, variant), progress=False)
    assert ids(frame, shape) == expected(shape, variant)


@every_shape
def test_one_page_has_the_columns_of_many(
    name: str, session: ow.Session, all_pages: Callable[[str], pd.DataFrame]
) -> None:
    shape, many = SHAPES[name], all_pages(name)
    one = session.frame(address(shape, "one"), progress=False, **{"paging": "none", **shape.hint})
    assert list(many) == list(one)
    assert many.attrs["records"] == one.attrs["records"]
    assert many.attrs["paging"]


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.hint])
def test_what_cannot_be_known_is_never_cut_short_silently(name: str, session: ow.Session) -> None:
    shape = SHAPES[name]
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = session.frame(address(shape, "many"), progress=False)
            assert ids(frame, shape)[:1] == [0]
        except errors.UnexpectedAnswer as refused:
            said.append(f"{refused.message} {refused.next_step}")
    said += [str(one.message) for one in caught]
    assert said
    assert all("paging=" in one for one in said)


@every_shape
def test_a_limit_gives_the_first_rows(name: str, session: ow.Session) -> None:
    shape = SHAPES[name]
    frame = session.frame(address(shape, "many"), limit=3, progress=False, **shape.hint)
    assert ids(frame, shape) == expected(shape, "many")[:3]


@every_shape
def test_the_records_that_were_found_can_be_told_as_well(
    name: str, session: ow.Session, all_pages: Callable[[str], pd.DataFrame]
) -> None:
    shape = SHAPES[name]
    _, at, path = all_pages(name).attrs["records"].partition(" at ")
    if at:
        hinted = session.frame(address(shape, "many"), records=path, progress=False, **shape.hint)
        assert ids(hinted, shape) == expected(shape, "many")


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if "json" in shape.kind])
@pytest.mark.parametrize("variant", VARIANTS)
def test_both_ways_through_json_find_the_same_records(
    name: str, variant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = SHAPES[name]
    view = shape.view("http://a", f"/wiki/{variant}/{name}", expected_rows(shape, variant))
    body = shape.body(view)
    kind = {"content-type": "application/json"}
    response = Response(200, kind, json.dumps(body).encode(), "http://a/x")
    # Short answers are left to the slow way otherwise.
    monkeypatch.setattr(decode, "_SHORT", 0)
    quick = Decoder(None, ruled=False).decode(response, page=1)
    monkeypatch.setattr(FastJson, "answer", lambda *_: None)
    slow = Decoder(None, ruled=False).decode(response, page=1)
    assert quick.page == slow.page
    assert (quick.path, quick.records, quick.left_out) == (slow.path, slow.records, slow.left_out)


NUMBERED = [shape.name for shape in (*BY_NUMBER, *BY_LINK) if shape.counts != "token"]


@pytest.mark.parametrize("variant", ["many", "one"])
@pytest.mark.parametrize("name", NUMBERED)
def test_a_number_can_be_told_to_be_counted_and_no_page_is_lost_or_doubled(
    name: str, variant: str, session: ow.Session
) -> None:
    shape = SHAPES[name]
    paging = {"page" if shape.counts.startswith("page") else "offset": shape.parameter}
    frame = session.frame(address(shape, variant), paging=paging, progress=False)
    assert ids(frame, shape) == expected(shape, variant)


def test_there_are_at_least_sixty_shapes_and_each_names_its_documentation() -> None:
    assert len(SHAPES) >= 60
    assert all(shape.docs.startswith("https://") for shape in SHAPES.values())
