# ruff: noqa: T201 - a script says what it measured
"""A class at once on one server: does everybody get in, how fast, and how much memory it takes.

    python tests/bench/classroom.py --participants 30

Each participant joins, signs in as a person, reads a page of the API and renews the token.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

import oauth_widgets as ow
from oauth_widgets.sandbox import joined, serve_classroom
from tests.helpers.people import EVERYTHING, sign_in


def participant(address: str) -> float:
    """Take part; return the seconds that it took."""
    began = time.perf_counter()
    document = {"version": version("oauth-widgets")}
    given = httpx.post(f"{address}/join", json=document, trust_env=False, timeout=120).json()
    # Every participant has a kernel, so the one that `connect` remembers is of no other's concern.
    space = joined.Space(given["space"], ow.Secret(given["key"]))
    sandbox = joined.Connected(address, space)
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=EVERYTHING)
    session = pending.finish(sign_in(pending.url))
    session.frame("/events", limit=100, progress=False)
    session.refresh()
    return time.perf_counter() - began


def megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=30)
    number = parser.parse_args().participants
    room = serve_classroom("wgtwo", spaces=number + 1)
    # What one participant loads, all need once.
    participant(room.address)
    before, began, busy = megabytes(), time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(number) as threads:
        took = sorted(threads.map(participant, [room.address] * number))
    whole, busy = time.perf_counter() - began, time.process_time() - busy
    room.stop()
    print(
        f"{number} participants: everyone is in after {whole:.1f} s, {number / whole:.1f} a second"
    )
    print(f"processor time, clients and server together: {busy:.1f} s")
    print(
        f"one took {took[0]:.1f} to {took[-1]:.1f} s; memory grew by {megabytes() - before:.0f} MB"
    )


if __name__ == "__main__":
    main()
