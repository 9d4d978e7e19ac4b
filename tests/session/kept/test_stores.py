"""Texts by name, whole or not at all, that only their owner can read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError
from keyrings.alt.file import PlaintextKeyring

from oauth_widgets import errors
from oauth_widgets.session.kept import store as stores
from oauth_widgets.session.kept.file_store import FileStore
from oauth_widgets.session.kept.keyring_store import SERVICE, KeyringStore

from .conftest import Memory

LONG = "a long text, " * 1000


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=["file", "keyring"])
def store(request: pytest.FixtureRequest, home: Path) -> stores.Store:
    request.getfixturevalue("memory")
    return FileStore(home) if request.param == "file" else KeyringStore()


@pytest.mark.parametrize("text", ["short", LONG], ids=["short", "long"])
def test_what_is_written_is_read_until_it_is_erased(store: stores.Store, text: str) -> None:
    store.probe()
    assert store.read("acme") is None
    store.write("acme", "before")
    store.write("acme", text)
    store.write("other", "other")
    assert store.read("acme") == text
    store.erase("acme")
    store.erase("acme")
    assert store.read("acme") is None
    assert store.read("other") == "other"


def test_a_probe_leaves_nothing_behind(memory: Memory, home: Path) -> None:
    KeyringStore().probe()
    FileStore(home).probe()
    assert memory.entries == {}
    assert list(home.iterdir()) == []


@pytest.mark.check(id="kept/private")
def test_files_are_private_at_every_step(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[int, int]] = []
    flush = os.fsync

    def looked_at(file: int) -> None:
        status = os.fstat(file)
        if stat.S_ISREG(status.st_mode):
            found.append((stat.S_IMODE(status.st_mode), mode(home)))
        flush(file)

    monkeypatch.setattr(os, "fsync", looked_at)
    before = os.umask(0)
    try:
        FileStore(home).write("acme", "first")
        FileStore(home).write("acme", "second")
    finally:
        os.umask(before)
    assert found == [(0o600, 0o700)] * 2
    assert [mode(path) for path in home.iterdir()] == [0o600]


@pytest.mark.check(id="kept/private")
@pytest.mark.parametrize("opened", ["file", "folder"])
def test_what_others_can_open_is_refused(home: Path, opened: str) -> None:
    store = FileStore(home)
    store.write("acme", "text")
    (home / "acme.json" if opened == "file" else home).chmod(0o755)
    with pytest.raises(errors.StoreExposed, match="chmod go= '"):
        store.read("acme") if opened == "file" else store.write("acme", "text")


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "can't be written"), (errno.EIO, "output")],
)
def test_a_write_that_fails_leaves_the_old_text(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    store = FileStore(home)
    store.write("acme", "old")

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(errors.StoreProblem, match=said):
            store.write("acme", "new")
    assert store.read("acme") == "old"
    assert [path.name for path in home.iterdir()] == ["acme.json"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.StoreProblem, match="file/kept/acme"):
        FileStore(tmp_path / "file/kept").write("acme", "text")


def test_what_a_killed_process_left_goes_with_the_file(home: Path) -> None:
    store = FileStore(home)
    store.write("acme", "text")
    (home / "acme.json.0123abcd.new").write_text("half")
    store.erase("acme")
    assert list(home.iterdir()) == []


def test_a_computer_without_a_keyring_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    with pytest.raises(errors.StoreUnavailable, match=r'no keyring[^$]*keep="file"'):
        KeyringStore().probe()


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (KeyringLocked("no"), errors.StoreLocked),
        (NoKeyringError("no"), errors.StoreUnavailable),
        (InitError("no"), errors.StoreUnavailable),
        (PasswordSetError("no"), errors.StoreReadOnly),
        (RuntimeError("D-Bus is gone"), errors.StoreUnavailable),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_keyring_that_fails_is_told_by_its_kind(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, problem: Exception, kind: Any
) -> None:
    def refuse(*_: str) -> None:
        raise problem

    monkeypatch.setattr(keyring, "set_password", refuse)
    with pytest.raises(kind):
        KeyringStore().probe()
    assert memory.entries == {}


def test_no_keyring_entry_is_longer_than_any_keyring_takes(memory: Memory) -> None:
    store = KeyringStore()
    store.write("acme", LONG)
    store.write("acme", LONG + "again")
    assert max(map(len, memory.entries.values())) <= 1280
    assert store.read("acme") == LONG + "again"
    store.erase("acme")
    assert memory.entries == {}


def test_a_missing_part_is_damage(memory: Memory) -> None:
    KeyringStore().write("acme", LONG)
    part = next(name for _, name in memory.entries if name.endswith(" 3"))
    del memory.entries[SERVICE, part]
    with pytest.raises(errors.StoreDamaged):
        KeyringStore().read("acme")


def test_a_real_backend_keeps_long_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = PlaintextKeyring()
    monkeypatch.setattr(PlaintextKeyring, "file_path", str(tmp_path / "keyring.cfg"))
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        KeyringStore().probe()
        KeyringStore().write("acme", LONG)
        assert KeyringStore().read("acme") == LONG
        KeyringStore().erase("acme")
        assert KeyringStore().read("acme") is None
    finally:
        keyring.set_keyring(before)


def test_a_missing_package_names_the_command_that_installs_it() -> None:
    with pytest.raises(errors.StoreUnavailable, match=r"pip install 'oauth-widgets\[keep\]'"):
        stores.needed("a_package_that_is_not_there")


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match='keep="keyring" or keep="file"'):
        stores.open_store("cloud")
