"""Tokens that are given back are gone, here first and at the server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import start

from ..helpers.mint import Mint
from ..helpers.people import session_of
from ..helpers.rigged import BUSY, Sent, answer, rigged
from ..helpers.twins import both
from ..helpers.waiting import until


@both
@pytest.mark.check(id="revocation/confirmed")
def test_revoked_tokens_are_gone_here_and_at_the_server(call: Any) -> None:
    session = session_of("alice")
    tokens = session.access_token, session.refresh_token
    call(session, "revoke")
    with pytest.raises(errors.NotSignedIn):
        _ = session.access_token
    thief = session_of("bob")
    thief.__dict__["_last"] = replace(
        thief.__dict__["_last"], access_token=tokens[0], refresh_token=tokens[1]
    )
    with pytest.raises(errors.InvalidGrant):
        call(thief, "frame", "/events")


@both
@pytest.mark.check(id="revocation/confirmed")
def test_both_tokens_are_given_back_each_by_its_name(call: Any, mint: Mint) -> None:
    call(mint.session(), "revoke")
    assert [(sent.form["token"], sent.form["token_type_hint"]) for sent in mint.asked("/")] == [
        ("refresh-1", "refresh_token"),
        ("access-1", "access_token"),
    ]


@both
@pytest.mark.parametrize("trouble", ["busy", "down", "no endpoint"])
@pytest.mark.check(id="revocation/confirmed")
def test_tokens_are_gone_here_whatever_the_server_says(call: Any, trouble: str, mint: Mint) -> None:
    mint.refusal = BUSY
    if trouble == "no endpoint":
        mint.without("revocation_endpoint")
    session = mint.session()
    if trouble == "down":
        mint.close()
    with pytest.raises(errors.OAuthError):
        call(session, "revoke")
    for use in ("refresh", "userinfo"):
        with pytest.raises(errors.NotSignedIn, match="Sign in again"):
            call(session, use)
    with pytest.raises(errors.NotSignedIn):
        call(session, "frame", "/events")
    for token in ("access_token", "refresh_token", "id_token"):
        with pytest.raises(errors.NotSignedIn):
            getattr(session, token)
    assert "signed out" in repr(session)


class Losing:
    """A revocation endpoint that cuts the connection for the first `cuts` requests."""

    def __init__(self, cuts: int) -> None:
        self.cuts = cuts

    def __call__(self, _: Sent) -> bytes:
        self.cuts -= 1
        return b"" if self.cuts >= 0 else answer()


@both
@pytest.mark.parametrize(("cuts", "left"), [(1, ["refresh-1"]), (2, ["refresh-1", "access-1"])])
@pytest.mark.check(id="revocation/confirmed")
def test_a_revocation_whose_connection_was_lost_can_be_called_again(
    call: Any, cuts: int, left: list[str], mint: Mint
) -> None:
    with rigged(Losing(cuts)) as server:
        mint.server = replace(mint.server, revocation_endpoint=f"{server.origin}/revoke")
        session = mint.session()
        with pytest.raises(errors.TransportError):
            call(session, "revoke")
        assert [sent.form["token"] for sent in server.sent] == ["refresh-1", "access-1"]
        call(session, "revoke")
        assert [sent.form["token"] for sent in server.sent[2:]] == left
        with pytest.raises(errors.NotSignedIn):
            call(session, "revoke")


@both
@pytest.mark.check(id="logout/order")
def test_a_sign_out_names_what_is_not_confirmed_and_tries_that_again(call: Any, mint: Mint) -> None:
    with rigged(Losing(1)) as server:
        mint.server = replace(mint.server, revocation_endpoint=f"{server.origin}/revoke")
        session = mint.session()
        done = call(session, "logout")
        assert (done.confirmed, done.unconfirmed) == (False, ("refresh_token",))
        assert "refresh_token. Call logout() again" in str(done)
        assert call(session, "logout").confirmed is True
        assert [sent.form["token"] for sent in server.sent] == [
            "refresh-1",
            "access-1",
            "refresh-1",
        ]
        with pytest.raises(errors.NotSignedIn):
            call(session, "logout")


@contextmanager
def during_a_refresh(mint: Mint) -> Iterator[ow.Session]:
    """A session whose refresh is under way; it has ended after the block."""
    session = mint.session()
    mint.takes_long = 0.4
    with ThreadPoolExecutor(1) as thread:
        renewing = thread.submit(session.refresh)
        until(lambda: mint.asked("/token"))
        yield session
        renewing.result()


def given_back(mint: Mint) -> list[str]:
    """The tokens that the server was asked to revoke, in order."""
    return [sent.form["token"] for sent in mint.asked("/revoke")]


@pytest.mark.check(id="revocation/confirmed")
def test_what_a_renewal_under_way_brings_is_given_back_too(mint: Mint) -> None:
    with during_a_refresh(mint) as session:
        session.revoke()
    assert given_back(mint) == ["refresh-2", "access-2"]
    with pytest.raises(errors.NotSignedIn):
        _ = session.access_token


AT_EXIT = """
import atexit
from contextlib import contextmanager
from dataclasses import replace
from tests.helpers.mint import Mint
mint = Mint()
# A name is looked up by a thread, and none can be started by then.
at = mint.origin.replace("127.0.0.1", "localhost")
mint.server = replace(mint.server, revocation_endpoint=f"{at}/revoke")
session = mint.session()
atexit.register(lambda: print(session.logout(), len(mint.asked("/revoke"))))
"""


@pytest.mark.check(id="revocation/confirmed")
def test_a_script_may_sign_out_as_it_ends() -> None:
    ended = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", AT_EXIT], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.stdout, ended.stderr) == ("Signed out here; the server confirmed it. 2\n", "")


@pytest.mark.check(id="revocation/confirmed")
def test_a_sign_out_interrupted_during_a_refresh_is_completed_by_the_next_call(mint: Mint) -> None:
    with during_a_refresh(mint) as session:
        leaving = start(session.ended())
        until(lambda: session.signed_out)
        leaving.cancel()
    assert session.logout().confirmed is True
    assert given_back(mint) == ["refresh-2", "access-2"]


@both
@pytest.mark.parametrize(
    ("trouble", "confirmed"), [(None, True), ("busy", False), ("down", False), ("none", None)]
)
@pytest.mark.check(id="logout/order")
def test_signing_out_ends_here_and_says_what_the_server_confirmed(
    call: Any, trouble: str | None, confirmed: bool | None, mint: Mint
) -> None:
    if trouble == "none":
        mint.without("revocation_endpoint")
    session = mint.session()
    mint.refusal = BUSY if trouble == "busy" else None
    if trouble == "down":
        mint.close()
    assert call(session, "logout").confirmed is confirmed
    with pytest.raises(errors.NotSignedIn):
        _ = session.access_token


@both
@pytest.mark.check(id="logout/order")
def test_the_session_is_over_here_before_the_server_is_told(call: Any, mint: Mint) -> None:
    seen: list[str] = []

    def told(_: Sent) -> bytes:
        seen.append(repr(session))
        return answer()

    with rigged(told) as server:
        mint.server = replace(mint.server, revocation_endpoint=f"{server.origin}/revoke")
        session = mint.session()
        assert call(session, "logout").confirmed
    assert seen
    assert all("signed out" in shown for shown in seen)


@both
@pytest.mark.check(id="logout/order")
def test_the_servers_own_sign_in_is_ended_by_an_address_to_open(call: Any) -> None:
    session = session_of("alice")
    done = call(session, "logout", post_logout_redirect_uri="http://127.0.0.1/signed-out")
    assert done.confirmed
    assert done.request is not None
    left = httpx.get(done.request.url.reveal(), trust_env=False)
    assert left.headers["location"].startswith("http://127.0.0.1/signed-out?state=")
    done.check(left.headers["location"])
    assert "id_token_hint" not in repr(done)
