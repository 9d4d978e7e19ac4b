"""Links, anchors and pictures of the built pages, checked without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches without being asked to
_FETCHED = {("link", "href"), ("script", "src"), ("img", "src"), ("img", "srcset")}
_FETCHED |= {("source", "srcset"), ("iframe", "src"), ("object", "data"), ("use", "href")}
# A `link` that only says where something else is
_NAMED = {"canonical", "author", "license", "next", "prev", "search", "index", "home"}
_IN_CSS = re.compile(r"""(?:url\(|@import\s+)["']?((?:https?:)?//[^"')\s]+)""")


class _Page(HTMLParser):
    """The links, fetches and anchors of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.unnamed_pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this tag leads to."""
        has = {name: value or "" for name, value in attrs}
        self.anchors |= {has[name] for name in ("id", "name") if name in has}
        self.unnamed_pictures += tag == "img" and not has.get("alt")
        for name, value in has.items():
            if (tag, name) in _FETCHED and not set(has.get("rel", "").split()) & _NAMED:
                self.fetched.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)


@cache
def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text("utf-8"))
    return page


def problems(folder: Path) -> list[str]:
    """Return what is wrong: dead links, missing pictures, and whatever is loaded from elsewhere."""
    return [
        f"{file.relative_to(folder)}: {problem}"
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".html", ".css"} and "_static/webpack" not in file.as_posix()
        for problem in (_of_a_page(file) if file.suffix == ".html" else _of_a_style(file))
    ]


def _of_a_page(file: Path) -> Iterator[str]:
    page = _read(file)
    if page.unnamed_pictures:
        yield f"{page.unnamed_pictures} pictures have no text"
    for address in page.fetched + page.links:
        parts = urlsplit(address)
        if parts.scheme == "data":
            continue
        if parts.scheme or parts.netloc:
            if address in page.fetched:
                yield f"loads {address}"
            continue
        target = file.parent / unquote(parts.path) if parts.path else file
        if not target.is_file():
            yield f"leads to {address}, which is not there"
        elif target.suffix == ".html" and not _has_anchor(target, unquote(parts.fragment)):
            yield f"leads to {address}, whose anchor is not there"


def _has_anchor(page: Path, anchor: str) -> bool:
    return not anchor or anchor in _read(page.resolve()).anchors


def _of_a_style(file: Path) -> Iterator[str]:
    for address in _IN_CSS.findall(file.read_text("utf-8")):
        yield f"loads {address}"
