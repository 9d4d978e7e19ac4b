"""Servers that call a token which is gone an error."""

from __future__ import annotations

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.flows.revocation import owed_of, revocation
from tests.flows.script import Script
from tests.protocol.builders import CLIENT, SERVER, json_answer
from tests.protocol.keys import held


@pytest.mark.parametrize(
    "gone",
    [
        Response(204),
        Response(201),
        Response(404),
        Response(410),
        json_answer({"error": "invalid_token"}, status=400),
        json_answer({"errors": [{"errorType": "invalid_token"}]}, status=401),
        json_answer({"error": "INVALID_TOKEN"}, status=400),
    ],
)
@pytest.mark.check(id="revocation/confirmed")
def test_a_token_that_is_already_gone_counts_as_revoked(gone: Response) -> None:
    owed = owed_of(held())
    script = Script(gone, Response(200))
    script.play(revocation(SERVER, CLIENT, owed))
    assert owed == []
    assert len(script.requests) == 2
