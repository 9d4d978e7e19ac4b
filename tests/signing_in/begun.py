"""Sign-ins that were begun at the practice server, and answers to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import oauth_widgets as ow

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING

CALLBACK = "http://127.0.0.1/callback"


def begin(**more: Any) -> ow.PendingLogin:
    sandbox = ow.sandbox.start()
    return ow.begin_login(sandbox.server, sandbox.client, **{"scope": EVERYTHING, **more})


def fitting(pending: ow.PendingLogin, **parameters: str) -> str:
    """Return an answer with this sign-in's own state."""
    return f"{CALLBACK}?{urlencode({'state': pending.request.state, **parameters})}"


def code_for(mint: Mint, **more: Any) -> tuple[ow.PendingLogin, str]:
    pending = ow.begin_login(mint.server, CLIENT, redirect_uri=CALLBACK, **more)
    return pending, fitting(pending, code="very-secret-code")
