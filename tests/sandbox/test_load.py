"""Many people for a long time: everyone is served and memory stays bounded."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oauth_widgets.sandbox.server.state.expiring import Expiring
from oauth_widgets.sandbox.server.state.grants import MOST, Grant, Grants

PEOPLE = 50


def test_fifty_people_sign_in_at_once_and_none_fails(sandbox: Any, browse: Any) -> None:
    browsers = [browse(sandbox) for _ in range(PEOPLE)]
    together = threading.Barrier(PEOPLE)

    def whole_flow(number: int) -> str:
        browser, username = browsers[number], ("alice", "bob")[number % 2]
        together.wait()
        tokens = browser.tokens(username)
        told = browser.get(browser.paths["userinfo"], tokens["access_token"]).json()
        assert told["phone_number"] == ("+447700900101", "+447700900102")[number % 2]
        again = browser.refresh(tokens["refresh_token"])
        assert browser.verified(again.json()["id_token"])["sub"] == told["sub"]
        token: str = again.json()["access_token"]
        return token

    with ThreadPoolExecutor(PEOPLE) as threads:
        tokens = list(threads.map(whole_flow, range(PEOPLE)))
    assert len(set(tokens)) == PEOPLE


def test_tables_forget_the_oldest_first() -> None:
    table: Expiring[int] = Expiring(60, limit=3)
    handles = [table.add(number) for number in range(5)]
    assert [table.get(handle) for handle in handles] == [None, None, 2, 3, 4]
    assert table.values() == [2, 3, 4]


def _grown(grants: Grants, sign_ins: int) -> int:
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(sign_ins):
        grant = Grant(client_id="notebook", scope=("openid", "offline_access"), username="alice")
        grants.new_code(grant, "http://x", redirect_uri_named=True, code_challenge="c")
        grants.new_access_token(grant, grant.scope)
        grants.new_refresh_token(grant)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


def test_grants_take_no_more_room_once_the_tables_are_full() -> None:
    tracemalloc.start()
    try:
        grants = Grants(token_lifetime=3600)
        filling = _grown(grants, MOST)
        later = _grown(grants, MOST)
    finally:
        tracemalloc.stop()
    assert later < 0.1 * filling


def test_rotating_for_ever_takes_the_room_of_one(browser: Any) -> None:
    first = browser.tokens()["refresh_token"]
    latest = first
    for _ in range(20):
        latest = browser.refresh(latest).json()["refresh_token"]
    assert latest.partition(".")[0] == first.partition(".")[0]
    # The oldest one is still recognized.
    assert "used before" in browser.refresh(first).json()["error_description"]
    assert browser.refresh(latest).json()["error"] == "invalid_grant"
