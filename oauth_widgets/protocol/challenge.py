"""Why an API refused a request: the WWW-Authenticate header (RFC 9110 11.6.1, RFC 6750 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STEP = re.compile(
    rf'[\s,]*(?P<name>{_NAME})(?:\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>{_NAME}))'
    r"|(?P<blob>\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$)))?)"
)


@dataclass(frozen=True)
class Challenge:
    """One challenge: its scheme in lower case and its parameters, names in lower case."""

    scheme: str
    parameters: dict[str, str]


def challenges(header: str) -> tuple[Challenge, ...]:
    """Take the header apart; it may hold several challenges. What cannot be read is left out."""
    found: list[Challenge] = []
    position = 0
    while step := _STEP.match(header, position):
        position = step.end()
        value = step["plain"] if step["quoted"] is None else re.sub(r"\\(.)", r"\1", step["quoted"])
        if value is None:
            found.append(Challenge(step["name"].lower(), {}))
        elif found:
            found[-1].parameters.setdefault(step["name"].lower(), value)
    return tuple(found)


def bearer_challenge(header: str) -> dict[str, str]:
    """Return the parameters of the Bearer challenge; empty where there is none."""
    return next((c.parameters for c in challenges(header) if c.scheme == "bearer"), {})
