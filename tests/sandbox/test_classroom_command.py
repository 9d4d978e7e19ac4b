"""The command that starts a class, and classrooms that cannot start."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from oauth_widgets import cli, errors
from oauth_widgets.cli import demo
from oauth_widgets.sandbox import check_classroom, joined, serve_classroom


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"place": {"host": "192.0.2.1"}}, "give a TLS certificate"),
        ({"place": {"behind": "http://hub.example"}}, "is not the address of a proxy"),
        ({"place": {"behind": "hub.example"}}, "is not the address of a proxy"),
        ({"place": {"behind": "https://hub.example/?a=b"}}, "is not the address of a proxy"),
        ({"place": {"behind": "https://["}}, "is not the address of a proxy"),
        ({"place": {"port": "8000"}}, "from 0 to 65535"),
        ({"place": {"port": True}}, "from 0 to 65535"),
        ({"place": {"tls_cert": "/no.pem", "tls_key": "/no.key"}}, "/no.pem cannot be read: No"),
        ({"place": {"tls_cert": __file__, "tls_key": __file__}}, "Both must be PEM files"),
        ({"spaces": 0}, "from 1 to 500"),
        ({"spaces": True}, "from 1 to 500"),
        ({"seed": "x"}, "seed must be"),
        ({"users": [{"username": "a", "password": "b"}] * 2}, "same username"),
    ],
)
def test_an_unsafe_or_impossible_classroom_does_not_start(options: Any, said: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=said):
        serve_classroom("wgtwo", **options)


def test_the_command_names_the_extra_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda _: None)
    assert cli.main(["classroom"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "A classroom needs the package segno. Install it: pip install 'oauth-widgets[sandbox]'\n"
    )


def test_behind_a_proxy_the_command_needs_a_port_that_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["classroom", "--behind", "https://hub.example/services/classroom"]) == 2
    assert capsys.readouterr().err.endswith("have the proxy send requests to it: --port 8000\n")


def test_the_command_says_how_to_join_and_shows_a_code() -> None:
    run = "from oauth_widgets.cli import main; main(['classroom', '--spaces', '2'])"
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", run], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            lines = list(iter(process.stdout.readline, "Press Ctrl+C to stop it.\n"))
        finally:
            process.terminate()
    address = re.search(r'connect\("(http://127\.0\.0\.1:\d+)", name="Your name"\)', first)
    assert address
    assert any("█" in line for line in lines)
    assert f"The host's page: {address[1]}/host\n" in lines


def test_whether_a_class_can_be_joined_is_known_before_anyone_joins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classroom = serve_classroom("wgtwo", spaces=1)
    try:
        check_classroom(f"{classroom.address}/")
        assert repr(classroom).endswith(": 0 of 1 spaces>")
        monkeypatch.setattr(joined, "version", lambda _: "9.9")
        with pytest.raises(errors.OtherVersion):
            check_classroom(classroom.address)
        with pytest.raises(errors.ConfigurationError, match="There is no classroom at"):
            check_classroom(f"{classroom.address}/elsewhere")
    finally:
        classroom.stop()
    with pytest.raises(errors.ServerUnreachable):
        check_classroom(classroom.address)
