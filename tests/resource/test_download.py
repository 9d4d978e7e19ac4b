"""What an API has at an address, as a file for any reader."""

from __future__ import annotations

import errno
import gzip
import io
import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any, NoReturn

import pandas as pd
import pytest

from oauth_widgets import errors
from oauth_widgets._net import http
from oauth_widgets.resource import download, resource

from ..helpers.mint import Mint
from ..helpers.people import session_of
from ..helpers.rigged import answer, as_json, in_turn, parquet_of, rigged, zipped
from ..helpers.tracebacks import with_locals
from ..helpers.twins import both

MEGABYTE = 2**20


pytestmark = pytest.mark.usefixtures("impatient")


FRAME = pd.DataFrame({"n": range(2000), "city": ["Oslo", "Gdańsk"] * 1000})


@both
def test_a_reader_gets_what_is_at_the_address(call: Any, mint: Mint) -> None:
    mint.pages["/api/towns.csv?year=2026"] = answer(b"n,city\n1,Oslo\n", kind="text/csv")
    mint.pages["/api/towns.json"] = as_json({"n": [1]})
    mint.pages["/api/towns.parquet"] = answer(parquet_of(FRAME))
    session = mint.session()
    with call(session, "open", "/towns.csv", {"year": "2026"}) as file:
        assert pd.read_csv(file).to_dict("records") == [{"n": 1, "city": "Oslo"}]
    with call(session, "open", "/towns.json") as file:
        assert json.load(file) == {"n": [1]}
    with call(session, "open", f"{mint.api}/towns.parquet") as file:
        pd.testing.assert_frame_equal(pd.read_parquet(file), FRAME)
    assert {sent.headers["accept"] for sent in mint.asked("/api")} == {"*/*"}


def test_a_service_of_the_sandbox_is_read_by_pandas_itself() -> None:
    session = session_of("alice")
    with session.open("/events", {"format": "csv", "paging": "none"}) as file:
        table = pd.read_csv(file)
    assert len(table) == len(session.frame("/events"))


