"""One kept sign-in that several processes use: refreshed once, and ended for all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets._net.loop import run
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.secret import Secret
from oauth_widgets.session.kept import keeper as keepers
from oauth_widgets.session.kept import record
from oauth_widgets.session.kept.file_store import FileStore
from oauth_widgets.session.kept.lock import locked

from ...helpers.mint import Mint, tokens_of
from ...helpers.rigged import BUSY, as_json
from . import sharing

SOAK = os.environ.get("SOAK") == "1"
PROCESSES, ROUNDS, KILLS = (8, 300, 100) if SOAK else (4, 5, 3)


def kept_file() -> Path:
    return next(path for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*.json"))


def process(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", f"{__package__}.sharing", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


@pytest.mark.timeout(1800 if SOAK else 120)
@pytest.mark.check(id="kept/taken-over")
def test_many_processes_refresh_one_rotating_token_and_lose_nothing(mint: Mint) -> None:
    sharing.signed_in(mint.origin)
    running = [process(mint.origin, str(ROUNDS)) for _ in range(PROCESSES)]
    for one in running:
        out, err = one.communicate()
        assert (one.returncode, out) == (0, "done"), err
    answers = mint.asked("/token")
    # A read that finds its token replaced renews it too.
    assert len(answers) <= PROCESSES * ROUNDS * 3
    spent = [sent.form["refresh_token"] for sent in answers]
    assert len(set(spent)) == len(spent)
    session = sharing.restored(mint.origin)
    session.refresh()
    assert len(session.frame("/events")) == 1


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("kind", ["file", "keyring"])
def test_a_session_takes_over_what_another_one_got(mint: Mint, kind: str) -> None:
    first, second = sharing.signed_in(mint.origin, kind=kind), sharing.restored(mint.origin, kind)
    first.refresh()
    second.refresh()
    assert second.access_token == first.access_token
    assert len(mint.asked("/token")) == 1
    second.refresh()
    assert len(mint.asked("/token")) == 2


def test_tokens_are_written_before_they_are_used(mint: Mint) -> None:
    session = sharing.signed_in(mint.origin)
    kept: list[str] = []
    session.watch(lambda: kept.append(json.loads(kept_file().read_text())["access_token"]))
    session.refresh()
    assert kept == ["access-2"]


@pytest.mark.check(id="kept/generation")
@pytest.mark.parametrize("how", ["logout", "revoke", "forget"])
def test_a_sign_out_ends_it_in_every_process(mint: Mint, how: str) -> None:
    first, second = sharing.signed_in(mint.origin), sharing.restored(mint.origin)
    getattr(first, how)()
    with pytest.raises(errors.NotSignedIn, match="in another process"):
        second.refresh()
    assert second.signed_out
    assert run(sharing.keeper_of(mint.origin).restored()) is None
    assert mint.asked("/token") == []


@pytest.mark.check(id="kept/generation")
def test_a_refresh_never_overwrites_a_later_sign_in(mint: Mint) -> None:
    old, another = sharing.signed_in(mint.origin), sharing.restored(mint.origin)
    sharing.signed_in(mint.origin, 7)
    with pytest.raises(errors.NotSignedIn):
        old.refresh()
    another.logout()
    assert sharing.restored(mint.origin).access_token.reveal() == "access-7"


def test_signing_out_ends_the_newest_tokens_at_the_server(mint: Mint) -> None:
    first, second = sharing.signed_in(mint.origin), sharing.restored(mint.origin)
    first.refresh()
    second.logout()
    ended = {sent.form["token"] for sent in mint.asked("/revoke")}
    assert ended == {"access-2", "refresh-2"}


def test_a_session_that_is_forgotten_stays_usable(mint: Mint) -> None:
    session = sharing.signed_in(mint.origin)
    session.forget()
    session.forget()
    session.refresh()
    assert len(session.frame("/events")) == 1
    assert run(sharing.keeper_of(mint.origin).restored()) is None


@pytest.mark.parametrize("how", ["logout", "revoke", "forget"])
def test_a_store_that_was_locked_once_is_emptied_by_the_next_call(
    mint: Mint, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sharing.signed_in(mint.origin)

    def locked_now(*_: str) -> None:
        raise errors.StoreLocked("Another program is using the saved sign-in.")

    with monkeypatch.context() as busy:
        busy.setattr(FileStore, "erase", locked_now)
        with pytest.raises(errors.StoreLocked, match="Try again"):
            getattr(session, how)()
    getattr(session, how)()
    assert run(sharing.keeper_of(mint.origin).restored()) is None
    assert session.signed_out is (how != "forget")
    if session.signed_out:
        with pytest.raises(errors.NotSignedIn):
            session.logout()


def test_a_kept_token_that_was_revoked_is_said_to_be_in_the_way_of_the_next_sign_in(
    mint: Mint,
) -> None:
    keeper, alone = sharing.keeper_of(mint.origin), replace(tokens_of(1), refresh_token=None)
    run(keeper.admitted(alone))
    session = sharing.session_with(keeper, mint.origin, alone)
    mint.revoke()
    for use in (session.userinfo, lambda: session.frame("/events")):
        with pytest.raises(errors.InvalidToken, match=r"session\.forget\(\)\. Then sign in again"):
            use()
    session.forget()
    assert run(sharing.keeper_of(mint.origin).restored()) is None


def test_a_refused_refresh_token_is_kept_no_longer(mint: Mint) -> None:
    session = sharing.signed_in(mint.origin)
    mint.refusal = as_json({"error": "invalid_grant"}, status=400)
    with pytest.raises(errors.InvalidGrant):
        session.refresh()
    assert run(sharing.keeper_of(mint.origin).restored()) is None


def test_a_passing_failure_signs_nobody_out(mint: Mint) -> None:
    session = sharing.signed_in(mint.origin)
    mint.refusal = BUSY
    with pytest.raises(errors.TemporarilyUnavailable):
        session.refresh()
    mint.refusal = None
    sharing.restored(mint.origin).refresh()


def test_a_full_disk_spends_no_refresh_token(mint: Mint, monkeypatch: pytest.MonkeyPatch) -> None:
    session = sharing.signed_in(mint.origin)

    def full(*_: str) -> None:
        raise errors.StoreReadOnly("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(FileStore, "write", full)
        with pytest.raises(errors.StoreReadOnly):
            session.refresh()
    assert mint.asked("/token") == []
    session.refresh()
    assert sharing.restored(mint.origin).access_token.reveal() == "access-2"


def test_tokens_that_could_not_be_written_are_not_lost(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, write, writes = sharing.signed_in(mint.origin), FileStore.write, iter([True, False])

    def full_after_the_first(self: FileStore, name: str, text: str) -> None:
        if not next(writes):
            raise errors.StoreReadOnly("The disk is full.")
        write(self, name, text)

    with monkeypatch.context() as broken:
        broken.setattr(FileStore, "write", full_after_the_first)
        with pytest.raises(errors.StoreReadOnly):
            session.refresh()
    session.refresh()
    assert session.access_token.reveal() == "access-2"
    assert sharing.restored(mint.origin).access_token.reveal() == "access-2"
    assert len(mint.asked("/token")) == 1


@pytest.mark.check(id="kept/bound")
@pytest.mark.parametrize(
    "change",
    [
        {"token_endpoint": "https://other.example/token"},
        {"scope": ["events.read", "more"]},
        {"api": "https://other.example"},
        {"api_origins": ["https://other.example"]},
        {"issuer": "https://other.example"},
        {"client_id": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_kept_sign_in_is_used_with_nothing_else(mint: Mint, change: dict[str, Any]) -> None:
    sharing.signed_in(mint.origin)
    bound = sharing.keeper_of(mint.origin)._bound  # noqa: SLF001 - to change it
    assert run(keepers.Keeper("file", bound, name="acme").restored()) is not None
    assert run(keepers.Keeper("file", bound | change, name="acme").restored()) is None
    assert run(keepers.Keeper("file", bound, name="other").restored()) is None


@pytest.mark.check(id="kept/bound")
@pytest.mark.parametrize(("change", "ends"), [({}, True), ({"token_endpoint": "other"}, False)])
def test_what_another_server_gave_is_not_sent_to_this_one_to_be_ended(
    mint: Mint, change: dict[str, str], ends: bool
) -> None:
    bound = sharing.keeper_of(mint.origin)._bound | change  # noqa: SLF001 - to change it
    slot = sharing.keeper_of(mint.origin)._slot  # noqa: SLF001
    before = keepers.Keeper("file", bound, name="acme", entry=slot)
    run(before.admitted(tokens_of(1)))
    alice = IDToken({"iss": mint.origin, "sub": "alice"}, Secret("e30.eyJpc3MiOjEsInN1YiI6MX0."))
    session = sharing.session_with(
        sharing.keeper_of(mint.origin), mint.origin, replace(tokens_of(7), id_token=alice)
    )
    run(session.keep(sharing.keeper_of(mint.origin)))
    ended = {sent.form["token"] for sent in mint.asked("/revoke")}
    assert ended == ({"access-1", "refresh-1"} if ends else set())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"version": 2, "more": {}}', errors.StoreTooNew),
        ('{"version": 1}', errors.StoreDamaged),
        ('{"version": 0}', errors.StoreDamaged),
        ("[]", errors.StoreDamaged),
        ('{"version": 1, "acc', errors.StoreDamaged),
        ("", errors.StoreDamaged),
    ],
)
def test_what_cannot_be_read_is_told_and_left_as_it_is(mint: Mint, text: str, kind: Any) -> None:
    session = sharing.signed_in(mint.origin)
    file = kept_file()
    file.write_text(text)
    with pytest.raises(kind):
        sharing.restored(mint.origin)
    with pytest.raises(kind):
        session.refresh()
    assert file.read_text() == text
    assert mint.asked("/token") == []
    assert session.access_token.reveal() == "access-1"


@pytest.mark.parametrize("name", ["access_token", "bound", "since", "granted_scope", "renewals"])
@pytest.mark.parametrize("wrong", [None, [7], {"a": 1}], ids=["null", "list", "object"])
def test_a_member_of_the_wrong_kind_is_damage(mint: Mint, name: str, wrong: Any) -> None:
    sharing.signed_in(mint.origin)
    whole = json.loads(kept_file().read_text())
    if (name, wrong) == ("bound", {"a": 1}):
        wrong = 7
    with pytest.raises(errors.StoreDamaged):
        record.read(json.dumps(whole | {name: wrong}))


@pytest.mark.parametrize(
    ("name", "far"),
    [
        ("renewals", float("inf")),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("expires_at", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_a_number_or_a_date_that_python_lacks_is_damage(mint: Mint, name: str, far: Any) -> None:
    sharing.signed_in(mint.origin)
    whole = json.loads(kept_file().read_text())
    with pytest.raises(errors.StoreDamaged):
        record.read(json.dumps(whole | {name: far}))


def test_a_lock_that_another_program_holds_is_told_after_a_while(tmp_path: Path) -> None:
    async def twice() -> None:
        async with locked(tmp_path / "a/x.lock"), locked(tmp_path / "a/x.lock", patience=0.05):
            raise AssertionError("two have the lock")

    with pytest.raises(errors.StoreLocked, match="Another program"):
        run(twice())


def test_a_record_says_everything_that_was_kept(mint: Mint) -> None:
    sharing.signed_in(mint.origin)
    keeper = sharing.keeper_of(mint.origin)
    run(keeper.restored())
    found = keeper._record  # noqa: SLF001 - to write it down
    assert found is not None
    assert record.read(record.written(found)) == found


WRITES = """
import sys
from oauth_widgets._net.loop import run
from tests.helpers.mint import tokens_of
from tests.session.kept import sharing
keeper = sharing.keeper_of(sys.argv[1])
async def on() -> None:
    number = 10
    while True:
        number += 1
        await keeper.admitted(tokens_of(number))
print("ready", flush=True)
run(on())
"""


@pytest.mark.any_release
@pytest.mark.timeout(900 if SOAK else 120)
def test_a_store_is_whole_whenever_a_process_is_killed(mint: Mint) -> None:
    sharing.signed_in(mint.origin)
    rolled = random.Random(1)
    for _ in range(KILLS):
        running = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", WRITES, mint.origin],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert running.stdout is not None
        with running.stdout:
            running.stdout.readline()
            time.sleep(rolled.uniform(0, 0.1))
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert sharing.restored(mint.origin).access_token.reveal().startswith("access-")
    # The lock of a killed process is free again.
    sharing.signed_in(mint.origin).refresh()
