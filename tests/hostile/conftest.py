"""Hostile servers are tried again as often as others, and without the pauses between the tries."""

from __future__ import annotations

import pytest

from oauth_widgets.flows import _drive


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_drive, "_PAUSES", (0.01, 0.01))
