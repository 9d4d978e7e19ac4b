"""What a session says of itself, to those who ask and those who watch, and what it hides."""

from __future__ import annotations

import logging
import pickle
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING, session_of, sign_in
from ..helpers.rigged import BUSY, answer, as_json
from ..helpers.twins import both


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


def test_asking_for_more_is_another_sign_in_and_this_session_stays() -> None:
    session = session_of("alice", "openid")
    pending = session.request("phone")
    assert isinstance(pending, ow.PendingLogin)
    assert pending.request.scope == ow.Scope("openid phone")
    assert pending.finish(sign_in(pending.url)).scope == ow.Scope("openid phone")
    assert session.scope == ow.Scope("openid")
    assert session.userinfo().claims["sub"]


@both
def test_a_sign_out_that_cannot_be_asked_for_loses_nothing(call: Any) -> None:
    session = session_of("alice")
    with pytest.raises(errors.ConfigurationError):
        call(session, "logout", post_logout_redirect_uri="/bye")
    assert call(session, "logout").request is not None


def test_a_session_shows_itself_with_absolute_times_and_nothing_personal() -> None:
    session = session_of("alice")
    page = session._repr_html_()
    assert "<bdi>Session at Practice server (wgtwo)</bdi>" in page
    assert f"{session.expires_at:%H:%M:%S} UTC" in page
    assert session.id_token is not None
    claims = session.id_token.claims
    for personal in (claims["sub"], claims["phone_number"], session.access_token.reveal()):
        assert personal not in page
    session.revoke()
    assert "Signed out" in session._repr_html_()


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


@pytest.mark.parametrize("waits", [False, True])
def test_a_function_that_watches_and_fails_disturbs_nothing(
    waits: bool, mint: Mint, caplog: pytest.LogCaptureFixture
) -> None:
    session = mint.session()

    def changed() -> None:
        _ = session.frame("/more") if waits else {}["what access-1 means"]

    session.watch(changed)
    session.refresh()
    assert len(session.frame("/events")) == 1
    session.revoke()
    assert len(mint.asked("/revoke")) == 2
    assert mint.asked("/api/more") == []
    assert ("start a thread" if waits else "KeyError") in caplog.text
    assert "access-1" not in caplog.text


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


def test_an_address_made_of_the_token_is_noted_once_and_without_it(mint: Mint) -> None:
    session = mint.session()
    noticed: list[frozenset[str]] = []
    session.watch(lambda: noticed.append(session.answered))
    for _ in range(3):
        session._resource.answered(f"{mint.api}/access-1", 200, ["access-1"])  # noqa: SLF001
    assert len(noticed) == 1
    assert "access-1" not in repr(noticed)


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
    assert refused.value.next_step == "Sign in again in the other process."


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
