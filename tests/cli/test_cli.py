"""The command `oauth-widgets`, as a process if it has to be one."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import cli, errors
from oauth_widgets.sandbox.server import PROFILES

from ..helpers.people import EVERYTHING, sign_in

COMMAND = [sys.executable, "-m", "oauth_widgets"]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - ourselves
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def end_of(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return exit status, and what was said on standard output and error but not read yet."""
    assert process.stdout is not None
    assert process.stderr is not None
    return process.wait(timeout=20), process.stdout.read(), process.stderr.read()


# sandbox


@pytest.mark.any_release
def test_sandbox_json_prints_one_line_with_all_a_developer_needs() -> None:
    with running("sandbox", "--profile", "wgtwo", "--json") as process:
        ready = json.loads(line_of(process))
        assert ready.keys() >= {"issuer", "discovery", "api", "clients", "users"}
        for record in ready["clients"].values():
            assert record.keys() >= {
                *("client_secret", "token_endpoint_auth_method", "redirect_uris"),
                *("grant_types", "scope"),
            }
        assert all(user.keys() >= {"username", "password"} for user in ready["users"])
        metadata = httpx.get(ready["discovery"], trust_env=False).json()
        assert metadata["issuer"] == ready["issuer"]

        name, record = next(iter(ready["clients"].items()))
        client = ow.ClientMetadata(
            client_id=name,
            client_secret=record["client_secret"],
            redirect_uris=record["redirect_uris"],
            token_endpoint_auth_method=record["token_endpoint_auth_method"],
        )
        server = ow.discover(ready["issuer"], api=ready["api"])
        pending = ow.begin_login(server, client, scope=EVERYTHING)
        session = pending.finish(sign_in(pending.url, ready["users"][0]["username"]))
        assert len(session.frame("/events", {"page": "7"}))

        process.send_signal(signal.SIGTERM)
        assert end_of(process) == (0, "", "")


@pytest.mark.any_release
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_sandbox_tells_a_person_where_it_is_and_ends_on_ctrl_c() -> None:
    with running("sandbox") as process:
        first = line_of(process)
        assert "All its users are made up" in first
        assert "Press Ctrl+C to stop it" in first
        issuer = line_of(process).split()[-1]
        assert httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).is_success
        process.send_signal(signal.SIGINT)
        status, said, problems = end_of(process)
    assert status == 0
    lines = [line.strip() for line in said.splitlines()]
    assert {"alice / wonderland", "bob / builder"} <= set(lines)
    (notebook,) = (line for line in lines if line.startswith("notebook "))
    assert re.fullmatch(r"notebook +toy-secret-notebook-\w+ +client_secret_basic", notebook)
    assert not re.search(r"['{}\[\]]", said)
    assert max(map(len, lines)) <= 120
    assert problems == ""


@pytest.mark.any_release
def test_sandbox_tells_a_person_which_client_has_no_secret() -> None:
    with running("sandbox", "--profile", "onewelcome") as process:
        told = next(one for one in iter(lambda: line_of(process), "") if "browser-app" in one)
    assert told.split("  ")[-1].split() == ["none"]
    assert "(no secret)" in told


@pytest.mark.any_release
def test_sandbox_takes_the_port_it_is_given_and_says_when_it_cannot() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running("sandbox", "--port", port, "--json") as process:
            status, said, problems = end_of(process)
        assert (status, said) == (2, "")
        assert f"Port {port} " in problems
        assert "Traceback" not in problems
    with running("sandbox", "--port", port, "--json") as process:
        assert json.loads(line_of(process))["issuer"] == f"http://127.0.0.1:{port}"


def output(command: str, **how: Any) -> tuple[int, bytes]:
    ran = subprocess.run(  # noqa: S602 - ourselves, and what a shell does with the output
        f"{sys.executable} -m oauth_widgets {command}",
        shell=True,
        stderr=subprocess.PIPE,
        check=False,
        **how,
    )
    return ran.returncode, ran.stderr


