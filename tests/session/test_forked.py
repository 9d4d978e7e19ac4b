"""A forked process does not renew what belongs to its parent."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

import oauth_widgets as ow

from ..helpers.mint import Mint
from ..helpers.twins import both


def in_a_child(use: Callable[[], Any]) -> str:
    """Return what `use` gives in a forked child, or the name of the error that it raises."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(use())
        except BaseException as problem:  # noqa: BLE001 - told to the parent
            said = type(problem).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@forks
@both
@pytest.mark.parametrize("use", ["refresh", "revoke", "logout"])
@pytest.mark.check(id="refresh/shared")
def test_a_forked_child_does_not_change_its_parents_tokens(call: Any, use: str, mint: Mint) -> None:
    session = mint.session()
    assert in_a_child(lambda: call(session, use)) == "ForkedProcess"
    assert mint.asked("/token") == mint.asked("/revoke") == []
    call(session, "refresh")
    assert list(call(session, "frame", "/events")["token"]) == ["access-2"]


@forks
@pytest.mark.check(id="refresh/shared")
def test_forked_children_with_an_ended_token_leave_the_session_alive(mint: Mint) -> None:
    session = mint.session(seconds=-10)
    for _ in range(3):
        assert in_a_child(lambda: session.frame("/events")) == "ForkedProcess"
    assert list(session.frame("/events")["token"]) == ["access-2"]


@forks
def test_a_forked_child_uses_a_token_that_is_good(mint: Mint) -> None:
    for seconds in (3600, 20):
        session = mint.session(seconds=seconds)
        assert in_a_child(lambda s=session: s.frame("/events")["token"][0]) == "access-1"


@forks
@pytest.mark.check(id="refresh/shared")
def test_a_token_that_is_refused_in_a_forked_child_is_not_renewed_there(
    mint: Mint,
) -> None:
    session = mint.session()
    mint.revoke()
    for use in ("userinfo", "frame"):
        arguments = ["/events"] if use == "frame" else []
        assert in_a_child(lambda u=use, a=arguments: getattr(session, u)(*a)) == "ForkedProcess"
    assert session.userinfo().claims["sub"] == "somebody"


@forks
def test_a_forked_child_does_not_widen_a_session(mint: Mint) -> None:
    session, wider = mint.session(), mint.session()
    assert in_a_child(lambda: session.widen(wider)) == "ForkedProcess"


@forks
def test_a_forked_child_may_get_a_token_for_the_client_itself() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    assert in_a_child(session.refresh) == "None"


@forks
def test_a_forked_child_does_not_poll_for_its_parent() -> None:
    sandbox = ow.sandbox.start("playground")
    device = ow.device_login(sandbox.server, sandbox.client, scope="openid")
    assert in_a_child(device.finish) == "ForkedProcess"
