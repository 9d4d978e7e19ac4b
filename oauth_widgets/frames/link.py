"""The Link header (RFC 8288), which leads to the other pages."""

from __future__ import annotations

import re

from oauth_widgets._net.address import absolute

_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(
    r'\s*;\s*(?P<name>[^\s=;,"]*)\s*'
    r'(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s;,"]*)))?'
)


def links(header: str, base: str) -> dict[str, str]:
    """Return the addresses by relation, in lower case, made absolute; the first of each counts.

    Of several `rel` at one link the first counts (RFC 8288 3.3). A link that says that it has no
    `results` leads nowhere (Sentry).
    """
    found: dict[str, str] = {}
    position = 0
    while link := _TARGET.match(header, position):
        position = link.end()
        relation, nothing = None, False
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if relation is None and parameter["name"].lower() == "rel":
                relation = parameter["quoted"] or parameter["plain"] or ""
            if parameter["name"].lower() == "results":
                nothing = (parameter["quoted"] or parameter["plain"]) == "false"
        names = "" if nothing else (relation or "").lower()
        # One link may have very many relations, and its target is as long as a server likes
        target = absolute(link[1].strip(), base) if names.strip() else ""
        for name in names.split():
            found.setdefault(name, target)
    return found
