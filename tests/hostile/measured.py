"""Run as a script: asks every endpoint of the server at argv[1], argv[2] seconds each at most.

Prints one JSON object: by endpoint the error's name or "believed", and as "grown" by how many bytes
the process grew from its first request on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import oauth_widgets as ow
from oauth_widgets._net import http
from oauth_widgets.flows import _drive


def uses(origin: str) -> dict[str, Callable[[], Any]]:
    server = ow.AuthorizationServer(
        issuer=origin,
        authorization_endpoint=f"{origin}/authorize",
        token_endpoint=f"{origin}/good/token",
        **{
            name: f"{origin}/{name}"
            for name in (
                *("jwks_uri", "userinfo_endpoint", "introspection_endpoint"),
                *("revocation_endpoint", "device_authorization_endpoint"),
            )
        },
    )
    client = ow.ClientMetadata(
        client_id="notebook", client_secret="a-secret", redirect_uris=["http://127.0.0.1/cb"]
    )
    hostile = replace(server, token_endpoint=f"{origin}/token")
    session = ow.client_credentials(server, client)

    def finish() -> ow.Session:
        pending = ow.begin_login(server, client, scope="openid")
        return pending.finish(f"http://127.0.0.1/cb?code=1&state={pending.request.state}")

    return {
        "metadata": lambda: ow.discover(origin),
        "JWKS": finish,
        "token": lambda: ow.client_credentials(hostile, client),
        "userinfo": session.userinfo,
        "introspection": session.introspect,
        "device": lambda: ow.device_login(server, client),
        "revocation": session.revoke,
    }


def outcome(use: Callable[[], Any]) -> str:
    try:
        use()
    except ow.OAuthError as problem:
        return type(problem).__name__
    return "believed"


def most_bytes() -> int:
    """Return the most that this process had in memory, since it was last asked to forget it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (most,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(most) * 1024


if __name__ == "__main__":
    every = uses(sys.argv[1])
    # Good answers may take longer. One exchange and all its tries together have the same deadline.
    http.send.__kwdefaults__["deadline"] = http.DEADLINE = float(sys.argv[2])
    # The pauses are no subject of it
    _drive._LONGEST_PAUSE, _drive._PAUSES = 0.1, (0.01, 0.01)  # noqa: SLF001
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = most_bytes()
    found = {name: outcome(use) for name, use in every.items()}
    print(json.dumps({**found, "grown": most_bytes() - before}))  # noqa: T201 - its purpose
