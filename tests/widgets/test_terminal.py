"""A sign-in without a notebook: in scripts, at Python's and IPython's prompts, and in cron."""

from __future__ import annotations

import getpass
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in.callback import person
from oauth_widgets.widgets import _terminal
from oauth_widgets.widgets._terminal import say

from ..helpers.people import sign_in
from ..protocol.builders import CLIENT, SERVER

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")

ROOT = Path(__file__).parents[2]
SECONDS = 60
BROWSER = """
import sys, httpx
from tests.helpers.people import sign_in
httpx.get(sign_in(sys.argv[1]), trust_env=False, timeout=30)
"""
CARD = 'card = ow.login(sandbox.server, client, scope="openid phone")\n'
MAKE = f"""
import asyncio, contextlib, sys
import oauth_widgets as ow
sandbox = ow.sandbox.start()
client = sandbox.client
{CARD}"""
ELSEWHERE = MAKE.replace(
    "client = sandbox.client\n",
    "client = sandbox.register({'client_id': 'elsewhere', 'scope': 'openid phone',\n"
    "    'redirect_uris': ['https://app.example/cb']})\n",
)
TELLS = "print('SIGNED IN', session.userinfo().claims['phone_number'])"
ALICE = "SIGNED IN +447700900101"
NOBODY = {
    name: value
    for name, value in os.environ.items()
    if name not in {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}
} | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def browser(tmp_path: Path) -> dict[str, str]:
    """Variables that name a browser, in which alice signs in to whatever it is given."""
    script = tmp_path / "browser.py"
    script.write_text(BROWSER)
    return NOBODY | {"BROWSER": f"{sys.executable} {script} %s"}


def ran(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script that no terminal is there for."""
    return subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def take_charge(its: int) -> None:
    """Be the terminal's own process, which Ctrl+C reaches even in a run that ignores it."""
    os.login_tty(its)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A program in a terminal: `until` waits for what it says, `types` plays the keyboard."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._mine, its = os.openpty()
        os.set_blocking(self._mine, False)
        self.said = ""
        self.process = subprocess.Popen(  # noqa: S603 - our own lines
            command,
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment,
            preexec_fn=lambda: take_charge(its),  # noqa: PLW1509 - of its terminal
        )
        os.close(its)

    def types(self, text: str) -> None:
        os.write(self._mine, text.encode())

    def until(self, text: str) -> str:
        """Wait until that was said; return all that was."""
        deadline = time.monotonic() + SECONDS
        while text not in self.said:
            assert time.monotonic() < deadline, self.said
            assert self._read() or self.process.poll() is None, self.said
        return self.said

    def status(self) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.said
            self._read()
        while self._read():
            """What it said last."""
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._mine)

    def _read(self) -> bool:
        try:
            self.said += os.read(self._mine, 65536).decode(errors="replace").replace("\r\n", "\n")
        except BlockingIOError:
            time.sleep(0.01)
            return False
        except OSError:  # it has ended, and its terminal with it
            return False
        return True


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.close()


def terminal(opened: list[Terminal], environment: dict[str, str], *command: str) -> Terminal:
    opened.append(Terminal([sys.executable, *command], environment))
    return opened[-1]


# Starting a process takes a second of a processor, so each waits in one way and then in the other
WAITS = (
    "session = card.wait()",
    "async def main():\n    return await card\nsession = asyncio.run(main())",
)


def test_a_script_opens_the_browser_and_gets_the_session(browser: dict[str, str]) -> None:
    done = ran(f"{MAKE}{WAITS[0]}\n{TELLS}\n{CARD}{WAITS[1]}\n{TELLS}", browser)
    assert done.returncode == 0, done.stderr
    # The address is on standard error, and standard output is the script's.
    assert done.stdout.splitlines() == [ALICE, ALICE]
    said = done.stderr.splitlines()
    how = "Opening this address in your browser to sign in to Practice server (wgtwo)."
    assert said[::2] == [f"{how} Press Ctrl+C to cancel."] * 2
    assert all(address.startswith("http://127.0.0.1:") for address in said[1::2])


@pytest.mark.any_release
def test_a_script_without_terminal_and_browser_is_refused_at_once() -> None:
    first = (
        f"with contextlib.suppress(ow.errors.NeedsAPerson):\n    {WAITS[0]}\n    print('STAYED')\n"
    )
    done = ran(f"{MAKE}{first}{CARD}{WAITS[1]}", NOBODY)
    assert done.stdout == ""
    assert done.returncode == 1
    assert "NeedsAPerson: There is no notebook to show" in done.stderr
    assert "begin_login" in done.stderr


