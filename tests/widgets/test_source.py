"""What a page is sent for a widget."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from oauth_widgets.widgets._source import source

FOLDER = files("oauth_widgets.widgets")
SCRIPTS = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".js"))
SHEETS = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".css"))
NAMED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let) (\w+)", re.MULTILINE)
WIDGETS = [name for name in SCRIPTS if "export default" in FOLDER.joinpath(name).read_text("utf-8")]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_stands_alone_and_has_each_name_once(name: str) -> None:
    text = source(name)
    assert "import {" not in text
    names = NAMED.findall(text)
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_imports_nothing(name: str) -> None:
    assert "@import" not in source(name)


def test_what_is_imported_comes_first_and_once() -> None:
    text = source("login.js")
    assert text.count("export const SAY") == 1
    assert text.index("export const SAY") < text.index("export function expiry")
    assert text.index("export function expiry") < text.index("export default")


def test_every_widget_has_one_default_export() -> None:
    assert "login.js" in WIDGETS
    assert all(source(name).count("export default") == 1 for name in WIDGETS)


@pytest.mark.parametrize("name", [*SCRIPTS, *SHEETS])
def test_comments_stay_behind_and_all_else_is_sent(name: str) -> None:
    text = source(name)
    assert not re.search(r"^\s*(//|/?\*)", text, re.MULTILINE)
    own = FOLDER.joinpath(name).read_text("utf-8").splitlines()
    code = [one for one in own if not re.match(r"\s*(//|/?\*|@?import|\w.* \*/$|$)", one)]
    sent = {line.strip() for line in text.splitlines()}
    assert [one for one in code if one.strip() not in sent] == []


def test_script_and_style_of_the_login_card_stay_small() -> None:
    assert len((source("login.js") + source("login.css")).encode()) <= 30_000
