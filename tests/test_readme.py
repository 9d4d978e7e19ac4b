"""The examples of the README work as written."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow

from .helpers.reader import Reader, run_cell

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def snippets(page: str) -> list[str]:
    """Return the code of a page that can run without an account."""
    found = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return [snippet for snippet in found if not snippet.startswith("# skip")]


def test_the_snippets_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    values = Reader(monkeypatch).run_all(snippets(README), names)
    frames = [value for value in values if isinstance(value, pd.DataFrame)]
    assert len(frames) == 4
    assert all(len(frame) > 100 for frame in frames)
    assert names["session"].scope == ow.Scope("openid phone")

    (card,) = (value for value in values if isinstance(value, ow.LoginCard))
    assert "nonce" in card.problem
    card.close()

    (comment,) = re.findall(r"print\(error\) +# (.*)", README)
    said = capsys.readouterr().out
    assert all(part.strip() in said for part in comment.split("…"))


@pytest.mark.parametrize("page", ["apis", "attacks-and-exercises", "testing", "trace"])
def test_the_snippets_of_a_page_of_the_documentation_run(page: str) -> None:
    names: dict[str, Any] = {}

    async def all_of_them() -> None:
        for snippet in snippets((PROJECT / f"docs/{page}.md").read_text(encoding="utf-8")):
            await run_cell(snippet, names)

    try:
        asyncio.run(all_of_them())
    finally:
        names["sandbox"].stop()


def test_the_parts_that_need_an_account_name_what_exists() -> None:
    skipped = re.findall(r"```python\n# skip.*?```", README, re.DOTALL)
    assert len(skipped) == 1
    for name in set(re.findall(r"\bow\.([A-Za-z_]+)", skipped[0])):
        assert hasattr(ow, name)
