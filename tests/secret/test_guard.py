"""What is saved is searched in every place for secrets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oauth_widgets.secret.guard import scan

from ..helpers.growth import is_within
from .notebooks import DICE, PLACES, STATE, TEXTS, code, data, missed_in, notebook, save, states
from .secrets_to_plant import opaque


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_any_kind_is_missed_in_any_place_of_a_notebook(
    place: str, tmp_path: Path
) -> None:
    assert missed_in(tmp_path, place) == []


@pytest.mark.parametrize("name", ["a.py", "a.md", "a.log", "a.html", ".env", "a.json", "noname"])
def test_no_secret_of_any_kind_is_missed_in_a_text_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    packed = (str.encode, lambda text: gzip.compress(text.encode()))
    wide = (lambda text: text.encode("utf-16"), lambda text: text.encode("utf-32"))
    for number, (kind, (text, _)) in enumerate(list(TEXTS.items())[len(name) % 3 :: 3]):
        for pack in (packed, wide)[number % 2]:
            file.write_bytes(pack(text))
            assert scan([file]), kind


def test_a_parameter_is_found_in_json_whose_names_and_values_are_apart(tmp_path: Path) -> None:
    answer = {"access_token": opaque(DICE), "nested": [{"refresh_token": opaque(DICE)}]}
    for content in (
        notebook(code("1", data("application/json", answer))),
        notebook(code(), widgets=states(answer)),
        notebook(code(metadata=answer)),
        notebook(code(), parameters=answer),
    ):
        found = scan([save(tmp_path / "a.ipynb", content)])
        assert [one.kind for one in found] == ["access token", "refresh token"]


def test_a_column_of_a_csv_file_has_its_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"user": ["a", "b"], "access_token": [opaque(DICE), opaque(DICE)], "hash": [1, 2]}
    )
    for name, separator in (("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t")):
        frame.to_csv(tmp_path / name, sep=separator, index=False)
        found = scan([tmp_path / name])
        assert [(one.where, one.kind) for one in found] == [
            ("line 2", "access token"),
            ("line 3", "access token"),
        ]


def test_a_finding_says_where_and_what_and_tells_equal_secrets_apart(tmp_path: Path) -> None:
    one, other = f"x\n?code={opaque(DICE)}", f"?code={opaque(DICE)}"
    outputs = [data("text/plain", one), data("text/html", other), data("text/plain", one)]
    file = save(tmp_path / "a.ipynb", notebook(code(), code("1", *outputs)))
    first, second, third = scan([file])
    assert first.where == "cell 2, output 1, text/plain, line 2"
    assert second.where == "cell 2, output 2, text/html, line 1"
    assert first.kind == "authorization code"
    assert first.mask == third.mask != second.mask
    assert str(first) == f"{file}: {first.where}: authorization code {first.mask}"


def test_broken_notebooks_are_read_as_text(tmp_path: Path) -> None:
    token = opaque(DICE)
    content = json.dumps(notebook(code(f"a\nrequests.get(u, access_token='{token}')")), indent=1)
    for broken in (content[:-40], content.replace('"cells"', "cells"), "[" * 100_000 + content):
        (tmp_path / "a.ipynb").write_text(broken)
        assert [one.kind for one in scan([tmp_path / "a.ipynb"])] == ["access token"]


@pytest.mark.parametrize("content", [[], {"cells": 1}, {"cells": [1, None, {"outputs": [3]}]}, "x"])
def test_notebooks_that_are_none_are_searched_without_an_error(
    content: Any, tmp_path: Path
) -> None:
    assert scan([save(tmp_path / "a.ipynb", content)]) == []
    widgets = {"metadata": {"widgets": {STATE: content}}}
    assert scan([save(tmp_path / "a.ipynb", widgets)]) == []


def test_data_that_leaks_by_its_name_is_found_and_not_printed(tmp_path: Path) -> None:
    token = "ghp_" + opaque(DICE, 36, "abcdefghijkLMNOPQ0123456789")
    file = save(tmp_path / "a.ipynb", notebook(code("1", data(f"x/{token}", "a"))))
    (found,) = scan([file])
    assert found.clearable
    assert token not in str(found)
    data_ = data(f"text/{token}", f"?code={opaque(DICE)}")
    assert all(token not in str(one) for one in scan([save(file, notebook(code("1", data_)))]))


def test_json_that_is_a_list_of_strings_keeps_them_apart(tmp_path: Path) -> None:
    output = data("application/json", ["access_token", opaque(DICE)])
    (found,) = scan([save(tmp_path / "a.ipynb", notebook(code("1", output)))])
    assert found.kind == "access token"


def test_two_members_of_one_name_are_both_searched(tmp_path: Path) -> None:
    cell = json.dumps(code("1", data("text/plain", f"?code={opaque(DICE)}")))
    cell = cell.removesuffix("}") + ', "outputs": []}'
    (tmp_path / "a.ipynb").write_text('{"cells": [' + cell + '], "nbformat": 4}')
    assert [one.kind for one in scan([tmp_path])] == ["authorization code"]


def test_a_packed_csv_file_has_its_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1], "refresh_token": [opaque(DICE)]})
    frame.to_csv(tmp_path / "a.csv.gz", index=False)
    assert [one.kind for one in scan([tmp_path])] == ["refresh token"]


@pytest.mark.any_release
def test_the_same_secret_on_a_long_line_is_counted_quickly(tmp_path: Path) -> None:
    once = b"access_token='" + opaque(DICE).encode() + b"' "

    def scanned(times: int) -> Callable[[], object]:
        file = tmp_path / f"{times}.txt"
        file.write_bytes(b"x\n" * 40 * times + once * times)
        return lambda: scan([file])

    few, many = scanned(250), scanned(4_000)
    assert len(many()) == 1
    assert is_within(64, many, few)
