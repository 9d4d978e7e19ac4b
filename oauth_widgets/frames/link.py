"""The Link header (RFC 8288): where the next page is."""

from __future__ import annotations

import re
from urllib.parse import urljoin

_LINK = re.compile(r'[\s,]*<(?P<target>[^>]*)>(?P<rest>(?:\s*;\s*[^,;"]*(?:"(?:[^"\\]|\\.)*")?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


def next_link(header: str, base: str) -> str | None:
    """Return the address marked `rel="next"`, made absolute; None where there is none."""
    position = 0
    while found := _LINK.match(header, position):
        position = found.end()
        relation = _REL.search(found["rest"])
        names = (relation[1] or relation[2] or "").lower().split() if relation else ()
        if "next" in names:
            target: str = found["target"]
            return urljoin(base, target.strip())
    return None
