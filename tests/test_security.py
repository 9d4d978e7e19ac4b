"""The table in SECURITY.md and the tests say the same."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"\| (\d+) \| [^|]+ \| [^|]* \| \[`test_check_(\d\d)`\]\((\S+)\) \|")
ALL = [f"{number:02}" for number in range(1, 95)]


def rows() -> list[tuple[str, str, str]]:
    """Return number, number in the tests' names, and file of each row."""
    lines = (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line.startswith("| ") and not line.startswith("| No.")]
    found = [ROW.fullmatch(line) for line in written if not line.startswith("| --:")]
    assert None not in found
    return [(row[1].zfill(2), row[2], row[3]) for row in found if row is not None]


def checks_in(file: Path) -> set[str]:
    """Return the numbers of the checks that the tests collected from `file` are named after."""
    names = [
        node.name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    return {name.split("_")[2] for name in names if name.startswith("test_check_")}


def test_the_table_has_each_of_the_94_checks_once() -> None:
    assert [number for number, _, _ in rows()] == ALL
    assert [named for _, named, _ in rows()] == ALL


def test_each_row_leads_to_a_file_with_a_test_of_its_number() -> None:
    for _, number, file in rows():
        assert number in checks_in(ROOT / file), f"no test of check {number} in {file}"


def test_each_test_named_after_a_check_belongs_to_a_row() -> None:
    for file in (ROOT / "tests").rglob("test_*.py"):
        if "node_modules" not in file.parts:
            assert checks_in(file) <= set(ALL), file


def test_each_check_can_be_removed() -> None:
    removals = (ROOT / "tests/checks/removals.toml").read_text(encoding="utf-8")
    assert sorted(tomllib.loads(removals)) == ALL
