"""An API whose rows change, and a folder for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .scripted import Scripted, changing, scripted


@pytest.fixture
def api() -> Iterator[Scripted]:
    with scripted(changing(100)) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rows"
