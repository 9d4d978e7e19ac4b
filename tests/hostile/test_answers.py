"""Hostile answers at every endpoint: a typed error in time, and nothing believed."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets._net import http
from oauth_widgets.flows import _drive
from tests.helpers.rigged import Answer, answer, rigged, zipped
from tests.protocol.builders import refuses

from .endpoints import ENDPOINTS, READ, Endpoint

DEADLINE = 3.0
"""Seconds; enough for the good answers before the wrong one, on a busy machine too."""

TOO_MUCH = 2 * http.MAX_BODY

every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.name)
every_endpoint_that_is_read = pytest.mark.parametrize("endpoint", READ, ids=lambda e: e.name)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses of the engine; the limits themselves are in tests/_net/http."""
    monkeypatch.setattr(_drive, "_LONGEST_PAUSE", 0.05)


class Repeated:
    """An answer in pieces, anew for each request."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces()


def flood(start: bytes, more: bytes) -> Repeated:
    return Repeated(lambda: (more if n else start for n in count()))


def ticks() -> Iterator[None]:
    while True:
        time.sleep(0.05)
        yield


def drip(start: bytes) -> Repeated:
    return Repeated(lambda: chain([start], (b"x" for _ in ticks())))


OK = b"HTTP/1.1 200 so\r\ncontent-type: application/json\r\n"

NO_ANSWER: dict[str, tuple[Answer, type[errors.TransportError]]] = {
    "oversized": (answer(b"x" * TOO_MUCH, kind="application/json"), errors.AnswerTooLarge),
    "oversized blanks": (answer(b" " * TOO_MUCH, kind="application/json"), errors.AnswerTooLarge),
    "endless": (flood(OK + b"\r\n", b"[" * 65536), errors.AnswerTooLarge),
    "endless in chunks": (
        flood(OK + b"transfer-encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"),
        errors.AnswerTooLarge,
    ),
    "endless headers": (flood(OK, b"x-more: " + b"x" * 1000 + b"\r\n"), errors.ServerUnreachable),
    "endless in one header": (flood(OK + b"x-more: ", b"x" * 1000), errors.ServerUnreachable),
    "bomb": (zipped(b" " * 20_000_000, content_type="application/json"), errors.AnswerTooLarge),
    "truncated": (OK + b'content-length: 99\r\n\r\n{"issuer"', errors.ServerUnreachable),
    "truncated zip": (
        answer(gzip.compress(b"{}" * 999)[:-9], content_encoding="gzip"),
        errors.ServerUnreachable,
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", errors.ServerUnreachable),
    "nothing": (b"", errors.ServerUnreachable),
}
NO_END: dict[str, Answer] = {
    "endless announcements": Repeated(
        # A pause between them, so that one process can serve all endpoints at once
        lambda: (b"HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n" for _ in ticks())
    ),
    "dripping status": drip(b"HTT"),
    "dripping headers": drip(OK + b"x-slow: "),
    "dripping body": drip(OK + b"\r\n"),
}


@every_endpoint
@pytest.mark.parametrize("kind", NO_ANSWER)
def test_an_answer_that_is_too_much_or_cut_off_is_refused(endpoint: Endpoint, kind: str) -> None:
    wrong, error = NO_ANSWER[kind]
    assert_refused(endpoint, wrong, error)


@pytest.mark.any_release
def test_an_answer_without_end_is_given_up_in_time_at_every_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # For one exchange, and for all tries together
    monkeypatch.setitem(http.send.__kwdefaults__, "deadline", DEADLINE)
    monkeypatch.setattr(http, "DEADLINE", DEADLINE)
    with ThreadPoolExecutor(len(ENDPOINTS) * len(NO_END)) as pool:
        tried = {
            (endpoint.name, kind): pool.submit(
                assert_refused, endpoint, NO_END[kind], errors.DeadlineExceeded
            )
            for endpoint in ENDPOINTS
            for kind in NO_END
        }
    failed = {one: trial.exception() for one, trial in tried.items()}
    assert {one: problem for one, problem in failed.items() if problem} == {}


def assert_refused(endpoint: Endpoint, wrong: Answer, error: type[errors.OAuthError]) -> None:
    # The refresh token may be used up, and the error says so
    due = errors.AnswerLost if endpoint.name == "refresh" else error
    with endpoint.answering(wrong) as use:
        begun = time.monotonic()
        with refuses(due):
            use()
        assert time.monotonic() - begun < DEADLINE + 30


def of(value: str) -> str:
    """Return an object that has `value` for every member that any endpoint looks at."""
    names = "issuer keys access_token token_type expires_in id_token scope sub active device_code"
    return "{" + ", ".join(f'"{name}": {value}' for name in names.split()) + "}"


NO_DOCUMENT = {
    "HTML": answer(b"<html>Log in to the Wi-Fi</html>", kind="text/html"),
    "text": answer(b"{}", kind="text/plain"),
    "no type": answer(b"{}", content_type=""),
    "empty": b"",
    "array": b"[]",
    "string": b'"access_token"',
    "null": b"null",
    "not UTF-8": b'{"issuer": "\xff"}',
    "NaN": of("NaN").encode(),
    "infinity": of("-Infinity").encode(),
    "duplicate names": b'{"issuer": "a", "issuer": "b", "active": true, "active": false}',
    "deep arrays": b"[" * 500_000 + b"]" * 500_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deeper than any": of("[" * 40 + "]" * 40).encode(),
    "huge number": of("9" * 100_000).encode(),
    "beyond a float": of("1e999").encode(),
    "huge and exact": of("9" * 4000).encode(),
    "half a character": of(r'"\ud800"').encode(),
    "null members": of("null").encode(),
    "objects for members": of("{}").encode(),
    "a wide object": b"{%s}" % b",".join(b'"%d":0' % n for n in range(90_000)),
}


@every_endpoint_that_is_read
@pytest.mark.parametrize("kind", NO_DOCUMENT)
def test_an_answer_that_is_not_what_it_should_be_is_refused(endpoint: Endpoint, kind: str) -> None:
    wrong = NO_DOCUMENT[kind]
    if not wrong.startswith(b"HTTP"):
        wrong = answer(wrong, kind="application/json")
    with endpoint.answering(wrong) as use, refuses(endpoint.error):
        use()


@every_endpoint
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.check(id="transport/no-redirects")
def test_no_endpoint_sends_the_engine_elsewhere(endpoint: Endpoint, status: int) -> None:
    with rigged(answer(b"{}", kind="application/json")) as elsewhere:
        wrong = answer(status=status, location=f"{elsewhere.origin}/taken")
        with endpoint.answering(wrong) as use, refuses(endpoint.error):
            use()
    assert elsewhere.sent == []


BUSY: Any = {
    "for ages": {"status": 503, "retry_after": "999999999"},
    "until the year 9999": {"status": 503, "retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "nonsense": {"status": 429, "retry_after": "-1e999"},
    "not said": {"status": 429},
}


@every_endpoint
@pytest.mark.parametrize("kind", BUSY)
@pytest.mark.check(id="transport/retries")
def test_a_server_that_is_always_busy_is_given_up_soon(endpoint: Endpoint, kind: str) -> None:
    # The code has been sent, and is never sent twice, so trying again is useless
    used_up = endpoint.name in {"token", "JWKS"}
    error = endpoint.error if endpoint.name == "JWKS" else errors.TemporarilyUnavailable
    with endpoint.answering(answer(**BUSY[kind])) as use, refuses(error) as refused:
        use()
    assert refused.value.retry_may_help == (not used_up)
