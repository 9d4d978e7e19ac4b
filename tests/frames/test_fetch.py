"""A fetch that fails or is stopped loses nothing, and continues after the last page."""

from __future__ import annotations

import _thread
import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames import Progress, so_far
from oauth_widgets.frames.decode import Decoder
from tests.helpers.leaks import leaks
from tests.helpers.mint import Mint
from tests.helpers.people import session_of
from tests.helpers.rigged import Answer, Sent, answer, as_json, rigged
from tests.helpers.tracebacks import with_locals
from tests.helpers.twins import both
from tests.helpers.waiting import cancelled

SCOPE = "openid phone offline_access events.read usage.read"


pytestmark = pytest.mark.usefixtures("impatient")


def page(number: int, last: int = 5) -> bytes:
    more = f"/api/x?page={number + 1}" if number < last else None
    return as_json(
        {"total": last, "next": more, "rows": [{"n": number}]}, x_request_id=f"r{number}"
    )


def pages(mint: Mint, last: int = 5) -> ow.Session:
    for number in range(1, last + 1):
        mint.pages[f"/api/x?page={number}"] = page(number, last)
    return mint.session()


FAILURES: dict[str, tuple[Answer, type[errors.OAuthError], str]] = {
    "wrong": (as_json({"rows": "none"}), errors.UnexpectedAnswer, "Page 3 has no list"),
    "gone": (as_json({}, status=404), errors.ResourceError, "Page 3: .* nothing at /api/x"),
    "redirect": (answer(status=302), errors.ResourceError, "Page 3: .* 302"),
    "busy": (as_json({}, status=503, retry_after="999"), errors.ResourceBusy, "Page 3: .* 503"),
    "lost": (
        b"HTTP/1.1 200 so\r\ncontent-length: 9\r\n\r\n[",
        errors.ServerUnreachable,
        "Page 3: ",
    ),
    "scope": (
        as_json({}, status=403, www_authenticate='Bearer error="insufficient_scope", scope="more"'),
        errors.InsufficientScope,
        "Page 3: .* Missing: more",
    ),
    "repeats": (
        as_json({"next": "/api/x?page=1", "rows": [{"n": 3}]}),
        errors.UnexpectedAnswer,
        "Page 3 points back",
    ),
}


@both
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_the_page_and_keeps_what_came_before(
    call: Any, name: str, mint: Mint
) -> None:
    bad, kind, said = FAILURES[name]
    session = pages(mint)
    good, mint.pages["/api/x?page=3"] = mint.pages["/api/x?page=3"], bad
    with pytest.raises(kind, match=said) as failed:
        call(session, "frame", "/x?page=1")
    read = [1, 2, 3] if name == "repeats" else [1, 2]
    assert failed.value.partial["n"].tolist() == read
    assert f"{len(read)} rows ({len(read)} pages) are safe" in failed.value.next_step
    assert session.unfinished is failed.value.unfinished
    if name != "repeats":
        mint.pages["/api/x?page=3"] = good
        assert call(failed.value, "resume")["n"].tolist() == [1, 2, 3, 4, 5]
        assert session.unfinished is None
        # The pages that were read are not asked for again.
        assert len(mint.asked("/api/x?page=1")) == len(mint.asked("/api/x?page=2")) == 1


@both
def test_another_session_can_go_on_where_one_lacks_a_scope(call: Any, mint: Mint) -> None:
    session = pages(mint, 3)
    challenge = 'Bearer error="insufficient_scope", scope="usage.read"'
    good = mint.pages["/api/x?page=2"]
    mint.pages["/api/x?page=2"] = as_json({}, status=403, www_authenticate=challenge)
    with pytest.raises(errors.InsufficientScope, match=r"usage\.read") as refused:
        call(session, "frame", "/x?page=1")
    assert "session.ask_for('usage.read')" in refused.value.next_step
    mint.pages["/api/x?page=2"] = good
    wider = mint.session()
    session.logout()
    assert call(refused.value, "resume", wider)["n"].tolist() == [1, 2, 3]


def test_a_first_page_that_fails_has_an_empty_partial_and_the_message_of_its_own(
    mint: Mint,
) -> None:
    mint.pages["/api/x"] = as_json({}, status=404)
    with pytest.raises(errors.ResourceError, match=r"^http://\S+ has nothing at") as failed:
        mint.session().frame("/x")
    assert len(failed.value.partial) == 0
    assert "are safe" not in failed.value.next_step


def test_an_error_that_ended_no_fetch_has_nothing_to_go_on_with() -> None:
    assert errors.OAuthError("x").partial is None
    with pytest.raises(errors.ConfigurationError, match="No fetch"):
        errors.OAuthError("x").resume()


class Waiting:
    """Answers the pages before the third, and that one only once it is let go."""

    def __init__(self) -> None:
        self.two, self.go = threading.Event(), threading.Event()

    def __call__(self, sent: Sent) -> Answer:
        number = int(sent.target.partition("page=")[2])
        if number == 3:
            self.go.wait(10)
        return page(number)

    def progress(self, progress: Progress) -> None:
        if progress.pages == 2:
            self.two.set()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Receive interrupts even if a shell began this in the background and ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_stop_keeps_what_came_and_the_fetch_goes_on_from_there(mint: Mint) -> None:
    waiting = Waiting()
    with rigged(waiting) as api:
        session = mint.session(api=f"{api.origin}/api")

        def stop() -> None:
            waiting.two.wait(10)
            _thread.interrupt_main()

        stopping = threading.Thread(target=stop)
        stopping.start()
        with pytest.raises(KeyboardInterrupt):
            session.frame("/x?page=1", progress=waiting.progress)
        stopping.join()
        unfinished: Any = session.unfinished
        assert unfinished.partial["n"].tolist() == [1, 2]
        waiting.go.set()
        assert unfinished.resume()["n"].tolist() == [1, 2, 3, 4, 5]
        assert session.unfinished is None


