"""Every public name has an example in its docstring, and every example runs.

An example takes what it needs from `World`: `session` is signed in, `server` is the practice
server's, and `https://id.example` and `https://api.example` are its addresses.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import os
import re
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import certifi
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import oauth_widgets as ow
from oauth_widgets._net import trust
from oauth_widgets.errors import OAuthError
from oauth_widgets.sandbox import joined, serve_classroom
from oauth_widgets.signing_in.callback.page import unseen_page
from oauth_widgets.widgets import device_code, login_card

from .helpers.connected import Connected
from .helpers.people import decide_on_device, session_of, sign_in
from .helpers.reader import Reader, example_of

pytestmark = pytest.mark.usefixtures("impatient")
SCOPE = "openid phone offline_access events.read"
SHARED: list[ow.Session] = []
TWIN = re.compile(r"Await `(\w+)`\.")


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Give the methods that people can call: not what runs on the loop of the package alone."""
    for base in kind.__mro__:
        for name, member in vars(base).items():
            called = inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)
            inside = "(I/O loop only)" in (inspect.getdoc(member) or "")
            if base.__module__.startswith("oauth_widgets") and called and not inside:
                yield name, member


def public() -> dict[str, Any]:
    """Return every public name with what it names; what two classes inherit is there once."""
    found: dict[str, Any] = {}
    rooms = {name: getattr(ow, name) for name in ow.__all__}
    for name in dir(ow.sandbox):
        rooms[f"sandbox.{name}"] = getattr(ow.sandbox, name)
    for name, thing in rooms.items():
        if isinstance(thing, ModuleType):
            continue
        found[name] = thing
        for method, member in members(thing) if inspect.isclass(thing) else ():
            if not method.startswith("_") and member not in found.values():
                found[f"{name}.{method}"] = member
    return found


PUBLIC = public()


def runnable(name: str) -> str:
    """Return the example of `name`: that of an awaitable twin is the blocking one's, awaited."""
    twin = TWIN.match(inspect.getdoc(PUBLIC[name]) or "")
    if twin is None:
        return example_of(PUBLIC[name])
    path, _, own = name.rpartition(".")
    blocking = example_of(PUBLIC[f"{path}.{twin[1]}" if path else twin[1]])
    return re.sub(rf"\b(\w+)\.{twin[1]}\(", rf"await \1.{own}(", blocking)


class World:
    """What examples speak of, made for those that use it."""

    def __init__(self, ended: ExitStack) -> None:
        self._ended = ended
        self.sandbox = ow.sandbox.start("playground")
        self.server, self.client = self.sandbox.server, self.sandbox.client
        self.service = self.sandbox.services[0]
        self.page = unseen_page()
        self.problem = OAuthError("It rained.")
        self.cookie = "a value that one browser has"
        self.os, self.Path, self.pd, self.webbrowser = os, Path, pd, webbrowser

    @property
    def session(self) -> ow.Session:
        # One for all, until an example ends it or its server
        if not SHARED or SHARED[-1].signed_out or SHARED[-1].server != self.server:
            SHARED.append(session_of("alice", SCOPE, "playground"))
        return SHARED[-1]

    @property
    def wider(self) -> ow.Session:
        return session_of("alice", f"{SCOPE} cells.read", "playground")

    @property
    def token(self) -> ow.Secret:
        return self.session.access_token

    @cached_property
    def pending(self) -> ow.PendingLogin:
        return ow.begin_login(self.server, self.client, scope="openid")

    @property
    def url(self) -> str:
        return sign_in(self.pending.url)

    @property
    def logins(self) -> ow.PendingLogins:
        return ow.PendingLogins()

    @property
    def card(self) -> ow.LoginCard:
        return ow.login(self.server, self.client, scope="openid")

    @property
    def picker(self) -> ow.ScopePicker:
        return ow.ScopePicker(self.server, self.client, services=[self.service], scope="openid")

    @property
    def device(self) -> ow.DeviceLogin:
        return ow.device_login(self.server, self.client, scope="openid")

    @property
    def registration(self) -> ow.ClientRegistration:
        return ow.ClientRegistration.of(self.client)

    @property
    def steps(self) -> ow.StepByStep:
        return ow.StepByStep(self.server, self.client, scope="openid")

    @property
    def trace(self) -> ow.Trace:
        return ow.Trace(self.session)

    @property
    def dask(self) -> Client:
        cluster = LocalCluster(
            n_workers=1, processes=False, dashboard_address="127.0.0.1:0", silence_logs=False
        )
        return self._ended.enter_context(Client(self._ended.enter_context(cluster)))

    @property
    def classroom(self) -> str:
        running = serve_classroom("wgtwo", spaces=1)
        self._ended.callback(running.stop)
        return running.address

    def run(self, source: str, reader: Reader) -> None:
        """Run an example, with this world's addresses in place of those that it names."""
        source = source.replace("https://id.example", self.server.issuer)
        source = source.replace("https://api.example", self.sandbox.api)
        if (example := "https://class.example:8443") in source:
            source = source.replace(example, self.classroom)
        names: dict[str, Any] = {"ow": ow}
        made: set[str] = set()
        for statement in ast.parse(source).body:
            used = {one for one in ast.walk(statement) if isinstance(one, ast.Name)}
            for name in {one.id for one in used if isinstance(one.ctx, ast.Load)} - made:
                if hasattr(type(self), name) or name in vars(self):
                    names[name] = getattr(self, name)
            made |= {one.id for one in used if isinstance(one.ctx, ast.Store)}
        reader.run_all([source], names)


def allowed(device: ow.DeviceLogin) -> ow.DeviceLogin:
    """Let a person allow it before the device asks, which then has no reason to wait."""
    decide_on_device(device.verification_uri_complete or "")
    object.__setattr__(vars(device)["_answer"], "interval", 0.0)
    return device


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    Path("company-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    Path("analysis.ipynb").write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4}))
    Connected(tmp_path, monkeypatch).write("practice", scope="events.read")
    for name in ("MY_SECRET", "MY_TOKEN"):
        monkeypatch.setenv(name, "tree-house")
    monkeypatch.setattr(trust, "_chosen", None)
    monkeypatch.setattr(joined, "_joined", {})
    begin, abegin = ow.device_login, ow.adevice_login

    async def abegun(*given: Any, **how: Any) -> ow.DeviceLogin:
        return allowed(await abegin(*given, **how))

    monkeypatch.setattr(ow, "device_login", lambda *given, **how: allowed(begin(*given, **how)))
    monkeypatch.setattr(ow, "adevice_login", abegun)
    with ExitStack() as ended:
        yield World(ended)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_an_example_that_runs(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = runnable(name)
    assert source, f"{name} has no example in its docstring"
    reader = Reader(monkeypatch)
    reader.last_page = "tree-house"
    monkeypatch.setattr(builtins, "input", lambda _: reader.last_page)
    monkeypatch.setattr(device_code, "check_person", lambda: "notebook")
    monkeypatch.setattr(device_code, "display", lambda _: None)
    if ".paste()" in source:
        monkeypatch.setattr(login_card, "display", lambda card: reader.open(card.url))
    world.run(source, reader)
