"""Fixtures for the whole suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .peers.oidc_provider.provider import OidcProvider

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def oidc_provider() -> Iterator[OidcProvider]:
    """npm's oidc-provider on loopback: issuer, clients, sign_in(), rotate_keys()."""
    provider = OidcProvider()
    yield provider
    provider.stop()
