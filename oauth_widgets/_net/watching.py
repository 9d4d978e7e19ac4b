"""What passes between browser, notebook, server and API, for anyone who watches.

Usually no one does, and then nothing here is called: each place asks `if watchers` first. What is
passed on are the client's own values, whose `repr` hides secrets. A watcher redacts them before it
keeps anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from oauth_widgets.errors import OAuthError
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.document import Document
from oauth_widgets.protocol.id_token import Grounds
from oauth_widgets.protocol.message import Request, Response
from oauth_widgets.secret import Secret


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A request and its answer, or why there was none. Times are those of `time.monotonic`."""

    request: Request
    answer: Response | OAuthError
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Offered:
    """An address that `owner` offers a person to open."""

    owner: object
    request: AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Returned:
    """The address that the browser was sent back to, and why it was refused, if it was."""

    request: AuthorizationRequest
    url: Secret
    failure: OAuthError | None


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code that `owner` shows a person to enter on another device."""

    owner: object
    device_code: Secret


@dataclass(frozen=True, slots=True)
class Judged:
    """An ID token whose signature is good, and what its claims are held against."""

    raw: Secret
    claims: Document
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Failed:
    """Why an exchange failed whose last request with a secret was `request`."""

    request: Request
    failure: OAuthError


@dataclass(frozen=True, slots=True)
class Fetched:
    """How much has come of the pages at `url`."""

    url: str
    pages: int
    rows: int


Event = Exchanged | Offered | Returned | CodeShown | Judged | Failed | Fetched

watchers: list[Callable[[Event], None]] = []


def tell(event: Event) -> None:
    """Pass `event` to each watcher; one that fails must not break a sign-in."""
    for watcher in tuple(watchers):
        try:
            watcher(event)
        except Exception as problem:  # noqa: BLE001 - a watcher is never worth a sign-in
            # The name alone: the traceback's frames contain what passed.
            logging.getLogger(__name__).warning("A trace failed: %s.", type(problem).__name__)
