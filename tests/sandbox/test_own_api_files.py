"""An API of one's own that a file describes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .own_api import PENGUINS, SCOPES, USERS, session_at

TOML = """
[users.ada]
password = "engine"
name = "Ada"

[scopes]
"penguins.read" = "See the penguins"

[services.penguins]
requires = "penguins.read"
records = "penguins.csv"
"""
CSV = "species,bill_mm,year,tag,sex\nAdelie,39.1,2007,007,male\nGentoo,46,2008,nan,\n"


def test_a_file_describes_the_same(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(f'server_name = "Penguins"\n{TOML}')
    (tmp_path / "penguins.csv").write_text(CSV, "utf-8-sig")
    options = ow.sandbox.options_in(tmp_path / "own.toml")
    assert options["server_name"] == "Penguins"
    assert options["users"] == USERS
    assert options["scopes"] == SCOPES
    assert options["services"]["penguins"]["records"] == [
        {"species": "Adelie", "bill_mm": 39.1, "year": 2007, "tag": "007", "sex": "male"},
        {"species": "Gentoo", "bill_mm": 46, "year": 2008, "tag": "nan", "sex": None},
    ]
    running = ow.sandbox.start(restart=True, **options)
    assert len(session_at(running).frame("/penguins")) == 2
    running.stop()


def test_records_may_be_in_the_file_or_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(PENGUINS))
    file = tmp_path / "own.toml"
    file.write_text('[services.a]\nrecords = "a.json"\n[[services.b.records]]\nday = 2026-01-02\n')
    services = ow.sandbox.options_in(file)["services"]
    assert services["a"]["records"] == PENGUINS
    assert str(services["b"]["records"][0]["day"]) == "2026-01-02"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not a TOML file"),
        ("\ufeff\x00", "is not a TOML file"),
        ("[user.ada]", "has 'user', which is not one of users, scopes, services"),
        ('[services.a]\nrecords = "nowhere.csv"', "nowhere.csv can't be read: No such file"),
        ('[services.a]\nrecords = "own.toml"', "format of the records file .* isn't supported"),
        ('[services.a]\nrecords = "bad.json"', "can.t be read as json"),
        ('[services.a]\nrecords = "twice.csv"', "as csv: two columns have the same name"),
        ('[services.a]\nrecords = "long.csv"', "as csv: line 3 has more cells than the first"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "twice.csv").write_text("a,a\n1,2\n")
    (tmp_path / "long.csv").write_text("a,b\n1,2\n1,2,3\n")
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(errors.ConfigurationError, match=reason) as refused:
        ow.sandbox.options_in(tmp_path / "own.toml")
    assert refused.value.next_step


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"own\.toml can't be read: No such file"):
        ow.sandbox.options_in(tmp_path / "own.toml")
