"""Browsers of other makers before a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .firefox import Firefox
from .webkit import WebKit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .page import Engine

ENGINES = {"firefox": Firefox, "webkit": WebKit}


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One browser after the other, each with a fresh profile and its pop-up blocker on."""
    browser: Engine = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    yield browser
    browser.stop()
