"""What the README shows works as it stands there."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import threading
from pathlib import Path

import httpx
import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets.widgets import login as login_room

from .people import sign_in

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SNIPPETS = [
    snippet
    for snippet in re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    if not snippet.startswith("# skip")
]


async def _run(source: str, names: dict[str, object]) -> object:
    """Run a cell as a kernel does: top-level await allowed, the last value returned."""
    tree = ast.parse(source)
    if isinstance(tree.body[-1], ast.Expr):
        tree.body[-1] = ast.Assign(targets=[ast.Name("_", ast.Store())], value=tree.body[-1].value)
    code = compile(
        ast.fix_missing_locations(tree), "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    )
    names["_"] = None
    result = eval(code, names)  # noqa: S307 - our own README
    if inspect.isawaitable(result):
        await result
    return names["_"]


def test_the_snippets_run_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def click(card: ow.LoginCard) -> None:
        def person() -> None:
            httpx.get(sign_in(card.url, "alice")).raise_for_status()

        threading.Thread(target=person).start()

    monkeypatch.setattr(login_room, "display", click)

    async def all_of_them() -> list[object]:
        names: dict[str, object] = {}
        return [await _run(snippet, names) for snippet in SNIPPETS]

    assert len(SNIPPETS) >= 4
    frame, *_ = asyncio.run(all_of_them())
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) > 1000


def test_the_example_for_a_real_server_names_what_exists() -> None:
    (snippet,) = re.findall(r"```python\n# skip.*?```", README, re.DOTALL)
    for name in set(re.findall(r"\bow\.([A-Za-z_]+)", snippet)):
        assert hasattr(ow, name)
