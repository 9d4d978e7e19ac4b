"""Every public callable with values of the wrong kind: a result, or an error of ours."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import CLIENT, Mint

WRONG: list[Any] = [
    *(None, 3, -1.5, True, b"", "", "\ud800", [], [3], {"a": 1}, object(), lambda *_: None)
]
GOOD = {
    "client_id": "notebook",
    "scope": "events.read",
    "scopes": "events.read",
    "redirect_uri": "http://127.0.0.1/callback",
    "url": "http://127.0.0.1/callback?x",
    "url_or_path": "/events",
    "browser": "one",
    "name": "Events",
    "paths": __file__,
    "token": "access-1",
}
WIDGETS = {"ClaimsView", "ClientForm", "DeviceCode", "ScopePicker", "SessionCard", "TokenView"}
NOT_TRIED = {
    *("LoginCard", "login", *WIDGETS),  # Views of what is tried here.
    *("doctor", "adoctor", "Diagnosis", "DeviceLogin", "PendingLogin", "Session", "IDToken"),
    *("OAuthError", "errors", "sandbox", "servers"),
}
"""Names that need a page or a person, that are not made by hand, or that are not callable."""
FREED = {
    "again",  # What `request` calls.
    *(
        "auth",
        "ask",
        "logout",
        "alogout",
        "revoke",
        "arevoke",
        "fresh_token",
        "renewed_token",
        "reveal",
        "keep",
        "ended",
        "forget",
        "aforget",
    ),
    "advised",
}
"""Methods that end the session, ask a person, or are called by other tools."""


def parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    every = inspect.signature(call).parameters.values()
    return [one for one in every if one.kind not in kinds and one.name != "self"]


def faults(name: str, call: Callable[..., Any], good: dict[str, Any]) -> Iterator[str]:
    """Give each argument of `call` each wrong value, the others good ones; yield the faults."""
    for wrong_one in parameters(call):
        for wrong in WRONG:
            given: list[Any] = []
            named = {}
            for one in parameters(call):
                if one.name != wrong_one.name and one.name not in good:
                    continue
                value = wrong if one.name == wrong_one.name else good[one.name]
                if one.kind is inspect.Parameter.POSITIONAL_ONLY:
                    given.append(value)
                else:
                    named[one.name] = value
            said = fault(lambda g=given, n=named: call(*g, **n))
            if said:
                yield f"{name}({wrong_one.name}={wrong!a}): {said}"


def fault(use: Callable[[], Any]) -> str:
    """Return what is wrong with how `use` ends; "" for a result and for an error of ours."""
    try:
        result = use()
        if inspect.iscoroutine(result):
            result = asyncio.run(asyncio.wait_for(result, 30))
        # A file or a client of httpx is open.
        if hasattr(result, "close"):
            result.close()
    except errors.OAuthError as problem:
        return "" if problem.message and problem.next_step else "an error without words"
    except Exception as problem:  # noqa: BLE001 - what the test is about
        return f"{type(problem).__name__}: {problem}".encode("ascii", "backslashreplace").decode()
    return ""


MAKERS = sorted(set(ow.__all__) - NOT_TRIED)


@pytest.mark.filterwarnings("ignore::oauth_widgets.errors.ImplicitGrantWarning")
@pytest.mark.parametrize("name", MAKERS)
def test_a_value_of_the_wrong_kind_is_refused_by_an_error_of_ours(name: str, mint: Mint) -> None:
    call = getattr(ow, name)
    good = {**GOOD, "server": mint.server, "client": CLIENT, "issuer": mint.origin}
    given = {one.name: good[one.name] for one in parameters(call) if one.name in good}
    assert list(faults(name, call, given)) == []


def owners(mint: Mint) -> dict[str, object]:
    sandbox = ow.sandbox.start("playground")
    return {
        "Session": mint.session(),
        "PendingLogin": ow.begin_login(
            mint.server, CLIENT, scope="events.read", redirect_uri=GOOD["redirect_uri"]
        ),
        "PendingLogins": ow.PendingLogins(),
        "DeviceLogin": ow.device_login(sandbox.server, sandbox.client, scope="openid"),
        "Secret": ow.Secret,
        "Service": ow.Service(name="Events", scopes="events.read", address="https://a.example"),
    }


OWNERS = ["Session", "PendingLogin", "PendingLogins", "Secret", "Service", "DeviceLogin"]


@pytest.mark.parametrize("owner", OWNERS)
def test_methods_refuse_values_of_the_wrong_kind_by_an_error_of_ours(
    owner: str, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What can be the name of a file is one, and the file has to be somewhere.
    monkeypatch.chdir(tmp_path)
    made = owners(mint)
    good = {
        **GOOD,
        "path": tmp_path / "rows.parquet",
        "folder": tmp_path / "rows",
        "pending": made["PendingLogin"],
        "wider": mint.session(),
    }
    good |= {"server": mint.server, "token": "access-1"}
    tried = []
    for name in dir(made[owner]):
        method = getattr(made[owner], name, None)
        if name.startswith("_") or name in FREED or not callable(method):
            continue
        tried.append(name)
        if parameters(method):
            assert list(faults(f"{owner}.{name}", method, good)) == []
    assert tried


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: ascii(wrong).partition(" at 0x")[0])
def test_a_sign_out_that_cannot_be_is_refused_before_anything_is_lost(
    wrong: Any, mint: Mint
) -> None:
    mint.server = ow.AuthorizationServer(
        issuer=mint.origin, end_session_endpoint=f"{mint.origin}/bye"
    )
    session = mint.session()
    assert fault(lambda: session.logout(post_logout_redirect_uri=wrong)) == ""
    assert session.signed_out is (wrong is None)
