"""A sign-in that was begun: one fitting answer ends it, and nothing else does."""

from __future__ import annotations

import asyncio
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING, session_of, sign_in
from ..helpers.rigged import answer, as_json, rigged
from ..helpers.twins import both

CALLBACK = "http://127.0.0.1/callback"


def begin(**more: Any) -> ow.PendingLogin:
    sandbox = ow.sandbox.start()
    return ow.begin_login(sandbox.server, sandbox.client, **{"scope": EVERYTHING, **more})


def fitting(pending: ow.PendingLogin, **parameters: str) -> str:
    """Return an answer with this sign-in's own state."""
    return f"{CALLBACK}?{urlencode({'state': pending.request.state, **parameters})}"


# beginning


def test_beginning_sends_nothing_and_says_where_to_go(mint: Mint) -> None:
    pending = ow.begin_login(
        mint.server,
        CLIENT,
        scope=["events.read", "phone"],
        redirect_uri="http://127.0.0.1:8765/cb",
        extra={"prompt": "consent", "login_hint": "å"},
    )
    place, _, query = pending.url.partition("?")
    asked = dict(parse_qsl(query, strict_parsing=True))
    assert place == mint.server.authorization_endpoint
    assert asked["scope"] == "events.read phone"
    assert asked["redirect_uri"] == "http://127.0.0.1:8765/cb"
    assert (asked["prompt"], asked["login_hint"]) == ("consent", "å")
    assert mint.asked("/") == []


@pytest.mark.check(id="request/state")
def test_14_15_state_nonce_and_challenge_are_new_each_time() -> None:
    first, second = (parse_qs(urlsplit(begin().url).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 43
    assert first["code_challenge_method"] == ["S256"]


def test_the_clients_first_redirect_uri_is_used_where_none_is_chosen() -> None:
    assert parse_qs(urlsplit(begin().url).query)["redirect_uri"] == [CALLBACK]


def test_a_client_without_redirect_uri_is_told_what_is_missing(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError) as told:
        ow.begin_login(mint.server, CLIENT)
    assert told.value.next_step == "Give the one it is registered with: redirect_uri=…"


def test_a_client_without_redirect_uri_is_told_of_another_device_where_there_is_that_way() -> None:
    sandbox = ow.sandbox.start("playground")
    client = replace(sandbox.client, redirect_uris=())
    with pytest.raises(errors.ConfigurationError, match=r"device: ow\.device_login\("):
        ow.begin_login(sandbox.server, client)
    assert ow.device_login(sandbox.server, client, scope="openid").user_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"extra": {"state": "mine"}},
        {"extra": {"redirect_uri": "https://evil.example/"}},
        {"redirect_uri": "/callback"},
        {"redirect_uri": "https://app.example/#fragment"},
        {"scope": ["two words"]},
        {"api": "http://api.example/"},
        {"api": "/events"},
        {"api_origins": "https://api.example"},
        {"api_origins": ["api.example"]},
    ],
    ids=str,
)
def test_what_cannot_work_is_said_before_anyone_signs_in(wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError):
        begin(**wrong)


# the answer


@both
def test_a_person_signs_in_and_the_session_is_theirs(call: Any) -> None:
    pending = begin()
    session = call(pending, "finish", sign_in(pending.url, "bob"))
    assert session.scope == ow.Scope(EVERYTHING)
    assert session.id_token.claims["phone_number"] == "+447700900102"


def test_an_address_pasted_with_blanks_around_it_is_taken() -> None:
    pending = begin()
    assert pending.finish(f"  {sign_in(pending.url)}\n").id_token is not None


@both
def test_a_refusal_is_access_denied_and_an_earlier_session_still_works(call: Any) -> None:
    before = session_of("alice")
    pending = begin()
    with pytest.raises(errors.AccessDenied, match="Sign in again and allow it") as refused:
        call(pending, "finish", sign_in(pending.url, allow=False))
    assert refused.value.error == "access_denied"
    assert pending.used
    assert len(call(before, "frame", "/events", {"page": "7"})) > 0


@both
@pytest.mark.check(id="request/state")
def test_an_answer_is_good_once(call: Any) -> None:
    pending = begin()
    back = sign_in(pending.url)
    session = call(pending, "finish", back)
    with pytest.raises(errors.StateMismatch, match="Start the sign-in again"):
        call(pending, "finish", back)
    # a second redemption would have made the server end the tokens
    assert session.userinfo().claims["sub"]


