"""The command line: `oauth-widgets sandbox`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from oauth_widgets.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-c", "import sys; from oauth_widgets.cli import main; sys.exit(main())"]


@pytest.fixture
def run() -> Iterator[Any]:
    started: list[subprocess.Popen[str]] = []

    def run_command(*options: str) -> Any:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "sandbox", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run_command
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


def ready(process: Any) -> Any:
    return json.loads(process.stdout.readline())


# That of wgtwo is in tests/cli/test_cli.py
@pytest.mark.any_release
@pytest.mark.parametrize("profile", ["onewelcome", "playground"])
def test_one_json_line_says_when_it_is_ready_and_for_whom(run: Any, profile: str) -> None:
    process = run("--json", "--profile", profile)
    told = ready(process)
    metadata = httpx.get(told["discovery"], trust_env=False).json()
    assert metadata["issuer"] == told["issuer"]
    for client in told["clients"].values():
        assert {"client_secret", "token_endpoint_auth_method", "redirect_uris"} <= set(client)
        assert {"grant_types", "scope"} <= set(client)
    assert {"username", "password"} <= set(told["users"][0])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.any_release
def test_users_scopes_and_services_come_from_a_toml_file(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "penguins.toml"
    file.write_text(
        '[users.ada]\npassword = "engine"\n[scopes]\n"penguins.read" = "See the penguins"\n'
        '[services.penguins]\nrequires = "penguins.read"\n'
        '[[services.penguins.records]]\nspecies = "Adelie"\n'
    )
    told = ready(run("--json", "--with", str(file)))
    assert [user["username"] for user in told["users"]] == ["ada"]
    (service,) = httpx.get(told["api"], trust_env=False).json()["services"]
    assert (service["name"], service["rows"]) == ("penguins", 1)
    file.write_text("users = 7")
    assert main(["sandbox", "--with", str(file)]) == 2
    assert "Describe the users by username" in capsys.readouterr().err
    file.write_text("[")
    assert main(["sandbox", "--with", str(file)]) == 2
    assert "is not a TOML file" in capsys.readouterr().err


@pytest.mark.any_release
def test_seed_lifetime_and_a_file_of_people_are_passed_on(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text('[{"username": "zoë", "password": "ø", "name": "Zoë"}]', "utf-8")
    told = ready(run("--json", "--seed", "7", "--token-lifetime", "30"))
    other = ready(run("--json", "--seed", "8", "--users", str(file)))
    secret = told["clients"]["notebook"]["client_secret"]
    assert secret != other["clients"]["notebook"]["client_secret"]
    form = {"grant_type": "client_credentials", "scope": "events.read"}
    response = httpx.post(
        f"{told['issuer']}/oauth2/token", data=form, auth=("notebook", secret), trust_env=False
    )
    assert response.json()["expires_in"] == 30
    (zoe,) = other["users"]
    assert (zoe["username"], zoe["password"], zoe["name"]) == ("zoë", "ø", "Zoë")
    assert zoe["phone_number"].startswith("+447700900")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--host", "0.0.0.0"], "TLS certificate"),  # noqa: S104 - refused
        (["--tls-cert", "x"], "both a certificate and its key"),
        (["--profile", "nope"], "no sandbox profile with that name"),
        (["--token-lifetime", "0"], "at least 1"),
        (["--port", "99999"], "0 to 65535"),
        (["--users", "/nowhere.json"], "can't be read"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    options: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert reason in err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "can't be read as JSON"),
        ("{}", "doesn't contain a JSON list"),
        ("[]", "1 to 1000 users"),
    ],
)
def test_a_wrong_file_of_people_is_said_in_one_line(
    tmp_path: Path, text: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.json"
    file.write_text(text)
    assert main(["sandbox", "--users", str(file)]) == 2
    assert reason in capsys.readouterr().err