def test_what_came_packed_for_the_way_is_unpacked(mint: Mint) -> None:
    text = b"n\n" + b"1\n" * 3 * MEGABYTE
    halves = gzip.compress(text[: len(text) // 2]) + gzip.compress(text[len(text) // 2 :])
    for packed in (gzip.compress(text), halves):
        mint.pages["/api/0"] = answer(packed, content_encoding="gzip")
        with mint.session().open("/0") as file:
            assert file.read() == text
    # a file that is a zip is none of our business
    mint.pages["/api/0.gz"] = answer(gzip.compress(b"n\n1\n"))
    with mint.session().open("/0.gz") as file:
        assert len(pd.read_csv(file, compression="gzip")) == 1


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_nothing_at_all_is_an_empty_file(encoding: str, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(content_encoding=encoding)
    with mint.session().open("/0") as file:
        assert file.read() == b""


@both
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_long_file_is_kept_on_disk_and_not_in_memory(call: Any, packed: bool, mint: Mint) -> None:
    blanks, pieces = b" " * MEGABYTE, 32
    whole = gzip.compress(blanks * pieces)

    def long() -> Iterator[bytes]:
        said = answer(content_encoding="gzip") if packed else answer()
        length = len(whole) if packed else pieces * MEGABYTE
        yield said.replace(b"content-length: 0", f"content-length: {length}".encode())
        yield from [whole] if packed else (blanks for _ in range(pieces))

    mint.pages["/api/long"] = long()
    session = mint.session()
    tracemalloc.start()
    try:
        with call(session, "open", "/long") as file:
            _, most = tracemalloc.get_traced_memory()
            assert file.seek(0, io.SEEK_END) == pieces * MEGABYTE
            file.seek(-1, io.SEEK_END)
            assert file.read() == b" "
    finally:
        tracemalloc.stop()
    assert most < 3 * download.IN_MEMORY


@both
@pytest.mark.check(id="bearer/retry")
def test_a_token_refused_for_a_file_is_renewed_once(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.revoke()
    with call(session, "open", "/events") as file:
        assert json.load(file) == [{"token": "access-2"}]


@both
@pytest.mark.check(id="bearer/origin")
def test_no_file_is_opened_at_another_origin(call: Any, mint: Mint) -> None:
    with rigged(answer(b"taken")) as elsewhere:
        with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
            call(mint.session(), "open", f"{elsewhere.origin}/events")
        assert elsewhere.sent == []


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.check(id="bearer/redirect")
def test_a_redirect_of_a_file_takes_the_token_nowhere(call: Any, status: int, mint: Mint) -> None:
    with rigged(answer(b"taken")) as elsewhere:
        mint.pages["/api/0"] = answer(b"moved", status=status, location=f"{elsewhere.origin}/")
        with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
            call(mint.session(), "open", "/0")
        assert elsewhere.sent == []


@both
def test_a_redirect_within_the_api_leads_to_the_file(call: Any, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(b"moved", status=307, location="there/")
    mint.pages["/api/there/"] = answer(b"here")
    with call(mint.session(), "open", "/0") as file:
        assert file.read() == b"here"


@pytest.mark.check(id="transport/retries")
def test_a_refusal_that_passes_leaves_nothing_in_the_file(mint: Mint) -> None:
    busy = as_json({"detail": "later"}, status=503, retry_after="0")
    cut = answer(b"a longer one").replace(b": 12", b": 99")
    with rigged(in_turn(busy, cut, answer(b"whole"))) as api:
        with mint.session(api=api.origin).open("/0") as file:
            assert file.read() == b"whole"
        assert len(api.sent) == 3


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was opened to be filled."""
    files: list[Any] = []
    real = download.tempfile.SpooledTemporaryFile

    def noting(**given: Any) -> Any:
        files.append(real(**given))
        return files[-1]

    monkeypatch.setattr(download.tempfile, "SpooledTemporaryFile", noting)
    return files


BROKEN: dict[str, tuple[bytes, type[errors.OAuthError], str]] = {
    "missing": (as_json({}, status=404), errors.ResourceError, "nothing at /api/0"),
    "cut": (answer(b"n" * 9).replace(b": 9", b": 99"), errors.ServerUnreachable, "was cut"),
    "cut packed": (
        answer(gzip.compress(b"n" * 9)[:-4], content_encoding="gzip"),
        errors.ServerUnreachable,
        "only part",
    ),
    "damaged": (
        answer(b"n" * 9, content_encoding="gzip"),
        errors.ServerUnreachable,
        "decompressed",
    ),
    "long refusal": (
        answer(b"x" * 2 * MEGABYTE, status=400),
        errors.AnswerTooLarge,
        str(http.MAX_BODY),
    ),
}


@both
@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_does_not_arrive_whole_is_an_error_and_is_not_kept(
    call: Any, name: str, mint: Mint, opened: list[Any]
) -> None:
    mint.pages["/api/0"], kind, said = BROKEN[name]
    with pytest.raises(kind, match=said) as failed:
        call(mint.session(), "open", "/0")
    assert [file.closed for file in opened] == [True]
    assert "access-1" not in with_locals(failed.value)


def test_a_file_without_end_is_stopped(
    mint: Mint, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_FILE", 1000)
    for packed in (False, True):
        body = gzip.compress(b"n" * 1001) if packed else b"n" * 1001
        encoding = "gzip" if packed else "identity"
        mint.pages["/api/0"] = answer(body, content_encoding=encoding)
        with pytest.raises(errors.AnswerTooLarge, match="more than 1000 bytes"):
            mint.session().open("/0")
    assert [file.closed for file in opened] == [True, True]


def test_a_disk_that_is_full_is_said(mint: Mint, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.tempfile, "SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(errors.TransportError, match="No space left") as failed:
        mint.session().open("/events")
    assert failed.value.next_step.startswith("Free some space")
    assert "access-1" not in with_locals(failed.value)


def test_a_file_that_stalls_ends_in_time_and_one_that_is_only_long_does_not(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "DEADLINE", 1.0)
    with rigged(lambda sent: paced(8, 0.2) if sent.target == "/long" else paced(1, 3)) as api:
        session = mint.session(api=api.origin)
        with session.open("/long") as file:
            assert file.read() == b"n" * 8
        with pytest.raises(errors.DeadlineExceeded):
            session.open("/stalls")


@both
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.check(id="transport/size")
def test_a_file_may_be_as_large_as_the_caller_says(
    call: Any, packed: bool, mint: Mint, opened: list[Any]
) -> None:
    mint.pages["/api/0"] = zipped(b"n" * 1001) if packed else answer(b"n" * 1001)
    with call(mint.session(), "open", "/0", max_body=1001) as file:
        assert len(file.read()) == 1001
    with pytest.raises(errors.AnswerTooLarge, match="more than 1000 bytes"):
        call(mint.session(), "open", "/0", max_body=1000)
    assert opened[-1].closed


@both
@pytest.mark.check(id="transport/deadline")
def test_a_file_that_drips_ends_at_the_deadline_of_the_whole(
    call: Any, mint: Mint, opened: list[Any]
) -> None:
    with rigged(lambda _: paced(10_000, 0.02)) as api:
        with pytest.raises(errors.DeadlineExceeded, match=r"everything within 0\.5") as late:
            call(mint.session(api=api.origin), "open", "/drips", deadline=0.5)
        # Another try would be as slow.
        assert len(api.sent) == 1
    assert not late.value.retry_may_help
    assert "deadline=" in late.value.next_step
    assert opened[-1].closed


@both
@pytest.mark.parametrize(
    "limits", [{"max_body": 0}, {"max_body": "8"}, {"deadline": -1}, {"deadline": float("nan")}]
)
def test_a_limit_of_a_file_that_is_none_is_refused_by_name(
    call: Any, limits: dict[str, Any], mint: Mint, opened: list[Any]
) -> None:
    with pytest.raises(errors.ConfigurationError, match=next(iter(limits))):
        call(mint.session(), "open", "/0", **limits)
    assert (opened, mint.asked("/api")) == ([], [])


def test_a_parameter_of_a_file_is_spelled_as_apis_read_it(mint: Mint) -> None:
    with mint.session().open("/events", {"all": True, "since": None, "n": [1, 2]}) as file:
        assert file.read()
    assert [sent.target for sent in mint.asked("/api")] == ["/api/events?all=true&n=1&n=2"]


def paced(pieces: int, seconds: float) -> Iterator[bytes]:
    yield answer().replace(b"content-length: 0", f"content-length: {pieces}".encode())
    for _ in range(pieces):
        time.sleep(seconds)
        yield b"n"


def test_a_path_without_an_api_is_refused_before_anything_is_sent(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="api="):
        mint.without("api").session().open("/events")
