"""A real keyring: GNOME's, unlocked, locked, asking, gone."""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.SecretService import Keyring as SecretService

from oauth_widgets import errors
from oauth_widgets._net.loop import run
from oauth_widgets.session.kept import os_keyring
from oauth_widgets.session.kept.keyring_store import KeyringStore

from ...helpers.mint import Mint
from . import sharing

pytest.importorskip("secretstorage")
from .gnome import Gnome, unanswered_prompt

pytestmark = [
    pytest.mark.skipif(
        not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-daemon")),
        reason="gnome-keyring and dbus aren't installed; scripts/test soak installs them",
    ),
    # The package keyring leaves its connection open if the keyring is locked.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
LONG = "a long text, " * 1000


@pytest.fixture
def gnome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gnome]:
    made = Gnome(tmp_path, monkeypatch)
    before = keyring.get_keyring()
    keyring.set_keyring(SecretService())
    yield made
    keyring.set_keyring(before)
    made.stop()
    gc.collect()


def test_an_unlocked_one_keeps_a_sign_in_that_is_refreshed(gnome: Gnome, mint: Mint) -> None:
    gnome.start()
    KeyringStore().probe()
    sharing.signed_in(mint.origin, kind="keyring").refresh()
    other = sharing.restored(mint.origin, "keyring")
    assert other.access_token.reveal() == "access-2"
    other.refresh()
    other.logout()
    assert run(sharing.keeper_of(mint.origin, "keyring").restored()) is None
    KeyringStore().write("acme", LONG)
    assert KeyringStore(asks=False).read("acme") == LONG


def test_a_locked_one_is_told_and_keeps_what_it_has(gnome: Gnome, mint: Mint) -> None:
    gnome.start()
    session = sharing.signed_in(mint.origin, kind="keyring")
    gnome.lock()
    with pytest.raises(errors.StoreLocked, match="locked"):
        KeyringStore().probe()
    with pytest.raises(errors.StoreLocked):
        session.refresh()
    assert mint.asked("/token") == []
    gnome.kill()
    gnome.start()
    session.refresh()
    assert sharing.restored(mint.origin, "keyring").access_token.reveal() == "access-2"


@pytest.mark.parametrize("new", [False, True], ids=["locked", "new"])
def test_one_that_would_ask_does_not_if_no_person_is_there(gnome: Gnome, new: bool) -> None:
    if not new:
        gnome.start()
        KeyringStore().write("acme", "text")
        gnome.lock()
    else:
        gnome.start(unlocked=False)
    with unanswered_prompt() as asked:
        store, begun = KeyringStore(asks=False), time.monotonic()
        with pytest.raises(errors.StoreLocked, match="locked"):
            store.read("acme")
        with pytest.raises(errors.StoreLocked, match="locked"):
            store.write("acme", "text")
        assert time.monotonic() - begun < os_keyring._PATIENCE[False]  # noqa: SLF001
        assert asked == []


def test_a_prompt_that_nobody_answers_ends(gnome: Gnome, monkeypatch: pytest.MonkeyPatch) -> None:
    gnome.start()
    gnome.lock()
    monkeypatch.setitem(os_keyring._PATIENCE, True, 0.5)  # noqa: SLF001
    with unanswered_prompt() as asked:
        with pytest.raises(errors.StoreLocked, match="doesn't answer"):
            KeyringStore().read("acme")
        assert asked == ["BeginPrompting"]


def test_one_that_is_gone_is_told_and_nobody_is_signed_out(gnome: Gnome, mint: Mint) -> None:
    gnome.start()
    session = sharing.signed_in(mint.origin, kind="keyring")
    gnome.stop()
    with pytest.raises(errors.StoreUnavailable, match='keep="file"'):
        session.refresh()
    assert mint.asked("/token") == []
    assert session.access_token.reveal() == "access-1"
    assert not session.signed_out
