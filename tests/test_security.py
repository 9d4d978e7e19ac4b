"""The table in SECURITY.md, the marks on the tests and the markers in the package say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from oauth_widgets.protocol import id_token
from oauth_widgets.widgets import _words

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| [^|]* \| \[tests\]\((\S+)\) \|", re.MULTILINE)
MARK = re.compile(r'pytest\.mark\.check\(id="([^"]+)"\)')
MARKER = re.compile(r"^\s*# check: (.+)$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
CHECKS = [check for check, _ in ROWS]


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_the_table_names_each_check_once() -> None:
    assert len(CHECKS) >= 94
    assert len(set(CHECKS)) == len(CHECKS)


def test_each_row_leads_to_a_file_with_a_test_of_its_check() -> None:
    for check, file in ROWS:
        assert check in MARK.findall(text_of(ROOT / file)), f"no test of {check} in {file}"


def test_each_test_of_a_check_belongs_to_a_row() -> None:
    for file in (ROOT / "tests").rglob("test_*.py"):
        if "node_modules" not in file.parts:
            assert set(MARK.findall(text_of(file))) <= set(CHECKS), file


def test_each_check_can_be_taken_out_or_weakened() -> None:
    marked = {
        check
        for file in (ROOT / "oauth_widgets").rglob("*.py")
        for marker in MARKER.findall(text_of(file))
        for check in marker.split(", ")
    }
    weakened = tomllib.loads(text_of(ROOT / "tests/checks/weakenings.toml"))
    assert marked <= set(CHECKS)
    assert marked | weakened.keys() == set(CHECKS)


def test_each_line_that_a_weakening_quotes_is_in_its_file_once() -> None:
    weakened = tomllib.loads(text_of(ROOT / "tests/checks/weakenings.toml"))
    for edits in weakened.values():
        for edit in edits:
            text = text_of(ROOT / "oauth_widgets" / edit["file"])
            source = re.sub(r"(?m)^[ \t]*# check: .+\n", "", text)
            assert source.count(edit["text"]) == 1, edit


def test_every_claim_that_is_checked_has_its_texts() -> None:
    """If this fails, add the missing claim to the table that it names."""
    checked = {"signature", *id_token._CHECKS}  # noqa: SLF001 - the list itself
    cards = text_of(ROOT / "oauth_widgets/widgets/words_claims.js")
    good = cards.partition("  good: {")[2].partition("\n  }")[0]
    assert checked - set(re.findall(r"^    (\w+):", good, re.MULTILINE)) == set()
    assert checked - _words.MEANINGS.keys() == set()
    refusals = tomllib.loads(text_of(ROOT / "oauth_widgets/signing_in/trace/words.toml"))[
        "refusals"
    ]
    assert checked - {"signature"} - refusals.keys() == set()
