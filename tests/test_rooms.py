"""The rooms of the package hold: each contract is broken in a copy, and the linter refuses it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import oauth_widgets

PACKAGE = Path(oauth_widgets.__file__).parent
ROOT = Path(__file__).parents[1]

FORBIDDEN = {
    "an undeclared room": ("new_room/__init__.py", "", "rooms: imports point down"),
    "an import that points up": (
        "protocol/scope.py",
        "import oauth_widgets.session.session",
        "rooms: imports point down",
    ),
    "an import between neighbours": (
        "sandbox/facade.py",
        "import oauth_widgets.widgets.login",
        "rooms: imports point down",
    ),
    "httpx outside the door to the network": (
        "session/session.py",
        "import httpx",
        "the door to the network",
    ),
    "the practice server outside its facade": (
        "_net/trust.py",
        "import oauth_widgets.sandbox.server.state",
        "only the facade",
    ),
    "the practice server from the command": (
        "cli/demo.py",
        "import oauth_widgets.sandbox.server",
        "only the facade",
    ),
    "the client's code in the practice server": (
        "sandbox/server/wire.py",
        "import oauth_widgets.protocol.scope",
        "the sandbox's server shares no code",
    ),
    "an import that points up in the practice server": (
        "sandbox/server/wire.py",
        "import oauth_widgets.sandbox.server.app",
        "the sandbox's server: imports point down",
    ),
    "an undeclared room of the practice server": (
        "sandbox/server/new_room.py",
        "",
        "the sandbox's server: imports point down",
    ),
    "a circle": (
        "protocol/scope.py",
        "import oauth_widgets.protocol.validated_tokens",
        "no room has a circle",
    ),
    "the network in protocol": (
        "protocol/scope.py",
        "import oauth_widgets._net.loop",
        "protocol and servers see messages",
    ),
    "pandas in protocol": ("protocol/scope.py", "import pandas", "protocol and servers know no"),
}
"""A file, the line to add to it, and how the name of the contract that refuses it begins."""

FOR_THEIR_WEIGHT = {
    ("frames/decode.py", "oauth_widgets.frames.parquet"): "Parquet's reader takes 10 MB",
    ("frames/progress.py", "tqdm.auto"): "loads ipywidgets in a notebook",
    ("frames/progress.py", "tqdm.std"): "most fetches end before a bar is shown",
    ("frames/progress.py", "IPython.display"): "scripts do without IPython",
    ("frames/results.py", "oauth_widgets.frames.dataframe"): "loads pandas, 40 MB",
    ("frames/results.py", "pyarrow.parquet"): "Parquet's writer takes 10 MB",
    ("secret/quoting.py", "oauth_widgets.secret.shapes"): "its tables take 30 ms",
}
"""The imports inside functions, and what they save if the function is not called."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    unneeded = shutil.ignore_patterns("__pycache__", "*.js", "*.css")
    shutil.copytree(PACKAGE, tree / "oauth_widgets", ignore=unneeded)
    shutil.copy2(ROOT / "pyproject.toml", tree)
    return tree


def linted(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "COLUMNS": "200", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def imports(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each module that is imported, and the names that are taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, ()) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", tuple(one.name for one in node.names)


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text("utf-8"))


def test_the_package_keeps_its_contracts(copy: Path) -> None:
    ended = linted(copy)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_a_forbidden_import_is_refused(fault: str, copy: Path) -> None:
    name, line, contract = FORBIDDEN[fault]
    file = copy / "oauth_widgets" / name
    before = file.read_text("utf-8") if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    try:
        file.write_text(f"{before or ''}\n{line}\n", "utf-8")
        ended = linted(copy)
    finally:
        if before is not None:
            file.write_text(before, "utf-8")
        else:
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
    assert ended.returncode == 1, ended.stdout + ended.stderr
    broken = [line for line in ended.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), ended.stdout


def test_every_contract_is_broken_here_once() -> None:
    names = [
        line.removeprefix('name = "').rstrip('"\n')
        for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
        if line.startswith('name = "') and line != 'name = "oauth-widgets"'
    ]
    assert len(names) > 5
    assert [
        name for name in names if not any(name.startswith(c) for *_, c in FORBIDDEN.values())
    ] == []


def test_httpx_is_taken_from_no_other_module() -> None:
    """The linter sees who imports httpx itself, and not who takes it from the door."""
    takers = {
        name
        for name, tree in sources()
        for _, names in imports(tree)
        if "httpx" in names and not name.startswith("_net/")
    }
    assert takers == set()


def test_imports_inside_functions_are_for_weight_alone() -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = {
        (name, module)
        for name, tree in sources()
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for module, _ in imports(function)
    }
    assert found == set(FOR_THEIR_WEIGHT)
