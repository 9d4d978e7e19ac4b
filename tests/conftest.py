"""Fixtures for the whole suite."""

from __future__ import annotations

import gc
import itertools
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from oauth_widgets._net import watching
from oauth_widgets.flows import jwks
from oauth_widgets.resource import gate
from oauth_widgets.sandbox import facade, lasting
from oauth_widgets.sandbox.server.state.keys import Keys, SigningKey
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.signing_in import mix_up

from .helpers.mint import Mint, running_mint
from .helpers.rigged import Rigged, as_json, rigged
from .peers.oidc_provider.provider import OidcProvider

# A busy machine is no failure
for profile, examples in (("few", 10), ("everyday", 30), ("many", 2000)):
    settings.register_profile(profile, deadline=None, max_examples=examples)
settings.load_profile(os.environ.get("EXAMPLES", "everyday"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--once", action="store_true", help="run only the first case of each test")


def pytest_configure(config: pytest.Config) -> None:
    # Bash has Ctrl+C ignored by what it starts in the background, and by all that this starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--once"):
        settings.load_profile("few")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--once"):
        return
    firsts: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        if item.get_closest_marker("any_release") is None:
            firsts.setdefault((item.path, getattr(item, "originalname", item.name)), item)
    chosen = set(firsts.values())
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = firsts.values()


def pytest_collection_finish() -> None:
    """Spare every search for garbage the million objects that all tests and their imports are."""
    gc.freeze()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask an API again at once, instead of after half a second."""
    monkeypatch.setattr(gate, "FIRST_PAUSE", 0.001)


@pytest.fixture(scope="session")
def oidc_provider() -> Iterator[OidcProvider]:
    """npm's oidc-provider on loopback: issuer, clients, sign_in(), rotate_keys()."""
    provider = OidcProvider()
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def kernel() -> Iterator[BlockingKernelClient]:
    """A real kernel, as a front end reaches it."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def mint() -> Iterator[Mint]:
    """A token endpoint and an API with set answers: mint.session(), mint.pages, mint.asked()."""
    with running_mint() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Rigged]:
    """Another server: it would answer anybody, and notes who comes."""
    with rigged(as_json([{"token": "taken"}])) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Undo what the tests of a module changed in this process, since modules run in any order."""
    yield
    for sandbox in tuple(facade._running.values()):  # noqa: SLF001 - those of this process
        now = sandbox._running.site.settings  # noqa: SLF001
        if now == Settings(profile=now.profile, issuer=now.issuer, port=now.port):
            sandbox.reset()
            sandbox.unattended(on=False)
        else:
            sandbox.stop()
    for process in lasting._started:  # noqa: SLF001
        with process:
            process.kill()
    lasting._started.clear()  # noqa: SLF001
    InteractiveShell.clear_instance()


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test begin like a fresh process: servers of earlier ones had the same address."""
    monkeypatch.setattr(mix_up, "_served", {})
    monkeypatch.setattr(mix_up, "_warned", set())
    monkeypatch.setattr(jwks, "_known", {})
    monkeypatch.setattr(watching, "watchers", [])


@pytest.fixture(scope="session", autouse=True)
def real_keys() -> Iterator[Any]:
    """Have practice servers start with a few keys under new names: making one takes 50 ms.

    Gives what starts them with new keys. Keys that are made later are new in any case.
    """
    privates = itertools.cycle([SigningKey.fresh().private for _ in range(4)])

    def start(self: Keys, count: int = 2) -> None:
        self._keys = [SigningKey(secrets.token_hex(4), next(privates)) for _ in range(count)]
        self._signed = {self.current.kid: self.current.private.public_key()}

    real = Keys.__init__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keys, "__init__", start)
        yield real
