"""Tokens in use: renewed in time, once for everybody, and gone when they are given back."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import run

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING, session_of, sign_in
from ..helpers.rigged import Sent, answer, as_json, rigged
from ..helpers.twins import both

BUSY = as_json({"error": "temporarily_unavailable"}, status=503)


# discovery


@both
def test_a_server_is_found_by_its_issuer(call: Any) -> None:
    issuer = ow.sandbox.start().server.issuer
    found = call(ow, "discover", issuer, api="http://127.0.0.1:9/api")
    assert found.issuer == issuer
    assert found.token_endpoint == f"{issuer}/oauth2/token"
    assert found.api == "http://127.0.0.1:9/api"


@both
@pytest.mark.check(id="metadata/issuer")
def test_a_server_that_names_another_issuer_is_refused(call: Any) -> None:
    other_name = ow.sandbox.start().server.issuer.replace("127.0.0.1", "localhost")
    with pytest.raises(errors.InvalidMetadata, match="another server"):
        call(ow, "discover", other_name)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(status=404),
        answer(status=500),
        answer(b"<html>", kind="text/html"),
        as_json(["issuer"]),
        answer(status=302, location="http://127.0.0.1:9/"),
    ],
    ids=["missing", "failing", "html", "list", "redirect"],
)
@pytest.mark.check(id="documents/shape")
def test_what_is_no_description_of_a_server_is_refused(wrong: bytes) -> None:
    with rigged(wrong) as server, pytest.raises(errors.InvalidMetadata):
        ow.discover(server.origin)


@pytest.mark.check(id="transport/no-redirects")
def test_discovery_follows_no_redirect() -> None:
    with (
        rigged(answer()) as elsewhere,
        rigged(answer(status=307, location=elsewhere.origin)) as server,
    ):
        with pytest.raises(errors.InvalidMetadata):
            ow.discover(server.origin)
        assert elsewhere.sent == []


@both
def test_a_server_that_is_not_there_is_unreachable(call: Any) -> None:
    with rigged(answer()) as server:
        gone = server.origin
    with pytest.raises(errors.ServerUnreachable, match=gone):
        call(ow, "discover", gone)


@pytest.mark.check(id="transport/https")
def test_a_server_elsewhere_must_use_https() -> None:
    with pytest.raises(errors.ConfigurationError, match="https"):
        ow.discover("http://server.example")


def test_many_who_look_at_once_ask_the_server_once() -> None:
    def slowly(sent: Sent) -> bytes:
        time.sleep(0.3)
        return as_json({"issuer": f"http://{sent.headers['host']}"})

    with rigged(slowly) as server:

        async def look() -> None:
            await asyncio.gather(*(ow.adiscover(server.origin) for _ in range(16)))

        asyncio.run(look())
        assert len({sent.target for sent in server.sent}) == len(server.sent) == 2


# a client without a person


@both
def test_a_client_signs_in_by_itself(call: Any) -> None:
    sandbox = ow.sandbox.start()
    session = call(
        ow, "client_credentials", sandbox.server, sandbox.client, scope="events.read phone"
    )
    assert session.id_token is None
    assert session.refresh_token is None
    assert session.expires_at > datetime.now(UTC)


@pytest.mark.check(id="token/scope")
def test_a_scope_granted_in_part_is_reported_and_not_fatal() -> None:
    sandbox = ow.sandbox.start()
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="events.read phone")
    assert session.requested_scope == ow.Scope("events.read phone")
    assert session.scope == ow.Scope("events.read")
    assert session.missing_scope == ow.Scope("phone")
    assert not session.extra_scope


def test_a_wrong_secret_is_named_as_the_servers_no() -> None:
    sandbox = ow.sandbox.start()
    client = ow.ClientMetadata(client_id="notebook", client_secret="a wrong one: %+é")
    with pytest.raises(errors.InvalidClient, match="client_secret"):
        ow.client_credentials(sandbox.server, client, scope="events.read")


def test_a_public_client_cannot_sign_in_by_itself(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="public client"):
        ow.client_credentials(mint.server, ow.ClientMetadata(client_id="notebook"))
    assert mint.asked("/") == []


@pytest.mark.parametrize("wrong", [{"api": "/events"}, {"api_origins": "https://api.example"}])
def test_an_api_that_cannot_be_one_is_said_before_anything_is_sent(
    wrong: dict[str, Any], mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError):
        ow.client_credentials(mint.server, CLIENT, **wrong)
    assert mint.asked("/") == []


# a person's session


def test_what_was_granted_can_be_asked_without_any_request() -> None:
    session = session_of("alice")
    assert session.scope == session.requested_scope == ow.Scope(EVERYTHING)
    assert session.id_token is not None
    assert session.id_token.claims["phone_number"] == "+447700900101"
    assert session.refresh_token is not None
    lifetime = (session.expires_at or datetime.min.replace(tzinfo=UTC)) - datetime.now(UTC)
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


@both
def test_userinfo_speaks_of_who_signed_in(call: Any) -> None:
    session = session_of("bob")
    claims = call(session, "userinfo").claims
    assert session.id_token is not None
    assert claims["sub"] == session.id_token.claims["sub"]
    assert claims["phone_number"] == "+447700900102"
    with pytest.raises(TypeError):
        claims["sub"] = "alice"


@both
def test_a_renewed_session_has_new_tokens_for_the_same_person(call: Any) -> None:
    session = session_of("alice")
    before = session.access_token, session.refresh_token
    who = session.id_token
    call(session, "refresh")
    assert session.access_token != before[0]
    assert session.refresh_token != before[1]
    assert session.id_token is not None
    assert who is not None
    assert session.id_token.subject == who.subject
    assert call(session, "userinfo").claims["sub"] == who.claims["sub"]


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


# renewal


@both
@pytest.mark.parametrize("seconds", [-10, 0, 29])
@pytest.mark.check(id="refresh/ahead")
def test_a_token_about_to_end_is_renewed_first(call: Any, seconds: float, mint: Mint) -> None:
    records = call(mint.session(seconds=seconds), "frame", "/events")
    assert list(records["token"]) == ["access-2"]
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


@both
@pytest.mark.check(id="refresh/ahead")
def test_userinfo_gets_a_fresh_token_too(call: Any, mint: Mint) -> None:
    call(mint.session(seconds=5), "userinfo")
    assert [sent.token for sent in mint.asked("/api")] == ["access-2"]


@both
@pytest.mark.check(id="bearer/retry")
def test_userinfo_with_a_refused_token_is_asked_once_more(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.revoke()
    assert call(session, "userinfo").claims["sub"] == "somebody"
    assert [sent.token for sent in mint.asked("/api")] == ["access-1", "access-2"]


@pytest.mark.parametrize("refused", [False, True], ids=["about to end", "refused"])
@pytest.mark.check(id="refresh/shared")
def test_one_refresh_serves_64_tasks(refused: bool, mint: Mint) -> None:
    session = mint.session(seconds=3600 if refused else 5)
    mint.takes_long = 0.1
    if refused:
        mint.revoke()

    async def everybody() -> list[Any]:
        return await asyncio.gather(*(session.aframe(f"/{n}") for n in range(64)))

    assert {token for frame in asyncio.run(everybody()) for token in frame["token"]} == {"access-2"}
    assert len(mint.asked("/token")) == 1


@pytest.mark.parametrize("refused", [False, True], ids=["about to end", "refused"])
@pytest.mark.check(id="refresh/shared")
def test_one_refresh_serves_8_threads(refused: bool, mint: Mint) -> None:
    session = mint.session(seconds=3600 if refused else 5)
    mint.takes_long = 0.1
    if refused:
        mint.revoke()
    with ThreadPoolExecutor(8) as threads:
        frames = list(threads.map(session.frame, (f"/{n}" for n in range(8))))
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
@pytest.mark.check(id="bearer/retry")
def test_a_refused_token_is_renewed_once_and_the_request_sent_once_more(
    call: Any, mint: Mint
) -> None:
    session = mint.session()
    mint.revoke()
    assert list(call(session, "frame", "/events")["token"]) == ["access-2"]
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
    deadline = time.monotonic() + 10
    while not vars(session)["_renewing"]:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert session.widen(wider)
    renewing.join()
    assert session.access_token.reveal() == wider.access_token.reveal() == "access-1"


@pytest.mark.check(id="refresh/rotation")
def test_a_rotated_refresh_token_is_the_one_used_next(mint: Mint) -> None:
    session = mint.session()
    session.refresh()
    session.refresh()
    sent = [request.form["refresh_token"] for request in mint.asked("/token")]
    assert sent == ["refresh-1", "refresh-2"]


@pytest.mark.check(id="refresh/rotation")
def test_an_absent_refresh_token_keeps_the_old_one(mint: Mint) -> None:
    mint.rotates = False
    session = mint.session()
    session.refresh()
    session.refresh()
    sent = [request.form["refresh_token"] for request in mint.asked("/token")]
    assert sent == ["refresh-1", "refresh-1"]
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
    document = [as_json({"active": active}) for active in (True, False)]
    with rigged(lambda _: document.pop(0)) as server:
        mint.server = replace(mint.server, introspection_endpoint=f"{server.origin}/introspect")
        session = mint.session()
        assert call(session, "introspect").active is True
        assert call(session, "introspect").active is False


# giving tokens back


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


@pytest.mark.check(id="revocation/confirmed")
def test_what_a_renewal_under_way_brings_is_given_back_too(mint: Mint) -> None:
    session = mint.session()
    mint.takes_long = 0.4
    with ThreadPoolExecutor(1) as thread:
        renewing = thread.submit(session.refresh)
        while not mint.asked("/token"):
            time.sleep(0.005)
        session.revoke()
        renewing.result()
    given_back = [sent.form["token"] for sent in mint.asked("/revoke")]
    assert given_back == ["refresh-2", "access-2"]
    with pytest.raises(errors.NotSignedIn):
        _ = session.access_token


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


def test_asking_for_more_is_another_sign_in_and_this_session_stays() -> None:
    session = session_of("alice", "openid")
    pending = session.request("phone")
    assert isinstance(pending, ow.PendingLogin)
    assert pending.request.scope == ow.Scope("openid phone")
    assert pending.finish(sign_in(pending.url)).scope == ow.Scope("openid phone")
    assert session.scope == ow.Scope("openid")
    assert session.userinfo().claims["sub"]


# nothing shows a secret


@pytest.mark.check(id="secrets/hidden")
def test_no_repr_no_log_and_no_traceback_shows_a_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sandbox = ow.sandbox.start()
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=EVERYTHING)
    back = sign_in(pending.url)
    caplog.set_level(logging.DEBUG)
    session = pending.finish(back)
    secrets = secrets_of(pending, session)
    shown = [repr(thing) + str(thing) for thing in (session, pending, pending.request)]
    shown += [repr(sandbox.client), repr(session.id_token), repr(session.userinfo()), repr(session)]
    shown += [repr(vars(session)), str(session.frame("/events").shape)]
    session.refresh()
    secrets |= secrets_of(pending, session)
    shown += [told(session.frame, "/nothing"), told(session.frame, "http://127.0.0.1:9/")]
    shown += [told(pending.finish, back)]
    session.revoke()
    shown += [repr(session), told(session.frame, "/events"), told(session.revoke), caplog.text]
    assert "oauth2/token" in caplog.text
    assert [secret for secret in secrets if any(secret in text for text in shown)] == []


def secrets_of(pending: ow.PendingLogin, session: ow.Session) -> set[str]:
    assert session.refresh_token is not None
    assert session.id_token is not None
    assert session.client.client_secret is not None
    held = [session.access_token, session.refresh_token, session.id_token.raw]
    held += [session.client.client_secret, pending.request.code_verifier]
    personal = str(session.id_token.claims["phone_number"])
    return {personal, pending.request.state, pending.request.nonce} | {s.reveal() for s in held}


def told(work: Any, *args: Any) -> str:
    """Return everything that a person reads when `work` fails."""
    try:
        work(*args)
    except errors.OAuthError as problem:
        return "".join(traceback.format_exception(problem)) + repr(problem) + repr(vars(problem))
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize("trouble", ["busy", "down", "nonsense", "refused", "html"])
@pytest.mark.check(id="secrets/hidden")
def test_no_failure_of_a_renewal_shows_a_secret(trouble: str, mint: Mint) -> None:
    mint.refusal = {
        "busy": BUSY,
        "nonsense": answer(b"refresh-1 access-1", kind="application/json"),
        "refused": as_json({"error": "invalid_client"}, status=401),
        "html": answer(b"<html>refresh-1", kind="text/html"),
    }.get(trouble)
    session = mint.session()
    if trouble == "down":
        mint.close()
    said = told(session.refresh)
    assert CLIENT.client_secret is not None
    for secret in ("refresh-1", "access-1", CLIENT.client_secret.reveal()):
        assert secret not in said


@both
@pytest.mark.check(id="refresh/ahead")
def test_a_short_life_is_renewed_when_half_of_it_is_over(call: Any, mint: Mint) -> None:
    mint.life = 20
    session = mint.session()
    call(session, "refresh")
    for _ in range(3):
        call(session, "frame", "/events")
    assert len(mint.asked("/token")) == 1


@both
def test_a_client_by_itself_gets_a_new_token_when_the_old_one_ends(call: Any) -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = call(ow, "client_credentials", sandbox.server, sandbox.client, scope="cells.read")
    first = session.access_token
    call(session, "refresh")
    assert session.access_token != first
    assert len(call(session, "frame", "/cells")) > 0


def test_asking_for_what_takes_a_person_is_refused_with_the_way_to_one() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="events.read")
    with pytest.raises(errors.ConfigurationError, match="phone") as told:
        session.request("phone")
    assert "ow.login" in told.value.next_step


@both
def test_a_sign_out_that_cannot_be_asked_for_loses_nothing(call: Any) -> None:
    session = session_of("alice")
    with pytest.raises(errors.ConfigurationError):
        call(session, "logout", post_logout_redirect_uri="/bye")
    assert call(session, "logout").request is not None


def test_a_session_says_what_differs_from_what_was_asked() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="events.read phone")
    assert "not granted: phone" in repr(session)


def test_a_session_shows_itself_with_absolute_times_and_nothing_personal() -> None:
    session = session_of("alice")
    page = session._repr_html_()
    assert "<bdi>Session at wgtwo sandbox</bdi>" in page
    assert f"{session.expires_at:%H:%M:%S} UTC" in page
    assert session.id_token is not None
    claims = session.id_token.claims
    for personal in (claims["sub"], claims["phone_number"], session.access_token.reveal()):
        assert personal not in page
    session.revoke()
    assert "Signed out" in session._repr_html_()


# who watches a session


def test_who_watches_is_told_of_renewals_and_of_the_end(mint: Mint) -> None:
    session = mint.session()
    seen: list[tuple[str, bool]] = []

    def changed() -> None:
        token = "" if session.signed_out else session.access_token.reveal()
        seen.append((token, session.signed_out))

    stop = session.watch(changed)
    session.refresh()
    session.revoke()
    assert seen == [("access-2", False), ("", True)]
    stop()
    stop()
    other = mint.session()
    other.watch(changed)()
    other.revoke()
    assert len(seen) == 2


def test_who_watches_is_told_that_nothing_renews_it_any_more(mint: Mint) -> None:
    session = mint.session()
    seen: list[bool] = []
    session.watch(lambda: seen.append(session.renewable))
    mint.refusal = as_json({"error": "invalid_grant"}, status=400)
    with pytest.raises(errors.InvalidGrant):
        session.refresh()
    assert seen == [False]


def test_a_session_knows_which_addresses_took_its_token(mint: Mint) -> None:
    session = mint.session()
    seen: list[frozenset[str]] = []
    session.watch(lambda: seen.append(session.answered))
    session.frame("/events", {"page": "1"})
    session.frame("/events", {"page": "2"})
    with session.http() as client:
        client.get("/usage?day=1")
    mint.pages["/api/cells"] = as_json({}, status=404)
    with pytest.raises(errors.ResourceError):
        session.frame("/cells")
    events, usage = f"{mint.api}/events", f"{mint.api}/usage"
    assert session.answered == {events, usage}
    assert seen == [{events}, {events, usage}]


def test_no_more_than_a_thousand_addresses_are_kept(mint: Mint) -> None:
    session = mint.session()
    notice = session._resource.answered  # noqa: SLF001 - a thousand requests take long
    for number in range(1005):
        notice(f"{mint.api}/subscribers/{number}", 200)
    assert len(session.answered) == 1000
    assert f"{mint.api}/subscribers/1004" in session.answered
    assert f"{mint.api}/subscribers/0" not in session.answered


def test_a_session_knows_what_the_api_last_refused_it_for(mint: Mint) -> None:
    session = mint.session()
    assert session.refused_scope == ow.Scope()
    seen: list[ow.Scope] = []
    session.watch(lambda: seen.append(session.refused_scope))
    challenge = 'Bearer error="insufficient_scope", scope="events.read usage.read no\\"name"'
    mint.pages["/api/usage"] = as_json({}, status=403, www_authenticate=challenge)
    with pytest.raises(errors.InsufficientScope) as refused:
        session.frame("/usage")
    # what can be no scope is in the words of the refusal alone
    assert session.refused_scope == ow.Scope("usage.read")
    assert seen == [session.refused_scope]
    assert set(refused.value.missing) > {"usage.read"}


def test_a_session_is_not_pickled(mint: Mint) -> None:
    session = mint.session()
    with pytest.raises(errors.ConfigurationError, match="it contains tokens") as refused:
        pickle.dumps(session)
    assert refused.value.next_step == "Sign in again there."


# forked processes


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


# a client without a person, and its errors


MORE = 'Bearer error="insufficient_scope", scope="cells.read"'


@both
@pytest.mark.parametrize("use", ["frame", "userinfo"])
@pytest.mark.parametrize(
    "refusal",
    [as_json({}, status=401), as_json({}, status=403, www_authenticate=MORE)],
    ids=["refused", "not enough"],
)
def test_a_client_by_itself_is_never_told_to_sign_in(
    call: Any, use: str, refusal: bytes, mint: Mint
) -> None:
    session = by_itself(mint)
    with rigged(refusal) as api:
        session.server = replace(mint.server, userinfo_endpoint=f"{api.origin}/userinfo")
        with pytest.raises(errors.ResourceError) as refused:
            call(session, use, *([f"{api.origin}/events"] if use == "frame" else []))
    assert "client" in refused.value.next_step
    assert "sign in" not in refused.value.next_step.lower()


def test_an_ended_session_of_a_client_by_itself_is_not_told_to_sign_in(mint: Mint) -> None:
    session = by_itself(mint)
    mint.refusal = None
    session.revoke()
    with pytest.raises(errors.NotSignedIn, match=r"Call ow\.client_credentials"):
        session.userinfo()


@pytest.mark.parametrize("code", ["access_denied", "invalid_grant", "login_required"])
def test_a_client_by_itself_that_is_refused_is_told_nothing_of_a_person(
    code: str, mint: Mint
) -> None:
    mint.refusal = as_json({"error": code}, status=400)
    with pytest.raises(errors.ErrorResponse) as refused:
        ow.client_credentials(mint.server, CLIENT, scope="events.read")
    for words in (str(refused.value), refused.value.own_words):
        assert "sign" not in words.lower()
        assert "person" not in words
        assert code in words


def by_itself(mint: Mint) -> ow.Session:
    """Return the session of a client that signed in as itself, at a server that rotates nothing."""
    first = as_json({"access_token": "access-1", "token_type": "Bearer"})
    mint.refusal = first
    server = replace(mint.server, api=None)
    return ow.client_credentials(server, CLIENT, scope="events.read")
