"""Every public callable with values of the wrong kind: a result, or an error of ours."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import CLIENT, Mint


class Awkward:
    """What can be neither compared nor printed, as some arrays, and is neither true nor false."""

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("asked too much of an argument")

    __eq__ = __bool__ = __len__ = __iter__ = __repr__ = __str__ = __fspath__ = _fail
    __hash__ = None  # type: ignore[assignment]


def failing() -> Iterator[str]:
    yield "events.read"
    raise RuntimeError("asked too much of an argument")


SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
"""Text that was meant for another argument, and may not be repeated."""
WRONG: list[Any] = [
    *(None, 3, -1.5, True, b"", "", "\ud800", [], [3], {"a": 1}, object(), lambda *_: None),
    *(SECRET, [SECRET], {"a": SECRET}),
    *(10**400, np.array(["a", "b"]), failing, Awkward(), {"a": {"b": Awkward()}}),
]
GOOD: dict[str, Any] = {
    "client_id": "notebook",
    "client": CLIENT,
    "scope": "events.read",
    "scopes": "events.read",
    "names": "events.read",
    "redirect_uri": "http://127.0.0.1/callback",
    "url": "http://127.0.0.1/callback?x",
    "url_or_path": "/events",
    "browser": "one",
    "name": "Events",
    "paths": __file__,
    "token": "access-1",
    "value": "secret-1",
    "endpoint": "token_endpoint",
    "domain": "a.example",
    "host": "a.example",
    "base_url": "https://a.example",
    "authorization_endpoint": "https://a.example/authorize",
    "token_endpoint": "https://a.example/token",
    "realm": "one",
    "tenant": "one",
    "account": "one-two",
}
"""An argument of each name that is fine wherever it is needed."""
WITH_PAGE = ow.ClientMetadata(client_id="notebook", redirect_uris=[GOOD["redirect_uri"]])
NOT_TRIED = {
    "What is returned by others isn't made by hand": (
        *(
            "DeviceLogin",
            "Diagnosis",
            "IDToken",
            "LoginCard",
            "OAuthError",
            "PendingLogin",
            "Session",
        ),
        *("Reads", "Reads.frame", "sandbox.Sandbox"),
    ),
    "A person answers it": ("Secret.ask",),
    "Other modules call it, with values that they have checked": (
        *("Diagnosis.rows", "Diagnosis.seen_from", "Diagnosis.verdict", "Session.advised"),
        *("Session.ended", "Session.keep", "Session.renewed_token", "Session.watch"),
    ),
}
"""Public names by the reason why no wrong values are given to them."""


def surface() -> dict[str, Any]:
    """Return everything public that can be called, by its name, as it is found in its class."""
    found: dict[str, Any] = {}
    for prefix, module in {"": ow, "sandbox.": ow.sandbox, "servers.": ow.servers}.items():
        for name in dir(module):
            value = getattr(module, name)
            if not name.startswith("_") and callable(value):
                found[prefix + name] = value
                found |= {f"{prefix}{name}.{one}": each for one, each in methods(value).items()}
    return found


def methods(kind: object) -> dict[str, Any]:
    """Return the public methods of a class that are ours."""
    return {
        name: method
        for one in (inspect.getmro(kind)[::-1] if inspect.isclass(kind) else ())
        if one.__module__.startswith("oauth_widgets")
        for name, method in vars(one).items()
        if not name.startswith("_")
        and (isinstance(method, staticmethod | classmethod) or inspect.isfunction(method))
    }


def parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    every = inspect.signature(call).parameters.values()
    return [one for one in every if one.kind is not one.VAR_POSITIONAL and one.name != "self"]


def faults(name: str, call: Callable[..., Any], good: dict[str, Any]) -> Iterator[str]:
    """Give each argument of `call` each wrong value, the others good ones; yield the faults."""
    for wrong_one in parameters(call):
        # What fsspec does with its options is not ours.
        awkward = wrong_one.kind is wrong_one.VAR_KEYWORD
        for wrong in WRONG[: -2 if awkward else None]:
            given: list[Any] = []
            named = {}
            for one in parameters(call):
                if one.name != wrong_one.name and one.name not in good:
                    continue
                value = wrong if one.name == wrong_one.name else good[one.name]
                value = failing() if value is failing else value
                if one.kind is one.POSITIONAL_ONLY:
                    given.append(value)
                elif one.kind is one.VAR_KEYWORD:
                    named["other"] = value
                else:
                    named[one.name] = value
            said = fault(lambda g=given, n=named: call(*g, **n))
            if said:
                yield f"{name}({wrong_one.name}={shown(wrong)}): {said}"


def shown(wrong: object) -> str:
    return type(wrong).__name__ if isinstance(wrong, Awkward | dict) else ascii(wrong)[:80]


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
        if SECRET in f"{''.join(traceback.format_exception(problem))}{problem!r}{vars(problem)}":
            return f"it is repeated: {problem}"
        return "" if problem.message and problem.next_step is not None else "an error without words"
    except Exception as problem:  # noqa: BLE001 - what the test is about
        return f"{type(problem).__name__}: {problem}".encode("ascii", "backslashreplace").decode()
    return ""


def device_login() -> ow.DeviceLogin:
    sandbox = ow.sandbox.start("playground")
    return ow.device_login(sandbox.server, sandbox.client, scope="openid")


RECEIVERS: dict[str, Callable[[Mint], Any]] = {
    "AuthorizationServer": lambda mint: mint.server,
    "LoginCard": lambda mint: ow.login(mint.server, WITH_PAGE, scope="events.read"),
    "OAuthError": lambda _: ow.OAuthError("It ended.", next_step="Again."),
    "ClientRegistration": lambda _: ow.ClientRegistration,
    "PendingLogin": lambda mint: ow.begin_login(
        mint.server, CLIENT, scope="events.read", redirect_uri=GOOD["redirect_uri"]
    ),
    "PendingLogins": lambda _: ow.PendingLogins(),
    "ScopePicker": lambda mint: ow.ScopePicker(mint.server, CLIENT),
    "Secret": lambda _: ow.Secret,
    "Service": lambda _: ow.Service(
        name="Events", scopes="events.read", address="https://a.example"
    ),
    "Session": lambda mint: mint.session(),
    "StepByStep": lambda mint: ow.StepByStep(mint.server, WITH_PAGE),
    "sandbox.Sandbox": lambda _: ow.sandbox.start("playground"),
}
"""What the methods of a class are called on. A new class with such methods needs an entry."""
SURFACE = surface()
TRIED = [
    name
    for name, call in SURFACE.items()
    if not any(name in those for those in NOT_TRIED.values())
    and parameters(getattr(call, "__func__", call))
]


@pytest.fixture(scope="module", autouse=True)
def stopped_sandboxes() -> Iterator[None]:
    yield
    for profile in ("playground", "wgtwo"):
        ow.sandbox.start(profile).stop()


def test_what_is_not_tried_is_there() -> None:
    assert {name for those in NOT_TRIED.values() for name in those} <= SURFACE.keys()


@pytest.mark.filterwarnings("ignore::oauth_widgets.errors.ImplicitGrantWarning")
@pytest.mark.parametrize("name", TRIED)
def test_a_value_of_the_wrong_kind_is_refused_by_an_error_of_ours(
    name: str, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What can be the name of a file is one, and the file has to be somewhere
    monkeypatch.chdir(tmp_path)
    owner, _, method = name.rpartition(".")
    call = getattr(RECEIVERS[owner](mint), method) if owner in RECEIVERS else SURFACE[name]
    good = {
        **GOOD,
        "server": mint.server,
        "issuer": mint.origin,
        "path": tmp_path / "rows.parquet",
        "folder": tmp_path / "rows",
        "wider": mint.session(),
        "session": mint.session(),
        "pending": RECEIVERS["PendingLogin"](mint),
        "begun": RECEIVERS["PendingLogin"](mint),
    }
    assert list(faults(name, call, good)) == []


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: shown(wrong).partition(" at 0x")[0])
def test_a_sign_out_that_cannot_be_is_refused_before_anything_is_lost(
    wrong: Any, mint: Mint
) -> None:
    mint.server = ow.AuthorizationServer(
        issuer=mint.origin, end_session_endpoint=f"{mint.origin}/bye"
    )
    session = mint.session()
    assert fault(lambda: session.logout(post_logout_redirect_uri=wrong)) == ""
    assert session.signed_out is (wrong is None)


@pytest.mark.parametrize("end", ["#access_token=toy-1234", "?code=toy-1234#a", "*#a=toy-1234"])
def test_an_answer_that_is_given_as_a_redirect_uri_is_not_shown(end: str, mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        ow.begin_login(mint.server, CLIENT, redirect_uri=f"https://a.example/{end}")
    assert "toy-1234" not in str(refused.value)
