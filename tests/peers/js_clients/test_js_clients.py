"""npm's openid-client and oidc-client-ts drive the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ...helpers.people import decide_on_device, sign_in, sign_out_at

if TYPE_CHECKING:
    from ..conftest import Known

pytestmark = pytest.mark.node

HERE = Path(__file__).parent
SCOPE = "openid phone offline_access events.read"
CALLBACK = "http://127.0.0.1:51237/callback"
SIGNED_OUT = "http://127.0.0.1:51237/signed-out"
BASIC, POST, NONE = "client_secret_basic", "client_secret_post", "none"


def drive(script: str, sandbox: Known, clients: dict[str, str], **more: Any) -> dict[str, Any]:
    """Run a script with `clients` (client_id to method), be its person; the script's results."""
    settings = {
        "issuer": sandbox.issuer,
        "api": sandbox.api,
        "scope": SCOPE,
        "redirect_uri": CALLBACK,
        "post_logout_redirect_uri": SIGNED_OUT,
        "clients": {
            client_id: {"client_secret": sandbox.secret(client_id), "method": method}
            for client_id, method in clients.items()
        },
        **more,
    }
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").is_dir():
        raise RuntimeError(f"Needs Node.js 20 or later and `npm ci` in {HERE}; scripts/test does.")
    with subprocess.Popen(  # noqa: S603 - our own script
        [node, str(HERE / script), json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "results" in said:
                results: dict[str, Any] = said["results"]
                return results
            process.stdin.write(answer(said) + "\n")
            process.stdin.flush()
    raise AssertionError(f"{script} ended; standard error has the reason.")


def answer(said: dict[str, str]) -> str:
    if "sign_in" in said:
        return sign_in(said["sign_in"])
    if "leave" in said:
        return sign_out_at(said["leave"])
    return decide_on_device(f"{said['device']}?user_code={said['user_code']}")


@pytest.mark.parametrize(
    ("profile", "clients"),
    [
        ("wgtwo", {"notebook": BASIC}),
        ("onewelcome", {"notebook": BASIC, "dashboard": POST, "browser-app": NONE}),
        ("playground", {"notebook": BASIC, "dashboard": POST, "terminal": NONE}),
    ],
)
def test_openid_client(sandbox: Known, profile: str, clients: dict[str, str]) -> None:
    results = drive("openid_client.mjs", sandbox, clients)
    assert list(results) == list(clients)
    for client_id, method in clients.items():
        found = results[client_id]
        person = found["person"]
        # Default scopes may come on top (O6).
        assert set(SCOPE.split()) <= set(person["scope"].split())
        assert person["phone_number"] == "+447700900101"
        assert person["renewed"] is person["same_subject"] is True
        assert person["left_to"] == f"{SIGNED_OUT}?state=out"
        assert (person["events"], person["after_revocation"]) == (200, 401)
        if profile != "wgtwo" and method != NONE:
            assert person["introspected"] == [True, client_id]
            assert person["then"] == {"active": False}
        if method != NONE:
            assert found["program"] == {"cells": 200, "events": 403, "refresh_token": None}
        if profile == "playground":
            assert found["device"] == {"page": "Your device is connected", "events": 200}


@pytest.mark.parametrize(
    ("profile", "clients", "revokes"),
    [
        # It puts the client's secret in the body when revoking, which wgtwo refuses (W2).
        ("wgtwo", {"notebook": BASIC}, False),
        ("onewelcome", {"dashboard": POST, "browser-app": NONE}, True),
        ("playground", {"dashboard": POST, "terminal": NONE}, True),
    ],
)
def test_oidc_client_ts(sandbox: Known, clients: dict[str, str], *, revokes: bool) -> None:
    results = drive("oidc_client_ts.mjs", sandbox, clients, revokes=revokes)
    assert list(results) == list(clients)
    for found in results.values():
        assert found["phone_number"] == "+447700900101"
        assert found["renewed"] is found["same_subject"] is found["forgotten"] is True
        assert found["events"] == 200
        assert found.get("after_revocation") == (401 if revokes else None)
        assert found["left_to"].startswith(f"{SIGNED_OUT}?state=")
