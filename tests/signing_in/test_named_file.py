"""A file that a person names is read within bounds, and named if it is beyond them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.cli import _users
from oauth_widgets.signing_in.connections import FILE, read_connections
from oauth_widgets.signing_in.named_file import MOST, text_of, toml_of

Reads = Callable[[Path], Any]


def connections(file: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE, str(file))
        return read_connections()


def records(ending: str) -> Reads:
    def read(file: Path) -> Any:
        named = file.rename(file.with_suffix(ending))
        file.write_text(f'[services.a]\nrecords = "{named.name}"', "utf-8")
        return ow.sandbox.options_in(file)

    return read


READERS: dict[str, Reads] = {
    "connections": connections,
    "practice server": ow.sandbox.options_in,
    "users": _users,
    "secret": lambda file: text_of(str(file), next_step="Name another file."),
    "records as CSV": records(".csv"),
    "records as JSON": records(".json"),
}
"""What reads a file that a person names."""


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_too_long_is_named_and_not_read(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    with file.open("wb") as long:
        # Nothing of it takes room on the disk.
        long.truncate(2**30)
    with pytest.raises(errors.ConfigurationError, match=r"mine\..*: It has more than \d+ MiB"):
        READERS[name](file)


def test_a_file_of_the_most_bytes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_bytes(b"\xef\xbb\xbf" + b"a" * (MOST - 5) + b"\r\n")
    assert text_of(str(file), next_step="") == "a" * (MOST - 5) + "\n"


LONG = {
    "the example": "a." * 100_000 + "a = 1",
    "a table": f"[{'a.' * 20}a]",
    "tables": f"[[{'a.' * 20}a]]",
    "quoted": '"a" . ' * 20 + "a = 1",
    "in a table": "x = {" + "'a'.a." * 10 + "a = 1}",
    "after text": 'x = "a\\"" # "\n' + "a." * 20 + "a = 1",
    "after lines": "x = '''a'''''\n" + "a." * 20 + "a = 1",
}


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("read", [connections, ow.sandbox.options_in])
def test_a_name_of_many_parts_is_refused_before_it_takes_minutes(
    read: Reads, text: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(LONG[text], "utf-8")
    with pytest.raises(errors.ConfigurationError, match=r"mine\.toml has a name of more than 20"):
        read(file)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 19 + "a = 1",
        f'x = "{"a." * 50}a"',
        f"x = '{'a.' * 50}a' # {'a.' * 50}a",
        f'x = """\n"{"a." * 50}a" \\""""""',
        f"x = '''\n'{'a.' * 50}a''''",
    ],
)
def test_text_may_have_as_many_dots_as_it_likes(text: str) -> None:
    assert toml_of(text, "mine.toml")


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 9_999, "a = " + "1" * 9_999, "a = 2026-99-99", "a = ?", '"', "'''", '"""\\'],
)
@pytest.mark.parametrize("read", [connections, ow.sandbox.options_in])
def test_what_is_no_toml_is_an_error_of_ours(read: Reads, text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(errors.ConfigurationError, match=r"mine\.toml is not .*TOML"):
        read(file)
