"""A service described by hand, as people write it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import oauth_widgets as ow
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.signing_in.scope_menu import scope_menu
from tests.protocol.builders import CLIENT, SERVER, refuses


def test_a_relative_address_counts_as_used_like_an_absolute_one() -> None:
    server = replace(SERVER, api="https://api.example/v1/")
    services = [
        ow.Service(name="Cells", scopes="cells.read", address="/cells"),
        ow.Service(name="Jobs", scopes="jobs.read", address="https://api.example/v1/jobs"),
    ]
    menu = scope_menu(server, CLIENT, services)
    assert menu.used(["https://api.example/v1/cells/3"]) == Scope("cells.read")
    assert menu.used(["https://api.example/v1/cells?page=2"]) == Scope()
    assert menu.used(["https://api.example/v1/jobs"]) == Scope("jobs.read")
    assert menu.used(["https://api.example/cells", "https://other.example/v1/cells"]) == Scope()


def test_scopes_may_be_separated_by_commas() -> None:
    assert ow.Service(name="a", scopes="x,y").scopes == Scope("x y")
    assert ow.Service(name="a", scopes="x, y").scopes == Scope("x y")


def test_a_misspelt_argument_is_named_with_the_right_one() -> None:
    with refuses(ow.errors.ConfigurationError) as caught:
        ow.Service(name="a", scope="x")  # type: ignore[call-arg]
    assert "scopes" in caught.value.next_step
    with pytest.raises(TypeError):
        ow.Service(name="a")  # type: ignore[call-arg]
