from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_keys_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test begin like a fresh process."""
    monkeypatch.setattr("oauth_widgets.flows.jwks._known", {})
