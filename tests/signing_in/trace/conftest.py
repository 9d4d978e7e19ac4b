"""Practice servers behind a proxy that notes what passes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import oauth_widgets as ow

from .between import Between, between


@pytest.fixture
def proxied() -> Iterator[Between]:
    sandbox = ow.sandbox.start("wgtwo")
    with between(sandbox.server, sandbox.client) as one:
        yield one


@pytest.fixture
def playground() -> Iterator[Between]:
    sandbox = ow.sandbox.start("playground")
    with between(sandbox.server, sandbox.client) as one:
        yield one
