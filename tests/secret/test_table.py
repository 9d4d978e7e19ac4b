"""Tables of text in a notebook: aligned as text is, and nothing in a cell is more than text."""

from __future__ import annotations

import pandas as pd

from oauth_widgets.frames.preview import Preview
from oauth_widgets.secret.table import as_table

ROWS = [("alice", "<b>won</b>"), ("bob", "one\ntwo")]


def test_the_words_of_others_stay_text_and_within_their_own_direction() -> None:
    html = as_table(("Name", "Said"), ROWS)
    assert "<bdi>&lt;b&gt;won&lt;/b&gt;</bdi>" in html
    assert "<bdi>one<br>two</bdi>" in html


def test_words_of_others_make_no_formula_and_so_no_link() -> None:
    """JupyterLab's formulas may be links and pictures, as in `$\\href{https://…}{Sign in}$`."""
    html = as_table(("Name",), [(r"$\href{https://evil.example}{Sign in}$",)])
    assert html.startswith('<table class="mathjax_ignore tex2jax_ignore">')
    preview = Preview(pd.DataFrame({"$a$": [1]}), "rows", "none", None, (), "f()")._repr_html_()
    assert preview.startswith('<section aria-label="Preview" class="mathjax_ignore tex2jax_ignore"')


def test_each_heading_says_what_it_is_for() -> None:
    html = as_table(("Name", "Said"), ROWS, "People")
    assert html.count('<th scope="col"') == 2
    assert html.count('<th scope="row"') == 2
    assert "<caption" in html
    bare = as_table((), ROWS)
    assert "<thead" not in bare
    assert "<caption" not in bare


def test_cells_are_aligned_as_text_and_only_long_words_break() -> None:
    html = as_table((), [("a" * 500, "b")])
    assert html.count("text-align: left") == 2
    long, short = html.split("<td")
    assert "overflow-wrap: anywhere" in long
    assert "overflow-wrap" not in short


def test_a_time_is_never_broken_over_two_lines() -> None:
    time, date = as_table((), [("expired 2026-05-04 13:00:00 UTC", "since May")]).split("<td")
    assert "white-space: nowrap" in time
    assert "white-space" not in date
