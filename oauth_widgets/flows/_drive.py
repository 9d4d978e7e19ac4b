"""Runs an exchange: sends what it yields and hands it the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from typing import TypeVar

from oauth_widgets._net import http, watching
from oauth_widgets._net.message import Pause, Request, Response
from oauth_widgets._net.retry_after import passes, patience
from oauth_widgets.errors import OAuthError, ServerUnreachable, without_frames
from oauth_widgets.protocol import watched

T = TypeVar("T")
Exchange = Generator[Request | Pause, Response, T]
"""Yields requests, receives responses, and returns the result; failures are thrown in.

For a Pause, the driver sleeps and sends an empty response.
"""

_PAUSES = (0.5, 1.0)
"""Seconds before the second and the third try, unless the server names its own."""

_LONGEST_PAUSE = 5.0

_under_way: dict[str, asyncio.Task[Response]] = {}


async def drive(exchange: Exchange[T]) -> T:
    """Run `exchange` on the I/O loop and return its result."""
    latest = None
    try:
        step = next(exchange)
        while True:
            # A failure belongs to the latest request that had secrets.
            if isinstance(step, Request) and step.secrets:
                latest = step
            try:
                response = await _answer(step)
            except OAuthError as problem:
                step = exchange.throw(problem)
            else:
                step = exchange.send(response)
    except StopIteration as end:
        result: T = end.value
        return result
    except OAuthError as problem:
        if watching.watchers and latest is not None:
            watching.tell(watched.Failed(latest, problem))
        raise without_frames(problem)  # noqa: B904 - itself, with its causes


async def _answer(request: Request | Pause) -> Response:
    if isinstance(request, Pause):
        await asyncio.sleep(request.seconds)
        return Response(0)
    if not request.shared:
        return await send_patiently(request)
    loop, task = asyncio.get_running_loop(), _under_way.get(request.url)
    # A forked child has the parent's tasks, but no loop that would finish them.
    if task is None or task.get_loop() is not loop:
        task = _under_way[request.url] = asyncio.create_task(send_patiently(request))
        # The waiters store the answer one round of the loop later; until then others share it.
        task.add_done_callback(lambda _: loop.call_soon(_under_way.pop, request.url, None))
    # One caller that gives up must not take the answer from the others.
    return await asyncio.shield(task)


async def send_patiently(request: Request) -> Response:
    """Send `request`; after a temporary failure, a GET is sent again.

    All tries together take little more than half a minute.
    """
    until = time.monotonic() + http.DEADLINE
    for pause in _PAUSES if request.method == "GET" else ():
        try:
            response = await _sent(request, until)
        except ServerUnreachable as problem:
            if not (problem.sent and problem.retry_may_help):
                raise
            retry_after = None
        else:
            if not passes(response.status):
                return response
            retry_after = patience(response, now=time.time())
        await asyncio.sleep(pause if retry_after is None else min(retry_after, _LONGEST_PAUSE))
    return await _sent(request, until)


async def _sent(request: Request, until: float) -> Response:
    remaining = until - time.monotonic()
    return await http.send(request, deadline=max(remaining, _LONGEST_PAUSE))
