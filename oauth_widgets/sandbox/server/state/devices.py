"""Device authorization (RFC 8628): a sign-in on another screen than the program's own."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.asked import Asked, asked_scope
from oauth_widgets._sandbox.clientauth import authenticate
from oauth_widgets._sandbox.expiring import Expiring
from oauth_widgets._sandbox.policy import DEVICE_GRANT
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.wire import answer, form_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.grants import Grant
    from oauth_widgets._sandbox.realm import Realm

LIFETIME = 600  # seconds
SLOWER = 5  # seconds that each slow_down adds (RFC 8628 3.5)
# Consonants alone: nothing to mistake, nothing that spells a word (RFC 8628 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class DeviceRequest(Asked):
    """What a device asks for, by the code that it shows."""

    user_code: str


@dataclass(eq=False, kw_only=True)
class Device:
    """A device that waits; `grant` or `refused` is set once the person has decided.

    `interval` is what it has to wait between two calls, in seconds.
    """

    asked: DeviceRequest
    interval: int
    expires_at: float = field(default_factory=lambda: time.time() + LIFETIME)
    last_call: float = 0.0
    grant: Grant | None = None
    refused: bool = False


class Devices:
    """Every device that waits."""

    def __init__(self) -> None:
        # Remembered longer than they are good, to say that they have expired.
        self._by_device_code: Expiring[Device] = Expiring(2 * LIFETIME)
        self._by_user_code: Expiring[Device] = Expiring(LIFETIME)

    def add(self, device: Device) -> str:
        """Keep `device` and return its device code."""
        self._by_user_code.add(device, device.asked.user_code)
        return self._by_device_code.add(device)

    def shown(self, user_code: str) -> Device | None:
        """Return the undecided device that shows `user_code`, however that was typed."""
        letters = "".join(letter for letter in user_code.upper() if letter in _LETTERS)
        device = self._by_user_code.get(spelled(letters))
        decided = device is not None and (device.grant is not None or device.refused)
        return None if decided else device

    def collect(self, client_id: str, device_code: str) -> Grant:
        """Return what was granted, once. Raises Refusal as RFC 8628 3.5 says."""
        device = self._by_device_code.get(device_code)
        if device is None or device.asked.client.client_id != client_id:
            raise Refusal("invalid_grant", "The device code is unknown, used or another client's.")
        if time.time() > device.expires_at:
            raise Refusal("expired_token", "The device code has expired; ask for another one.")
        self._check_pace(device)
        if device.grant is None and not device.refused:
            raise Refusal("authorization_pending", "The person has not decided yet.")
        self._by_device_code.pop(device_code)
        if device.grant is None:
            raise Refusal("access_denied", "The person refused what was asked for.")
        return device.grant

    def _check_pace(self, device: Device) -> None:
        now, before = time.monotonic(), device.last_call
        device.last_call = now
        # A tenth less is forgiven: clocks and networks are not that exact.
        if before and now - before < 0.9 * device.interval:
            device.interval += SLOWER
            raise Refusal(
                "slow_down", f"Wait {device.interval} seconds between two calls from now on."
            )


def spelled(letters: str) -> str:
    """Return a user code as it is shown: in two halves, easy to compare."""
    return f"{letters[: _LENGTH // 2]}-{letters[_LENGTH // 2 :]}"


async def device_authorization(realm: Realm, request: Request) -> Response:
    """Give a device its codes (RFC 8628 3.2)."""
    form = await form_of(request)
    client = authenticate(realm, request, form)
    if DEVICE_GRANT not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this grant type.")
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    asked = DeviceRequest(
        client=client, scope=asked_scope(client, form), user_code=spelled(letters)
    )
    device = Device(asked=asked, interval=realm.profile.policy.device_interval)
    page = f"{realm.issuer}{realm.profile.paths.device}"
    return answer(
        {
            "device_code": realm.devices.add(device),
            "user_code": asked.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={asked.user_code}",
            "expires_in": LIFETIME,
            "interval": device.interval,
        }
    )
