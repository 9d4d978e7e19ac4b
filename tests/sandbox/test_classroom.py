"""A class on one server: spaces apart from each other, and a page that only the host opens."""

from __future__ import annotations

import html
import json
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import cli, errors
from oauth_widgets.sandbox import joined, serve_classroom
from oauth_widgets.sandbox.server import Classroom, classroom
from oauth_widgets.signing_in.callback import front_channel
from tests.helpers.people import EVERYTHING, LOOPBACK, sign_in
from tests.helpers.reader import Reader

CLASS = 30


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    monkeypatch.setattr(joined, "_joined", {})
    running = serve_classroom("wgtwo", spaces=3)
    yield running
    running.stop()


def another(room: Classroom, monkeypatch: pytest.MonkeyPatch, **how: str) -> Any:
    """Connect as another kernel would."""
    monkeypatch.setattr(joined, "_joined", {})
    return ow.sandbox.connect(room.address, **how)


def signed_in(sandbox: Any, username: str = "alice") -> ow.Session:
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=EVERYTHING)
    return pending.finish(sign_in(pending.url, username))


class Host:
    """The host's browser."""

    def __init__(self, room: Classroom) -> None:
        self.http = httpx.Client(
            base_url=room.address, trust_env=False, timeout=10, follow_redirects=True
        )

    def enter(self, key: str) -> httpx.Response:
        return self.http.post("/host", data={"key": key})

    def click(self, do: str, space: str = "") -> httpx.Response:
        token = re.search(r'name="form_token" value="([^"]+)"', self.http.get("/host").text)
        assert token
        fields = {"form_token": html.unescape(token[1]), "do": do, "space": space}
        return self.http.post("/host", data=fields)


@pytest.fixture
def host(room: Classroom) -> Iterator[Host]:
    visitor = Host(room)
    yield visitor
    visitor.http.close()


def test_thirty_participants_at_once_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined, "_joined", {})
    room = serve_classroom("wgtwo", spaces=CLASS)
    together = threading.Barrier(CLASS)

    def participant(number: int) -> tuple[str, list[str]]:
        together.wait()
        # Each participant has a kernel, which knows of no other's space.
        document = {"version": joined.version("oauth-widgets"), "name": f"P{number}"}
        given = httpx.post(
            f"{room.address}/join", json=document, trust_env=False, verify=LOOPBACK, timeout=60
        ).json()
        space = joined.Space(given["space"], ow.Secret(given["key"]))
        sandbox = joined.Connected(room.address, space)
        if number == 7:
            sandbox.misbehave("downtime")
        elif number % 3 == 0:
            signed_in(sandbox, ("alice", "bob")[number % 2])
        else:
            ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
        asked = [one["sent"].get("grant_type", "") for one in sandbox.seen if one["status"] == 200]
        return sandbox.server.issuer, [grant for grant in asked if grant]

    try:
        with ThreadPoolExecutor(CLASS) as threads:
            found = list(threads.map(participant, range(CLASS)))
    finally:
        room.stop()
    assert len({issuer for issuer, _ in found}) == CLASS
    # One breaks, and no one else notices.
    for number, (_, grants) in enumerate(found):
        by_person = "authorization_code" if number % 3 == 0 else "client_credentials"
        assert grants == ([] if number == 7 else [by_person])


def test_a_space_is_a_sandbox_like_any_other(room: Classroom) -> None:
    sandbox = ow.sandbox.connect(room.address, name="Ada")
    assert ow.sandbox.connect(room.address + "/") is sandbox
    assert sandbox.profile == "wgtwo"
    assert [one["username"] for one in sandbox.users] == ["alice", "bob"]
    assert {one.name for one in sandbox.services} >= {"events", "cells"}
    session = signed_in(sandbox)
    assert len(session.frame("/events", limit=100, progress=False)) == 100
    exercise = ow.exercise("first data", sandbox)
    ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read").frame(
        "/cells", progress=False
    )
    assert exercise.check().startswith("Solved: first data. ")
    mine = sandbox.register(
        {
            "client_id": "mine",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "scope_whitelist": "openid",
        }
    )
    assert mine.client_id == "mine"
    assert "mine" in sandbox.clients
    with sandbox.misbehave("state") as switch:
        assert "Sends back a wrong state" in repr(switch)
        with pytest.raises(errors.StateMismatch):
            signed_in(sandbox)
    assert signed_in(sandbox)
    sandbox.rotate_keys()
    assert signed_in(sandbox)
    sandbox.reset()
    assert "mine" not in sandbox.clients
    for wrong in (
        lambda: sandbox.misbehave("nothing"),
        lambda: sandbox.register({"client_id": "x"}),
        lambda: sandbox.has(seed=1),
    ):
        with pytest.raises(errors.ConfigurationError):
            wrong()
    sandbox.stop()
    assert front_channel.of(str(sandbox.server.authorization_endpoint)) is None
    assert "0 of 3" in repr(room)


