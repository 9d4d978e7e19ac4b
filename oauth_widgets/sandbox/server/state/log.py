"""What the sandbox saw: each request without its secrets, for lessons to judge."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.wire import Params, query_of

MOST = 10_000  # requests remembered
MOST_NAMES = 50  # in a request
LONGEST = 200  # characters of a name or a value
# Their values are not secret; of all other parameters only the names are kept.
_OPEN = (
    *("client_id", "grant_type", "response_type", "scope", "code_challenge_method", "prompt"),
    *("paging", "page", "per_page", "limit", "offset", "rows", "format", "fail", "decision"),
)
_RANDOM = ("state", "nonce", "code_challenge")
_MOST_SPENT = 1_000
_SHORT = 8  # different characters; a random value has more


@dataclass(frozen=True)
class LoggedRequest:
    """One request: its path, the status of the answer, and what was sent.

    `sent` has the values of parameters that are not secret, and `names` has all names.
    `client_id` is also known from HTTP Basic. `sign_in` is a number that all requests of one
    sign-in share, from the authorization request to the API, or None if it isn't known. `refusal`
    has the server's words if it refused. `guessable` names those of state, nonce and
    code_challenge that aren't random, or that a sign-in before this one used. `at` is in seconds
    since the epoch.
    """

    path: str
    method: str
    status: int
    client_id: str | None
    sent: dict[str, str]
    names: tuple[str, ...]
    sign_in: int | None = None
    refusal: str = ""
    guessable: tuple[str, ...] = ()
    at: float = field(default_factory=time.time)


class Log:
    """The newest requests, oldest first. Any thread may read it."""

    def __init__(self) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=MOST)
        self._key = secrets.token_bytes(16)
        self._under_way: dict[int, dict[str, str]] = {}
        self._spent: deque[tuple[str, str]] = deque(maxlen=_MOST_SPENT)

    def add(self, request: Request, response: Response) -> None:
        """Remember a request, and how it was answered."""
        sign_in = getattr(request.state, "sign_in", None)
        form: Params | None = getattr(request.state, "form", None)
        parameters = {**query_of(request).values, **(form.values if form else {})}
        sent = {name: _short(parameters[name][0]) for name in _OPEN if name in parameters}
        names = tuple(map(_short, islice(parameters, MOST_NAMES)))
        client_id = sent.get("client_id") or _by_basic(request)
        marks = self._marks({name: parameters[name][0] for name in _RANDOM if name in parameters})
        self._requests.append(
            LoggedRequest(
                # Its URL can't be parsed if the header Host is no address.
                path=request.scope["path"],
                method=request.method,
                status=response.status_code,
                client_id=client_id,
                sent=sent,
                names=names,
                sign_in=sign_in,
                refusal=getattr(request.state, "refusal", "") or _refusal_in(response),
                guessable=tuple(
                    name for name, mark in marks.items() if not mark or (name, mark) in self._spent
                ),
            )
        )
        self._follow(sign_in, marks, exchanged="grant_type" in sent)

    def _marks(self, values: dict[str, str]) -> dict[str, str]:
        """Return a fingerprint of each value, or "" for one that anyone could guess."""
        return {
            name: hashlib.blake2b(
                value.encode(errors="replace"), key=self._key, digest_size=8
            ).hexdigest()
            if len(set(value)) >= _SHORT
            else ""
            for name, value in values.items()
        }

    def _follow(self, sign_in: int | None, marks: dict[str, str], *, exchanged: bool) -> None:
        """Remember the values of a sign-in, which the next one must not use again.

        Whoever only opens an address twice has not used its values twice.
        """
        if sign_in is None:
            return
        if marks:
            self._under_way[sign_in] = marks
            if len(self._under_way) > _MOST_SPENT:
                del self._under_way[next(iter(self._under_way))]
        if exchanged:
            self._spent.extend(self._under_way.pop(sign_in, {}).items())

    def requests(self) -> tuple[LoggedRequest, ...]:
        """Return every request as it is kept, without copies."""
        return tuple(self._requests)

    def all(self) -> list[dict[str, Any]]:
        """Return every request, ready for a table."""
        return [asdict(logged) for logged in self.requests()]


def _short(text: str) -> str:
    # Bytes that are not text cannot be shown again.
    return text[:LONGEST].encode(errors="replace").decode()


def _refusal_in(response: Response) -> str:
    """Return the error that a browser is sent back with, or ""."""
    answer = urlsplit(response.headers.get("location", ""))
    said = parse_qs(answer.query or answer.fragment)
    return ": ".join(said[name][0] for name in ("error", "error_description") if name in said)


def _by_basic(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return _short(base64.b64decode(value).decode().partition(":")[0])
    except ValueError:
        return None
