"""What one page shows of an API before thousands are fetched."""

from __future__ import annotations

import asyncio
import inspect
from html.parser import HTMLParser
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from oauth_widgets import errors
from oauth_widgets.session.session import Session
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json

READS = ["frame", "aframe", "arrow", "aarrow", "to_parquet", "ato_parquet", "preview", "apreview"]


def paged(mint: Mint) -> Mint:
    first = {"items": [{"n": 1, "at": {"x": "<b>"}}], "next": "/api/x?page=2", "total": 2}
    mint.pages["/api/x?q=4790000000"] = as_json(first | {"note": "more"})
    mint.pages["/api/x?page=2"] = as_json({"items": [{"n": 2}], "next": None, "total": 2})
    return mint


def test_one_page_shows_where_records_are_and_what_would_be_called(mint: Mint) -> None:
    paged(mint)
    shown = mint.session().preview("/x", {"q": "4790000000"}, paging=None, limit=9)
    assert len(mint.asked("/api/x")) == 1
    assert list(shown.frame["n"]) == [1]
    assert shown.total == 2
    assert shown.left_out == ("note",)
    assert "items" in shown.records
    assert shown.paging
    assert shown.columns == {name: str(kind) for name, kind in shown.frame.dtypes.items()}
    assert shown.call == "session.frame('/x', {'q': …}, limit=9)"
    for text in (repr(shown), shown._repr_html_()):
        assert "4790000000" not in text
        assert all(said in text for said in ("at.x", shown.records, shown.paging, "note"))


def test_the_words_of_a_preview_are_those_of_the_frame(mint: Mint) -> None:
    session = paged(mint).session()
    shown = session.preview("/x", {"q": "4790000000"})
    attrs = session.frame("/x", {"q": "4790000000"}).attrs
    assert (attrs["records"], attrs["paging"]) == (shown.records, shown.paging)
    assert attrs["left_out"] == list(shown.left_out)


def test_a_preview_is_awaited_too_and_leaves_no_fetch_behind(mint: Mint) -> None:
    session = paged(mint).session()
    shown = asyncio.run(session.apreview("/x", {"q": "4790000000"}))
    assert len(shown.frame) == 1
    assert session.unfinished is None


def test_a_preview_of_each_looks_at_its_first_address(mint: Mint) -> None:
    session = mint.session()
    shown = session.preview("/c/{id}", each={"id": [5, 6]}, headers={"X-Key": "very-private"})
    assert [sent.target for sent in mint.asked("/api/c")] == ["/api/c/5"]
    assert shown.call == "session.frame('/c/{id}', headers={'X-Key': …}, each={'id': …})"
    with pytest.raises(errors.ConfigurationError, match="no rows"):
        session.preview("/c/{id}", each={"id": []})


def test_the_html_of_a_preview_is_whole_and_escaped(mint: Mint) -> None:
    open_ones: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
            open_ones.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_ones.pop() == tag

    html = paged(mint).session().preview("/x", {"q": "4790000000"})._repr_html_()
    Balanced().feed(html)
    assert open_ones == []
    assert "<b>" not in html


@pytest.mark.parametrize("name", READS)
def test_every_way_of_reading_shows_every_option_and_what_it_means(name: str, mint: Mint) -> None:
    method = getattr(mint.session(), name)
    parameters = inspect.signature(method).parameters
    assert {"records", "paging", "limit", "each", "headers", "method"} <= set(parameters)
    assert "options" not in parameters
    assert "`each`: values for the names in braces" in method.__doc__
    assert inspect.iscoroutinefunction(method) is name.startswith("a") or name == "arrow"


@pytest.mark.parametrize("jedi", [True, False])
def test_tab_and_shift_tab_show_the_options(mint: Mint, jedi: bool) -> None:
    shell = InteractiveShell.instance()
    shell.user_ns["session"] = mint.session()
    shell.Completer.use_jedi = jedi
    with provisionalcompleter():
        text = 'session.frame("/x", rec'
        found = [one.text for one in shell.Completer.completions(text, len(text))]
    assert "records=" in found
    told = shell.object_inspect_text("session.frame")
    assert "timestamps" in told
    assert "**options" not in told


@pytest.mark.parametrize("name", ["frame", "arrow", "preview"])
def test_an_option_that_there_is_not_is_named(name: str, mint: Mint) -> None:
    method = getattr(Session, name)
    with pytest.raises(TypeError, match="recods"):
        method(mint.session(), "/x", recods="items")