def test_the_notebook_of_the_demo_joins_the_class_and_reads_its_records(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "execv", lambda *_: 0)
    monkeypatch.setenv("JUPYTER_TOKEN", "")
    cli.main(["demo", str(tmp_path), "--classroom", room.address])
    (file,) = tmp_path.glob("00-class-*.ipynb")
    cells = [
        "".join(one["source"])
        for one in json.loads(file.read_text())["cells"]
        if one["cell_type"] == "code"
    ]
    frame = Reader(monkeypatch).run_all(cells, {})[-1]
    assert isinstance(frame, pd.DataFrame)
    assert len(frame)
    assert "1 of 3" in repr(room)


def test_a_page_elsewhere_is_admitted_and_shown_the_address_as_it_is(room: Classroom) -> None:
    sandbox = ow.sandbox.connect(room.address)
    url = str(sandbox.server.authorization_endpoint)
    front = front_channel.of(url)
    assert front is not None
    assert front.seen_from("https://hub.example/user/ada/", url) == url
    front.register("notebook", "https://hub.example/hub/callback.html")
    assert "https://hub.example/hub/callback.html" in sandbox.client.redirect_uris
    # A card that is open has a link with that address, which the host's reset must not break.
    sandbox.reset()
    assert "https://hub.example/hub/callback.html" in sandbox.client.redirect_uris


