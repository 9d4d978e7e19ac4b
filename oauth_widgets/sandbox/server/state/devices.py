"""The devices that wait for a person to decide on another screen (RFC 8628)."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.expiring import Expiring
from oauth_widgets.sandbox.server.state.grants import Grant
from oauth_widgets.sandbox.server.state.question import DeviceRequest

LIFETIME = 600  # seconds
_SLOWER = 5  # seconds that each slow_down adds (RFC 8628 3.5)
# Consonants alone are hard to confuse and spell no words (RFC 8628 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8


@dataclass(eq=False, kw_only=True)
class Device:
    """A device that waits; `grant` or `refused` is set once the person has decided.

    The device has to wait `interval` seconds between two calls.
    """

    question: DeviceRequest
    interval: int
    expires_at: float = field(default_factory=lambda: time.time() + LIFETIME)
    last_call: float = 0.0
    grant: Grant | None = None
    refused: bool = False


class Devices:
    """Every device that waits for a decision."""

    def __init__(self) -> None:
        # Kept after they expire, so that the refusal can say so.
        self._by_device_code: Expiring[Device] = Expiring(2 * LIFETIME)
        self._by_user_code: Expiring[Device] = Expiring(LIFETIME)

    def add(self, device: Device) -> str:
        """Keep `device` and return its device code."""
        self._by_user_code.add(device, device.question.user_code)
        return self._by_device_code.add(device)

    def by_user_code(self, user_code: str) -> Device | None:
        """Return the undecided device with this `user_code`; case and punctuation do not matter."""
        letters = "".join(letter for letter in user_code.upper() if letter in _LETTERS)
        device = self._by_user_code.get(_in_halves(letters))
        decided = device is not None and (device.grant is not None or device.refused)
        return None if decided else device

    def collect(self, client_id: str, device_code: str) -> Grant:
        """Return the grant, once. Raises Refusal as RFC 8628 3.5 says."""
        device = self._by_device_code.get(device_code)
        if device is None or device.question.client.client_id != client_id:
            raise Refusal("invalid_grant", "The device code is unknown, used or another client's.")
        if time.time() > device.expires_at:
            raise Refusal("expired_token", "The device code has expired; request another one.")
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
        # A tenth less is accepted, since clocks and networks are not that exact.
        if before and now - before < 0.9 * device.interval:
            device.interval += _SLOWER
            raise Refusal(
                "slow_down", f"Wait {device.interval} seconds between requests from now on."
            )


def new_user_code() -> str:
    """Return a random code for a device to show."""
    return _in_halves("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)))


def _in_halves(letters: str) -> str:
    return f"{letters[: _LENGTH // 2]}-{letters[_LENGTH // 2 :]}"
