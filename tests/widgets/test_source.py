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
