"""Rows are written to a file whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from oauth_widgets.frames import results
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json
from tests.helpers.twins import both


@both
def test_a_file_has_the_same_records_in_bounded_row_groups(
    call: Any, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "ROW_GROUP", 2)
    pages = [[{"n": 1, "t": "2026-01-01T00:00:00Z"}], [{"n": 2.5, "o": [{}]}], [], [{"n": "x"}]]
    pages.append([{"m": None, "l": [None]}])
    session = mint.chain(*pages)
    path = tmp_path / "rows.parquet"
    assert call(session, "to_parquet", "/0", path, timestamps=["t"]) == path
    frame = pd.read_parquet(path)
    assert frame["n"].tolist()[:3] == ["1", "2.5", '"x"']
    assert frame["o"].dropna().tolist() == ["[{}]"]
    assert str(frame["t"].dtype) in {"datetime64[us, UTC]", "datetime64[ns, UTC]"}
    assert frame.attrs["pages"] == 5
    assert paq.read_metadata(path).num_row_groups == 2
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]


@both
def test_no_rows_are_a_file_too(call: Any, mint: Mint, tmp_path: Path) -> None:
    path = call(mint.chain([]), "to_parquet", "/0", str(tmp_path / "none.parquet"))
    assert len(pd.read_parquet(path)) == 0


@both
def test_a_file_appears_whole_or_not_at_all(call: Any, mint: Mint, tmp_path: Path) -> None:
    session = mint.chain([{"n": 1}], [{"n": 2}])
    good, mint.pages["/api/1"] = mint.pages["/api/1"], as_json({}, status=404)
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"older text")
    with pytest.raises(errors.ResourceError) as failed:
        call(session, "to_parquet", "/0", path)
    assert failed.value.partial is None
    assert path.read_bytes() == b"older text"
    mint.pages["/api/1"] = good
    assert call(failed.value, "resume") == path
    assert pd.read_parquet(path)["n"].tolist() == [1, 2]
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]
    assert len(mint.asked("/api/0")) == 1


@both
def test_a_place_that_cannot_be_written_is_said_before_anything_is_sent(
    call: Any, mint: Mint, tmp_path: Path
) -> None:
    with pytest.raises(errors.ConfigurationError, match="write a file at"):
        call(mint.session(), "to_parquet", "/0", tmp_path / "nowhere" / "rows.parquet")
    assert mint.asked("/") == []


@both
def test_a_file_that_cannot_take_its_place_is_said_and_can_be_tried_again(
    call: Any, mint: Mint, tmp_path: Path
) -> None:
    path = tmp_path / "taken"
    session = mint.chain([{"n": 1}])
    first = mint.pages["/api/0"]

    def meanwhile() -> Iterator[bytes]:
        path.mkdir()
        yield first

    mint.pages["/api/0"] = meanwhile()
    with pytest.raises(errors.ConfigurationError, match="write a file at") as failed:
        call(session, "to_parquet", "/0", path)
    path.rmdir()
    assert call(failed.value, "resume") == path
    assert len(pd.read_parquet(path)) == 1
    assert len(mint.asked("/api/0")) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@both
@pytest.mark.parametrize(
    "path", ["", "a\0b", 5, None, b"rows.parquet", "x" * 300, "/dev/null", ".", "/proc/x.parquet"]
)
def test_a_place_where_no_file_can_be_is_refused_before_anything_is_sent(
    call: Any, path: Any, mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"path= must be|write a file at"):
        call(mint.session(), "to_parquet", "/0", path)
    assert mint.asked("/") == []


FULL_DISK = """
import resource, signal, sys
from tests.bench.signed_in import signed_in
import oauth_widgets as ow
session = signed_in(sys.argv[1])
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for room in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        session.to_parquet("/api/0", f"{sys.argv[2]}/{room}.parquet", progress=False)
    except ow.OAuthError as problem:
        print(room, type(problem).__name__, problem.message)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        problem.resume()
"""


@pytest.mark.any_release
@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_full_disk_is_said_and_no_row_is_lost(mint: Mint, tmp_path: Path) -> None:
    # The last has room enough for what waits, or not quite.
    rooms = ["0", "5000", "40000", "100000", "170000"]
    pages = [
        [{"n": page * 100 + at, "t": f"{page}" * 50} for at in range(100)] for page in range(20)
    ]
    mint.chain(*pages)
    mint.good = "a-token"
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", FULL_DISK, mint.origin, str(tmp_path), *rooms],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    said = ran.stdout.splitlines()
    assert [line.split()[0] for line in said][:4] == rooms[:4]
    assert all(line.split()[1] == "ConfigurationError" for line in said)
    assert all("write a file at" in line for line in said)
    assert {file.name for file in tmp_path.iterdir()} == {f"{room}.parquet" for room in rooms}
    for file in tmp_path.iterdir():
        assert pd.read_parquet(file)["n"].tolist() == list(range(2000))


def test_a_file_is_written_under_a_name_that_nobody_can_foresee(
    mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, seen = mint.chain([{"n": 1}]), []
    replace = Path.replace

    def noted(path: Path, target: Path) -> Path:
        seen.append(path.name)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    for _ in range(2):
        session.to_parquet("/0", tmp_path / "x.parquet")
    assert len(set(seen)) == 2
    assert all(len(name) > 16 and "x.parquet" not in name for name in seen)
    # A link under that name is neither followed nor overwritten.
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / ".0000.part").symlink_to(other)
    monkeypatch.setattr(results.secrets, "token_hex", lambda _: "0000")
    with pytest.raises(errors.ConfigurationError, match="write a file at"):
        session.to_parquet("/0", tmp_path / "x.parquet")
    assert other.read_text() == "mine"
