"""Forms of tables, from an API that shares no code with us."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from tests.helpers.twins import both

from .peer_api.formats import FLAT, NESTED, TABLES, as_csv
from .peer_api.rows import PAGES, SALES, frame_of
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
