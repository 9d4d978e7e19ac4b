"""The kinds of refusal: JSON for a program, a page for a person, an error for an author."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass

_FORBIDDEN = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")


@dataclass(eq=False, repr=False)
class Refusal(Exception):
    """A refusal for a program: the standard's error code, and a sentence on what to do.

    `challenge` is the value of `WWW-Authenticate` if the response needs one (RFC 6749 5.2,
    RFC 6750 3), and `retry_after` is in seconds. `description` never repeats anything of the
    request except the names of scopes and parameters.
    """

    error: str
    description: str
    _: KW_ONLY
    status: int = 400
    challenge: str | None = None
    retry_after: int | None = None

    def __post_init__(self) -> None:
        """Hold the description to the characters that the standard allows (RFC 6749 5.2)."""
        self.description = _FORBIDDEN.sub("?", self.description.replace('"', "'"))


@dataclass(eq=False, repr=False)
class PageRefusal(Exception):
    """A refusal for the person at the browser, if redirecting them would not be safe.

    `explanation` ends with what that person can do. `sent` is what was wrong in the request.
    `for_author` is for whoever wrote the application, with the `addresses` to choose from.
    """

    title: str
    explanation: str
    _: KW_ONLY
    sent: str = ""
    for_author: str = ""
    addresses: tuple[str, ...] = ()
    status: int = 400


def choice_of(parameter: str, addresses: tuple[str, ...]) -> str:
    """Return what the author of an application does if its return address is not registered."""
    if not addresses:
        return f"Register an address for `{parameter}`."
    ports = "An address on 127.0.0.1 or localhost may have any port."
    return f"Send one of these registered addresses as `{parameter}`. {ports}"


class OptionError(ValueError):
    """An option that no sandbox can be started with, and why."""
