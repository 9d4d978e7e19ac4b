"""The notebooks from the fifth on run from top to bottom and keep their word."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets.frames.dataset.info import DatasetInfo

from .helpers.people import sign_in
from .helpers.reader import Reader

FOLDER = Path(__file__).parents[1] / "notebooks"


def cells(name: str) -> list[str]:
    """Return the code cells of a notebook."""
    notebook = json.loads((FOLDER / f"{name}.ipynb").read_text("utf-8"))
    assert all(cell.get("outputs", []) == [] for cell in notebook["cells"])
    return ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]


def test_what_happened(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    reader = Reader(monkeypatch)
    *start, notice, rotate, share = cells("06-what-happened")
    values = reader.run_all(start, names)
    steps = values[-1]
    assert isinstance(steps, ow.StepByStep)
    frames = [one for one in values if isinstance(one, pd.DataFrame)]
    assert "✓ state ✓ iss" in set(frames[0]["what"])
    assert "jwks_uri" in set(frames[1]["endpoint"])

    steps.edit(state="mine")
    steps.advance()
    steps.bring(sign_in(steps.url))
    steps.advance()
    reader.run_all([notice], names)
    assert capsys.readouterr().out.startswith("This notebook noticed (state)")

    reader.run_all([rotate, share], names)
    out = capsys.readouterr().out
    assert "Fetch the server's keys" in out
    assert "sequenceDiagram" in out
    steps.close()
    names["trace"].close()


def test_be_the_attacker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    values = Reader(monkeypatch).run_all(cells("07-be-the-attacker"), names)
    (table,) = (one for one in values if isinstance(one, pd.DataFrame))
    assert len(table) == 11
    assert (table["from the naive client"] != "").all()
    assert (table["from this package"] == "").all()
    assert (table["evidence"] != "").all()
    assert str(values[-1]).startswith("Solved: state. ")
    out = capsys.readouterr().out
    assert "class NaiveClient" in out
    assert "stopped by answer/state" in out
    assert "implicit grant" in out


def test_a_million_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    # Only notebooks draw, so the environment of the lowest versions has nothing to draw with
    pytest.importorskip("matplotlib").use("agg")
    names: dict[str, Any] = {}
    parameters, *others, cluster = cells("09-a-million-rows")
    assert parameters == "rows = 1_000_000"
    names["rows"] = 60_000
    try:
        values = Reader(monkeypatch).run_all(others, names)
    finally:
        names["api"].shutdown()
        names["api"].server_close()
    killed, complete = (one for one in values if isinstance(one, DatasetInfo))
    assert not killed.complete
    assert 15_000 <= killed.rows < complete.rows == 60_000
    out = capsys.readouterr().out
    assert f"{killed.rows:,} rows were there" in out
    assert "60,000 rows, as before; 40 of them are new" in out
    assert values[-1]["celsius"].tolist() == [-40.0] * 3
    # What it does is tested where clusters are.
    assert "shared = session.share(client)" in cluster


def test_your_own_api(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    reader = Reader(monkeypatch, "ada", "engine")
    *cells_before, check = cells("08-your-own-api")
    reader.run_all([*cells_before, check], names)
    out = capsys.readouterr().out
    assert "1000 rows on 10 pages" in out
    assert "300 rows after all" in out
    assert "5 penguins for a program" in out
    assert "Not yet" in out

    own: dict[str, Any] = {
        "users": {"ada": {"password": "engine"}},
        "scopes": {"islands.read": "See the islands"},
        "services": {"islands": {"records": [{"name": "Dream"}], "requires": "islands.read"}},
    }
    names["mine"] = names["session"]
    reader.run_all([check], names)
    assert "no service called islands" in capsys.readouterr().out
    open_to_all = {**own["services"]["islands"], "requires": "openid"}
    for services, said in (({"islands": open_to_all}, "Close: "), (own["services"], "Right: 1 ")):
        sandbox = ow.sandbox.start("playground", **{**own, "services": services}, restart=True)
        pending = ow.begin_login(sandbox.server, sandbox.client, scope="openid islands.read")
        session = sandbox.sign_in(pending, "ada")
        for names["sandbox"], names["mine"], instead in (
            (sandbox, session, "Close: "),
            (sandbox, pd.DataFrame({"name": ["Dream"]}), "Close: "),
            (sandbox, session.frame("/islands"), said),
        ):
            reader.run_all([check], names)
            assert instead in capsys.readouterr().out
    sandbox.stop()


def test_tomorrow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # The notebook sets it for good.
    monkeypatch.setenv("OAUTH_WIDGETS_CONNECTIONS", "")
    names: dict[str, Any] = {}
    values = Reader(monkeypatch).run_all(cells("05-tomorrow"), names)
    process = json.loads((tmp_path / "tomorrow" / "sandbox.json").read_text())["process"]
    try:
        assert "[practice]" in capsys.readouterr().out
        assert values.count(3200) == 2
        # The server is found again, and so is the sign-in, by what would be another kernel.
        assert ow.sandbox.leave_running("tomorrow") == names["file"]
        assert str(process) in (tmp_path / "tomorrow" / "sandbox.json").read_text()
        assert ow.connections()["practice"].since
        names["session"].logout()
        assert ow.connections()["practice"].since is None
    finally:
        os.kill(process, signal.SIGTERM)
