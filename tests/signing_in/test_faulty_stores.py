"""A store that can't be used says so in its own words, and signs no one out."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock
import keyring
import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordSetError

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import http
from oauth_widgets._net.message import Request, Response
from oauth_widgets.cli import main
from oauth_widgets.session.kept import lock, os_keyring

from ..helpers.connected import Connected
from ..session.kept.conftest import Memory

Fault = Callable[[Connected, pytest.MonkeyPatch], None]
Expected = tuple[type[errors.StoreProblem], str, str]
"""The error's type, and a part of what it says and of its next step."""


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connected]:
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield Connected(tmp_path, monkeypatch)
    keyring.set_keyring(before)


def raising(place: object, name: str, problem: Exception) -> Fault:
    def raises(*_: object, **__: object) -> None:
        raise problem

    return lambda _, monkeypatch: monkeypatch.setattr(place, name, raises)


def system_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def newer(connected: Connected, _: pytest.MonkeyPatch) -> None:
    file = connected.kept[0]
    file.write_text(file.read_text().replace('"version": 1', '"version": 2'))


def damaged(connected: Connected, _: pytest.MonkeyPatch) -> None:
    os.truncate(connected.kept[0], 300)


def not_text(connected: Connected, _: pytest.MonkeyPatch) -> None:
    connected.kept[0].write_bytes(b"\xff\xfe")


def exposed(connected: Connected, _: pytest.MonkeyPatch) -> None:
    connected.kept[0].chmod(0o644)


def of_another_user(_: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)


def unreadable(connected: Connected, _: pytest.MonkeyPatch) -> None:
    file = connected.kept[0]
    file.unlink()
    file.mkdir()


