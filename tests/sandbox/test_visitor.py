"""People of the practice server who sign in without a browser, for tests and unattended runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.sandbox.facade import serve_classroom
from oauth_widgets.sandbox.server.state import devices
from oauth_widgets.sandbox.visitor import visit

from ..helpers.reader import example_of, run_cell
from ..helpers.twins import awaited
from ..signing_in.told import SERVER

USERS = {
    "mira": {"password": "barometer", "name": "Mira Aneroid"},
    "tom": {"password": 'thermo"meter', "name": "Tom <Mercury>"},
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    running = ow.sandbox.start("playground", users=USERS, restart=True)
    yield running
    running.stop()


@pytest.fixture
def login(sandbox: ow.sandbox.Sandbox) -> Any:
    return lambda **more: ow.login(
        sandbox.server, sandbox.client, scope="openid profile phone events.read", **more
    )


@pytest.fixture
def begun(sandbox: ow.sandbox.Sandbox) -> Any:
    return lambda scope="openid profile": ow.begin_login(
        sandbox.server, sandbox.client, scope=scope
    )


@pytest.fixture
def device(sandbox: ow.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Begin a sign-in on another device, without seconds between two questions."""
    monkeypatch.setattr(devices.Devices, "_check_pace", lambda *_: None)

    def begun() -> ow.DeviceLogin:
        login = ow.device_login(sandbox.server, sandbox.client, scope="openid profile")
        object.__setattr__(vars(login)["_answer"], "interval", 0.05)
        return login

    return begun


def who(session: ow.Session) -> object:
    assert session.id_token is not None
    return session.id_token.claims["name"]


@pytest.mark.parametrize("username", USERS)
def test_a_person_signs_in_to_whatever_was_begun(
    sandbox: ow.sandbox.Sandbox, login: Any, begun: Any, device: Any, username: str
) -> None:
    name = USERS[username]["name"]
    assert who(sandbox.sign_in(begun(), username)) == name
    card = login()
    assert who(sandbox.sign_in(card, username)) == name
    assert card.session.frame("/events", limit=5).shape[0] == 5
    assert card.phase == "signed_in"
    assert who(sandbox.sign_in(device(), username)) == name


def test_the_first_person_signs_in_unless_one_is_named(
    sandbox: ow.sandbox.Sandbox, begun: Any
) -> None:
    assert who(sandbox.sign_in(begun())) == "Mira Aneroid"


def test_it_goes_over_the_servers_pages(sandbox: ow.sandbox.Sandbox, begun: Any) -> None:
    before = len(sandbox.seen)
    sandbox.sign_in(begun())
    went = [(one["method"], one["path"]) for one in sandbox.seen[before:]]
    assert went[0] == ("GET", "/authorize")
    assert ("POST", "/sign-in") in went
    assert ("POST", "/consent") in went


def test_a_person_can_refuse(sandbox: ow.sandbox.Sandbox, login: Any, begun: Any) -> None:
    for one in (begun(), login()):
        with pytest.raises(errors.AccessDenied):
            sandbox.sign_in(one, "tom", allow=False)


def test_an_attack_is_noticed_as_with_a_browser(
    sandbox: ow.sandbox.Sandbox, login: Any, begun: Any
) -> None:
    for one in (begun(), login()):
        with sandbox.misbehave("nonce"), pytest.raises(errors.WrongNonce):
            sandbox.sign_in(one)


@pytest.mark.parametrize(
    ("begun_with", "username", "said"),
    [
        ("address", None, "str is not a sign-in"),
        (None, None, "NoneType is not a sign-in"),
        ("session", None, "Session is not a sign-in"),
        ("pending", "mria", "No one here has that username"),
        ("pending", 7, "No one here has that username"),
        ("ended", None, "has ended, or isn't at Practice server \\(playground\\)"),
        ("elsewhere", None, "has ended, or isn't at Practice server \\(playground\\)"),
    ],
)
def test_what_cannot_work_is_refused(
    sandbox: ow.sandbox.Sandbox, login: Any, begun_with: Any, username: Any, said: str
) -> None:
    ended = login()
    sandbox.sign_in(ended)
    things = {
        "address": "http://127.0.0.1/",
        "session": ended.session,
        "pending": login(),
        "ended": ended,
        "elsewhere": ow.begin_login(SERVER, sandbox.client),
    }
    with pytest.raises(errors.ConfigurationError, match=said) as refused:
        sandbox.sign_in(things.get(begun_with), username)
    assert refused.value.next_step


