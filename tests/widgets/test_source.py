"""What a page is sent for a widget."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from oauth_widgets.widgets import _words
from oauth_widgets.widgets._source import source

from ..helpers.words import CARD_WORDS

FOLDER = files("oauth_widgets.widgets")
SCRIPTS = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".js"))
SHEETS = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".css"))
NAMED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r'"\./([\w-]+\.(?:js|css))";$', re.MULTILINE)
WIDGETS = [name for name in SCRIPTS if "export default" in FOLDER.joinpath(name).read_text("utf-8")]


def own_text(name: str) -> str:
    return FOLDER.joinpath(name).read_text("utf-8")


def with_imports(name: str) -> list[str]:
    """Return a file and all that it imports, each once."""
    found = [name]
    for one in found:
        found += [other for other in IMPORTED.findall(own_text(one)) if other not in found]
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_stands_alone_and_has_each_name_once(name: str) -> None:
    assert "import {" not in source(name)
    names = [one for file in with_imports(name) for one in NAMED.findall(own_text(file))]
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_imports_nothing(name: str) -> None:
    assert "@import" not in source(name)


def test_what_is_imported_comes_first_and_once() -> None:
    text = source("login.js")
    assert text.count("const SAY =") == 1
    assert text.index("const SAY =") < text.index("function expiry")
    assert text.index("function expiry") < text.index("export default")


def test_every_widget_has_one_default_export() -> None:
    assert "login.js" in WIDGETS
    assert all(source(name).count("export default") == 1 for name in WIDGETS)


@pytest.mark.parametrize("name", [*SCRIPTS, *SHEETS])
def test_comments_stay_behind_and_all_else_is_sent(name: str) -> None:
    text = source(name)
    assert not re.search(r"^\s*(//|/?\*)", text, re.MULTILINE)
    code = [
        line
        for line in own_text(name).splitlines()
        if not re.match(r"\s*(//|/?\*|@?import|\w.* \*/$|$)", line)
    ]
    assert [line for line in code if squeezed(line) not in squeezed(text)] == []


def squeezed(text: str) -> str:
    """Return `text` without what tells nothing: space, and the last comma or semicolon."""
    text = re.sub(r"^export (?!default)", "", text)
    text = re.sub(r"/\*\* @type [^*\n]* \*/", "", text)
    return re.sub(r"\s|[,;](?=\s*[}\])]|\s*$)", "", text)


@pytest.mark.parametrize(
    "sheet", ["signing_in/callback/static/v1/callback.css", "sandbox/server/pages/style.css"]
)
def test_every_page_that_people_see_has_the_same_roles(sheet: str) -> None:
    text = files("oauth_widgets").joinpath(sheet).read_text("utf-8")
    assert text.startswith(own_text("roles.css"))


def test_script_and_style_of_the_login_card_stay_small() -> None:
    assert len((source("login.js") + source("login.css")).encode()) <= 34_000


def test_the_words_of_the_sign_in_are_the_same_in_the_page_and_in_plain_output() -> None:
    said = own_text("words.js")
    assert f'signIn: "{_words.SIGN_IN}"' in said
    assert f'runAgain: "{_words.RUN_AGAIN}"' in said
    assert CARD_WORDS == _words.SIGN_IN
