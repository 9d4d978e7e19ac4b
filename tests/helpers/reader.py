"""Someone who runs the cells of our texts in this process, and signs in whenever a card asks."""

from __future__ import annotations

import ast
import asyncio
import getpass
import inspect
import re
import textwrap
import threading
import webbrowser
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox import facade
from oauth_widgets.widgets import login_card as login_room

from .people import sign_in


def example_of(thing: object) -> str:
    """Return the code in the docstring of `thing`: its indented lines, or else its first line's."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    indented = "\n".join(one for one in lines if one.startswith(" " * 4))
    at_end = re.search(r": `([^`]+)`\.$", lines[0] if lines else "")
    return textwrap.dedent(indented) or (at_end[1] if at_end else "")


async def run_cell(source: str, names: dict[str, object]) -> object:
    """Run a cell as a kernel does: top-level await allowed, the last value returned."""
    tree = ast.parse(source)
    if isinstance(tree.body[-1], ast.Expr):
        tree.body[-1] = ast.Assign(targets=[ast.Name("_", ast.Store())], value=tree.body[-1].value)
    code = compile(
        ast.fix_missing_locations(tree), "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    )
    names["_"] = None
    result = eval(code, names)  # noqa: S307 - our own text
    if inspect.isawaitable(result):
        await result
    return names["_"]


def first_person(url: str) -> dict[str, Any]:
    """Return the first person whom the practice server at `url` knows, in this process at least."""
    for sandbox in facade._running.values():  # noqa: SLF001 - those of this process
        if url.startswith(sandbox.server.issuer):
            return {name: sandbox.users[0][name] for name in ("username", "password")}
    return {"username": "alice"}


class Reader:
    """Who follows our texts: clicks on each card, signs in if asked to, and says yes.

    Unless a person is named, the first one of the card's practice server signs in.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        self.last_page = ""
        self._named = {"username": username, "password": password} if username else {}
        monkeypatch.setattr(login_room, "check_person", lambda: "notebook")
        monkeypatch.setattr(login_room, "display", self.click)
        monkeypatch.setattr(webbrowser, "open", self.open)
        monkeypatch.setattr(getpass, "getpass", lambda _: self.last_page)

    def open(self, url: str) -> bool:
        self.last_page = sign_in(url, **(self._named or first_person(url)))
        return True

    def click(self, card: ow.LoginCard) -> None:
        threading.Thread(target=lambda: self.open(card.url) and httpx.get(self.last_page)).start()

    async def run(self, snippet: str, names: dict[str, object]) -> object:
        value = await run_cell(snippet, names)
        if isinstance(value, ow.LoginCard):
            # shown as the last value of its cell
            self.click(value)
            while value.phase not in {"failed", "signed_in"}:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return value

    def run_all(self, snippets: Iterable[str], names: dict[str, object]) -> list[object]:
        """Run cells one after the other, in one event loop; return the value of each."""

        async def all_of_them() -> list[object]:
            return [await self.run(snippet, names) for snippet in snippets]

        return asyncio.run(all_of_them())
