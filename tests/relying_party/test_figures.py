"""How often a server is asked."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import oauth_widgets as ow
from tests.helpers.twins import blocking, both
from tests.protocol.builders import CLIENT

from .client import SCOPE, follow, login
from .server import running


@both
def test_a_login_makes_three_requests_the_first_time_and_one_later(call: Any) -> None:
    with running() as server:
        session = login(call, server)
        pending = ow.begin_login(session.server, CLIENT, scope=SCOPE)
        call(pending, "finish", follow(pending.url))
        asked = [sent.target.partition("?")[0] for sent in server.asked()]
    first = ["/.well-known/openid-configuration", "/authorize", "/token", "/jwks"]
    later = ["/authorize", "/token"]
    # /authorize is what the browser asks
    assert asked == first + later


def test_64_tasks_that_sign_in_at_once_ask_for_the_keys_once() -> None:
    with running() as server:
        found = ow.discover(server.origin)
        logins = [ow.begin_login(found, CLIENT, scope=SCOPE) for _ in range(64)]
        answers = [follow(pending.url) for pending in logins]

        async def everybody() -> None:
            await asyncio.gather(
                *(p.afinish(back) for p, back in zip(logins, answers, strict=True))
            )

        asyncio.run(everybody())
        assert len(server.asked("/token")) == 64
        assert len(server.asked("/jwks")) == 1


def test_64_tasks_and_8_threads_that_need_a_renewal_at_once_make_one_token_request() -> None:
    with running(token={"expires_in": 1}) as server:
        session = login(blocking, server)
        time.sleep(0.6)
        server.behaviour.token = {}
        server.behaviour.before_signing = lambda _: time.sleep(0.1)

        async def everybody() -> None:
            await asyncio.gather(*(session.auserinfo() for _ in range(64)))

        with ThreadPoolExecutor(9) as threads:
            tasks = threads.submit(asyncio.run, everybody())
            list(threads.map(lambda _: session.userinfo(), range(8)))
            tasks.result()
        renewals = [s for s in server.asked("/token") if s.form["grant_type"] == "refresh_token"]
        assert len(renewals) == 1
        assert len(server.asked("/userinfo")) == 64 + 8
