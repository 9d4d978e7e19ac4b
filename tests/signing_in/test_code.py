"""A code is redeemed once, and with what it was asked for."""

from __future__ import annotations

import asyncio
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING, sign_in
from ..helpers.rigged import answer, as_json, rigged
from ..helpers.twins import both
from .begun import CALLBACK, code_for


@pytest.mark.check(id="request/redirect-uri")
def test_the_token_endpoint_gets_the_same_redirect_uri_and_the_verifier(
    mint: Mint,
) -> None:
    mint.refusal = as_json({"access_token": "a-token", "token_type": "bearer"})
    pending, back = code_for(mint)
    assert pending.finish(back).access_token.reveal() == "a-token"
    (sent,) = mint.asked("/token")
    assert sent.form == {
        "grant_type": "authorization_code",
        "code": "very-secret-code",
        "redirect_uri": CALLBACK,
        "code_verifier": pending.request.code_verifier.reveal(),
    }
    assert sent.target == "/token"
    assert sent.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("trouble", ["cut", "busy", "html"])
@pytest.mark.check(id="answer/code-once")
def test_a_code_is_never_redeemed_twice_whatever_came_of_it(trouble: str, mint: Mint) -> None:
    mint.refusal = {
        "cut": b"HTTP/1.1 200 so\r\ncontent-length: 9\r\n\r\n{",
        "busy": as_json({}, status=503),
        "html": answer(b"<html>", kind="text/html"),
    }[trouble]
    pending, back = code_for(mint)
    with pytest.raises(errors.OAuthError):
        pending.finish(back)
    with pytest.raises(errors.StateMismatch):
        pending.finish(back)
    assert len(mint.asked("/token")) == 1


@pytest.mark.check(id="answer/code-once")
def test_of_two_answers_at_once_one_gets_through(mint: Mint) -> None:
    mint.takes_long = 0.05
    mint.refusal = as_json({"access_token": "a-token", "token_type": "bearer"})
    pending, back = code_for(mint)

    def finish(_: int) -> str:
        try:
            return pending.finish(back).access_token.reveal()
        except errors.StateMismatch:
            return "refused"

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(finish, range(8))) == ["a-token"] + ["refused"] * 7
    assert len(mint.asked("/token")) == 1


@both
def test_a_server_that_went_away_meanwhile_is_unreachable(call: Any) -> None:
    running = ow.sandbox.serve("wgtwo")
    server = ow.discover(running.issuer)
    pending = ow.begin_login(server, ow.sandbox.start().client, scope=EVERYTHING)
    back = sign_in(pending.url)
    running.stop()
    with pytest.raises(errors.ServerUnreachable, match=running.issuer):
        call(pending, "finish", back)


@pytest.mark.check(id="transport/no-redirects")
def test_a_code_is_not_sent_on_to_where_a_redirect_points(mint: Mint) -> None:
    with rigged(answer()) as elsewhere:
        mint.refusal = answer(status=307, location=f"{elsewhere.origin}/token")
        pending, back = code_for(mint)
        with pytest.raises(errors.InvalidTokenResponse):
            pending.finish(back)
        assert elsewhere.sent == []


def test_giving_up_the_wait_ends_the_exchange(mint: Mint) -> None:
    mint.takes_long = 0.3
    pending, back = code_for(mint)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pending.afinish(back), 0.05)

    asyncio.run(give_up())
    assert pending.used


@pytest.mark.parametrize(
    "refusal",
    [
        as_json({"error": "invalid_grant", "error_description": "no such code"}, status=400),
        as_json({"access_token": 1}),
        answer(b"very-secret-code", kind="application/json"),
        b"HTTP/1.1 200 so\r\n",
    ],
    ids=["refused", "malformed", "nonsense", "cut"],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_failed_sign_in_shows_what_was_brought_back(refusal: bytes, mint: Mint) -> None:
    mint.refusal = refusal
    pending, back = code_for(mint)
    with pytest.raises(errors.OAuthError) as failed:
        pending.finish(back)
    shown = "".join(traceback.format_exception(failed.value)) + repr(vars(failed.value))
    shown += repr(pending) + repr(pending.request) + str(pending)
    request = pending.request
    assert CLIENT.client_secret is not None
    for secret in (request.code_verifier, CLIENT.client_secret):
        assert secret.reveal() not in shown
    for secret in ("very-secret-code", request.state, request.nonce):
        assert secret not in shown


@both
def test_a_sign_in_that_is_used_up_says_so(call: Any, mint: Mint) -> None:
    mint.refusal = answer(status=503)
    pending, back = code_for(mint)
    with pytest.raises(errors.TemporarilyUnavailable) as told:
        call(pending, "finish", back)
    assert "Start a new one" in told.value.next_step
    assert not told.value.retry_may_help
