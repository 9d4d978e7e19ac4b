"""Ways of paging, before an API that shares no code with us: every row, once, in order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import oauth_widgets as ow
from tests.helpers.twins import both

from .peer_api.paging import STYLES, entry, resource
from .peer_api.rows import PAGES, PER_PAGE, SALES, flat, frame_of
from .peer_api.server import Peer

every_style = pytest.mark.parametrize("style", STYLES)
REQUESTS = {"once": 1, "offset-capped": 17, "postgrest": PAGES + 1}


FORMS = {"json-api": resource, "fhir": entry}
# How pages follow each other is one thing, and what is made of them is another.
every_form = pytest.mark.parametrize("style", ["cursor", *FORMS])


def rows_of(style: str) -> list[dict[str, Any]]:
    return list(map(FORMS[style], SALES)) if style in FORMS else SALES


@both
@every_style
def test_every_page_is_fetched_once_and_the_rows_are_those_of_pandas(
    call: Any, style: str, peer: Peer, session: ow.Session
) -> None:
    frame = call(session, "frame", f"/{style}")
    pd.testing.assert_frame_equal(frame, frame_of(rows_of(style)))
    assert all(isinstance(tags, list) for tags in frame.filter(regex="tags$").iloc[:, 0])
    asked = Counter(str(one) for one in peer.asked)
    assert set(asked.values()) == {1}
    assert len(asked) == REQUESTS.get(style, PAGES)


@every_style
def test_no_more_pages_are_fetched_than_the_rows_wanted_need(
    style: str, peer: Peer, session: ow.Session
) -> None:
    frame = session.frame(f"/{style}", limit=2 * PER_PAGE + 1)
    pd.testing.assert_frame_equal(frame, frame_of(rows_of(style)[: 2 * PER_PAGE + 1]))
    assert len(peer.asked) <= {"offset-capped": 6}.get(style, 3)


@every_form
def test_a_table_has_the_same_rows(style: str, session: ow.Session) -> None:
    table = session.arrow(f"/{style}")
    assert isinstance(table, pa.Table)
    assert table.to_pylist() == [flat(row) for row in rows_of(style)]


@both
@every_form
def test_a_file_has_the_same_rows(
    call: Any, style: str, session: ow.Session, tmp_path: Path
) -> None:
    file = tmp_path / "sales.parquet"
    call(session, "to_parquet", f"/{style}", file)
    assert pq.read_table(file).to_pylist() == [flat(row) for row in rows_of(style)]


@pytest.mark.parametrize(
    ("style", "paging"),
    [
        ("body-next", {"next": "next"}),
        ("body-paging-next", {"next": "paging.next"}),
        ("relative-query", {"next": "next"}),
        ("cursor-in-meta", {"cursor": "meta.next_cursor", "parameter": "cursor"}),
        ("page-token", {"cursor": "nextPageToken", "parameter": "pageToken"}),
        ("page-of-pages", "page"),
        ("page-in-meta", {"page": "page"}),
        ("offset-of-total", "offset"),
        ("offset-capped", {"offset": "offset"}),
        ("ckan-packages", {"offset": "start"}),
        ("stripe", {"last": "id", "parameter": "starting_after"}),
        ("after-the-last", {"last": "id", "parameter": "since"}),
        ("rows-of-a-range", {"offset": "skip"}),
    ],
)
def test_the_way_on_can_be_told(style: str, paging: Any, session: ow.Session) -> None:
    frame = session.frame(f"/{style}", paging=paging)
    pd.testing.assert_frame_equal(frame, frame_of(SALES))


@pytest.mark.parametrize("style", STYLES)
def test_one_page_alone_can_be_told(style: str, peer: Peer, session: ow.Session) -> None:
    frame = session.frame(f"/{style}", paging="none")
    first = {"once": len(SALES), "offset-capped": 10}.get(style, PER_PAGE)
    pd.testing.assert_frame_equal(frame, frame_of(rows_of(style)[:first]))
    assert len(peer.asked) == 1


def test_the_query_of_the_first_address_is_kept_on_every_page(
    peer: Peer, session: ow.Session
) -> None:
    for style in ("cursor", "page-of-pages", "offset-of-total", "next-page-header", "page-token"):
        session.frame(f"/{style}?since=2026-01-01", {"q": "a b&c/ø"})
    assert {(one.query["since"], one.query["q"]) for one in peer.asked} == {
        ("2026-01-01", "a b&c/ø")
    }