def test_the_same_space_opens_again_with_its_key(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = ow.sandbox.connect(room.address, name="Ada")
    again = another(room, monkeypatch, key=sandbox.key.reveal())
    assert again.server.issuer == sandbox.server.issuer
    assert another(room, monkeypatch).server.issuer != sandbox.server.issuer
    assert sandbox.key.reveal() not in repr(sandbox) + repr(vars(sandbox))
    pasted = another(room, monkeypatch, key=f" {sandbox.key.reveal()}\n")
    assert pasted.server.issuer == sandbox.server.issuer
    for wrong in ("guessed", "🙂", "two words", "two\nlines"):
        with pytest.raises(errors.WrongKey, match="doesn't open any space"):
            another(room, monkeypatch, key=wrong)


def test_a_space_that_is_gone_is_left_and_a_new_one_joined(room: Classroom, host: Host) -> None:
    sandbox = ow.sandbox.connect(room.address, name="Ada")
    host.enter(room.host_key)
    host.click("remove", "1")
    with pytest.raises(errors.WrongKey, match="doesn't open any space"):
        ow.sandbox.connect(room.address, key=sandbox.key)
    after_removal = ow.sandbox.connect(room.address, name="Ada")
    assert after_removal.server.issuer == f"{room.address}/2"
    assert signed_in(after_removal)
    assert sandbox.stopped
    room.stop()
    with pytest.raises(errors.ServerUnreachable):
        ow.sandbox.connect(room.address)
    started_again = serve_classroom("wgtwo", place={"port": vars(room)["_settings"].port})
    try:
        after_restart = ow.sandbox.connect(room.address, name="Ada")
        assert after_restart is not after_removal
        assert signed_in(after_restart)
    finally:
        started_again.stop()


def test_another_name_is_the_one_that_the_host_sees_from_then_on(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, host: Host
) -> None:
    sandbox = ow.sandbox.connect(room.address)
    for name in ("Ada", "Ada", ""):
        assert ow.sandbox.connect(room.address, name=name) is sandbox
    assert 'aria-label="Reset: Ada"' in host.enter(room.host_key).text
    grace = another(room, monkeypatch, name="Grace")
    assert ow.sandbox.connect(room.address, name="Ada") is grace
    assert 'aria-label="Reset: Ada (2)"' in host.http.get("/host").text


def test_participants_of_one_name_are_told_apart(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, host: Host
) -> None:
    for name in ("Ada", "Ada", "👩‍🚀" + "a" * 100):
        another(room, monkeypatch, name=name)
    page = host.enter(f" {room.host_key}\r\n").text
    for name in ("Ada", "Ada (2)", "👩🚀" + "a" * 38):
        assert f'aria-label="Reset: {name}"' in page


def test_a_classroom_that_ends_in_the_middle_is_an_error_that_says_so(room: Classroom) -> None:
    sandbox = ow.sandbox.connect(room.address)
    room.stop()
    for call in (lambda: sandbox.seen, lambda: sandbox.client, sandbox.reset):
        with pytest.raises(errors.ClassroomProblem, match="no longer answers") as gone:
            call()
        assert "Ask the host" in gone.value.next_step


def test_the_key_of_one_space_controls_no_other(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ow.sandbox.connect(room.address), another(room, monkeypatch)
    vars(theirs)["_running"].key = ours.key
    with pytest.raises(errors.WrongKey):
        theirs.reset()


def test_a_full_classroom_says_so(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        another(room, monkeypatch)
    with pytest.raises(errors.ClassroomFull, match="All 3 spaces") as refused:
        another(room, monkeypatch)
    assert "Ask the host" in refused.value.next_step


@pytest.mark.parametrize("version", ["9.9", "9.9-1"])
def test_another_version_is_told_which_one_to_install(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(classroom, "version", lambda _: version)
    said = rf"runs oauth-widgets {re.escape(version)}, and you"
    with pytest.raises(errors.OtherVersion, match=said) as refused:
        ow.sandbox.connect(room.address)
    assert refused.value.next_step.endswith(f"pip install oauth-widgets=={version}")


def test_the_hosts_page_needs_the_hosts_key(
    room: Classroom, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = another(room, monkeypatch, name="<Ada>")
    assert "Enter the key" in host.http.get("/host").text
    for wrong in ("", "guessed", sandbox.key.reveal()):
        answer = host.enter(wrong)
        assert "Ada" not in answer.text
    assert answer.status_code == 403
    assert "That is not the host's key" in html.unescape(answer.text)
    page = host.enter(room.host_key)
    assert "&lt;Ada&gt;" in page.text
    assert "1 of 3 spaces" in page.text
    assert page.headers["refresh"] == "5"
    assert room.host_key not in page.text + host.http.get("/").text
    # A form that another site sends has no token.
    forged = host.http.post("/host", data={"do": "remove", "space": "1"})
    assert "out of date" in forged.text
    assert "1 of 3" in repr(room)


def test_the_host_sees_who_has_got_how_far_and_can_act(
    room: Classroom, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, eve = another(room, monkeypatch, name="Ada"), another(room, monkeypatch)
    host.enter(room.host_key)
    signed_in(ada).frame("/events", limit=10, progress=False)
    eve.misbehave("nonce")
    page = host.http.get("/host").text
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert [name for name, _ in rows] == ["<bdi>Ada</bdi>", "<bdi>Participant 2</bdi>"]
    assert [row.count("✓") for _, row in rows] == [3, 0]
    assert "nonce" in rows[1][1]

    host.click("pause", "1")
    with pytest.raises(errors.ClassroomProblem, match="paused the class"):
        ada.reset()
    assert httpx.get(ada.server.jwks_uri, trust_env=False).status_code == 503
    front = httpx.get(ada.server.issuer + "/", headers={"accept": "text/html"}, trust_env=False)
    assert "Wait until the host resumes it" in front.text
    assert eve.seen
    host.click("resume")
    assert ada.seen

    before = httpx.get(ada.server.jwks_uri, trust_env=False).json()
    host.click("rotate")
    assert httpx.get(ada.server.jwks_uri, trust_env=False).json() != before
    host.click("reset", "2")
    assert eve.seen == []
    assert ada.seen != []
    host.click("remove", "2")
    with pytest.raises(errors.WrongKey):
        eve.reset()
    assert ada.seen


def test_people_of_two_spaces_stay_signed_in_in_one_browser(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with httpx.Client(trust_env=False, timeout=10) as browser:
        for sandbox in (another(room, monkeypatch), another(room, monkeypatch)):
            browser.get(ow.begin_login(sandbox.server, sandbox.client, scope="openid").url)
        paths = [one.path for one in browser.cookies.jar]
    assert paths == ["/1", "/2"]


@pytest.mark.parametrize("stays", [True, False], ids=["path stays", "path removed"])
def test_behind_a_proxy_everything_is_at_its_address(
    monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    monkeypatch.setattr(joined, "_joined", {})
    behind = "https://hub.example/services/classroom"
    room = serve_classroom("wgtwo", place={"behind": behind, "host": "0.0.0.0"})  # noqa: S104
    try:
        assert room.address == behind
        port = vars(room)["_settings"].port
        direct = f"http://127.0.0.1:{port}" + ("/services/classroom" if stays else "")
        given = httpx.post(
            f"{direct}/join", json={"version": joined.version("oauth-widgets")}, trust_env=False
        ).json()
        assert given["space"] == f"{behind}/1"
        metadata = httpx.get(f"{direct}/1/.well-known/openid-configuration", trust_env=False).json()
        assert metadata["issuer"] == f"{behind}/1"
        page = httpx.get(f"{direct}/", trust_env=False).text
        assert f"connect(&quot;{behind}&quot;, name=&quot;Your name&quot;)" in page
    finally:
        room.stop()
