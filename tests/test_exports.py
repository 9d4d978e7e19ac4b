"""The public names, tested against reality."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import oauth_widgets as ow

HEAVY = {"anywidget", "httpx", "ipywidgets", "jwt", "pandas", "pyarrow", "starlette", "uvicorn"}
HOMES: dict[str, str] = vars(ow)["_HOMES"]
ROOMS: tuple[str, ...] = vars(ow)["_ROOMS"]
OBJECTS = [getattr(ow, name) for name in ow.__all__]
CLASSES = [thing for thing in OBJECTS if inspect.isclass(thing)]


def loaded_after(script: str) -> set[str]:
    """Run `script` in a fresh interpreter and return what it has imported."""
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", f"{script}\nimport sys, json; print(json.dumps(list(sys.modules)))"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(ended.stdout))


def imported_for_type_checkers() -> set[str]:
    source = Path(ow.__file__).read_text(encoding="utf-8")
    guarded = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name
        for node in ast.walk(guarded[0])
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def public_members(kind: type) -> list[tuple[str, Any]]:
    """Return what `kind` defines itself, in our own code, under a public name."""
    return [
        (name, member)
        for name, member in vars(kind).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property | classmethod))
    ]


def test_the_names_are_listed_once_and_in_order() -> None:
    assert ow.__all__ == sorted(set(ow.__all__))


def test_the_names_listed_loaded_and_typed_are_the_same() -> None:
    assert set(ow.__all__) == HOMES.keys() | set(ROOMS) == imported_for_type_checkers()


@pytest.mark.parametrize("name", ow.__all__)
def test_each_name_leads_to_its_own_object(name: str) -> None:
    found = getattr(ow, name)
    if isinstance(found, ModuleType):
        assert found.__name__ == f"oauth_widgets.{name}"
    else:
        assert found.__name__ == name
        # Importing `login` gives the card its views, which themselves import the card.
        home = "widgets.login_card" if name == "LoginCard" else HOMES[name]
        assert found.__module__ == f"oauth_widgets.{home}"


def test_the_promised_names_are_there() -> None:
    promised = "Secret OAuthError begin_login client_credentials discover login sandbox"
    assert set(promised.split()) <= set(ow.__all__)
    for owner, names in {
        ow.Secret: "env ask reveal",
        ow.PendingLogin: "finish afinish",
        ow.Session: "access_token refresh_token id_token requested_scope scope expires_at userinfo "
        "introspect refresh revoke logout frame arrow to_parquet preview apreview unfinished http "
        "auth headers open auserinfo aintrospect arefresh arevoke alogout aframe aarrow "
        "ato_parquet aheaders aopen",
        ow.sandbox: "start",
        ow.sandbox.Sandbox: "stop",
    }.items():
        assert [name for name in names.split() if not hasattr(owner, name)] == [], owner


def test_tab_completes_the_names() -> None:
    assert dir(ow) == ow.__all__
    assert dir(ow.servers) == [one.name for one in ow.servers.PRESETS]
    assert dir(ow.sandbox) == ["Sandbox", "connect", "leave_running", "start"]
    kinds = [getattr(ow.errors, name) for name in dir(ow.errors)]
    assert ow.errors.InvalidGrant in kinds
    assert {kind.__module__ for kind in kinds} == {"oauth_widgets.errors"}


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'OAuthClient'"):
        _ = ow.OAuthClient  # type: ignore[attr-defined]


@pytest.mark.parametrize("thing", OBJECTS, ids=ow.__all__)
def test_every_public_name_says_what_it_is_for(thing: object) -> None:
    assert inspect.getdoc(thing)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_member_says_what_it_is_for(kind: type) -> None:
    assert [name for name, member in public_members(kind) if not inspect.getdoc(member)] == []


@pytest.mark.parametrize(
    "owner", [ow.Session, ow.PendingLogin, ow], ids=["Session", "Pending", "ow"]
)
def test_awaitable_twins_take_what_the_blocking_ones_take(owner: Any) -> None:
    twins = [
        name
        for name in dir(owner)
        if name.startswith("a") and inspect.iscoroutinefunction(getattr(owner, name))
    ]
    assert twins
    for name in set(twins) - {"fresh_token", "renewed_token"}:
        twin, blocking = inspect.signature(getattr(owner, name)), getattr(owner, name[1:])
        assert twin == inspect.signature(blocking), name
        # Both show their options.
        told = (inspect.getdoc(getattr(owner, name)) or "").partition("\n\n`records`")[0]
        assert told == f"Await `{name[1:]}`."


def test_importing_the_package_costs_next_to_nothing() -> None:
    assert loaded_after("import oauth_widgets") & HEAVY == set()


def test_signing_in_without_a_notebook_loads_no_pandas_and_no_widget() -> None:
    loaded = loaded_after("import oauth_widgets as ow; ow.begin_login, ow.Session, ow.sandbox")
    assert loaded & (HEAVY - {"httpx", "jwt"}) == set()


def test_a_name_once_loaded_stays() -> None:
    assert vars(ow)["Session"] is ow.Session


def test_the_network_is_loaded_without_the_command_line_of_httpx() -> None:
    loaded = loaded_after("import oauth_widgets._net.http, httpx; assert callable(httpx.main)")
    assert "httpx" in loaded
    assert loaded.isdisjoint({"httpx._main", "rich", "click", "pygments"})


def test_httpx_stays_as_it_is_if_someone_has_loaded_it() -> None:
    script = "import httpx; before = httpx.main; import oauth_widgets._net.http as ours"
    loaded_after(f"{script}; assert httpx.main is before and ours.httpx is httpx")
