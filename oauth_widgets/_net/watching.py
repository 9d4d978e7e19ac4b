"""The messages between browser, notebook, server and API, for watchers.

Usually there are none, and then nothing here is called: each place asks `if watchers` first.
Watchers receive the client's own values, whose `repr` hides secrets, and redact them before they
keep anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import OAuthError


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A request and its answer, or why there was none. Times are those of `time.monotonic`."""

    request: Request
    answer: Response | OAuthError
    began: float
    ended: float


watchers: list[Callable[[object], None]] = []


def tell(event: object) -> None:
    """Pass `event` to each watcher; one that fails must not break a sign-in."""
    for watcher in tuple(watchers):
        try:
            watcher(event)
        except Exception as problem:  # noqa: BLE001 - a watcher is never worth a sign-in
            # The name alone: the traceback's frames contain what passed.
            logging.getLogger(__name__).warning("A trace failed: %s.", type(problem).__name__)
