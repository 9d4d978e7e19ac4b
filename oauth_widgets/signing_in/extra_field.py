"""The field `extra` of a connection: further parameters of its requests, none of them secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.extra import extra_parameters

_CONFIDENTIAL = re.compile(
    r"(?i)secret|passw|passphrase|pwd|passcode|credential|assertion|private|key$|token$|token_hint$"
    r"|^otp$|^pin$"
)
"""Names of parameters whose values others must not read in a file."""


def check_extra(extra: Mapping[str, object]) -> None:
    """Raise ConfigurationError for a parameter that can't be sent, or that may be a secret."""
    for name, value in extra.items():
        # check: kept/no-plain-secret
        if _CONFIDENTIAL.search(name):
            step = f'Leave it out of the file, and pass it in the call: extra={{"{name}": …}}.'
            if name == "client_secret":
                step = 'Write it outside of "extra": client_secret = { env = "NAME" }.'
            raise ConfigurationError(f'"extra" has {name}, which may be a secret.', next_step=step)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ConfigurationError(
                f'"{name}" in "extra" is not text.',
                next_step=f'Write it in quotes: extra = {{ {name} = "…" }}.',
            )
    extra_parameters(extra)