def test_a_cancelled_aframe_keeps_what_came(mint: Mint) -> None:
    waiting = Waiting()

    async def resumed(session: ow.Session) -> Any:
        await cancelled(session.aframe("/x?page=1", progress=waiting.progress), waiting.two)
        unfinished: Any = session.unfinished
        assert unfinished.partial["n"].tolist() == [1, 2]
        waiting.go.set()
        return await unfinished.aresume()

    with rigged(waiting) as api:
        frame = asyncio.run(resumed(mint.session(api=f"{api.origin}/api")))
    assert frame["n"].tolist() == [1, 2, 3, 4, 5]


def test_pages_that_go_on_and_bring_nothing_are_given_up(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(so_far, "_NOTHING_NEW", 5)

    def endless(rows: list[Any]) -> Callable[[Sent], Answer]:
        def respond(sent: Sent) -> Answer:
            number = int(sent.target.rpartition("=")[2])
            return as_json({"next_cursor": str(number + 1), "rows": rows})

        return respond

    for rows in ([], [{"n": 1}]):
        with rigged(endless(rows)) as api:
            session = mint.session(api=api.origin)
            with pytest.raises(errors.UnexpectedAnswer, match="had nothing new"):
                session.frame("/x?cursor=0")
            assert len(api.sent) <= 7


@both
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 9])
def test_a_limit_is_kept_to_and_asks_for_no_page_more(call: Any, limit: int, mint: Mint) -> None:
    session = pages(mint)
    frame = call(session, "frame", "/x?page=1", limit=limit)
    assert frame["n"].tolist() == [1, 2, 3, 4, 5][:limit]
    assert len(mint.asked("/api")) == min(limit, 5)


def test_a_limit_cuts_the_last_page(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json([{"n": n} for n in range(9)], link="</api/y>; rel=next")
    assert mint.session().frame("/x", limit=4)["n"].tolist() == [0, 1, 2, 3]


@both
@pytest.mark.check(id="bearer/retry")
def test_one_renewal_serves_all_pages_under_way_and_no_page_is_lost(
    call: Any,
) -> None:
    session = session_of("alice", SCOPE)
    whole = session.frame("/events", {"paging": "none"}, progress=False)
    first = session.access_token
    frame = call(session, "frame", "/events", {"fail": "401", "per_page": 100}, progress=False)
    assert session.access_token != first
    pd.testing.assert_frame_equal(frame, whole)


@both
@pytest.mark.parametrize(
    ("status", "retry_as", "times"),
    [("429", "seconds", 2), ("503", "date", 1), ("429", "none", 1), ("500", "none", 1)],
)
@pytest.mark.check(id="transport/retries")
def test_pages_that_are_refused_for_a_while_are_asked_for_again(
    call: Any, status: str, retry_as: str, times: int
) -> None:
    session = session_of("alice", SCOPE)
    trouble = {"fail": status, "fail_at": 3, "retry_after": 0, "retry_as": retry_as}
    frame = call(session, "frame", "/events", {**trouble, "times": times}, progress=False)
    assert frame["id"].is_unique
    assert len(frame) == 3200


@pytest.mark.check(id="transport/retries")
def test_an_api_with_a_limit_to_its_rate_is_slowed_down_for() -> None:
    session = session_of("alice", SCOPE)
    hurried = {"rate": 20, "retry_after": 1, "per_page": 100}
    frame = session.frame("/events", hurried, progress=False)
    assert frame["id"].is_unique
    assert len(frame) == 3200


@both
@pytest.mark.check(id="secrets/hidden")
def test_no_token_is_in_attrs_errors_or_tracebacks_of_a_fetch(
    call: Any, mint: Mint, tmp_path: Path
) -> None:
    session = pages(mint)
    frame = call(session, "frame", "/x?page=1")
    mint.pages["/api/x?page=3"] = as_json({"detail": "access-1"}, status=400)
    with pytest.raises(errors.ResourceError) as failed:
        call(session, "frame", "/x?page=1")
    shown = tmp_path / "shown"
    seen = [failed.value, frame.attrs, with_locals(failed.value), session.unfinished]
    shown.write_text("\n".join(map(repr, seen)), "utf-8")
    assert leaks({"token": "access-1", "refresh token": "refresh-1"}, [shown]) == []


def test_a_fetch_that_was_resumed_keeps_nothing_and_is_not_resumed_again(mint: Mint) -> None:
    session = pages(mint)
    good, mint.pages["/api/x?page=3"] = mint.pages["/api/x?page=3"], as_json({}, status=404)
    with pytest.raises(errors.ResourceError) as failed:
        session.frame("/x?page=1")
    mint.pages["/api/x?page=3"] = good
    failed.value.resume()
    assert failed.value.partial is None
    with pytest.raises(errors.ConfigurationError, match="finished"):
        failed.value.resume()


def test_a_page_that_is_read_while_its_fetch_is_cancelled_is_kept_once(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, reading, go = pages(mint), threading.Event(), threading.Event()
    decode = Decoder.decode

    def slowly(self: Decoder, response: Any, **given: Any) -> Any:
        if given["page"] == 1:
            reading.set()
            go.wait(10)
        return decode(self, response, **given)

    monkeypatch.setattr(Decoder, "decode", slowly)

    async def resumed() -> Any:
        await cancelled(session.aframe("/x?page=1"), reading)
        go.set()
        unfinished: Any = session.unfinished
        return await unfinished.aresume()

    assert asyncio.run(resumed())["n"].tolist() == [1, 2, 3, 4, 5]
    assert len(mint.asked("/api/x?page=1")) == 1
