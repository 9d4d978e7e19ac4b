"""Forms of tables, from an API that shares no code with us."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.twins import both

from .peer_api.formats import FLAT, NESTED, ODD, TABLES, as_csv
from .peer_api.rows import PAGES, PER_PAGE, SALES, frame_of
from .peer_api.server import Peer


@both
@pytest.mark.parametrize("form", NESTED)
def test_a_form_with_nesting_gives_what_pandas_gives(
    call: Any, form: str, peer: Peer, session: ow.Session
) -> None:
    frame = call(session, "frame", f"/{form}")
    pd.testing.assert_frame_equal(frame, frame_of(SALES))
    assert len(peer.asked) == PAGES


@both
@pytest.mark.parametrize("form", TABLES)
def test_a_form_without_nesting_gives_what_read_csv_gives(
    call: Any, form: str, peer: Peer, session: ow.Session
) -> None:
    frame = call(session, "frame", f"/{form}")
    pd.testing.assert_frame_equal(frame, pd.read_csv(io.StringIO(as_csv(FLAT))))
    assert len(peer.asked) == PAGES


@pytest.mark.parametrize("form", [*NESTED, *TABLES])
def test_a_table_of_any_form_has_every_row(form: str, session: ow.Session) -> None:
    table = session.arrow(f"/{form}")
    assert table.column("id").to_pylist() == list(range(len(SALES)))
    assert table.num_columns == (5 if form in TABLES else 9)


@pytest.mark.parametrize("form", ODD)
def test_a_list_can_be_told_by_its_path(form: str, session: ow.Session) -> None:
    frame = session.frame(f"/{form}", records=ODD[form][1])
    pd.testing.assert_frame_equal(frame, frame_of(SALES))


@pytest.mark.parametrize("path", ["nowhere", "data.nowhere", "data.items.id"])
def test_a_path_with_no_list_is_an_error_that_names_it(path: str, session: ow.Session) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=path) as failed:
        session.frame("/around-data-items", records=path)
    assert "records" in failed.value.next_step


def test_text_that_is_not_in_the_encoding_it_claims_is_an_error(session: ow.Session) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="Page 1"):
        session.frame("/csv-mislabelled")
    with pytest.raises(errors.UnexpectedAnswer, match="Page 1"):
        session.frame("/json-in-latin-1")


def test_an_object_by_itself_is_one_row(session: ow.Session) -> None:
    frame = session.frame("/one-record")
    assert frame.to_dict("records") == [{"id": 1, "name": "a", "sizes": [1, 2]}]


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet", "around-data-items"])
def test_rows_wanted_at_most_are_the_first_ones(form: str, peer: Peer, session: ow.Session) -> None:
    frame = session.frame(f"/{form}", limit=PER_PAGE + 3)
    assert frame["id"].tolist() == list(range(PER_PAGE + 3))
    assert len(peer.asked) == 2


def test_times_are_read_where_that_is_asked_for(session: ow.Session) -> None:
    frame = session.frame("/ndjson", timestamps=["sold_at"])
    wanted = pd.to_datetime(pd.Series([row["sold_at"] for row in SALES]), utc=True)
    assert (frame["sold_at"] == wanted).all()
    assert str(frame["sold_at"].dt.tz) == "UTC"
