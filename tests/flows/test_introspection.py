from __future__ import annotations

import pytest

from oauth_widgets.errors import ServerUnreachable
from oauth_widgets.flows.introspection import introspection
from oauth_widgets.secret import Secret
from tests.protocol.builders import ACCESS_TOKEN, CLIENT, ISSUER, OFFERING, json_answer, refuses

from .script import Script, play

TOKEN = Secret(ACCESS_TOKEN)


@pytest.mark.check(id="introspection/active")
def test_each_question_is_asked_anew() -> None:
    for active in (True, False):
        script = Script(json_answer({"active": active}))
        assert script.play(introspection(OFFERING, CLIENT, TOKEN)).active is active
        assert script.urls == [f"{ISSUER}/introspect"]


def test_a_server_that_cannot_be_asked_is_said_to_be_unreachable() -> None:
    with refuses(ServerUnreachable):
        play(introspection(OFFERING, CLIENT, TOKEN), ServerUnreachable("Gone."))
