from __future__ import annotations

import asyncio
import base64
import gzip
import pickle
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import Mint
from ..helpers.rigged import Rigged, answer, as_json, drip, rigged, zipped
from ..helpers.tracebacks import with_locals
from .clients import both_clients, fetch

MEGABYTE = 2**20
TOKEN = "access-1"


def whole(kind: str, session: ow.Session, path: str, **limits: Any) -> httpx.Response:
    """Get what is at `path`."""
    return fetch(kind, session, "GET", path, limits)


def streamed(kind: str, session: ow.Session, path: str, **limits: Any) -> list[bytes]:
    """Get it piece by piece."""
    if kind == "http":
        with session.http(**limits) as client, client.stream("GET", path) as response:
            return list(response.iter_bytes())

    async def awaited() -> list[bytes]:
        async with session.ahttp(**limits) as client, client.stream("GET", path) as response:
            return [piece async for piece in response.aiter_bytes()]

    return asyncio.run(awaited())


both_ways = pytest.mark.parametrize("get", [whole, streamed])


def spellings(token: str) -> set[str]:
    return {token, quote(token, safe=""), base64.b64encode(token.encode()).decode()}


@both_clients
@both_ways
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.check(id="transport/size")
def test_the_client_takes_no_more_bytes_than_its_limit(
    get: Any, kind: str, packed: bool, mint: Mint
) -> None:
    body = b"n" * 1001
    mint.pages["/api/0"] = zipped(body) if packed else answer(body)
    get(kind, mint.session(), "/0", max_body=1001)
    with pytest.raises(errors.AnswerTooLarge, match="more than 1000 bytes") as refused:
        get(kind, mint.session(), "/0", max_body=1000)
    assert "session.http(max_body=" in refused.value.next_step


BOMB = zipped(b"\0" * 40 * MEGABYTE)


@both_clients
@both_ways
@pytest.mark.check(id="transport/size")
def test_a_bomb_is_not_unpacked_any_further_than_the_clients_limit(
    get: Any, kind: str, mint: Mint
) -> None:
    mint.pages["/api/0"] = BOMB
    session = mint.session()
    tracemalloc.start()
    try:
        with pytest.raises(errors.AnswerTooLarge):
            get(kind, session, "/0", max_body=2 * MEGABYTE)
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


