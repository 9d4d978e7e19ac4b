"""What hostile answers cost in memory, measured in a separate process."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from oauth_widgets._net import http
from tests.helpers.rigged import Answer, Sent, answer, as_json, rigged
from tests.protocol.keys import encoded

MEGABYTE = 2**20
DEADLINE = "0.5"
"""In seconds, for each hostile answer; most are refused long before."""

HEADER = b"HTTP/1.1 200 so\r\ncontent-type: application/json\r\n"
TOKENS = {
    "access_token": "a-token",
    "token_type": "Bearer",
    # Enough of one for the keys to be fetched
    "id_token": f"{encoded({'alg': 'RS256', 'kid': 'one'})}.e30.AAAA",
}


def bomb() -> bytes:
    """Return an answer of less than a megabyte that unpacks to 200."""
    packing = zlib.compressobj(wbits=31)
    body = b"".join(packing.compress(b" " * MEGABYTE) for _ in range(200)) + packing.flush()
    assert len(body) < http.MAX_BODY
    return answer(body, kind="application/json", content_encoding="gzip")


def filled(piece: bytes) -> bytes:
    """Return a document of just the greatest length that is read."""
    body = b'{"a":[' + piece * ((http.MAX_BODY - 8) // len(piece))
    return answer(body.rstrip(b",") + b"]}", kind="application/json")


def endless(start: bytes, more: bytes) -> Callable[[Sent], Answer]:
    return lambda _: (more if n else start for n in count())


HOSTILE: dict[str, tuple[Callable[[], Answer | Callable[[Sent], Answer]], int]] = {
    "bomb": (bomb, 24),
    "endless": (lambda: endless(HEADER + b"\r\n", b"x" * 65536), 24),
    "endless crumbs": (
        lambda: endless(HEADER + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000),
        24,
    ),
    "endless headers": (lambda: endless(HEADER, b"x-more: y\r\n" * 500), 24),
    "deep": (lambda: filled(b"["), 24),
    "many lists": (lambda: filled(b"[],"), 64),
    # Each takes 150 times as much memory as text
    "many objects": (lambda: filled(b"{},"), 256),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets an earlier peak on demand")
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.check(id="transport/size")
def test_no_answer_takes_much_memory(kind: str) -> None:
    make, megabytes = HOSTILE[kind]
    wrong = make()

    def respond(sent: Sent) -> Answer:
        if sent.target == "/good/token":
            return as_json(TOKENS)
        return wrong(sent) if callable(wrong) else wrong

    script = Path(__file__).with_name("measured.py")
    with rigged(respond) as server:
        ran = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(script), server.origin, DEADLINE],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    grown = found.pop("grown")
    # The body of a revocation's answer is ignored, so any that ends in time is fine
    assert {name for name, outcome in found.items() if outcome == "believed"} <= {"revocation"}
    assert grown < megabytes * MEGABYTE
