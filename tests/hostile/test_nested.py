"""What is nested too deeply ends in an error of ours, from whatever file or server it comes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import ConfigurationError, StoreDamaged, UnexpectedAnswer
from oauth_widgets.frames.body import body_of
from oauth_widgets.sandbox.own_file import options_in
from oauth_widgets.session.kept import record
from oauth_widgets.signing_in.connections import FILE

from .test_linear import modules

DEEP = "[" * 100_000
READERS = {"json.loads", "json.load", "tomllib.loads", "tomllib.load"}
OF_OURS = {
    "frames.columns": "JSON that this package wrote into a column",
    "frames.dataframe": "the same",
    "frames.dataset.manifest": "within `_damage_named`",
    "frames.dataset.schema": "what this package wrote into a file",
    "frames.packed": "the same",
    "frames.slow_json": "within `_loaded`",
    "sandbox.attacks.naive": "a client with holes, at the practice server",
    "sandbox.attacks.stage": "answers of the practice server",
    "sandbox.lasting": "a line of our own process",
    "sandbox.server.state.keys": "a key of our own",
    "session.shared.mailbox": "a letter of the client's, sealed",
    "signing_in.trace.message": "a file of this package",
}
"""Where what is read was written here, and why that is safe."""


def unguarded(tree: ast.Module) -> bool:
    """Tell whether something is parsed outside of any `try` that expects deep nesting."""
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and any("RecursionError" in ast.unparse(one.type) for one in node.handlers if one.type)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(ast.unparse(one.func) in READERS and id(one) not in guarded for one in calls)


def test_whatever_parses_the_words_of_others_expects_deep_nesting() -> None:
    readers = modules("json|tomllib")
    found = {module.removeprefix("oauth_widgets.") for module, tree in readers if unguarded(tree)}
    assert found == OF_OURS.keys()


def test_a_configuration_that_is_nested_too_deeply_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(f"[acme]\nextra = {DEEP}")
    monkeypatch.setenv(FILE, str(file))
    with pytest.raises(ConfigurationError, match="nested too deeply"):
        ow.connections()
    with pytest.raises(ConfigurationError, match="is not a TOML file"):
        options_in(file)


def test_a_kept_sign_in_that_is_nested_too_deeply_is_damaged() -> None:
    with pytest.raises(StoreDamaged):
        record.read(DEEP)


def test_a_link_with_a_deep_fragment_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer):
        body_of(f"https://api.example/rows?page=2#{DEEP}")
