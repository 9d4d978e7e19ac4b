"""The Link header (RFC 8288): where the next page is."""

from __future__ import annotations

import re

from oauth_widgets.protocol.address import absolute

_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(
    r'\s*;\s*(?P<name>[^\s=;,"]*)\s*'
    r'(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s;,"]*)))?'
)


def next_link(header: str, base: str) -> str | None:
    """Return the address marked `rel="next"`, made absolute; None where there is none.

    Of several `rel` at one link the first counts (RFC 8288 3.3).
    """
    position = 0
    while link := _TARGET.match(header, position):
        position = link.end()
        relation = None
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if relation is None and parameter["name"].lower() == "rel":
                relation = parameter["quoted"] or parameter["plain"] or ""
        if "next" in (relation or "").lower().split():
            return absolute(link[1].strip(), base)
    return None
