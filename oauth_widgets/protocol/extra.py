"""Further request parameters from the caller, and those that a caller can't set."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import as_text, check_mapping, check_text

RESERVED = frozenset(
    {
        *("response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri"),
        *("grant_type", "code", "code_verifier", "device_code", "refresh_token", "id_token_hint"),
        *("client_assertion", "client_assertion_type"),
    }
)
"""Parameters that protect a sign-in, or that the package sets itself."""

_SECONDS = re.compile(r"[0-9]{1,9}")


def extra_parameters(extra: Mapping[str, object] | None) -> dict[str, str]:
    """Return `extra` as it is sent: an object becomes JSON, None is left out.

    Raises ConfigurationError for a reserved parameter, and for a `max_age` that isn't a number.
    """
    extra = check_mapping({} if extra is None else extra, "extra", '{"prompt": "consent"}')
    taken = RESERVED.intersection(extra)
    # check: request/reserved
    if taken:
        raise ConfigurationError(
            f"extra= must not set {', '.join(sorted(taken))}.",
            next_step=f"Leave {', '.join(sorted(taken))} out of extra=.",
        )
    written = {
        check_text(name, "name in extra="): check_text(as_text(value), f"extra[{name!r}]")
        for name, value in extra.items()
        if value is not None
    }
    if not _SECONDS.fullmatch(written.get("max_age", "0")):
        raise ConfigurationError(
            "extra['max_age'] is not a whole number of seconds.",
            next_step='Pass extra={"max_age": 3600}.',
        )
    return written
