"""The doctor's table: it asks the page, and keeps the page's addresses out of what is saved."""

from __future__ import annotations

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets.signing_in.callback.page import page_of
from oauth_widgets.widgets import _card
from oauth_widgets.widgets.doctor import DoctorTable

from .page import Page

THERE = {
    "front_end": "lab",
    "origin": "https://hub.example",
    "base_url": "/user/alice.smith/",
    "hub": "/hub/",
}


@pytest.fixture
def page() -> Page:
    told = ow.doctor()
    return Page(DoctorTable(told.rows, text=str(told), html="<table></table>"))


def test_a_page_that_opens_is_shown_what_is_known_and_asked(page: Page) -> None:
    page.tell("hello")
    rows, where = page.told("rows")[0], page.told("where")[0]
    assert not rows["complete"]
    assert [row[1] for row in rows["rows"]][:3] == ["Verdict", "Front end", "Kernel"]
    seen = httpx.get(f"http://127.0.0.1:{where['port']}/{where['nonce']}", trust_env=False)
    assert seen.text == where["nonce"]


def test_a_page_that_has_said_where_it_is_sees_what_works_there(page: Page) -> None:
    page.tell("page", **THERE)
    rows = page.told("rows")[-1]
    assert rows["complete"]
    register = {row[1]: row[3] for row in rows["rows"]}
    assert register["Jupyter server"] == page_of(THERE).callback_uris[0]
    assert page.saved({"name": "alice.smith"}) == []


def test_where_no_script_runs_there_is_a_table_and_text(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, object]] = []
    monkeypatch.setattr(_card, "publish_display_data", shown.append)
    page.card._ipython_display_()
    (data,) = shown
    assert data["text/html"] == "<table></table>"
    assert "Kernel" in str(data["text/plain"])
    assert repr(page.card) == data["text/plain"]
