"""What a login card sends to open pages only, because no saved notebook may hold it."""

from __future__ import annotations

from typing import Any

from oauth_widgets.signing_in.sign_in import SignIn


def aside(sign_in: SignIn) -> dict[str, Any]:
    """Return the message about a sign-in: what to register, and the code for another device."""
    device = sign_in.device
    # A message may overtake the state, so it names the address that it belongs to.
    said: dict[str, Any] = {"kind": "aside", "url": sign_in.url, "register": sign_in.better}
    if device is None:
        return said | {"device": None}
    complete = device.verification_uri_complete
    code = {
        "user_code": device.user_code,
        "verification_uri": sign_in.seen(device.verification_uri),
        "verification_uri_complete": complete and sign_in.seen(complete),
        "expires_at": device.expires_at.isoformat(),
    }
    return said | {"device": code}
