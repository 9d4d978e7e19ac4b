"""Notebooks that run without a person: papermill, nbclient and nbconvert, on each rung."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]
import pytest
from nbclient import NotebookClient

from ..helpers.connected import Connected
from ..helpers.leaks import leaks
from ..helpers.people import secrets_of, session_of

pytestmark = [
    pytest.mark.timeout(300),
    # Kernels and their managers warn too.
    pytest.mark.filterwarnings("default"),
]

READS = 'import oauth_widgets as ow\nprint(len(ow.session("acme").frame("/events", limit=2)))'


def on_rung(connected: Connected, rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have that rung be the first one that works."""
    if rung == "kept":
        connected.write(client_secret={"env": "ACME_SECRET"})
        connected.sign_in()
    elif rung == "platform":
        token = session_of("alice", "openid phone events.read", "playground").access_token
        monkeypatch.setenv("TOKEN", token.reveal())
        connected.write(**{"client_secret": None, "from": {"token_env": "TOKEN"}})
    elif rung == "client":
        connected.write(scope="cells.read")
    else:
        connected.write(client_secret=None)


def notebook(folder: Path, source: str) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    path = folder / "run.ipynb"
    nbformat.write(made, path)
    return path


def by_papermill(path: Path) -> str:
    out = path.with_name("out.ipynb")
    papermill.execute_notebook(path, out, kernel_name="python3", progress_bar=False)
    return out.read_text()


def by_nbclient(path: Path) -> str:
    made = nbformat.read(path, 4)
    try:
        NotebookClient(made, timeout=120, kernel_name="python3").execute()
    finally:
        nbformat.write(made, path)
    return path.read_text()


@pytest.mark.parametrize(
    ("rung", "run"),
    [
        *(("kept", by_papermill), ("platform", by_nbclient), ("client", by_papermill)),
        ("nobody", by_papermill),
    ],
)
def test_a_notebook_reads_on_each_rung_or_fails_at_once(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rung: str, run: Any
) -> None:
    on_rung(connected, rung, monkeypatch)
    # The practice API gives events only with a person's phone, which the client itself has none of.
    source = READS if rung != "client" else READS.replace("/events", "/cells")
    path = notebook(tmp_path, source)
    if rung == "nobody":
        with pytest.raises(papermill.PapermillExecutionError, match="NeedsAPerson"):
            run(path)
        return
    assert '"2\\n"' in run(path)


def test_nbconvert_runs_it_too_and_saves_no_secret(connected: Connected, tmp_path: Path) -> None:
    session = connected.sign_in().session
    card = 'session = await ow.login("acme")\nprint(session)\nsession'
    path = notebook(tmp_path, f"{READS}\n{card}")
    command = ["jupyter", "nbconvert", "--execute", "--to", "notebook", "--inplace", str(path)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)  # noqa: S603
    saved = path.read_text()
    assert '"2\\n"' in saved
    secrets = secrets_of(session)
    assert {"refresh token", "email"} <= secrets.keys()
    assert leaks(secrets, [path]) == []


def test_the_tutorial_runs_by_itself_once_someone_has_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    source = Path(__file__).parents[2] / "notebooks/05-tomorrow.ipynb"
    out = tmp_path / "tonight.ipynb"
    quietly = {"kernel_name": "python3", "progress_bar": False, "cwd": str(tmp_path)}
    with pytest.raises(papermill.PapermillExecutionError):
        papermill.execute_notebook(source, out, **quietly)
    server = json.loads((tmp_path / "tomorrow/sandbox.json").read_text())
    try:
        monkeypatch.setenv("OAUTH_WIDGETS_CONNECTIONS", str(tmp_path / "tomorrow/connections.toml"))
        sign_in_by_hand()
        papermill.execute_notebook(source, out, **quietly)
        assert "Until the server ends it" in out.read_text()
    finally:
        subprocess.run(["kill", str(server["process"])], check=True)  # noqa: S603, S607


def sign_in_by_hand() -> None:
    import oauth_widgets as ow  # noqa: PLC0415 - after the variables are set

    from ..helpers.people import sign_in  # noqa: PLC0415

    card = ow.login("practice")
    card._sign_in.answer(sign_in(card._sign_in._pending.url))  # noqa: SLF001
