# ruff: noqa: T201 - a script says what it saw
"""Many at once with tokens of two seconds: nothing is lost, and nothing grows.

    python tests/hostile/soak.py                      # a minute
    python tests/hostile/soak.py --seconds 3600 --people 20

Threads read frames, files and single answers, and tasks await the same, each person with a session
whose refresh token is good once. Some calls are interrupted on the way and made again. At the end
each session has to work, and memory, threads and open files must be as they were after the first
third. Exits with 1 otherwise. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import re
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from oauth_widgets import Session
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json

LIFE = 2
"""Seconds that a token is good for."""

PAGES = 4
ROWS = 50
GROWTH = 10.0
"""Megabytes more at the end than after the first third, at most."""


@dataclass
class Seen:
    """What happened, counted; `wrong` says what should not have."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str) -> None:
        with self._lock:
            self.done[what] += 1

    def blame(self, what: str) -> None:
        with self._lock:
            self.wrong.append(what)


@dataclass(frozen=True)
class Sizes:
    """Of this process: megabytes it alone has, threads, and open files."""

    megabytes: float
    threads: int
    files: int

    @classmethod
    def now(cls) -> Sizes:
        gc.collect()
        rollup = Path("/proc/self/smaps_rollup").read_text("ascii")
        alone = sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", rollup, re.MULTILINE))
        return cls(alone / 1024, threading.active_count(), len([*Path("/proc/self/fd").iterdir()]))


class ShortLived(Mint):
    """A server whose tokens are good until their early end, and whose API has a few pages."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}
        self.renewals: list[str] = []
        super().__init__()
        self.life = LIFE

    def _answer(self, sent: Sent) -> Answer:
        # what it was sent would be all that grows
        self._rigged.sent.clear()
        return super()._answer(sent)

    def _renew(self, sent: Sent) -> Answer:
        self.renewals.append(sent.form["refresh_token"])
        return super()._renew(sent)

    def _takes(self, token: str) -> bool:
        return time.monotonic() < self._ends.setdefault(token, time.monotonic() + LIFE)


def short_lived() -> ShortLived:
    mint = ShortLived()
    for at in range(PAGES):
        following = f"{mint.api}/events?page={at + 1}" if at + 1 < PAGES else None
        items = [{"id": at * ROWS + row} for row in range(ROWS)]
        query = f"?page={at}" if at else ""
        mint.pages[f"/api/events{query}"] = as_json({"items": items, "next": following})
    return mint


def is_whole(frame: Any) -> bool:
    return list(frame["id"]) == list(range(PAGES * ROWS))


def _frame(session: Session) -> bool:
    return is_whole(session.frame("/events", progress=False))


def _single(session: Session) -> bool:
    with session.http() as http:
        return http.get("/one").raise_for_status().json()[0]["token"].startswith("access-")


def _file(session: Session) -> bool:
    with session.open("/one") as file:
        return b"access-" in file.read()


def _person(session: Session) -> bool:
    return session.userinfo().claims["sub"] == "somebody"


def _renewal(session: Session) -> bool:
    session.refresh()
    return session.refresh_token is not None


BLOCKING: list[Callable[[Session], bool]] = [_frame, _frame, _single, _file, _person, _renewal]


def one_thread(session: Session, seen: Seen, end: float, seed: int) -> None:
    chance = random.Random(seed)
    while time.monotonic() < end:
        what = chance.choice(BLOCKING)
        try:
            right = what(session)
        except Exception:  # noqa: BLE001 - nothing may go wrong here
            seen.blame(traceback.format_exc(limit=-3))
            return
        seen.note(what.__name__)
        if not right:
            seen.blame(f"{what.__name__} was not whole")


async def one_task(session: Session, seen: Seen, end: float, seed: int) -> None:
    """Read frames, stop some of them, and resume those."""
    chance = random.Random(seed)
    while time.monotonic() < end:
        reading = asyncio.create_task(session.aframe("/events", progress=False))
        try:
            async with asyncio.timeout(chance.choice([0.001, 0.005, 0.02, 30])):
                frame = await reading
        except TimeoutError:
            seen.note("interrupted")
            unfinished = session.unfinished
            # Before its first step there is nothing to resume
            go_on = session.aframe("/events", progress=False)
            if unfinished is not None:
                go_on.close()
                go_on = unfinished.aresume()
            frame = await go_on
        seen.note("aframe")
        if not is_whole(frame):
            seen.blame("a frame gone on with was not whole")


async def tasks(sessions: list[Session], seen: Seen, end: float, seed: int) -> None:
    every = (one_task(s, seen, end, seed + at) for at, s in enumerate(sessions))
    for failure in await asyncio.gather(*every, return_exceptions=True):
        if failure is not None:
            seen.blame("".join(traceback.format_exception(failure, limit=-3)))


def watch(end: float, begun: float) -> tuple[Sizes, Sizes]:
    """Return the sizes after the first third, and at the end, with a line each now and then."""
    settled = None
    while (now := time.monotonic()) < end:
        time.sleep(min(5.0, max(end - now, 0.1)))
        sizes = Sizes.now()
        print(f"{time.monotonic() - begun:6.0f} s  {sizes}", flush=True)
        if settled is None and time.monotonic() - begun > (end - begun) / 3:
            settled = sizes
    return settled or sizes, sizes


def soaked(seconds: float, people: int, seed: int) -> Seen:
    seen, mints = Seen(), [short_lived() for _ in range(people)]
    # A thread and a task have separate sessions: `unfinished` belongs to a session's last fetch
    sessions = [mint.session(seconds=LIFE) for mint in mints]
    in_threads, in_tasks = sessions[::2], sessions[1::2]
    begun = time.monotonic()
    end = begun + seconds
    working = [
        threading.Thread(target=one_thread, args=(session, seen, end, seed + at), daemon=True)
        for at, session in enumerate(in_threads * 2)
    ]
    awaiting = threading.Thread(
        target=lambda: asyncio.run(tasks(in_tasks, seen, end, seed)), daemon=True
    )
    for thread in (*working, awaiting):
        thread.start()
    settled, last = watch(end, begun)
    for thread in (*working, awaiting):
        thread.join(60)
        if thread.is_alive():
            seen.blame("a thread did not come to its end")
    for session in sessions:
        if not _frame(session):
            seen.blame("a session does not work any more")
    for mint in mints:
        if len(mint.renewals) != len(set(mint.renewals)):
            seen.blame("a refresh token was sent twice")
        mint.close()
    if last.megabytes > settled.megabytes + GROWTH:
        seen.blame(f"memory grew from {settled.megabytes:.0f} to {last.megabytes:.0f} MB")
    if last.threads > settled.threads + 4 or last.files > settled.files + 16:
        seen.blame(f"threads or files grew from {settled} to {last}")
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    seen = soaked(chosen.seconds, chosen.people, chosen.seed)
    print(", ".join(f"{what} {many}" for what, many in sorted(seen.done.items())))
    for what in seen.wrong[:10]:
        print(f"WRONG: {what}")
    print(f"{seen.done.total()} operations, {len(seen.wrong)} of them lost or wrong")
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