@pytest.mark.any_release
def test_an_answer_that_can_only_be_typed_needs_a_terminal(browser: dict[str, str]) -> None:
    done = ran(f"{ELSEWHERE}card.wait()", browser)
    assert done.returncode == 1
    assert "ConfigurationError: The answer cannot reach this script." in done.stderr


@pytest.mark.any_release
def test_pythons_own_prompt_gets_the_session(
    terminals: list[Terminal], browser: dict[str, str]
) -> None:
    python = terminal(terminals, browser, "-q", "-i", "-c", MAKE)
    python.types(f"session = card.wait()\n{TELLS}\nexit()\n")
    assert ALICE in python.until(ALICE)
    assert python.status() == 0


def test_ipythons_own_prompt_gets_the_session(
    terminals: list[Terminal], browser: dict[str, str], tmp_path: Path
) -> None:
    shows = "print('SIGNED', session.signed_out)"
    known = "known = dict(server=sandbox.server, client=client, scope='openid')"
    use = f"session = await card\nsession = await ow.login(**known)\n{shows}"
    code = f"{MAKE}{known}\n{use}\n{CARD}{WAITS[0]}\n{shows}"
    environment = browser | {"IPYTHONDIR": str(tmp_path / "ipython"), "TERM": "dumb"}
    ipython = terminal(terminals, environment, "-m", "IPython", "--no-banner", "-c", code)
    assert ipython.status() == 0, ipython.said
    assert ipython.said.count("SIGNED False") == 2


@pytest.mark.any_release
def test_a_terminal_without_a_browser_takes_the_address_unseen(terminals: list[Terminal]) -> None:
    signs_in = """
from tests.helpers.people import sign_in
print("ANSWER", sign_in(card.url))
"""
    python = terminal(terminals, NOBODY, "-c", f"{MAKE}{signs_in}session = card.wait()\n{TELLS}")
    said = python.until("to cancel: ")
    assert "Open this address in a browser to sign in to Practice server (wgtwo)." in said
    address = said.partition("ANSWER ")[2].split()[0]
    python.types(f"{address}\n")
    assert python.status() == 0
    assert ALICE in python.said
    assert python.said.count(address) == 1


@pytest.mark.any_release
def test_an_answer_that_arrives_without_the_prompt_ends_it(terminals: list[Terminal]) -> None:
    first, second = (f"{wait}\n{TELLS}\n" for wait in WAITS)
    python = terminal(terminals, NOBODY, "-c", f"{MAKE}{first}{CARD}{second}")
    for _ in WAITS:
        *_, address = re.findall(r"http://127\.0\.0\.1:\S+", python.until("to cancel: "))
        httpx.get(sign_in(address), trust_env=False, timeout=30)
        python.until(ALICE)
        python.said = python.said.partition(ALICE)[2]
    assert python.status() == 0, python.said


def test_ctrl_d_at_the_prompt_cancels_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", ended)
    monkeypatch.setattr(person, "has_terminal", lambda: True)
    monkeypatch.setattr(_terminal, "has_terminal", lambda: True)
    monkeypatch.setattr(_terminal, "has_browser", lambda: False)
    card = ow.login(SERVER, CLIENT)
    with pytest.raises(errors.SignInCancelled):
        card.wait()


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_program_without_standard_error_signs_in_all_the_same(
    stream: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed if stream else None)
    say("Opening this address in your browser")


@pytest.mark.any_release
@pytest.mark.parametrize("there", [True, False], ids=["browser", "prompt"])
def test_ctrl_c_ends_the_sign_in(there: bool, terminals: list[Terminal]) -> None:
    tells = """
except KeyboardInterrupt:
    print("STOPPED", card.phase)
"""
    first, second = (f"try:\n{indent(wait, '    ')}{tells}" for wait in WAITS)
    # A browser in which no one does anything.
    environment = NOBODY | ({"BROWSER": "true"} if there else {})
    python = terminal(terminals, environment, "-c", f"{MAKE}{first}{CARD}{second}")
    for _ in WAITS:
        python.until("http://127.0.0.1:" if there else "to cancel: ")
        time.sleep(0.2)
        python.process.send_signal(signal.SIGINT)
        python.until("STOPPED cancelled")
        python.said = python.said.partition("STOPPED cancelled")[2]
    assert python.status() == 0, python.said
