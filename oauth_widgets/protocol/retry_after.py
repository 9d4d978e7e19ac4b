"""How long a server asks to be left alone (RFC 9110 10.2.3)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from oauth_widgets.protocol.message import Response

_SECONDS = re.compile(r"[0-9]{1,9}")
_UNSAID = 1.0


def patience(response: Response, *, now: float) -> float | None:
    """Return the seconds to wait before asking again; None where the answer is not a "later"."""
    if response.status not in (429, 503):
        return None
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return _UNSAID
