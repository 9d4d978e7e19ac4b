"""Whether to ask a server again, and how long it asks to be left alone (RFC 9110 10.2.3)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TypeVar

from oauth_widgets._net.message import Response
from oauth_widgets.errors import OAuthError

_SECONDS = re.compile(r"[0-9]{1,9}")
_UNSAID = 1.0
_BUSY = (429, 503)
_PASSING = (408, 425, 429)
_LASTING = (501, 505, 506, 508, 510, 511)
_LATER = "Try again in a moment."
_STEPS = {
    501: "Check the address: the server says that it doesn't support this request.",
    511: "Open a browser and sign in to your network, then try again.",
}

E = TypeVar("E", bound=OAuthError)


def passes(status: int) -> bool:
    """Whether the same request may work later, without any change."""
    return status in _PASSING or (status >= 500 and status not in _LASTING)


def by_status(problem: E, status: int) -> E:
    """Return `problem` with whether a retry may help, and with advice to match."""
    problem.retry_may_help = passes(status)
    step = _LATER if problem.retry_may_help else _STEPS.get(status)
    problem.next_step = step or problem.next_step
    return problem


def patience(response: Response, *, now: float) -> float | None:
    """Return the seconds to wait before asking again; None if the answer is not a "later"."""
    if response.status not in _BUSY:
        return None
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return _UNSAID
