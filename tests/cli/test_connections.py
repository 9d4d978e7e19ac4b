"""`oauth-widgets login | logout | connections`, with a browser that is a script."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.cli import main

from ..helpers.connected import Connected
from ..helpers.people import decide_on_device

COMMAND = [sys.executable, "-m", "oauth_widgets"]
BROWSER = """#!{python}
import sys
sys.path.insert(0, {root!r})
import httpx
from tests.helpers.people import sign_in
httpx.get(sign_in(sys.argv[1]), trust_env=False)
"""


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    found = Connected(tmp_path, monkeypatch)
    found.write(client_secret=None)
    found.write()
    return found


@pytest.fixture
def browser(connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a script in the place of the person's browser."""
    assert connected.kept == []
    script = tmp_path / "browser"
    root = str(Path(__file__).parents[2])
    script.write_text(BROWSER.format(python=sys.executable, root=root))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BROWSER", f"{script} %s")


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - ourselves
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which takes a tenth of the time."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(arguments)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


@pytest.mark.any_release
@pytest.mark.usefixtures("browser")
def test_a_sign_in_from_a_terminal_is_there_for_notebooks_until_it_is_left(
    connected: Connected,
) -> None:
    entered = process("login", "acme")
    assert entered.returncode == 0, entered.stderr
    assert re.search("Saved in a file in .*kept", entered.stdout)
    assert len(ow.session("acme").frame("/events", limit=1)) == 1
    listed = command("connections")
    assert re.search(r"\d{4}-\d\d-\d\d .*the server ends it", listed.stdout)
    assert "not signed in" not in listed.stdout
    left = command("logout", "acme")
    assert (left.returncode, left.stdout) == (0, "Signed out of acme.\n")
    assert connected.kept == []
    assert command("logout", "acme").stdout == "You weren't signed in to acme.\n"


@pytest.mark.any_release
@pytest.mark.usefixtures("browser")
def test_a_script_waits_for_the_browser_and_goes_on(connected: Connected) -> None:
    code = (
        "import oauth_widgets as ow; print(len(ow.login('acme').wait().frame('/events', limit=2)))"
    )
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "2\n", done.stderr
    assert len(connected.kept) == 1


@pytest.mark.usefixtures("browser")
def test_another_person_is_told_at_once_and_not_kept(connected: Connected) -> None:
    connected.write(email="bob@*")
    refused = command("login", "acme")
    assert refused.returncode == 2
    assert "This connection is for bob@*, but another account signed in." in refused.stderr
    assert connected.kept == []


@pytest.mark.any_release
def test_without_a_browser_a_code_for_another_device_is_shown(connected: Connected) -> None:
    with subprocess.Popen(  # noqa: S603 - ourselves
        [*COMMAND, "login", "acme"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        shown = re.search("open (.*) and enter (.*?)\\.", running.stderr.readline())
        assert shown is not None
        decide_on_device(f"{shown[1]}?user_code={shown[2]}")
        said, failed = running.communicate(timeout=60)
    assert running.returncode == 0, failed
    assert said.startswith("Signed in to ")
    assert len(connected.kept) == 1


def test_someone_who_is_signed_in_is_told_so(connected: Connected) -> None:
    connected.sign_in()
    again = command("login", "acme")
    assert again.stdout.startswith("You were already signed in to acme at ")
    assert "sign out first: oauth-widgets logout acme" in again.stdout


def test_login_takes_a_name(connected: Connected) -> None:
    refused = command("login", connected.sandbox.server.issuer)
    assert refused.stderr == (
        "login takes the name of a connection, not an address. "
        "To list them: oauth-widgets connections\n"
    )


def test_without_anything_kept_no_server_is_asked(connected: Connected) -> None:
    connected.write(server="http://127.0.0.1:9")
    left = command("logout", "acme")
    assert (left.returncode, left.stdout) == (0, "You weren't signed in to acme.\n")


def test_a_sign_in_from_before_a_change_of_scope_is_ended_at_the_server(
    connected: Connected,
) -> None:
    session = connected.sign_in().session
    connected.write(scope="openid")
    assert command("logout", "acme").stdout == "Signed out of acme.\n"
    assert connected.kept == []
    assert not session.introspect().active


def test_a_connection_that_keeps_nothing_is_refused_beforehand(connected: Connected) -> None:
    connected.write(keep=None)
    refused = command("login", "acme")
    assert refused.returncode == 2
    assert 'Add keep = "keyring" or keep = "file" to the connection.' in refused.stderr


def test_a_damaged_store_is_told_and_can_be_removed(connected: Connected) -> None:
    connected.sign_in()
    connected.kept[0].write_text("{")
    with pytest.raises(errors.StoreDamaged, match="oauth-widgets logout acme"):
        ow.login("acme")
    refused = command("login", "acme")
    assert (refused.returncode, "damaged" in refused.stderr) == (2, True)
    left = command("logout", "acme")
    assert left.returncode == 1
    assert "Deleted the saved sign-in for acme, but the server hasn't" in left.stdout
    assert connected.kept == []


def test_a_sign_in_without_a_name_can_be_removed_too(connected: Connected) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "oauth-widgets/kept"
    folder.mkdir(mode=0o700, parents=True)
    (folder / f"unnamed-{'0' * 16}.json").write_text("{")
    assert command("logout", f"unnamed-{'0' * 16}").returncode == 0
    assert connected.kept == []


def test_a_sign_in_whose_connection_is_in_another_file_can_be_found_and_removed(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.sign_in()
    (slot,) = (file.stem for file in connected.kept)
    other = tmp_path / "other.toml"
    other.write_text("")
    monkeypatch.setenv("OAUTH_WIDGETS_CONNECTIONS", str(other))
    refused = command("logout", "acme")
    assert refused.returncode == 2
    assert f"no connection 'acme' in {other}, but there is a saved sign-in" in refused.stderr
    assert "Set OAUTH_WIDGETS_CONNECTIONS to the connections file that has it" in refused.stderr
    assert f"oauth-widgets logout {slot}\n" in refused.stderr
    assert len(connected.kept) == 1
    assert command("logout", slot).returncode == 0
    assert connected.kept == []
    assert "There is no connection 'acme'" in command("logout", "acme").stderr
