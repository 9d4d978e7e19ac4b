"""The page on the source documents and the suite belong together."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/documents.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([WO]\d+): (.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
ROWS = [*(f"W{number}" for number in range(1, 10)), *(f"O{number}" for number in range(1, 15))]
CELLS = ("Engine", "Sandbox", "Shown", "Bad input")
TEST = re.compile(r"`tests/[\w/]+\.py::test_\w+`")
# The word before tells a row from other names, such as the fuzzed text "W10=".
CITED = re.compile(r"(?<![A-Za-z0-9])([WO][1-9][0-9]?)(?![A-Za-z0-9=\"'])")


@functools.cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_page_has_every_row_of_both_documents_once_and_in_order() -> None:
    assert list(SECTIONS) == ROWS == re.findall(r"^### (\w+):", PAGE, re.MULTILINE)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_where_it_lives_and_which_tests_and_views_show_it(row: str) -> None:
    parts = re.split(rf"^- (?:{'|'.join(CELLS)}): ", SECTIONS[row], flags=re.MULTILINE)
    _, engine, sandbox, shown, bad_input = parts
    assert all(TEST.search(cell) for cell in (engine, sandbox, shown, bad_input))
    assert re.search(r"`tests/(?!sandbox/)[\w/]+\.py::test_\w+`", engine)
    assert re.search(rf"`tests/sandbox/[\w/]+\.py::test_{row}_\w+`", sandbox)
    assert "`oauth_widgets/sandbox/server/" in sandbox
    assert re.search(r"`(?:ow\.\w+|notebooks/|sandbox\.)", shown)


@pytest.mark.parametrize("row", ROWS)
def test_what_a_row_names_exists(row: str) -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", SECTIONS[row])
    missing = [f"{file}::{name}" for file, name in tests if name not in names_in(file)]
    assert not missing
    files = re.findall(r"`((?:oauth_widgets|notebooks)/[\w/.-]+)`", SECTIONS[row])
    assert [file for file in files if not (ROOT / file).is_file()] == []
    widgets = re.findall(r"`ow\.(\w+)", SECTIONS[row])
    exported = (ROOT / "oauth_widgets/__init__.py").read_text(encoding="utf-8")
    assert [name for name in widgets if f'"{name}"' not in exported] == []


def test_every_row_that_code_or_a_test_cites_is_on_the_page() -> None:
    sources = [*(ROOT / "oauth_widgets").rglob("*.py"), *(ROOT / "tests").rglob("test_*.py")]
    cited = {
        (row, source.name)
        for source in sources
        if "node_modules" not in source.parts
        for text in [source.read_text("utf-8")]
        for row in re.findall(r"\btest_(?:[a-z_]*_)?([WO][1-9][0-9]?)_", text)
        + (CITED.findall(comments_of(text)) if CITED.search(text) else [])
    }
    assert {row for row, _ in cited} <= set(ROWS), cited
    assert {row for row, _ in cited} == set(ROWS)


def comments_of(text: str) -> str:
    """Return the comments and docstrings of a module."""
    tree = ast.parse(text)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = (node for node in ast.walk(tree) if isinstance(node, kinds))
    docstrings = (ast.get_docstring(node) or "" for node in documented)
    return "\n".join([*docstrings, *re.findall(r"#.*", text)])
