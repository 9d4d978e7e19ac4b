"""What the sandbox saw: each request without its secrets, for lessons to judge."""

from __future__ import annotations

import base64
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from starlette.requests import Request

from oauth_widgets.sandbox.server.wire import Params, query_of

MOST = 10_000  # requests remembered
MOST_NAMES = 50  # in a request
LONGEST = 200  # characters of a name or a value
# Their values are not secret; of all other parameters only the names are kept.
_OPEN = (
    *("client_id", "grant_type", "response_type", "scope", "code_challenge_method", "prompt"),
    *("paging", "page", "per_page", "format", "fail"),
)


@dataclass(frozen=True)
class LoggedRequest:
    """One request: its path, the status of the answer, and what was sent.

    `sent` has the values of parameters that are not secret, and `names` has all names.
    `client_id` is also known from HTTP Basic. `at` is in seconds since the epoch.
    """

    path: str
    method: str
    status: int
    client_id: str | None
    sent: dict[str, str]
    names: tuple[str, ...]
    at: float = field(default_factory=time.time)


class Log:
    """The newest requests, oldest first. Any thread may read it."""

    def __init__(self) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=MOST)

    def add(self, request: Request, status: int) -> None:
        """Remember a request and the status of its answer."""
        form: Params | None = getattr(request.state, "form", None)
        parameters = {**query_of(request).values, **(form.values if form else {})}
        sent = {name: _short(parameters[name][0]) for name in _OPEN if name in parameters}
        names = tuple(map(_short, islice(parameters, MOST_NAMES)))
        client_id = sent.get("client_id") or _by_basic(request)
        self._requests.append(
            LoggedRequest(request.url.path, request.method, status, client_id, sent, names)
        )

    def requests(self) -> tuple[LoggedRequest, ...]:
        """Return every request as it is kept, without copies."""
        return tuple(self._requests)

    def all(self) -> list[dict[str, Any]]:
        """Return every request, ready for a table."""
        return [asdict(logged) for logged in self.requests()]


def _short(text: str) -> str:
    # Bytes that are not text cannot be shown again.
    return text[:LONGEST].encode(errors="replace").decode()


def _by_basic(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return _short(base64.b64decode(value).decode().partition(":")[0])
    except ValueError:
        return None