@both
@pytest.mark.check(id="answer/state")
def test_another_state_is_refused_and_the_sign_in_goes_on(call: Any) -> None:
    pending, other = begin(), begin()
    strange = sign_in(other.url, "bob")
    for back in (strange, f"{CALLBACK}?code=abc", fitting(other, error="access_denied")):
        with pytest.raises(errors.StateMismatch):
            call(pending, "finish", back)
    assert not pending.used
    assert call(pending, "finish", sign_in(pending.url)).id_token is not None


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "hello",
        "javascript:alert(1)",
        "https://evil.example/callback?code=1",
        "\ud800",
        "x" * 99999,
    ],
    ids=["empty", "word", "script", "elsewhere", "half a character", "endless"],
)
def test_junk_is_refused_and_the_sign_in_goes_on(junk: str) -> None:
    pending = begin()
    with pytest.raises(errors.InvalidAuthorizationResponse):
        pending.finish(junk)
    assert not pending.used
    assert pending.finish(sign_in(pending.url)).id_token is not None


@pytest.mark.check(id="answer/state-oracle")
def test_unknown_used_and_expired_state_look_the_same() -> None:
    used, expired, unknown = begin(), begin(), begin()
    back = sign_in(used.url)
    used.finish(back)
    object.__setattr__(expired.request, "expires_at", 0)
    said = set()
    for pending, answered in [
        (used, back),
        (expired, fitting(expired, code="1")),
        (unknown, fitting(expired, code="1")),
    ]:
        with pytest.raises(errors.StateMismatch) as refused:
            pending.finish(answered)
        said.add(str(refused.value))
    assert len(said) == 1
    assert "was used already, or arrived too late." in said.pop()


@pytest.mark.check(id="answer/order")
def test_a_strangers_error_is_not_reported_as_the_servers() -> None:
    with pytest.raises(errors.StateMismatch):
        begin().finish(f"{CALLBACK}?error=access_denied&state=other")


def test_only_a_person_can_go_on_where_none_is_signed_in() -> None:
    pending = begin(extra={"prompt": "none"})
    back = httpx.get(pending.url, trust_env=False).headers["location"]
    with pytest.raises(errors.PersonNeeded) as refused:
        pending.finish(back)
    assert refused.value.error == "login_required"


# an application's many sign-ins


@pytest.mark.check(id="request/expiry")
def test_a_table_of_sign_ins_finds_the_one_an_answer_belongs_to() -> None:
    table = ow.PendingLogins()
    first, second = begin(), begin()
    for pending, page in ((first, "/inbox"), (second, "/settings")):
        table.add(pending, page, browser="hers")
    back = sign_in(second.url)
    pending, page = table.take(back, browser="hers")
    assert (pending, page) == (second, "/settings")
    assert pending.finish(back).id_token is not None
    assert len(table) == 1


@pytest.mark.check(id="answer/state-oracle")
def test_a_table_says_the_same_of_unknown_used_and_expired_answers() -> None:
    table = ow.PendingLogins(capacity=2)
    crowded_out, expired, used = begin(), begin(), begin()
    for pending in (crowded_out, expired, used):
        table.add(pending, browser="hers")
    assert len(table) == 2
    object.__setattr__(expired.request, "expires_at", 0)
    table.take(fitting(used, code="1"), browser="hers")
    twice = fitting(expired, code="1") + f"&state={expired.request.state}"
    said = set()
    for answered in [*(fitting(p, code="1") for p in (crowded_out, expired, used)), twice, "", "x"]:
        with pytest.raises(errors.StateMismatch) as refused:
            table.take(answered, browser="hers")
        said.add(str(refused.value))
    assert len(said) == 1


def test_the_implicit_grant_is_never_used_unwarned() -> None:
    with pytest.warns(errors.ImplicitGrantWarning, match="address bar"):
        pending = begin(implicit=True)
    assert parse_qs(urlsplit(pending.url).query)["response_type"] == ["id_token token"]


# an application's table of them


@pytest.mark.check(id="request/state")
def test_an_entry_of_the_table_is_good_once() -> None:
    table, pending = ow.PendingLogins(), begin()
    table.add(pending, remember="where they were", browser="hers")
    answered = fitting(pending, code="1")
    assert table.take(answered, browser="hers") == (pending, "where they were")
    assert len(table) == 0
    with pytest.raises(errors.StateMismatch):
        table.take(answered, browser="hers")


