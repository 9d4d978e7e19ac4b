"""Sign-ins that end with their test, and a folder in which everything is connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.connected import Connected

from .told import Begin, Told


@pytest.fixture
def begin() -> Iterator[Begin]:
    made: list[Told] = []

    def beginning(*what: Any, **more: Any) -> Told:
        made.append(Told(*what, **more))
        return made[-1]

    yield beginning
    for told in made:
        told.sign_in.end("cancelled")


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    return Connected(tmp_path, monkeypatch)
