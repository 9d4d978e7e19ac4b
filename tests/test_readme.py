"""The examples of the README and of every page of the documentation work as written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox import facade

from .helpers.reader import Reader

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
DOCS = PROJECT / "docs"
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def snippets(page: Path) -> list[str]:
    """Return the code of a page that can run without an account; the rest says why it can't."""
    found = _PYTHON.findall(page.read_text(encoding="utf-8"))
    return [snippet for snippet in found if not snippet.startswith("# skip: ")]


WITH_CODE = sorted(page for page in DOCS.rglob("*.md") if snippets(page))


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= 700


def test_the_code_of_the_readme_reads_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    (frame,) = Reader(monkeypatch).run_all(snippets(README), {})
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 3200


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    # A page begins in a fresh kernel, where no practice server runs with other options
    monkeypatch.setattr(facade, "_running", {})
    names: dict[str, Any] = {"ow": ow}
    values = Reader(monkeypatch).run_all(snippets(page), names)
    for value in values:
        if isinstance(value, ow.LoginCard):
            value.close()
    for sandbox in names.values():
        if isinstance(sandbox, ow.sandbox.Sandbox):
            sandbox.stop()


def test_a_page_on_sessions_says_what_the_errors_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DOCS / "session.md"
    Reader(monkeypatch).run_all(snippets(page)[:2], {})
    (comment,) = re.findall(r"print\(error\) +# (.*)", page.read_text(encoding="utf-8"))
    said = capsys.readouterr().out
    assert all(part.strip() in said for part in comment.split("…"))


def test_the_code_that_needs_an_account_names_what_exists() -> None:
    skipped = [
        snippet
        for page in [README, *DOCS.rglob("*.md")]
        for snippet in _PYTHON.findall(page.read_text(encoding="utf-8"))
        if snippet.startswith("# skip: ")
    ]
    assert skipped
    for name in set(re.findall(r"\bow\.([A-Za-z_]+)", "".join(skipped))):
        assert hasattr(ow, name), name


def test_the_pictures_are_small_and_each_has_a_text() -> None:
    pictures = list((DOCS / "images").iterdir())
    assert sum(one.stat().st_size for one in pictures) <= 1_000_000
    shown = re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)"', README.read_text("utf-8"))
    assert len(shown) == 2
    assert all((PROJECT / source).is_file() for source, _ in shown)
