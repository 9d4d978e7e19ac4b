"""How far a server's clock is from ours."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.signing_in.clock import clock
from tests.protocol.builders import ISSUER

from ..flows.script import Script

NOW = 1_800_000_000.0


def ahead(date: str | None) -> float | None:
    script = Script(Response(200, {} if date is None else {"date": date}))
    moments = iter([NOW, NOW + 2])
    told: float | None = script.play(clock(ISSUER, now=lambda: next(moments)))
    assert script.urls == [f"{ISSUER}/.well-known/openid-configuration"]
    return told


@pytest.mark.parametrize("seconds", [-3600, -1, 0, 1, 40])
def test_it_is_told_by_the_date_of_an_answer(seconds: int) -> None:
    # asked one second before the middle, and a date counts whole seconds
    assert ahead(formatdate(NOW + 1 + seconds, usegmt=True)) == seconds + 0.5


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_server_that_does_not_say_is_not_blamed(date: str | None) -> None:
    assert ahead(date) is None
