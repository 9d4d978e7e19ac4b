"""The examples of the README work as written."""

from __future__ import annotations

import ast
import asyncio
import getpass
import inspect
import re
import threading
import webbrowser
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets.widgets import login_card as login_room

from .helpers.people import sign_in

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def snippets(page: str) -> list[str]:
    """Return the code of a page that can run without an account."""
    found = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return [snippet for snippet in found if not snippet.startswith("# skip")]


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


class Reader:
    """Who follows the README: clicks on each card, signs in wherever asked, and says yes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.last_page = ""
        monkeypatch.setattr(login_room, "check_person", lambda: "notebook")
        monkeypatch.setattr(login_room, "display", self.click)
        monkeypatch.setattr(webbrowser, "open", self.open)
        monkeypatch.setattr(getpass, "getpass", lambda _: self.last_page)

    def open(self, url: str) -> bool:
        self.last_page = sign_in(url, "alice")
        return True

    def click(self, card: ow.LoginCard) -> None:
        threading.Thread(target=lambda: httpx.get(sign_in(card.url, "alice"))).start()

    async def run(self, snippet: str, names: dict[str, object]) -> object:
        value = await _run(snippet, names)
        if isinstance(value, ow.LoginCard):
            # shown as the last value of its cell
            self.click(value)
            while value.phase not in {"failed", "signed_in"}:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return value


def test_the_snippets_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = Reader(monkeypatch)
    names: dict[str, Any] = {}

    async def all_of_them() -> list[object]:
        return [await reader.run(snippet, names) for snippet in snippets(README)]

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


@pytest.mark.parametrize("page", ["apis", "attacks-and-exercises", "testing", "trace"])
def test_the_snippets_of_a_page_of_the_documentation_run(page: str) -> None:
    names: dict[str, Any] = {}

    async def all_of_them() -> None:
        for snippet in snippets((PROJECT / f"docs/{page}.md").read_text(encoding="utf-8")):
            await _run(snippet, names)

    try:
        asyncio.run(all_of_them())
    finally:
        names["sandbox"].stop()


def test_the_parts_that_need_an_account_name_what_exists() -> None:
    skipped = re.findall(r"```python\n# skip.*?```", README, re.DOTALL)
    assert len(skipped) == 1
    for name in set(re.findall(r"\bow\.([A-Za-z_]+)", skipped[0])):
        assert hasattr(ow, name)
