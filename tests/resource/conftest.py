"""A server that the token must not reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..helpers.rigged import Rigged, as_json, rigged


@pytest.fixture
def suspicious() -> Iterator[Rigged]:
    """Another server: it refuses everybody, in the hope of a better token."""
    with rigged(as_json({}, status=401)) as server:
        yield server
