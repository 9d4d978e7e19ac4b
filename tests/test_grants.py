"""Ways to sign in that need no browser here."""

from __future__ import annotations

from typing import Any

import oauth_widgets as ow

from .protocol.builders import CLIENT
from .relying_party.server import running
from .twins import both


@both
def test_check_91_a_person_is_shown_the_code_and_where_to_enter_it(call: Any) -> None:
    with running() as server:
        pending = call(ow, "device_login", ow.discover(server.origin), CLIENT, scope="openid")
    assert "BCDF-GHJK" in repr(pending)
    assert f"{server.origin}/enter" in repr(pending)
    assert (pending.user_code, pending.verification_uri) == (
        "BCDF-GHJK",
        f"{server.origin}/enter",
    )