@pytest.mark.check(id="request/expiry")
def test_the_table_is_bounded_and_its_oldest_entry_goes_first() -> None:
    table = ow.PendingLogins(capacity=2)
    first, second, third = (begin() for _ in range(3))
    for pending in (first, second, third):
        table.add(pending, browser="hers")
    assert len(table) == 2
    with pytest.raises(errors.StateMismatch):
        table.take(fitting(first, code="1"), browser="hers")
    assert table.take(fitting(third, code="1"), browser="hers")[0] is third


@pytest.mark.check(id="request/expiry")
def test_an_entry_of_the_table_expires() -> None:
    table, pending = ow.PendingLogins(), begin()
    table.add(pending, browser="hers")
    object.__setattr__(pending.request, "expires_at", time.time())
    with pytest.raises(errors.StateMismatch):
        table.take(fitting(pending, code="1"), browser="hers")


@pytest.mark.check(id="answer/state-oracle")
def test_the_table_too_tells_unknown_used_and_expired_states_alike() -> None:
    table = ow.PendingLogins()
    used, expired, unknown = begin(), begin(), begin()
    for pending in (used, expired):
        table.add(pending, browser="hers")
    table.take(fitting(used, code="1"), browser="hers")
    object.__setattr__(expired.request, "expires_at", time.time())
    said = set()
    for pending in (used, expired, unknown):
        with pytest.raises(errors.StateMismatch) as refused:
            table.take(fitting(pending, code="1"), browser="hers")
        said.add(str(refused.value))
    assert len(said) == 1


# redeeming the code


def code_for(mint: Mint, **more: Any) -> tuple[ow.PendingLogin, str]:
    pending = ow.begin_login(mint.server, CLIENT, redirect_uri=CALLBACK, **more)
    return pending, fitting(pending, code="very-secret-code")


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


@pytest.mark.check(id="request/state")
def test_an_answer_in_another_browser_is_refused_and_takes_nothing_away() -> None:
    table = ow.PendingLogins()
    pending = begin()
    table.add(pending, "where they were", browser="hers")
    answered = fitting(pending, code="1")
    for stranger in ("his", ""):
        with pytest.raises(errors.StateMismatch):
            table.take(answered, browser=stranger)
    assert table.take(answered, browser="hers") == (pending, "where they were")


def test_server_and_client_in_the_wrong_order_are_told_apart(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="server is ClientMetadata") as told:
        ow.begin_login(CLIENT, mint.server)  # type: ignore[arg-type]
    assert "First the server" in told.value.next_step
    with pytest.raises(errors.ConfigurationError, match="client is NoneType"):
        ow.client_credentials(mint.server, None)  # type: ignore[arg-type]
    with pytest.raises(errors.ConfigurationError, match="server is text") as told:
        ow.device_login("https://server.example", CLIENT)  # type: ignore[arg-type]
    assert told.value.next_step == 'Give its description: ow.discover("https://server.example").'
    for call in (ow.login, ow.begin_login):
        with pytest.raises(errors.ConfigurationError, match="client is text") as told:
            call(mint.server, "notebook")  # type: ignore[arg-type]
        assert told.value.next_step.startswith("Describe the client: ow.ClientMetadata(")


@pytest.mark.parametrize("scope", [True, 5])
def test_what_can_be_no_scope_is_said_to_be_none(scope: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=f"not {scope}"):
        begin(scope=scope)


@pytest.mark.parametrize("extra", ["prompt", ["prompt"], 7])
def test_further_parameters_that_are_no_mapping_are_refused(extra: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="extra is a mapping") as told:
        begin(extra=extra)
    assert told.value.next_step == 'Write it as {"prompt": "consent"}.'


@pytest.mark.parametrize("issuer", [None, 7, b"https://as.example"])
def test_an_issuer_that_is_no_text_is_refused(issuer: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"issuer is \w+, not an address"):
        ow.discover(issuer)


@pytest.mark.parametrize("nothing", [None, 17, b"http://127.0.0.1/cb?code=1"])
def test_what_is_no_text_finishes_nothing(nothing: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="not text"):
        begin().finish(nothing)


def test_a_pending_login_that_is_taken_for_a_session_says_how_to_get_one() -> None:
    pending = begin()
    assert not hasattr(pending, "frame")
    with pytest.raises(AttributeError, match=r"finish\("):
        pending.frame("/events")


@both
def test_a_sign_in_that_is_used_up_says_so(call: Any, mint: Mint) -> None:
    mint.refusal = answer(status=503)
    pending, back = code_for(mint)
    with pytest.raises(errors.TemporarilyUnavailable) as told:
        call(pending, "finish", back)
    assert "Begin it again" in told.value.next_step
    assert not told.value.retry_may_help
