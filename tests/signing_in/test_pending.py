"""A sign-in that was begun: one fitting answer ends it, and nothing else does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.people import EVERYTHING, session_of, sign_in
from ..helpers.twins import awaited, both
from .begun import CALLBACK, begin, fitting


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
    assert told.value.next_step == "Pass the one it is registered with: redirect_uri=…"


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
    with pytest.raises(errors.AccessDenied, match="Sign in again and allow access") as refused:
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


@both
@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "access_denied"])
def test_a_refusal_that_would_pass_does_not_say_that_the_same_answer_may_be_used(
    call: Any, error: str
) -> None:
    pending = begin()
    with pytest.raises(errors.ErrorResponse) as refused:
        call(pending, "finish", fitting(pending, error=error))
    assert pending.used
    assert not refused.value.retry_may_help
    assert "again in a moment" not in refused.value.next_step
    with pytest.raises(errors.StateMismatch):
        call(pending, "finish", fitting(pending, error=error))


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


def test_only_a_person_can_go_on_where_none_is_signed_in() -> None:
    pending = begin(extra={"prompt": "none"})
    back = httpx.get(pending.url, trust_env=False).headers["location"]
    with pytest.raises(errors.PersonNeeded) as refused:
        pending.finish(back)
    assert refused.value.error == "login_required"


def test_the_implicit_grant_is_never_used_unwarned() -> None:
    with pytest.warns(errors.ImplicitGrantWarning, match="address bar"):
        pending = begin(implicit=True)
    assert parse_qs(urlsplit(pending.url).query)["response_type"] == ["id_token token"]


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
    assert "Pass the server first" in told.value.next_step
    with pytest.raises(errors.ConfigurationError, match="client is None"):
        ow.client_credentials(mint.server, None)  # type: ignore[arg-type]
    with pytest.raises(errors.ConfigurationError, match="server is text") as told:
        ow.device_login("https://server.example", CLIENT)  # type: ignore[arg-type]
    assert told.value.next_step == 'Pass its description: ow.discover("https://server.example").'
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
    with pytest.raises(errors.ConfigurationError, match="extra= must be a mapping") as told:
        begin(extra=extra)
    assert told.value.next_step == 'Pass extra={"prompt": "consent"}.'


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


def test_a_pending_login_that_is_awaited_says_how_to_get_a_session() -> None:
    with pytest.raises(errors.ConfigurationError, match=r"pending\.finish\("):
        asyncio.run(awaited(begin()))
