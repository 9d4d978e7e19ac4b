"""Fixtures for clients that we did not write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from oauth_widgets.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


class Known:
    """A sandbox as its clients know it: `metadata` and `api` are public, `secret` is handed out."""

    def __init__(self, profile: str) -> None:
        self._running = serve(profile)
        self.profile = profile
        self.issuer: str = self._running.issuer
        self.api: str = self._running.api
        self.metadata: dict[str, Any] = httpx.get(self._running.discovery, trust_env=False).json()

    def secret(self, client_id: str) -> str:
        """The client's secret."""
        found: str = self._running.clients[client_id]["client_secret"]
        return found

    def status(self, access_token: str, service: str = "events") -> int:
        """What the API answers to a token."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return httpx.get(f"{self.api}/{service}", headers=headers, trust_env=False).status_code

    def stop(self) -> None:
        """End it."""
        self._running.stop()


@pytest.fixture(scope="session")
def _known() -> Iterator[dict[str, Known]]:
    known: dict[str, Known] = {}
    yield known
    for sandbox in known.values():
        sandbox.stop()


@pytest.fixture
def profile() -> str:
    """The kind of sandbox that a test is about; tests may say another."""
    return "wgtwo"


@pytest.fixture
def sandbox(_known: dict[str, Known], profile: str) -> Known:
    """A running sandbox of the profile: issuer, api, metadata, secret(), status()."""
    if profile not in _known:
        _known[profile] = Known(profile)
    return _known[profile]