def test_a_page_that_leads_nowhere_is_quoted(sandbox: ow.sandbox.Sandbox, begun: Any) -> None:
    pending = begun()
    pending.url = pending.url.replace("client_id=notebook", "client_id=nobody")
    with pytest.raises(errors.NotSignedIn, match="answered with the page “"):
        sandbox.sign_in(pending)


def test_an_unattended_card_signs_in_when_a_cell_waits(
    sandbox: ow.sandbox.Sandbox, login: Any, device: Any
) -> None:
    sandbox.unattended("tom")
    try:
        session = asyncio.run(awaited(login()))
        assert who(session) == "Tom <Mercury>"
        wider = asyncio.run(awaited(session.ask_for("email")))
        assert "email" in wider.scope
        assert who(login().wait()) == "Tom <Mercury>"
        shown = login()
        shown._ipython_display_()
        assert who(shown.session) == "Tom <Mercury>"
        assert who(ow.DeviceCode(device()).wait()) == "Tom <Mercury>"
    finally:
        sandbox.unattended(on=False)


def test_an_unattended_card_does_not_wait_for_a_second_try(
    sandbox: ow.sandbox.Sandbox, login: Any
) -> None:
    sandbox.unattended()
    try:
        with sandbox.misbehave("nonce"), pytest.raises(errors.WrongNonce):
            login().wait()
        with sandbox.misbehave("nonce"):
            shown = login()
            shown._ipython_display_()
        with pytest.raises(errors.NotSignedIn, match="The last attempt failed"):
            shown.session  # noqa: B018 - it raises
    finally:
        sandbox.unattended(on=False)
    with pytest.raises(errors.ConfigurationError, match="No one here has that username"):
        sandbox.unattended("alice")


def test_a_notebook_that_papermill_runs_signs_in(kernel: BlockingKernelClient) -> None:
    """With `allow_stdin` off, as papermill, nbconvert and nbclient send cells."""
    cell = """
import oauth_widgets as ow
practice = ow.sandbox.start("wgtwo")
card = ow.login(practice.server, practice.client, scope="openid phone events.read")
try:
    await card
except ow.errors.NeedsAPerson as problem:
    print(problem.next_step)
practice.unattended("alice")
session = await ow.login(practice.server, practice.client, scope="openid phone events.read")
print(len(session.frame("/events", limit=5)), "events")
practice.stop()
"""
    printed: list[str] = []

    def output(message: dict[str, Any]) -> None:
        content = message["content"]
        printed.append(content.get("text", "") or "\n".join(content.get("traceback", ())))

    kernel.execute_interactive(cell, allow_stdin=False, timeout=60, output_hook=output)
    text = "".join(printed)
    assert "sandbox.unattended()" in text
    assert "5 events" in text


def test_it_works_in_a_classroom_too() -> None:
    classroom = serve_classroom("wgtwo", spaces=2)
    joined = ow.sandbox.connect(classroom.address)
    pending = ow.begin_login(joined.server, joined.client, scope="openid phone")
    session = joined.sign_in(pending, "bob")
    assert session.userinfo().claims["phone_number"] == "+447700900102"
    joined.unattended("alice")
    card = ow.login(joined.server, joined.client, scope="openid phone")
    assert card.wait().userinfo().claims["phone_number"] == "+447700900101"
    joined.stop()
    classroom.stop()


def test_a_trace_shows_the_sign_in_and_not_the_persons_clicks(
    sandbox: ow.sandbox.Sandbox, begun: Any
) -> None:
    pending = begun("openid")
    trace = ow.Trace(pending)
    sandbox.sign_in(pending)
    paths = [message.address for message in trace.messages if message.method]
    assert not any("sign-in" in path or "consent" in path for path in paths)
    trace.close()


def test_the_example_in_the_docstring_runs() -> None:
    practice = ow.sandbox.start("wgtwo", restart=True)
    names: dict[str, object] = {"ow": ow, "sandbox": practice}
    asyncio.run(run_cell(example_of(ow.sandbox.Sandbox.sign_in), names))
    assert isinstance(names["session"], ow.Session)
    practice.stop()


def test_a_page_leads_to_no_other_server() -> None:
    steps = visit("https://class.example/authorize?client_id=x", "mira")
    next(steps)
    with pytest.raises(StopIteration) as ended:
        steps.send(Response(302, {"location": "//169.254.169.254/latest"}))
    assert ended.value.value == "//169.254.169.254/latest"
