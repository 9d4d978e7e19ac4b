"""Every operation with every fault: the right result or a typed error, in time, nothing lost.

A cell in five is tried each time; all of them where FAULTS=all is set, as `scripts/test faults`
does.
"""

from __future__ import annotations

import os
import re
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oauth_widgets._net import http, trust
from oauth_widgets.errors import AnswerLost, InvalidGrant, InvalidToken, OAuthError
from oauth_widgets.flows import _drive, jwks
from oauth_widgets.resource import gate, resource
from oauth_widgets.session.session import Session
from tests.protocol.builders import CLIENT_SECRET

from .faults import FAULTS, HOST, TOO_LARGE, Certificates, Fault, Proxy, certificates
from .operations import FOREIGN, OPERATIONS, Operation, Use, signed_in
from .world import World, running_world

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="resets and limits are Unix's")

DEADLINE = 2.0
"""Seconds for one answer, and for all tries, while the matrix runs."""

LONGEST = 25.0
"""Seconds for one operation: a few tries with their deadlines, on a busy machine."""

SECRETS = (CLIENT_SECRET, "Code-", "Access-", "Refresh-", "eyJ")
AT_A_LATER_TIME = re.compile(r"^(try again(\.| in a moment|, or allow)|wait\b)", re.IGNORECASE)
AGAIN = re.compile(r"\b(again|once more|resume)\b", re.IGNORECASE)

# Quick, and each of another kind
EVERYWHERE = {"nothing", "reset after the headers", "503 once", "HTML"}
EVERY_FAULT = {"refresh", "frame"}
SLOW = {"dripping headers", "dripping body", "silence"}


def quick(operation: Operation, fault: Fault) -> bool:
    """Whether a cell is tried each time: a row and a column of a kind, and few that wait."""
    if operation.name == "device_login polling":
        return fault.once and fault.name in EVERYWHERE
    if fault.name in SLOW:
        return (operation.name, fault.name) == ("frame", "dripping body")
    return operation.name in EVERY_FAULT or fault.name in EVERYWHERE


def ours(operation: Operation, fault: Fault) -> bool:
    """Whether how long it takes is in our hands: requests itself has no deadline for a whole."""
    return operation.name != "requests" or fault.name not in SLOW


CELLS = [
    pytest.param(operation, fault, id=f"{operation.name} - {fault.name}")
    for operation in OPERATIONS
    for fault in FAULTS
    if ours(operation, fault) and (os.environ.get("FAULTS") == "all" or quick(operation, fault))
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(http.send.__kwdefaults__, "deadline", DEADLINE)
    monkeypatch.setitem(Session.http.__kwdefaults__, "deadline", DEADLINE)
    monkeypatch.setattr(http, "DEADLINE", DEADLINE)
    monkeypatch.setattr(http, "FILE_DEADLINE", DEADLINE)
    monkeypatch.setattr(resource, "DEADLINE", DEADLINE)
    monkeypatch.setattr(resource, "MAX_PAGE", TOO_LARGE - 1)
    monkeypatch.setattr(http, "MAX_FILE", TOO_LARGE - 1)
    monkeypatch.setattr(_drive, "_LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(jwks, "_COOL_DOWN", 0.0)
    monkeypatch.setattr(gate, "FIRST_PAUSE", 0.01)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    made: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """A world that the fault can happen in."""
    needs = request.node.callspec.params["fault"].needs
    if needs == "plain":
        with running_world(tmp_path) as plain:
            yield plain
        return
    monkeypatch.setattr(trust, "_chosen", str(made.ca))
    if needs == "tls":
        with running_world(tmp_path, tls=made.context(), certificates=made) as secured:
            yield secured
        return
    proxy = Proxy()
    monkeypatch.setenv("https_proxy", proxy.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with running_world(tmp_path, tls=made.context(), name=HOST, proxy=proxy) as far:
        yield far
    proxy.close()


@pytest.mark.parametrize(("operation", "fault"), CELLS)
def test_any_fault_at_any_operation_ends_in_time_well_told_and_loses_nothing(
    operation: Operation, fault: Fault, world: World
) -> None:
    use = operation.prepare(world)
    problem: Exception | None = None
    begun = time.monotonic()
    with fault.at(world, operation.path):
        try:
            result = use()
        except OAuthError as failure:
            problem = failure
        except FOREIGN as failure:
            if operation.own:
                raise
            problem = failure
    assert time.monotonic() - begun < LONGEST
    if problem is not None:
        check_told(problem, operation, fault)
        if operation.own and operation.harmless and fault.once:
            raise problem
        check_nothing_lost(problem, use, operation, world)
    elif not fault.fooling or (operation.reads and operation.own):
        if operation.name == "logout" and not result.confirmed:
            result = use()
        assert operation.right(world, result)


def check_told(problem: Exception, operation: Operation, fault: Fault) -> None:
    """See that an error has no secret, and that its advice and `retry_may_help` agree."""
    shown = "".join(traceback.format_exception(problem)) + repr(problem)
    if operation.own:
        # the request of another's client is on its errors, and with it the token
        shown += repr(vars(problem))
    assert [secret for secret in SECRETS if secret in shown] == []
    if not isinstance(problem, OAuthError):
        return
    advice = problem.next_step
    if problem.retry_may_help:
        assert AGAIN.search(advice), f"a retry may help, yet: {problem!r} {advice}"
    else:
        assert not AT_A_LATER_TIME.match(advice), f"no retry helps, yet: {problem!r} {advice}"
    # Another try at a file that takes longer than allowed is as long
    too_long = (operation.name, fault.name) == ("open", "dripping body")
    if fault.passing is not None and not operation.final:
        assert problem.retry_may_help == (fault.passing and not too_long), repr(problem)


def check_nothing_lost(problem: Any, use: Use, operation: Operation, world: World) -> None:
    """See that with the fault gone the same works again, or the sign-in that was used up anew."""
    unfinished = getattr(problem, "unfinished", None)
    if operation.final:
        result = operation.prepare(world)()
    else:
        try:
            result = use() if unfinished is None else problem.resume()
        except (InvalidGrant, InvalidToken):
            # the server did renew, and what it said was lost
            assert isinstance(problem, AnswerLost | InvalidGrant)
            anew = signed_in(world)
            result = anew if unfinished is None else problem.resume(anew)
    assert operation.right(world, result)
