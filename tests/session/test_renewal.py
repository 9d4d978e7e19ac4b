"""Tokens are renewed in time, and once for everybody."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import run

from ..helpers.mint import Mint
from ..helpers.people import session_of
from ..helpers.rigged import BUSY, as_json, in_turn, rigged
from ..helpers.twins import both
from ..helpers.waiting import until

every_use = pytest.mark.parametrize("use", [("frame", "/events"), ("userinfo",)], ids=str)


@both
@every_use
@pytest.mark.parametrize("seconds", [-10, 0, 29])
@pytest.mark.check(id="refresh/ahead")
def test_a_token_about_to_end_is_renewed_first(
    call: Any, seconds: float, use: tuple[str, ...], mint: Mint
) -> None:
    assert "access-1" not in str(call(mint.session(seconds=seconds), *use))
    assert [sent.token for sent in mint.asked("/api")] == ["access-2"]


@pytest.mark.parametrize("seconds", [60, None])
@pytest.mark.check(id="refresh/ahead")
def test_a_token_with_time_left_is_not(seconds: float | None, mint: Mint) -> None:
    mint.session(seconds=seconds).frame("/events")
    assert mint.asked("/token") == []


def test_a_token_that_nothing_can_renew_is_used_to_its_end(mint: Mint) -> None:
    session = mint.session(seconds=5, refreshable=False)
    assert list(session.frame("/events")["token"]) == ["access-1"]
    with pytest.raises(errors.ConfigurationError, match="offline_access"):
        session.refresh()


def by_64_tasks(session: ow.Session) -> list[Any]:
    async def everybody() -> list[Any]:
        return await asyncio.gather(*(session.aframe(f"/{n}") for n in range(64)))

    return asyncio.run(everybody())


def by_8_threads(session: ow.Session) -> list[Any]:
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(session.frame, (f"/{n}" for n in range(8))))


@pytest.mark.parametrize("read", [by_64_tasks, by_8_threads])
@pytest.mark.parametrize("refused", [False, True], ids=["about to end", "refused"])
@pytest.mark.check(id="refresh/shared")
def test_one_refresh_serves_all_tasks_and_threads(refused: bool, read: Any, mint: Mint) -> None:
    session = mint.session(seconds=3600 if refused else 5)
    mint.takes_long = 0.1
    if refused:
        mint.revoke()
    frames = read(session)
    assert {token for frame in frames for token in frame["token"]} == {"access-2"}
    assert len(mint.asked("/token")) == 1


@pytest.mark.check(id="refresh/shared")
def test_one_refresh_serves_those_who_ask_for_it_by_name(mint: Mint) -> None:
    session = mint.session()
    mint.takes_long = 0.1

    async def everybody() -> None:
        await asyncio.gather(*(session.arefresh() for _ in range(8)))

    asyncio.run(everybody())
    assert len(mint.asked("/token")) == 1


def test_who_gives_up_waiting_does_not_lose_the_new_token_for_others(mint: Mint) -> None:
    session = mint.session(seconds=5)
    mint.takes_long = 0.2

    async def one_gives_up() -> Any:
        hasty, patient = (asyncio.create_task(session.aframe("/x")) for _ in range(2))
        await asyncio.sleep(0.05)
        hasty.cancel()
        return await patient

    assert list(asyncio.run(one_gives_up())["token"]) == ["access-2"]
    assert session.access_token.reveal() == "access-2"


def test_a_new_token_is_kept_although_nobody_waits_for_it_any_more(mint: Mint) -> None:
    session = mint.session()
    mint.takes_long = 0.4

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(session.arefresh(), 0.02)

    asyncio.run(give_up())
    session.refresh()
    assert session.access_token.reveal() == "access-2"
    assert len(mint.asked("/token")) == 1


@both
@every_use
@pytest.mark.check(id="bearer/retry")
def test_a_refused_token_is_renewed_once_and_the_request_sent_once_more(
    call: Any, use: tuple[str, ...], mint: Mint
) -> None:
    session = mint.session()
    mint.revoke()
    assert "access-1" not in str(call(session, *use))
    assert [sent.token for sent in mint.asked("/api")] == ["access-1", "access-2"]


@pytest.mark.check(id="bearer/retry")
def test_a_refusal_that_comes_late_finds_the_new_token(mint: Mint) -> None:
    session = mint.session()
    refused = session.access_token
    session.refresh()
    assert run(session.renewed_token(refused)) == session.access_token
    assert len(mint.asked("/token")) == 1


@both
@pytest.mark.check(id="bearer/retry")
def test_a_second_refusal_is_final(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.pages["/api/events"] = as_json({}, status=401)
    with pytest.raises(errors.InvalidToken, match="Sign in again"):
        call(session, "frame", "/events")
    assert len(mint.asked("/api")) == 2
    assert len(mint.asked("/token")) == 1


@pytest.mark.check(id="bearer/retry")
def test_without_a_refresh_token_the_first_refusal_is_final(mint: Mint) -> None:
    session = mint.session(refreshable=False)
    mint.revoke()
    with pytest.raises(errors.InvalidToken):
        session.frame("/events")
    assert len(mint.asked("/api")) == 1


def test_a_session_goes_on_with_what_a_later_sign_in_brought() -> None:
    session, wider = session_of("alice", "openid"), session_of("alice", "openid cells.read")
    told: list[int] = []
    session.watch(lambda: told.append(1))
    with pytest.raises(errors.InsufficientScope):
        session.frame("/cells")
    assert session.widen(wider)
    assert session.scope == wider.scope
    assert session.refused_scope == ow.Scope()
    assert session.access_token.reveal() == wider.access_token.reveal()
    assert session.frame("/cells", {"page": "1"}).shape[0]
    assert told


@pytest.mark.parametrize(
    "other",
    [
        lambda: session_of("bob", "openid phone cells.read"),
        lambda: session_of("alice", "phone cells.read"),
        lambda: session_of("alice", "openid cells.read"),
        lambda: session_of("alice", "openid phone cells.read", profile="playground"),
    ],
    ids=["somebody else", "nobody named", "less", "another server"],
)
def test_a_session_does_not_go_on_with_what_is_not_its_own(other: Any) -> None:
    session, stranger = session_of("alice", "openid phone"), other()
    token = session.access_token.reveal()
    assert not session.widen(stranger)
    assert (session.scope, session.access_token.reveal()) == (ow.Scope("openid phone"), token)


def test_an_ended_session_is_not_widened(mint: Mint) -> None:
    ended, other = mint.session(), mint.session()
    ended.revoke()
    for one, another in ((ended, other), (other, ended)):
        with pytest.raises(errors.NotSignedIn):
            one.widen(another)


def test_a_renewal_under_way_does_not_undo_what_a_later_sign_in_brought(mint: Mint) -> None:
    session, wider = mint.session(), mint.session()
    mint.takes_long = 0.3
    renewing = threading.Thread(target=session.refresh)
    renewing.start()
    until(lambda: vars(session)["_renewing"])
    assert session.widen(wider)
    renewing.join()
    assert session.access_token.reveal() == wider.access_token.reveal() == "access-1"


@pytest.mark.parametrize(("rotates", "next_one"), [(True, "refresh-2"), (False, "refresh-1")])
@pytest.mark.check(id="refresh/rotation")
def test_a_rotated_refresh_token_is_used_next_and_without_one_the_old_one(
    rotates: bool, next_one: str, mint: Mint
) -> None:
    mint.rotates = rotates
    session = mint.session()
    session.refresh()
    session.refresh()
    sent = [request.form["refresh_token"] for request in mint.asked("/token")]
    assert sent == ["refresh-1", next_one]
    assert session.access_token.reveal() == "access-3"


@both
@pytest.mark.check(id="refresh/failure")
def test_a_passing_failure_keeps_the_tokens(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.refusal = BUSY
    with pytest.raises(errors.TemporarilyUnavailable) as passing:
        call(session, "refresh")
    assert passing.value.retry_may_help
    assert session.access_token.reveal() == "access-1"
    mint.refusal = None
    call(session, "refresh")
    assert session.access_token.reveal() == "access-2"


@both
@pytest.mark.check(id="refresh/failure")
def test_invalid_grant_says_to_sign_in_again(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.renews = "another's"
    with pytest.raises(errors.InvalidGrant, match="Sign in again") as final:
        call(session, "refresh")
    assert not final.value.retry_may_help
    with pytest.raises(errors.ConfigurationError, match="Sign in again"):
        call(session, "refresh")
    assert len(mint.asked("/token")) == 1


@both
@pytest.mark.check(id="introspection/active")
def test_what_a_token_stands_for_is_asked_anew_each_time(call: Any, mint: Mint) -> None:
    with rigged(in_turn(as_json({"active": True}), as_json({"active": False}))) as server:
        mint.server = replace(mint.server, introspection_endpoint=f"{server.origin}/introspect")
        session = mint.session()
        assert call(session, "introspect").active is True
        assert call(session, "introspect").active is False


@both
@pytest.mark.check(id="refresh/ahead")
def test_a_short_life_is_renewed_when_half_of_it_is_over(call: Any, mint: Mint) -> None:
    mint.life = 20
    session = mint.session()
    call(session, "refresh")
    for _ in range(3):
        call(session, "frame", "/events")
    assert len(mint.asked("/token")) == 1
