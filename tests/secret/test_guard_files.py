"""Which files are searched, and how."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
import os
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret import guard
from oauth_widgets.secret.guard import scan

from ..helpers.people import sign_in
from .notebooks import DICE, ROOT, code, notebook, save
from .secrets_to_plant import opaque


def test_the_very_values_of_a_session_are_found_in_any_spelling(tmp_path: Path) -> None:
    sandbox = ow.sandbox.start("playground")
    scope = "openid offline_access"
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=scope)
    session = pending.finish(sign_in(pending.url))
    sandbox.stop()
    assert session.id_token
    secrets = (session.access_token, session.refresh_token, session.id_token.raw)
    for secret in (*secrets, sandbox.client.client_secret):
        assert secret is not None
        value = secret.reveal()
        for text in (value, base64.b64encode(f"a{value}".encode()).decode()):
            file = save(tmp_path / "a.ipynb", notebook(code(f"x {text} y")))
            assert "value of this session" in {one.kind for one in scan([file], session)}
    assert scan([save(tmp_path / "a.ipynb", notebook(code()))], session) == []


def test_secrets_of_plain_words_are_found_by_their_value(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("it says correct horse")
    assert scan([tmp_path]) == []
    assert len(scan([tmp_path], [ow.Secret("correct horse")])) == 1
    assert len(scan([tmp_path], ["correct horse", "battery staple"])) == 1
    with pytest.raises(ConfigurationError, match="known="):
        scan([tmp_path], ["abc"])


@pytest.mark.any_release
def test_our_own_notebooks_and_documents_are_clean() -> None:
    own = ("notebooks", "docs", "oauth_widgets", "binder", "README.md", "SECURITY.md")
    paths = [path for path in map(ROOT.joinpath, own) if path.exists()]
    assert len(paths) > 3
    assert list(map(str, scan(paths))) == []


def test_folders_are_searched_with_their_checkpoints_and_without_what_is_installed(
    tmp_path: Path,
) -> None:
    leak = f"access_token={opaque(DICE)}"
    read = [".env", "a/b/c.md", "a/.ipynb_checkpoints/x-checkpoint.ipynb", "log.gz"]
    skipped = [".git/config", "node_modules/a.js", "env/lib/x.py", "a/__pycache__/y"]
    for name in read + skipped:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        content = leak.encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    (tmp_path / "env/pyvenv.cfg").touch()
    (tmp_path / "binary").write_bytes(b"\0\1" + leak.encode())
    assert {one.file for one in scan([tmp_path])} == {tmp_path / name for name in read}


def test_links_are_not_followed_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "out/a.txt").write_text(f"access_token={opaque(DICE)}")
    (tmp_path / "in/file").symlink_to(tmp_path / "out/a.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/dangling").symlink_to(tmp_path / "nothing")
    assert scan([tmp_path / "in"]) == []
    assert len(scan([tmp_path / "in/file"])) == 1


@pytest.mark.any_release
def test_what_is_larger_than_a_window_is_found_on_both_sides_of_its_edge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_WINDOW", 20_000)
    monkeypatch.setattr(guard, "_OVERLAP", 1_000)
    monkeypatch.setattr(guard, "_LARGEST_NOTEBOOK", 1_000)
    for name, pack in (("a.ipynb", bytes), ("a.gz", gzip.compress)):
        for before in range(19_900, 20_100, 13):
            text = (
                b"x\n" * (before // 2) + b"?access_token=" + opaque(DICE).encode() + b"\n" * 30_000
            )
            (tmp_path / name).write_bytes(pack(text))
            (found,) = scan([tmp_path / name])
            assert found.where == f"line {before // 2 + 1}"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, b""])
def test_a_byte_order_mark_is_no_obstacle(mark: bytes, tmp_path: Path) -> None:
    content = json.dumps(notebook(code(f"?code={opaque(DICE)}"))).encode()
    (tmp_path / "a.ipynb").write_bytes(mark + content)
    (found,) = scan([tmp_path])
    assert found.where == "cell 1, line 1"


def test_the_name_of_a_file_moves_no_cursor_and_makes_no_line(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[2J\n::error::b.txt"
    file.write_text(f"access_token={opaque(DICE)}")
    (found,) = scan([tmp_path])
    assert f"{tmp_path}/a\ufffd[2J\ufffd::error::b.txt: line 1" in str(found)
    file.write_bytes(gzip.compress(b"a" * 9999)[:-9])
    with pytest.raises(ConfigurationError, match=r"a\ufffd.2J\ufffd::error::b\.txt cannot be read"):
        scan([tmp_path])


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        scan([tmp_path / "nothing"])
    with pytest.raises(ConfigurationError, match="cannot be read: File name too long"):
        scan([tmp_path / ("n" * 999)])
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"a" * 9999)[:-9])
    with pytest.raises(ConfigurationError, match=r"a\.gz cannot be read"):
        scan([tmp_path])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="not a regular file"):
        scan([tmp_path / "pipe"])