FULL = b"""\
The output can't be written: No space left on device.
Free some space there, or write the output somewhere else.
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (">&-", 0, b""),
        ("| true", 0, b""),
        ("> /dev/full", 2, FULL),
    ],
)
def test_output_that_goes_nowhere_is_no_crash(end: str, status: int, said: bytes) -> None:
    assert output(f"docs InvalidGrant {end}") == (status, said)


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, f"No room for {len(text)} characters")


@pytest.mark.parametrize("stream", [None, Full()])
def test_a_command_that_cannot_say_why_it_failed_still_ends_with_its_status(
    monkeypatch: pytest.MonkeyPatch, stream: Full | None
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert cli.main(["docs", "Nope"]) == 2


def test_output_in_an_old_encoding_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert cli.main(["doctor"]) == 0
    assert written.getvalue().startswith(b"\\u2713 Sign-in works here.")


def test_ctrl_c_ends_a_command_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(work: Any) -> None:
        work.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert cli.main(["logout", "acme"]) == 130
    assert capsys.readouterr().err == "Canceled.\n"


@pytest.fixture
def _signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)


@pytest.mark.usefixtures("_signals")
def test_sandbox_names_the_profiles_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sandbox", "--profile", "nonsense"]) == 2
    known = ", ".join(PROFILES)
    assert capsys.readouterr().err == (
        f"There is no sandbox profile with that name. Choose one of {known}.\n"
    )


def test_the_help_of_sandbox_says_what_each_profile_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["sandbox", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name in PROFILES:
        assert re.search(rf"\b{name} \((a|an|with) ", said)
    assert "default: wgtwo" in said


@pytest.mark.usefixtures("_signals")
def test_advice_that_helps_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise errors.ServerUnreachable("No answer.")

    monkeypatch.setattr(cli.sandbox, "serve", refuse)
    assert cli.main(["sandbox"]) == 2
    told = capsys.readouterr().err
    assert told == "No answer. Check the address, your network and any proxy, then try again.\n"


def test_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"oauth-widgets {version('oauth-widgets')}\n"


def test_without_a_command_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for word in ("usage: oauth-widgets", "demo", "sandbox", "--version"):
        assert word in said.err


@pytest.mark.parametrize("arguments", [["sing"], ["sandbox", "--port", "x"]])
def test_a_command_that_is_none_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: oauth-widgets" in capsys.readouterr().err


# doctor


def test_doctor_says_in_a_terminal_what_works_and_what_to_register(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "Register this address: http://127.0.0.1/callback" in told
    assert "Certificates" in told


def test_doctor_looks_at_a_server_and_ends_badly_where_something_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["doctor", ow.sandbox.start().server.issuer]) == 0
    assert "publishes valid metadata" in capsys.readouterr().out
    assert cli.main(["doctor", "http://127.0.0.1:1"]) == 1
    assert "could not be reached" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("doctor", ["which addresses to register", "https://id.example.com"]),
        ("sandbox", ["until it is stopped", "address of this machine to listen on"]),
    ],
)
def test_the_help_of_a_command_says_what_it_does_and_what_it_takes(
    command: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert [part for part in said if part not in shown] == []


# docs


def test_docs_explains_every_error_that_people_can_meet(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    names = [kind.__name__ for kind in kinds if issubclass(kind, errors.OAuthError)]
    assert "InvalidGrant" in names
    for name in names:
        assert cli.main(["docs", name]) == 0
        text = capsys.readouterr().out
        assert text.startswith(name)
        assert "- Cause: " in text
        assert "- Fix: " in text
        assert "**" not in text
        assert "](" not in text


def test_docs_knows_an_error_by_the_servers_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs", "invalid_grant"]) == 0
    assert capsys.readouterr().out.startswith("InvalidGrant\n")


def test_docs_suggests_the_error_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs", "InvalidGrants"]) == 2
    assert "Did you mean InvalidGrant" in capsys.readouterr().err


INTERRUPTED = """
import signal, sys
from oauth_widgets import cli

for place in range(6):
    lines = iter(range(place))

    def interrupt(frame, event, _):
        if event == "line" and next(lines, None) is None:
            sys.settrace(None)
            signal.raise_signal(signal.SIGTERM)
        return interrupt

    stopped = cli._until_stopped()
    sys.settrace(interrupt)
    cli._wait(stopped)
"""


@pytest.mark.any_release
def test_a_signal_ends_the_wait_wherever_it_interrupts_it() -> None:
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", INTERRUPTED], timeout=60, check=False
    )
    assert ended.returncode == 0