def locked_elsewhere(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(filelock.FileLock, "acquire", filelock.Timeout("acme.lock"))(connected, monkeypatch)
    monkeypatch.setattr(lock.locked.__wrapped__, "__kwdefaults__", {"patience": 0.02})


def no_keyring(_: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


def asking_keyring(_: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    unanswered = threading.Event()
    monkeypatch.setattr(keyring, "get_password", lambda *_: unanswered.wait(10))
    for asks in (True, False):
        monkeypatch.setitem(os_keyring._PATIENCE, asks, 0.02)  # noqa: SLF001


full = raising(os, "fsync", system_error(errno.ENOSPC))
read_only = raising(os, "fsync", system_error(errno.EROFS))
no_locks_there = raising(filelock.FileLock, "acquire", NotImplementedError("no flock"))
lock_that_cannot_be_made = raising(filelock.FileLock, "acquire", system_error(errno.EROFS))
locked_keyring = raising(keyring, "get_password", KeyringLocked("s3cr3t"))
broken_keyring = raising(keyring, "get_password", RuntimeError("s3cr3t"))
read_only_keyring = raising(keyring, "set_password", PasswordSetError("s3cr3t"))


@contextmanager
def faulty(connected: Connected, fault: Fault) -> Iterator[None]:
    """Have that fault for a while, and see that the server is asked for no token meanwhile."""
    before = {file: file.read_bytes() for file in connected.kept}
    requests = len(token_requests(connected))
    with pytest.MonkeyPatch.context() as monkeypatch:
        fault(connected, monkeypatch)
        yield
    assert len(token_requests(connected)) == requests
    for file, content in before.items():
        with suppress(IsADirectoryError, OSError):
            file.rmdir()
        file.write_bytes(content)
        file.chmod(0o600)


def token_requests(connected: Connected) -> list[Any]:
    return [one for one in connected.sandbox.seen if one["path"] == "/token"]


UNREADABLE = [
    ("file", newer, (errors.StoreTooNew, "A newer version", "pip install --upgrade")),
    ("file", damaged, (errors.StoreDamaged, "is damaged", "Remove it: oauth-widgets logout acme")),
    (
        "file",
        not_text,
        (errors.StoreDamaged, "is not text", "Remove it: oauth-widgets logout acme"),
    ),
    ("file", exposed, (errors.StoreExposed, "Other users of this computer can", "chmod go= '")),
    ("file", of_another_user, (errors.StoreExposed, "belongs to another user", "Remove it")),
    ("file", unreadable, (errors.StoreUnavailable, "can't be read: Is a directory", "Fix what")),
    ("keyring", no_keyring, (errors.StoreUnavailable, "has no keyring", 'Use keep="file"')),
    ("keyring", locked_keyring, (errors.StoreLocked, "The keyring is locked", "Unlock it")),
    ("keyring", broken_keyring, (errors.StoreUnavailable, "RuntimeError", 'Use keep="file"')),
    ("keyring", asking_keyring, (errors.StoreLocked, "waiting for its password", "Unlock it")),
]
NO_TOKEN_CAN_BE_ASKED_FOR = [
    ("file", full, (errors.StoreReadOnly, "The disk is full", "Free some space")),
    ("file", read_only, (errors.StoreReadOnly, "Read-only file system", "Make it writable")),
    ("file", locked_elsewhere, (errors.StoreLocked, "Another program", "Try again in a moment")),
    ("file", no_locks_there, (errors.StoreReadOnly, "has no locks", "writable")),
    ("file", lock_that_cannot_be_made, (errors.StoreReadOnly, "can't be locked", "writable")),
    ("keyring", read_only_keyring, (errors.StoreReadOnly, "can't be written to", "Unlock it")),
]


def named(cases: list[Any]) -> list[Any]:
    return [pytest.param(*case, id=case[2][1]) for case in cases]


@pytest.mark.parametrize(("keep", "fault", "expected"), named(UNREADABLE))
def test_what_cannot_be_read_is_told_wherever_someone_looks(
    connected: Connected,
    keep: str,
    fault: Fault,
    expected: Expected,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kind, said, step = expected
    # A connection for one person doesn't fall back on the client's own sign-in.
    connected.write(keep=keep, email="alice@*")
    session = connected.sign_in().session
    with faulty(connected, fault):
        with pytest.raises(kind) as refused:
            ow.login("acme")
        assert (said in refused.value.message, step in refused.value.next_step) == (True, True)
        with pytest.raises(errors.NeedsAPerson, match=r"^The connection acme can't be us") as needs:
            ow.session("acme")
        assert (said in str(needs.value), step in str(needs.value)) == (True, True)
        assert "oauth-widgets login acme" in needs.value.next_step
        assert said in ow.connections()["acme"].problem
        assert main(["login", "acme"]) == 2
        assert main(["connections"]) == 0
        shown = capsys.readouterr()
        assert (said in shown.err, said in shown.out, "s3cr3t" in str(shown)) == (True, True, False)
        still_signed_in(session, kind)
    assert ow.session("acme").access_token == session.access_token


@pytest.mark.parametrize(("keep", "fault", "expected"), named(NO_TOKEN_CAN_BE_ASKED_FOR))
def test_a_refresh_token_is_not_spent_unless_the_next_one_can_be_kept(
    connected: Connected,
    keep: str,
    fault: Fault,
    expected: Expected,
) -> None:
    kind, said, step = expected
    # A connection for one person doesn't fall back on the client's own sign-in.
    connected.write(keep=keep, email="alice@*")
    session = connected.sign_in().session
    with faulty(connected, fault):
        assert ow.session("acme").access_token == session.access_token
        refused = still_signed_in(session, kind)
        assert (said in refused.message, step in refused.next_step) == (True, True)
    session.refresh()
    assert ow.session("acme").access_token == session.access_token


def still_signed_in(session: ow.Session, kind: type[errors.StoreProblem]) -> errors.StoreProblem:
    """See that a running session can't be refreshed, but still reads."""
    with pytest.raises(kind) as refused:
        session.refresh()
    assert not session.signed_out
    assert len(session.frame("/events", limit=1)) == 1
    return refused.value


def test_what_others_can_open_is_ended_at_the_server_once_it_is_closed(
    connected: Connected, capsys: pytest.CaptureFixture[str]
) -> None:
    session = connected.sign_in().session
    connected.kept[0].chmod(0o644)
    assert main(["logout", "acme"]) == 2
    assert "chmod go= '" in capsys.readouterr().err
    connected.kept[0].chmod(0o600)
    assert main(["logout", "acme"]) == 0
    assert connected.kept == []
    assert not session.introspect().active


def test_a_connection_that_is_lost_once_leaves_no_token_alive_at_the_server(
    connected: Connected, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, send, lost = connected.sign_in().session, http.send, ["once", "each"]

    async def losing(request: Request, **how: Any) -> Response:
        if request.url.endswith("/revoke") and lost:
            raise errors.ServerUnreachable(f"The connection was cut, {lost.pop()}.")
        return await send(request, **how)

    monkeypatch.setattr(http, "send", losing)
    assert main(["logout", "acme"]) == 0
    assert capsys.readouterr().out == "Signed out of acme.\n"
    assert lost == connected.kept == []
    assert not session.introspect().active


@pytest.mark.parametrize("fault", [newer, damaged])
def test_signing_out_removes_what_cannot_be_read_and_says_what_the_server_knows(
    connected: Connected, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    connected.sign_in()
    fault(connected, pytest.MonkeyPatch())
    assert main(["logout", "acme"]) == 1
    assert "but the server hasn't confirmed the sign-out" in capsys.readouterr().out
    assert connected.kept == []