@both_clients
def test_an_answer_in_more_packings_than_were_asked_for_is_refused(kind: str, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(b"\x0b\x02\x80[]\x03", content_encoding="br")
    with pytest.raises(errors.ServerUnreachable, match="can't be decompressed"):
        whole(kind, mint.session(), "/0")


@both_clients
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_is_handed_on_is_unpacked_and_says_so(kind: str, pack: Any, mint: Mint) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    mint.pages["/api/0"] = answer(pack(b"[1, 2]"), content_encoding=encoding, x_more="1")
    response = whole(kind, mint.session(), "/0")
    assert response.json() == [1, 2]
    assert response.headers["x-more"] == "1"
    assert not {"content-encoding", "content-length"} & set(response.headers)


@both_clients
def test_a_packed_answer_that_is_cut_off_is_no_answer(kind: str, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(gzip.compress(b"[1, 2]")[:-4], content_encoding="gzip")
    with pytest.raises(errors.ServerUnreachable, match="only part"):
        whole(kind, mint.session(), "/0")


@both_clients
@both_ways
@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 so\r\nx: ", answer(b"").replace(b"length: 0", b"length: 999999")]
)
@pytest.mark.check(id="transport/deadline")
def test_a_slow_drip_to_the_client_ends_at_its_deadline(
    get: Any, kind: str, start: bytes, mint: Mint
) -> None:
    with rigged(lambda _: drip(start)) as api:
        session = mint.session(api=api.origin)
        with pytest.raises(errors.DeadlineExceeded, match=r"within 0\.5 seconds") as late:
            get(kind, session, "/0", deadline=0.5)
    assert "session.http(deadline=" in late.value.next_step


def test_what_a_caller_does_between_two_pieces_is_not_counted(mint: Mint) -> None:
    mint.pages["/api/0"] = answer(b"n" * MEGABYTE)
    with mint.session().http(deadline=2) as client, client.stream("GET", "/0") as response:
        came = 0
        for piece in response.iter_bytes():
            time.sleep(0.2 if came < MEGABYTE / 2 else 0)
            came += len(piece)
    assert came == MEGABYTE


@pytest.mark.parametrize("limits", [{"max_body": 0}, {"max_body": "1"}, {"deadline": float("nan")}])
def test_a_limit_that_is_none_is_refused_by_name(limits: dict[str, Any], mint: Mint) -> None:
    for borrow in (mint.session().http, mint.session().ahttp):
        with pytest.raises(errors.ConfigurationError, match=next(iter(limits))):
            borrow(**limits)


@pytest.mark.parametrize("base", ["http://[::1]8443", "https://a\ud800", "https://м.example"])
def test_a_base_that_can_be_no_address_is_refused(base: str, mint: Mint) -> None:
    for borrow in (mint.session().http, mint.session().ahttp):
        with pytest.raises(errors.ConfigurationError):
            borrow(base)


@both_clients
@pytest.mark.check(id="secrets/hidden")
def test_nothing_that_the_client_hands_out_holds_the_token(kind: str, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(status=307, location="/api/1")
    mint.pages["/api/events"] = as_json([1])
    session = mint.session()
    answers = [whole(kind, session, "/events"), whole(kind, session, "/0")]
    assert [sent.token for sent in mint.asked("/api")] == [TOKEN] * 2
    for response in answers:
        assert "authorization" not in response.request.headers
        saved = pickle.dumps(response)
        assert not any(spelling.encode() in saved for spelling in spellings(TOKEN))
        assert TOKEN not in repr(vars(response.request))


CUT = answer(b"n" * 9).replace(b": 9", b": 99")


@both_clients
@pytest.mark.parametrize("fault", [b"", b"nonsense\r\n\r\n", CUT, answer(b"x" * 1001)])
@pytest.mark.check(id="secrets/hidden")
def test_no_error_of_the_client_holds_the_token(kind: str, fault: bytes, mint: Mint) -> None:
    mint.pages["/api/0"] = fault
    with pytest.raises((httpx.HTTPError, errors.OAuthError)) as failed:
        whole(kind, mint.session(), "/0", max_body=1000)
    shown = with_locals(failed.value)
    saved = pickle.dumps(failed.value)
    assert mint.asked("/api/0")[0].token == TOKEN
    for spelling in spellings(TOKEN):
        assert spelling not in shown
        assert spelling.encode() not in saved


@both_clients
@pytest.mark.check(id="secrets/hidden")
def test_an_error_for_a_status_holds_no_token(kind: str, mint: Mint) -> None:
    mint.pages["/api/0"] = as_json({}, status=404)
    with pytest.raises(httpx.HTTPStatusError) as failed:
        whole(kind, mint.session(), "/0").raise_for_status()
    saved = pickle.dumps(failed.value.response)
    assert TOKEN not in with_locals(failed.value)
    assert TOKEN.encode() not in saved


def test_a_body_of_pieces_is_sent_by_a_client_that_blocks(mint: Mint) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    with mint.session().http() as client:
        client.post("/events", content=pieces(), headers={"content-length": "7"})
        client.post("/events", files={"file": ("a.txt", b"whole")})
        client.post("/events", data={"a": "b"})
    bodies = [sent.body for sent in mint.asked("/api/events")]
    assert bodies[0] == b"one,two"
    assert b"whole" in bodies[1]
    assert bodies[2] == b"a=b"


def test_a_body_of_pieces_is_sent_by_a_client_that_awaits(mint: Mint) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"once"

    async def awaited() -> None:
        async with mint.session().ahttp() as client:
            length = {"content-length": "4"}
            await client.post("/events", content=pieces(), headers=length)

    asyncio.run(awaited())
    assert mint.asked("/api/events")[0].body == b"once"


@both_clients
@pytest.mark.parametrize("host", ["127.0.0.2", "[::ffff:127.0.0.1]", "localhost"])
@pytest.mark.check(id="transport/proxies")
def test_no_name_of_this_machine_is_reached_by_a_proxy(
    kind: str, host: str, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rigged(answer()) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        monkeypatch.delenv("no_proxy", raising=False)
        for scheme in ("http", "https"):
            session = mint.session(api=f"{scheme}://{host}:1")
            with pytest.raises(httpx.ConnectError):
                whole(kind, session, "/0")
    assert proxy.sent == []


@both_clients
@pytest.mark.check(id="bearer/origin")
def test_a_client_sends_nothing_to_another_port(kind: str, mint: Mint, suspicious: Rigged) -> None:
    session = mint.session(api="http://[::1]")
    for address in (f"http://[::1]{suspicious.port}/x", f"http://[::1]:{suspicious.port}/x"):
        with pytest.raises((errors.ForeignOrigin, errors.ConfigurationError)):
            whole(kind, session, address)
    assert suspicious.sent == []
