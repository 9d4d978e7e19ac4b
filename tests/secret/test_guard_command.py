"""The command that searches, what it clears, and its hook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from oauth_widgets import cli
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret import guard
from oauth_widgets.secret.guard import scan

from .notebooks import DICE, ROOT, STATE, TEXTS, code, data, leaky, notebook, save
from .secrets_to_plant import opaque


def run(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.main(["scan", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_ends_with_0_1_or_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = save(tmp_path / "clean.ipynb", notebook(code()))
    assert run(clean, capsys=capsys) == (0, "", "No secret found in 1 file.\n")

    leaking = save(tmp_path / "leaking.ipynb", leaky())
    status, out, err = run(clean, leaking, capsys=capsys)
    assert status == 1
    assert len(out.splitlines()) == 6
    assert out.startswith(f"{leaking}: cell 1, line 1: access token ••••")
    assert "Found 6 secrets" in err
    assert "--clean" in err

    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b broken")
    status, out, err = run(tmp_path, capsys=capsys)
    assert status == 2
    assert len(out.splitlines()) == 6
    assert "a.gz cannot be read" in err
    assert run(tmp_path / "nothing", capsys=capsys)[0] == 2
    with pytest.raises(SystemExit) as ended:
        cli.main(["scan"])
    assert ended.value.code == 2


def test_the_command_cleans_and_says_where_the_copy_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    status, out, err = run("--clean", file, capsys=capsys)
    assert status == 1
    assert len(out.splitlines()) == 6
    assert f"{file}.before-clean still contains the secret" in err
    assert "Remove those in code" in err
    status, out, _ = run(file, capsys=capsys)
    assert (status, len(out.splitlines())) == (1, 1)


def test_the_command_prints_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, _ in TEXTS.values():
        with (tmp_path / "a.txt").open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    said = "".join(run(tmp_path, capsys=capsys)[1:])
    assert [name for name, (_, secret) in TEXTS.items() if secret in said] == []


@pytest.mark.any_release
def test_the_hook_runs_the_command_on_notebooks_and_text() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "oauth-widgets-scan"
    assert hook["language"] == "python"
    assert hook["types_or"] == ["jupyter", "text"]
    command, *arguments = hook["entry"].split()
    assert command == "oauth-widgets"
    ended = subprocess.run(  # noqa: S603 - ourselves
        [
            *(sys.executable, "-c", "import sys; from oauth_widgets.cli import main; main()"),
            *(*arguments, "--help"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "--clean" in ended.stdout


@pytest.mark.parametrize(
    "form",
    [
        {"indent": 1},
        {"indent": 4},
        {"indent": "\t"},
        {"ensure_ascii": True},
        {"indent": None},
        {"indent": None, "separators": (",", ":")},
    ],
    ids=str,
)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_clearing_takes_out_what_leaks_and_keeps_all_else_as_it_was(
    form: dict[str, Any], line: str, end: str, tmp_path: Path
) -> None:
    form = {"indent": 1, "ensure_ascii": False} | form
    content = leaky()
    before = (json.dumps(content, **form) + end).replace("\n", line).encode()
    file = tmp_path / "a.ipynb"
    file.write_bytes(before)
    file.chmod(0o640)

    copy = guard.clear(file)

    for cell, kept in zip(content["cells"], ([0], [1]), strict=True):
        cell["outputs"] = [cell["outputs"][index] for index in kept]
    del content["metadata"]["widgets"][STATE]["state"][f"{1:032x}"]
    assert file.read_bytes() == (json.dumps(content, **form) + end).replace("\n", line).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.where for one in scan([file])] == ["cell 1, line 1"]
    assert copy == tmp_path / "a.ipynb.before-clean"
    assert copy.read_bytes() == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.ipynb", "a.ipynb.before-clean"]


def test_half_a_character_stays_an_escape_when_a_notebook_is_cleared(tmp_path: Path) -> None:
    kept = data("text/plain", "é HALF")
    content = notebook(code("1", kept, data("text/plain", f"?code={opaque(DICE)}")))
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(content, ensure_ascii=False).replace("HALF", "\\ud83d"), "utf-8")
    assert guard.clear(file)
    text = file.read_text("utf-8")
    (output,) = json.loads(text)["cells"][0]["outputs"]
    assert output["data"]["text/plain"] == "é \ud83d"


def test_clearing_touches_nothing_that_has_nothing_to_clear(tmp_path: Path) -> None:
    for name, content in {
        "a.ipynb": json.dumps(notebook(code(f"?code={opaque(DICE)}"))),
        "b.md": f"?code={opaque(DICE)}",
        "c.ipynb": f"broken ?code={opaque(DICE)}",
    }.items():
        file = tmp_path / name
        file.write_text(content)
        assert guard.clear(file) is None
        assert file.read_text() == content
    assert len(list(tmp_path.iterdir())) == 3


def test_clearing_never_overwrites_an_earlier_copy(tmp_path: Path) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    before = file.read_bytes()
    (tmp_path / "a.ipynb.before-clean").write_text("mine")
    with pytest.raises(ConfigurationError, match="before-clean cannot be written"):
        guard.clear(file)
    assert file.read_bytes() == before
    assert (tmp_path / "a.ipynb.before-clean").read_text() == "mine"


def test_a_failure_while_clearing_leaves_the_notebook_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    before = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        guard.clear(file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
