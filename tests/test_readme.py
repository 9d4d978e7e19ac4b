"""The examples of the README work as written."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow

from .helpers.reader import Reader

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SNIPPETS = [
    snippet
    for snippet in re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    if not snippet.startswith("# skip")
]


def test_the_snippets_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = Reader(monkeypatch)
    names: dict[str, Any] = {}

    async def all_of_them() -> list[object]:
        return [await reader.run(snippet, names) for snippet in SNIPPETS]

    values = asyncio.run(all_of_them())
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


def test_the_parts_that_need_an_account_name_what_exists() -> None:
    skipped = re.findall(r"```python\n# skip.*?```", README, re.DOTALL)
    assert len(skipped) == 1
    for name in set(re.findall(r"\bow\.([A-Za-z_]+)", skipped[0])):
        assert hasattr(ow, name)
