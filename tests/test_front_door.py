"""What people see first agrees with itself: version, tutorials, links, and what was tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import oauth_widgets as ow

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
NOTEBOOKS = sorted(file.name for file in (PROJECT / "notebooks").glob("*.ipynb"))
PAGES = [PROJECT / "README.md", *sorted(DOCS.rglob("*.md"))]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def test_every_file_names_the_same_version() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    (cited,) = re.findall(r"(?m)^version: (.+)$", text_of("CITATION.cff"))
    (cited_on,) = re.findall(r"(?m)^date-released: (.+)$", text_of("CITATION.cff"))
    released = re.findall(r"(?m)^## \[(\d.*)\] - (.+)$", text_of("CHANGELOG.md"))
    assert released[0] == (version, cited_on)
    assert cited == version
    # The first is a hook's, the others are in lines to install the package with
    to_type = re.compile(r"(?:rev: v|REPOSITORY@v|tags/v|oauth_widgets-)(\d[\d.]*\d)")
    named = [found for page in PAGES for found in to_type.findall(page.read_text("utf-8"))]
    assert len(named) > 5
    assert {*named} == {version}


@pytest.mark.parametrize("page", ["docs/binder.md", "docs/tutorials/index.md"])
def test_every_tutorial_has_its_links(page: str) -> None:
    assert sorted(set(re.findall(r"\d\d-[\w-]+\.ipynb", text_of(page)))) == NOTEBOOKS


def test_every_tool_that_is_compared_has_a_source() -> None:
    rows = re.findall(r"(?m)^\| (?!Tool|---)(.+?) \|", text_of("docs/comparison.md"))
    assert len(rows) > 10
    assert [row for row in rows if "](https://" not in row] == []


def test_what_was_not_tried_is_on_one_page() -> None:
    elsewhere = [
        paragraph
        for page in PAGES
        if page.name != "not-tried.md"
        for paragraph in page.read_text("utf-8").split("\n\n")
        if re.search(r"(not|n't)\s+(yet\s+)?(been\s+)?(tried|tested)|untried|untested", paragraph)
    ]
    assert elsewhere
    assert [paragraph for paragraph in elsewhere if "not-tried.md" not in paragraph] == []


def test_the_reference_has_every_public_name() -> None:
    pages = "".join(page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md"))
    shown = re.findall(r":: oauth_widgets\.([\w.]+)", pages)
    names = {*ow.__all__, *(f"sandbox.{name}" for name in dir(ow.sandbox))}
    # The rooms are shown by what they have, and errors on a page for them
    assert names - {*shown} == {"OAuthError", "errors", "sandbox", "servers"}


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set[Path](), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            links = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8"))
            found = [(page.parent / link).resolve() for link in links]
            waiting += [one for one in found if one.is_relative_to(DOCS)]
    assert {page for page in DOCS.rglob("*.md") if page not in reached} == set()
