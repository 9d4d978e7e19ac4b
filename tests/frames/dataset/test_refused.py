"""What is never written down, and what can be no dataset."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.rigged import as_json

from .scripted import UPDATES, Scripted, fetched, stopped


def test_no_token_and_no_parameter_is_written_down(api: Scripted, folder: Path) -> None:
    params = {"api_key": "a-key-of-mine", "q": "x"}
    stopped(api, folder, after=7, params=params)
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert b"a-token-that" not in written
    assert b"a-key-of-mine" not in written
    assert b"api_key" in written
    before = len(api.asked)
    fetched(api, folder, params=params)
    assert api.asked[before] == "/rows?api_key=a-key-of-mine&q=x&cursor=70"


@pytest.mark.check(id="dataset/no-token")
@pytest.mark.parametrize(
    "spelled", ["a-token-that-no-one-may-write", "YS10b2tlbi10aGF0LW5vLW9uZS1tYXktd3JpdGU="]
)
def test_a_way_on_with_the_token_in_it_is_refused(
    spelled: str, api: Scripted, folder: Path
) -> None:
    api.trouble = lambda _: as_json({"rows": [{"id": 1}], "next": f"/rows?access_token={spelled}"})
    with pytest.raises(errors.UnexpectedAnswer, match="contains the token"):
        fetched(api, folder)
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert spelled.encode() not in written


def as_file(folder: Path) -> None:
    folder.write_text("text")


def as_link(folder: Path) -> None:
    (folder.parent / "there").mkdir()
    folder.symlink_to(folder.parent / "there")


def as_link_to_itself(folder: Path) -> None:
    folder.symlink_to(folder)


def with_something_else(folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")


def under_nothing(folder: Path) -> None:
    folder.parent.rmdir()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (as_file, "folder is .*, which is a file"),
        (as_link, "folder is .*, which is a link"),
        (as_link_to_itself, "folder is .*, which is a link"),
        (with_something_else, "folder is .*, which already contains something else: notes.txt"),
        (under_nothing, "folder is .*, which can't be used: No such file"),
    ],
)
def test_a_folder_that_cannot_be_a_dataset_is_refused(
    make: Any, why: str, api: Scripted, folder: Path
) -> None:
    make(folder)
    with pytest.raises(errors.ConfigurationError, match=why) as refused:
        fetched(api, folder)
    assert refused.value.next_step
    assert api.asked == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"partition_rows": 0}, "partition_rows= must be a number of rows"),
        ({"partition_rows": True}, "partition_rows= must be"),
        ({"since": {"parameter": "p"}, "key": "id"}, "since= must name a parameter and a column"),
        ({"since": {"parameter": "", "column": "c"}, "key": "id"}, "parameter of since= is empty"),
        ({"since": UPDATES["since"]}, "since= needs a key"),
        ({"key": []}, "key= must be the name"),
        ({"key": ["a", "a"]}, "key= must be the name"),
        ({"key": 3}, "key= must be the name"),
        ({"key": "nothing"}, "key= names the column 'nothing'"),
        ({"key": "tags"}, "key= names columns whose values can't be compared"),
        (
            {"since": {"parameter": "p", "column": "no"}, "key": "id"},
            "since= names the column 'no'",
        ),
    ],
)
def test_options_that_cannot_be_meant_name_the_argument(
    options: Any, why: str, api: Scripted, folder: Path
) -> None:
    with pytest.raises(errors.ConfigurationError, match=why):
        fetched(api, folder, **options)
    assert not list(folder.glob("*.parquet")) or "compared" in why


@pytest.mark.parametrize("column", ["tags", "text"])
def test_a_column_without_an_order_is_refused_for_since(
    column: str, api: Scripted, folder: Path
) -> None:
    fetched(api, folder)
    with pytest.raises(errors.ConfigurationError, match=f"since= names the column '{column}'"):
        fetched(api, folder, since={"parameter": "p", "column": column}, key="id")
    assert fetched(api, folder).complete


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"params": {"q": "y"}}, "params"),
        ({"at": "/numbered"}, "url_or_path"),
        ({"limit": 5}, "limit"),
        ({"timestamps": ["updated_at"]}, "timestamps"),
    ],
)
def test_the_dataset_of_another_query_is_refused(
    options: Any, named: str, api: Scripted, folder: Path
) -> None:
    fetched(api, folder, params={"q": "x"})
    before = len(api.asked)
    with pytest.raises(errors.ConfigurationError, match=f"queries differ in.*{named}"):
        fetched(api, folder, **{"params": {"q": "x"}, **options})
    assert len(api.asked) == before


def test_a_folder_without_a_dataset_has_no_info(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match="contains no dataset"):
        ow.dataset_info(tmp_path)


NAMES = ("manifest.new", "new-0", "new-1", "pages-0", "pages-1", "pages-2")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stops", [None, 5])
def test_nothing_is_written_behind_a_link_at_a_name_that_can_be_foreseen(
    name: str, stops: int | None, api: Scripted, folder: Path
) -> None:
    theirs = folder.parent / "theirs"
    theirs.write_text("theirs")
    inner = folder / ".oauth-widgets"
    if stops is None:
        inner.mkdir(parents=True)
    else:
        stopped(api, folder, after=stops)
        (inner / name).unlink(missing_ok=True)
    (inner / name).symlink_to(theirs)
    with suppress(errors.OAuthError):
        fetched(api, folder)
    assert theirs.read_text() == "theirs"
