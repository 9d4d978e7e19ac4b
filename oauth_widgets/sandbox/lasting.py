"""A practice server in a separate process, for what has to outlast a kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from oauth_widgets._net.loop import run
from oauth_widgets.errors import ConfigurationError, OAuthError, foreign_text
from oauth_widgets.errors.kinds import check_path
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.signing_in.named_file import text_of

_started: list[subprocess.Popen[str]] = []
"""Those of this kernel, kept so that none is taken for forgotten."""


def leave_running(folder: str | Path = "tomorrow") -> str:
    """Return a connections file that describes a practice server in a separate process.

    The server runs until you end that process, so kernels come and go, and a sign-in at it can
    stay. Another call with the same `folder` finds it again, or starts a new one if it has ended.
    The folder has the file, with one connection named `practice`; its client's secret; and
    `sandbox.json`, which names the process. Raises ConfigurationError if the folder can't be used.

        os.environ["OAUTH_WIDGETS_CONNECTIONS"] = ow.sandbox.leave_running()
        session = await ow.login("practice")
    """
    here = check_path(folder, "folder", "folder").absolute()
    file = here / "connections.toml"
    try:
        here.mkdir(parents=True, exist_ok=True)
        if not (file.exists() and _runs(here / "sandbox.json")):
            _describe(here, file, *_begun())
    except OSError as problem:
        raise ConfigurationError(
            f"folder is {foreign_text(str(here))}, which can't be used: {problem.strerror}.",
            next_step="Make it writable or choose another folder.",
        ) from None
    return str(file)


def _describe(here: Path, file: Path, described: dict[str, Any], number: int) -> None:
    (here / "sandbox.json").write_text(
        json.dumps({"issuer": described["issuer"], "process": number})
    )
    secret = here / "secret"
    secret.write_text(described["clients"]["notebook"]["client_secret"])
    file.write_text(_connection(described, secret))


def _runs(file: Path) -> bool:
    """Whether the server that is described there still answers."""
    try:
        described = json.loads(text_of(str(file), next_step=""))
        run(drive(discovery(described["issuer"])))
    except (ValueError, RecursionError, LookupError, TypeError, OAuthError):
        return False
    return True


def _begun() -> tuple[dict[str, Any], int]:
    """Start the server; return what it says about itself, and the number of its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "oauth_widgets", "sandbox", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _started.append(process)
    return json.loads(process.stdout.readline() if process.stdout else ""), process.pid


def _connection(described: dict[str, Any], secret: Path) -> str:
    # A text of JSON is one of TOML.
    return f"""\
[practice]
server = {json.dumps(described["issuer"])}
client_id = "notebook"
client_secret = {{ file = {json.dumps(str(secret))} }}
redirect_uris = {json.dumps(described["clients"]["notebook"]["redirect_uris"])}
scope = "openid phone offline_access events.read"
api = {json.dumps(described["api"])}
keep = "file"  # or "keyring", if this computer has one
"""
