"""A person signs in once: the next card, notebook and process has it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import unquote

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import run
from oauth_widgets.resource.resource import declared_api
from oauth_widgets.session.kept.file_store import FileStore
from oauth_widgets.signing_in.restored import restored

from ..helpers.connected import SCOPE, Connected
from ..helpers.mint import CLIENT, Mint, tokens_of
from ..helpers.people import sign_in
from ..helpers.rigged import as_json
from ..session.kept import sharing


def test_the_next_card_is_signed_in_without_a_click(connected: Connected) -> None:
    first = connected.sign_in().session
    card = ow.login("acme")
    assert card.wait().access_token == first.access_token
    assert card.session.id_token is not None
    assert first.id_token is not None
    assert card.session.id_token.subject == first.id_token.subject
    assert card.url == ""


def test_the_next_process_has_it_too(connected: Connected) -> None:
    connected.sign_in()
    code = "import oauth_widgets as ow; print(len(ow.session('acme').frame('/events', limit=3)))"
    found = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout == "3\n"


REFRESHES = """
import oauth_widgets as ow
session = ow.session("acme")
for _ in range(300):
    session.refresh()
    session.userinfo()
print(len(session.frame("/events", limit=1)))
"""


@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.environ.get("SOAK") != "1", reason="scripts/test soak runs it")
@pytest.mark.check(id="kept/taken-over")
def test_eight_processes_refresh_for_a_while_at_a_server_that_revokes_reused_tokens(
    connected: Connected,
) -> None:
    connected.sign_in()
    command = [sys.executable, "-c", REFRESHES]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
        for _ in range(8)
    ]
    for one in running:
        out, err = one.communicate()
        assert (one.returncode, out) == (0, "1\n"), err
    answers = [one for one in connected.sandbox.seen if one["path"] == "/token"]
    assert {one["status"] for one in answers} == {200}
    assert len(ow.session("acme").frame("/events", limit=1)) == 1


def test_nothing_is_kept_unless_that_is_said(connected: Connected) -> None:
    connected.write(keep=None)
    card = connected.sign_in()
    assert card.session.keeper is None
    assert connected.kept == []
    assert ow.login("acme")._sign_in.phase == "ready"  # noqa: SLF001


def test_a_sign_in_without_a_name_is_kept_if_that_is_said(connected: Connected) -> None:
    sandbox = connected.sandbox

    def card() -> ow.LoginCard:
        return ow.login(sandbox.server, sandbox.client, scope="openid", keep="file")

    first = card()
    first._sign_in.answer(sign_in(first._sign_in._pending.url))  # noqa: SLF001
    assert card().session.access_token == first.session.access_token
    more = ow.login(sandbox.server, sandbox.client, scope="openid email", keep="file")
    assert more._sign_in.phase == "ready"  # noqa: SLF001


@pytest.mark.usefixtures("connected")
def test_a_place_that_does_not_work_is_told_before_anyone_signs_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: str) -> None:
        raise errors.StoreReadOnly("The disk is full.")

    monkeypatch.setattr(FileStore, "write", full)
    with pytest.raises(errors.StoreReadOnly):
        ow.login("acme")


@pytest.mark.usefixtures("connected")
def test_a_sign_in_that_cannot_be_kept_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    card = ow.login("acme")

    def full(*_: str) -> None:
        raise errors.StoreReadOnly("The disk is full.")

    monkeypatch.setattr(FileStore, "write", full)
    card._sign_in.answer(sign_in(card._sign_in._pending.url))  # noqa: SLF001
    assert len(card.session.frame("/events", limit=1)) == 1
    assert card.problem == "The disk is full."
    assert card._sign_in.keeping.problem is not None  # noqa: SLF001


def test_a_script_without_a_person_is_told_how_to_sign_in_beforehand(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(errors.NeedsAPerson, match=r"login acme\. Then call ow\.session"):
        ow.login("acme").wait()
    connected.write(keep=None)
    with pytest.raises(errors.NeedsAPerson, match="begin_login"):
        ow.login("acme").wait()


@pytest.mark.parametrize("missing", [("redirect_uris",), ("client_id", "client_secret")])
def test_a_connection_that_no_one_can_sign_in_with_is_told_with_its_line(
    connected: Connected, missing: tuple[str, ...]
) -> None:
    left_out: dict[str, Any] = dict.fromkeys(missing)
    connected.write(**left_out | {"from": {"token_env": "TOKEN"}})
    with pytest.raises(errors.ConfigurationError, match=rf"line \d: [^$]*{missing[0]} = "):
        ow.login("acme")


@pytest.mark.check(id="kept/person")
@pytest.mark.parametrize("change", [{"email": "bob@*"}, {"sub": "nobody"}], ids=["email", "sub"])
def test_another_person_is_refused_and_signed_out(connected: Connected, change: Any) -> None:
    connected.write(**change)
    card = connected.sign_in(person="alice")
    assert isinstance(card._sign_in.failure, errors.WrongSubject)  # noqa: SLF001
    assert "alice" not in str(card._sign_in.failure)  # noqa: SLF001
    assert connected.kept == []
    with pytest.raises(errors.NotSignedIn):
        _ = card.session


@pytest.mark.check(id="kept/person")
def test_a_kept_sign_in_of_another_person_is_not_used(connected: Connected) -> None:
    connected.sign_in(person="alice")
    connected.write(email="bob@*", client_secret=None)
    assert ow.login("acme")._sign_in.phase == "ready"  # noqa: SLF001


def test_the_person_that_a_connection_is_for_is_let_in(connected: Connected) -> None:
    connected.write(email="ALICE@*")
    assert connected.sign_in(person="alice").session.id_token is not None


@pytest.mark.check(id="kept/generation")
def test_after_another_account_the_first_one_is_ended_and_not_mixed(connected: Connected) -> None:
    card = connected.sign_in(person="alice")
    first = card.session
    card._begin_for_another()  # noqa: SLF001 - the button of the card
    pending = card._sign_in._pending  # noqa: SLF001
    card._sign_in.answer(sign_in(pending.url, "bob"))  # noqa: SLF001
    second = card.session
    assert second.id_token is not None
    assert first.id_token is not None
    assert second.id_token.subject != first.id_token.subject
    with pytest.raises(errors.NotSignedIn):
        first.refresh()
    assert ow.login("acme").session.access_token == second.access_token
    assert second.introspect().active


def test_two_accounts_are_two_connections(connected: Connected) -> None:
    text = connected.file.read_text()
    connected.file.write_text(text + text.replace("[acme]", "[mine]"))
    alice, bob = connected.sign_in("acme", "alice"), connected.sign_in("mine", "bob")
    assert len(connected.kept) == 2
    assert ow.login("acme").session.access_token == alice.session.access_token
    assert ow.login("mine").session.access_token == bob.session.access_token


@pytest.mark.check(id="kept/bound")
@pytest.mark.parametrize(
    "change",
    [
        {"scope": "openid"},
        {"api": "https://other.example"},
        {"client_id": "other"},
        {"extra": {"audience": "https://other.example"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_connection_that_was_changed_uses_nothing_kept(connected: Connected, change: Any) -> None:
    connected.sign_in()
    connected.write(**change)
    assert ow.login("acme")._sign_in.phase == "ready"  # noqa: SLF001


def test_a_connections_extra_parameters_are_sent_in_each_request_for_a_sign_in(
    connected: Connected,
) -> None:
    audience = {"audience": "https://api.acme.example"}
    connected.write(extra=audience)
    card = connected.sign_in()
    assert ow.session("acme").access_token == card.session.access_token
    wider = ow.login("acme", extra={"prompt": "login"}).session.ask_for("usage.read")
    assert "audience=https%3A%2F%2Fapi.acme.example&prompt=login" in wider.url
    assert audience["audience"] in unquote(ow.session("acme").ask_for("usage.read").url)
    with pytest.raises(
        errors.ConfigurationError, match='sets audience in its "extra", so the call'
    ):
        ow.login("acme", extra=audience)
    with pytest.raises(errors.ConfigurationError, match="extra"):
        ow.login("acme", extra=cast("Any", 5))
    connected.sign_in().session.logout()
    device = ow.login("acme")._sign_in  # noqa: SLF001
    device._changed = lambda: device.end("cancelled") if device.device else None  # noqa: SLF001
    device.on_device()
    request = next(one for one in connected.sandbox.seen[::-1] if "device" in one["path"])
    assert "audience" in request["names"]


@pytest.mark.check(id="kept/bound")
def test_a_sign_in_without_a_name_is_kept_for_its_audience_alone(connected: Connected) -> None:
    sandbox = connected.sandbox

    def login(audience: str) -> ow.LoginCard:
        extra = {"audience": audience}
        return ow.login(sandbox.server, sandbox.client, scope=SCOPE, keep="file", extra=extra)

    card = login("one")
    card._sign_in.answer(sign_in(card.url, "alice"))  # noqa: SLF001
    with pytest.raises(errors.ConfigurationError, match="extra"):
        ow.login(sandbox.server, sandbox.client, keep="file", extra=cast("Any", 5))
    assert login("one")._sign_in.phase == "signed_in"  # noqa: SLF001
    assert login("other")._sign_in.phase == "ready"  # noqa: SLF001


@pytest.mark.check(id="kept/bound")
def test_a_kept_token_is_never_sent_to_another_server(connected: Connected) -> None:
    connected.sign_in()
    other = ow.sandbox.start("onewelcome")
    connected.write(server=other.server.issuer, client_secret=None)
    with pytest.raises(errors.NeedsAPerson):
        ow.session("acme")


@pytest.mark.parametrize("code", ["invalid_grant", "interaction_required", "access_denied"])
def test_a_kept_sign_in_that_needs_a_person_is_no_error(mint: Mint, code: str) -> None:
    sharing.signed_in(mint.origin)
    keeper, api = sharing.keeper_of(mint.origin), declared_api(mint.server, None, ())
    expired = replace(tokens_of(1), expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    run(keeper.admitted(expired))
    mint.refusal = as_json({"error": code}, status=400)
    session, why = run(restored(keeper, mint.server, CLIENT, api, ow.Scope))
    assert session is None
    assert code in why


def test_a_kept_sign_in_that_the_server_ended_shows_the_card_again(connected: Connected) -> None:
    session = connected.sign_in().session
    file = connected.kept[0]
    text = file.read_text()
    session.logout()
    assert connected.kept == []
    # As if the server had ended it, and the token had run out meanwhile.
    old = text.replace('"expires_at": "2', '"expires_at": "1')
    FileStore(file.parent).write(file.stem, old)
    assert ow.login("acme")._sign_in.phase == "ready"  # noqa: SLF001
    assert connected.kept == []
