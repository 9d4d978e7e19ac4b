"""The command `oauth-widgets demo`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from oauth_widgets import cli
from oauth_widgets.cli import demo

FIRST = "01-first-light.ipynb"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebooks as they are in the wheel."""
    folder = tmp_path / "package" / "notebooks"
    folder.mkdir(parents=True)
    for name in (FIRST, "02-next.ipynb"):
        (folder / name).write_text(f"shipped {name}")
    (folder / "notes.txt").write_text("not a notebook")
    monkeypatch.setattr(demo, "files", lambda _: folder.parent)
    return folder


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    commands: list[Any] = []
    monkeypatch.setattr(os, "execv", lambda _, command: commands.append(command))
    monkeypatch.setenv("JUPYTER_TOKEN", "")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/etc/mine")
    for name in demo.LEAN:
        # Set first, so that the end of the test removes it again.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return commands


@pytest.mark.usefixtures("shipped")
def test_demo_lays_out_the_notebooks_and_opens_the_first(
    tmp_path: Path, started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "folder"
    cli.main(["demo", str(folder)])
    assert sorted(file.name for file in folder.iterdir()) == [FIRST, "02-next.ipynb"]
    (command,) = started
    assert command[3:5] == ["-m", "jupyterlab"]
    assert {f"--LabApp.default_url=/lab/tree/{FIRST}", f"--ServerApp.root_dir={folder}"} <= {
        *command
    }
    (port,) = (one.partition("=")[2] for one in command if one.startswith("--ServerApp.port="))
    token = os.environ["JUPYTER_TOKEN"]
    assert token not in " ".join(command)
    (address,) = re.findall(r"http\S+", capsys.readouterr().out)
    assert address == f"http://localhost:{port}/lab/tree/{FIRST}?token={token}"


@pytest.mark.usefixtures("shipped")
def test_demo_asks_nothing_before_the_first_cell_and_encrypts_what_kernels_say(
    tmp_path: Path, started: list[Any]
) -> None:
    cli.main(["demo", str(tmp_path)])
    settings, mine = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    (file,) = Path(settings, "labconfig").iterdir()
    assert file.name == "default_setting_overrides.json"
    assert [*json.loads(file.read_text()).values()] == [{"fetchNews": "false"}]
    assert mine == "/etc/mine"
    assert "--KernelManager.transport_encryption=auto" in started[0]


@pytest.mark.usefixtures("shipped", "started")
def test_demo_has_kernels_return_memory_unless_it_is_set_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    cli.main(["demo", str(tmp_path)])
    found = {name: os.environ[name] for name in demo.LEAN}
    assert found == {"ARROW_DEFAULT_MEMORY_POOL": "jemalloc", "MALLOC_ARENA_MAX": "2"}


@pytest.mark.usefixtures("started")
def test_demo_opens_a_notebook_that_joins_a_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat  # noqa: PLC0415 - takes more than a second, which every worker would spend

    monkeypatch.setattr(demo.sandbox, "check_classroom", lambda _: None)
    written = {}
    for url in ("https://one.example:8443", "https://hub.example/services/class/", "https://[::1]"):
        cli.main(["demo", str(tmp_path), "--classroom", url])
        (name,) = re.findall(
            r"/lab/tree/(00-class-[\w.-]+\.ipynb)\?token=", capsys.readouterr().out
        )
        notebook = nbformat.read(tmp_path / name, as_version=4)
        nbformat.validate(notebook)
        assert f'ow.sandbox.connect("{url}"' in notebook.cells[1].source
        assert 'ow.trust("cert.pem")' in notebook.cells[0].source
        written[name] = url
    assert len(written) == 3


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("wrong", ["http://class.example", "WRONG", "https://a b", ""])
def test_demo_refuses_an_address_that_no_class_can_have_before_it_writes_anything(
    wrong: str, tmp_path: Path, started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", str(tmp_path / "new"), "--classroom", wrong]) == 2
    assert "address of the classroom" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert started == []


@pytest.mark.usefixtures("shipped")
def test_demo_says_so_if_no_one_can_join_the_class_now(
    tmp_path: Path, started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["demo", str(tmp_path), "--classroom", "http://127.0.0.1:1"])
    said = capsys.readouterr().err
    assert said.startswith("You can't join the class now. http://127.0.0.1:1 could not be reached")
    assert "00-class-127.0.0.1-1.ipynb was created anyway." in said
    assert (tmp_path / "00-class-127.0.0.1-1.ipynb").exists()
    assert len(started) == 1


@pytest.mark.usefixtures("started")
def test_demo_leaves_alone_what_a_participant_wrote_in_the_notebook_of_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.sandbox, "check_classroom", lambda _: None)
    for url in ("https://one.example", "https://two.example", "https://one.example"):
        cli.main(["demo", str(tmp_path), "--classroom", url])
        notebook = tmp_path / "00-class-one.example.ipynb"
        notebook.write_text(notebook.read_text().replace('name=\\"\\"', 'name=\\"Ada\\"'))
    assert 'name=\\"Ada\\"' in notebook.read_text()


def test_demo_finds_the_notebooks_beside_a_package_run_from_a_clone(
    tmp_path: Path, started: list[Any]
) -> None:
    cli.main(["demo", str(tmp_path)])
    beside = Path(__file__).parents[2] / "notebooks"
    assert (tmp_path / FIRST).read_bytes() == (beside / FIRST).read_bytes()
    assert len(started) == 1


@pytest.mark.usefixtures("shipped", "started")
def test_demo_leaves_alone_what_somebody_has_worked_on(tmp_path: Path) -> None:
    mine = tmp_path / FIRST
    mine.write_text("my own work")
    for _ in range(2):
        cli.main(["demo", str(tmp_path)])
    assert mine.read_text() == "my own work"
    assert (tmp_path / "02-next.ipynb").read_text() == "shipped 02-next.ipynb"


def test_demo_says_so_where_there_is_nothing_to_open(
    shipped: Path, tmp_path: Path, started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (shipped / FIRST).unlink()
    assert cli.main(["demo", str(tmp_path / "new")]) == 2
    assert f"There is no {FIRST}" in capsys.readouterr().err
    assert started == []


def test_demo_names_the_extra_it_needs(
    monkeypatch: pytest.MonkeyPatch, started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda _: None)
    assert cli.main(["demo"]) == 2
    assert "pip install 'oauth-widgets[demo]'" in capsys.readouterr().err
    assert started == []
