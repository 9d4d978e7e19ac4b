"""Why an API refused a request: the WWW-Authenticate header (RFC 9110 11.6.1, RFC 6750 3)."""

from __future__ import annotations

import re

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STEP = re.compile(
    rf'[\s,]*(?P<name>{_NAME})(?:\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>{_NAME}))'
    r"|(?P<blob>\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$)))?)"
)

_UNREADABLE = re.compile(r"[\s,]*[^,]*")


def challenges(header: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """Take the header apart into schemes and their parameters, both by names in lower case.

    It may hold several challenges. What cannot be read is left out.
    """
    found: list[tuple[str, dict[str, str]]] = []
    position = 0
    while position < len(header):
        step = _STEP.match(header, position)
        if step is None:
            position = _UNREADABLE.match(header, position).end()  # type: ignore[union-attr]
            continue
        position = step.end()
        value = step["plain"] if step["quoted"] is None else re.sub(r"\\(.)", r"\1", step["quoted"])
        if value is None:
            found.append((step["name"].lower(), {}))
        elif found:
            found[-1][1].setdefault(step["name"].lower(), value)
    return tuple(found)


def bearer_challenge(header: str) -> dict[str, str]:
    """Return the parameters of the Bearer challenge; empty if there is none."""
    return next((parameters for scheme, parameters in challenges(header) if scheme == "bearer"), {})
