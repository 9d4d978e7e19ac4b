"""Every promise of the door to the network holds for both kinds of connections."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest

from oauth_widgets._net import direct, http, trust

from .asking import certified


@pytest.fixture(autouse=True, params=[None, 0], ids=["through httpx", "in a lane"])
def _lane(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every promise kept by both kinds of connections."""
    monkeypatch.setattr(http, "send", partial(http.send, lane=request.param))


@pytest.fixture
def _new_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next request read the environment anew, as a new kernel does."""
    monkeypatch.setattr(http, "_transports", WeakKeyDictionary())
    monkeypatch.setattr(direct, "_connections", WeakKeyDictionary())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is not trusted, with its key in the same file."""
    return certified(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture(scope="module")
def another_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("tls") / "another.pem")


@pytest.fixture
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "_chosen", None)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
