"""The token goes to the API's own origins and nowhere else."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.resource import gate

from ..helpers.mint import Mint
from ..helpers.people import session_of
from ..helpers.rigged import Rigged, Sent, answer, as_json, rigged
from ..helpers.tracebacks import with_locals
from ..helpers.twins import both

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def elsewhere() -> Iterator[Rigged]:
    """Another server: it would answer anybody, and notes who comes."""
    with rigged(as_json([{"token": "taken"}])) as server:
        yield server


# The origins that get the token


@pytest.mark.check(id="bearer/header")
def test_the_token_is_in_the_header_and_never_in_the_address(mint: Mint) -> None:
    mint.session().frame("/events", {"since": "2026-01-01", "q": "a b&c"})
    (sent,) = mint.asked("/api")
    assert sent.target == "/api/events?since=2026-01-01&q=a+b%26c"
    assert sent.headers["authorization"] == "Bearer access-1"
    assert "access-1" not in sent.target


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/events", "/api/events"),
        ("events", "/api/events"),
        ("/events?page=2", "/api/events?page=2"),
        ("/events?from=https://app.example/", "/api/events?from=https://app.example/"),
        ("//evil.example/events", "/api/evil.example/events"),
    ],
)
def test_a_relative_address_is_under_the_apis_own(asked: str, sent: str, mint: Mint) -> None:
    mint.session().frame(asked)
    assert [request.target for request in mint.asked("/")] == [sent]


@both
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((None,), "The address is NoneType, not text."),
        ((b"/events",), "The address is bytes, not text."),
        (("/events", "limit=5"), "params must be a mapping of names and values, not str."),
        (("/events", ["a"]), "params must be a mapping of names and values, not list."),
    ],
    ids=str,
)
def test_what_can_be_no_address_is_refused_before_anything_is_sent(
    call: Any, asked: Any, said: str, mint: Mint
) -> None:
    for name in ("frame", "open"):
        with pytest.raises(errors.ConfigurationError) as refused:
            call(mint.session(), name, *asked)
        assert refused.value.message == said
    assert mint.asked("/") == []


@both
@pytest.mark.check(id="bearer/origin")
def test_an_address_at_another_origin_is_refused_before_anything_is_sent(
    call: Any, mint: Mint, elsewhere: Rigged
) -> None:
    session = mint.session(seconds=5)
    with pytest.raises(errors.ForeignOrigin, match="api_origins") as refused:
        call(session, "frame", f"{elsewhere.origin}/events")
    assert elsewhere.origin in str(refused.value)
    assert elsewhere.sent == mint.asked("/") == []


@pytest.mark.parametrize(
    "lookalike",
    [
        "http://localhost:{port}/events",
        "https://127.0.0.1:{port}/events",
        "http://127.0.0.1:{port}@evil.example/events",
        "http://127.0.0.1:{port}\\@evil.example/",
        "http://127.0.0.1.evil.example:{port}/",
    ],
)
@pytest.mark.check(id="bearer/origin")
def test_an_address_that_looks_like_the_apis_is_not_it(lookalike: str, mint: Mint) -> None:
    with pytest.raises((errors.ForeignOrigin, errors.ConfigurationError)):
        mint.session().frame(lookalike.format(port=mint.origin.rpartition(":")[2]))
    assert mint.asked("/") == []


@both
@pytest.mark.check(id="bearer/origin")
def test_without_an_api_the_first_absolute_address_becomes_it(
    call: Any, mint: Mint, elsewhere: Rigged
) -> None:
    session = mint.without("api").session()
    with pytest.raises(errors.ConfigurationError, match="api="):
        call(session, "frame", "/events")
    assert len(call(session, "frame", f"{mint.api}/events")) == 1
    with pytest.raises(errors.ForeignOrigin):
        call(session, "frame", f"{elsewhere.origin}/events")
    assert elsewhere.sent == []


@both
@pytest.mark.parametrize("status", [400, 401, 404, 500])
@pytest.mark.check(id="bearer/origin")
def test_a_first_address_that_fails_does_not_become_the_api(
    call: Any, status: int, mint: Mint, elsewhere: Rigged
) -> None:
    session = mint.without("api").session(refreshable=False)
    link = f"<{elsewhere.origin}/2>; rel=next"
    with (
        rigged(as_json([], status=status, link=link)) as mistyped,
        pytest.raises(errors.ResourceError),
    ):
        call(session, "frame", f"{mistyped.origin}/events")
    with pytest.raises(errors.ServerUnreachable):
        call(session, "frame", f"{mistyped.origin}/events")
    # nor may it send the token anywhere
    assert elsewhere.sent == []
    assert len(call(session, "frame", f"{mint.api}/events")) == 1
    with pytest.raises(errors.ForeignOrigin):
        call(session, "frame", f"{elsewhere.origin}/events")
    assert elsewhere.sent == []


@both
@pytest.mark.check(id="bearer/origin")
def test_a_link_of_the_first_answer_declares_no_origin(
    call: Any, mint: Mint, elsewhere: Rigged
) -> None:
    mint.pages["/api/events"] = as_json([], link=f"<{elsewhere.origin}/2>; rel=next")
    session = mint.without("api").session()
    with pytest.raises(errors.ForeignOrigin):
        call(session, "frame", f"{mint.api}/events")
    assert elsewhere.sent == []


@both
@pytest.mark.check(id="bearer/origin")
def test_the_next_step_names_what_to_type(call: Any, mint: Mint, elsewhere: Rigged) -> None:
    with pytest.raises(errors.ForeignOrigin) as refused:
        call(mint.session(), "frame", f"{elsewhere.origin}/events")
    step = f"begin a new session with api_origins=['{elsewhere.origin}']."
    assert refused.value.next_step.endswith(step)
    # If no API was declared, the one in use has to be named, too.
    session = mint.without("api").session()
    call(session, "frame", f"{mint.api}/events")
    with pytest.raises(errors.ForeignOrigin) as refused:
        call(session, "frame", f"{elsewhere.origin}/events")
    step = f"begin a new session with api_origins=['{mint.origin}', '{elsewhere.origin}']."
    assert refused.value.next_step.endswith(step)


@pytest.mark.check(id="bearer/origin")
def test_api_origins_may_be_sent_the_token_as_well(mint: Mint, elsewhere: Rigged) -> None:
    session = mint.session(api=mint.api, api_origins=[f"{elsewhere.origin}/any/path"])
    session.frame("/events")
    session.frame(f"{elsewhere.origin}/events")
    assert [sent.token for sent in elsewhere.sent] == ["access-1"]


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.check(id="bearer/redirect")
def test_a_redirect_takes_the_token_nowhere(
    call: Any, status: int, mint: Mint, elsewhere: Rigged
) -> None:
    mint.pages["/api/events"] = answer(status=status, location=f"{elsewhere.origin}/events")
    for session in (mint.session(), mint.without("api").session()):
        with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
            call(session, "frame", f"{mint.origin}/api/events")
    assert elsewhere.sent == []


@both
@pytest.mark.parametrize("target", ["/api/events/", "events/", "/api/events/#top"])
def test_a_redirect_within_the_api_is_followed(call: Any, target: str, mint: Mint) -> None:
    mint.pages["/api/events"] = answer(status=307, location=target)
    mint.pages["/api/events/"] = as_json([{"n": 1}])
    assert call(mint.session(), "frame", "/events")["n"].tolist() == [1]
    assert [sent.token for sent in mint.asked("/api/events")] == ["access-1"] * 2


@both
@pytest.mark.parametrize("target", ["file:///etc/passwd", "//evil.example/", "http://a@127.0.0.1/"])
@pytest.mark.check(id="bearer/redirect")
def test_a_redirect_that_cannot_be_the_apis_own_is_refused(
    call: Any, target: str, mint: Mint
) -> None:
    mint.pages["/api/events"] = answer(status=302, location=target)
    with pytest.raises(errors.ForeignOrigin):
        call(mint.session(), "frame", "/events")


@both
def test_redirects_without_an_end_end(call: Any, mint: Mint) -> None:
    mint.pages["/api/events"] = answer(status=302, location="/api/events")
    with pytest.raises(errors.UnexpectedAnswer, match="keeps redirecting"):
        call(mint.session(), "frame", "/events")
    assert len(mint.asked("/api/events")) < 10


@both
def test_a_redirect_that_leads_nowhere_is_an_answer_like_any_other(call: Any, mint: Mint) -> None:
    mint.pages["/api/events"] = answer(status=302)
    with pytest.raises(errors.ResourceError, match="status 302"):
        call(mint.session(), "frame", "/events")


@pytest.mark.check(id="transport/https")
def test_plain_http_is_for_this_machine_alone(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="https"):
        mint.session().frame("http://api.example/events")


# what the API says


@both
@pytest.mark.check(id="bearer/insufficient-scope")
def test_a_scope_the_api_wants_is_named(call: Any) -> None:
    session = session_of("alice", "openid phone")
    with pytest.raises(errors.InsufficientScope, match=r"Missing: events\.read") as refused:
        call(session, "frame", "/events")
    assert refused.value.missing == ("events.read",)
    assert "session.ask_for('events.read')" in refused.value.next_step
    assert "openid phone" in refused.value.message
    # the session is none the worse for it
    assert call(session, "userinfo").claims["sub"]


@pytest.mark.check(id="bearer/insufficient-scope")
def test_a_scope_that_is_not_named_is_said_to_be_missing_all_the_same(
    mint: Mint,
) -> None:
    challenge = 'Bearer error="insufficient_scope"'
    mint.pages["/api/events"] = as_json({}, status=403, www_authenticate=challenge)
    with pytest.raises(errors.InsufficientScope, match="not said") as refused:
        mint.session().frame("/events")
    assert refused.value.missing == ()


@pytest.mark.check(id="bearer/challenges")
def test_the_bearer_challenge_is_found_among_others(mint: Mint) -> None:
    challenge = 'Basic realm="a, Bearer", BEARER realm="x", error="insufficient_scope", scope="a b"'
    mint.pages["/api/events"] = as_json({}, status=403, www_authenticate=challenge)
    with pytest.raises(errors.InsufficientScope) as refused:
        mint.session().frame("/events")
    assert refused.value.missing == ("a", "b")


@pytest.mark.parametrize("status", [204, 400, 403, 404, 429, 500, 503])
def test_any_other_answer_is_an_error_that_names_the_status(status: int, mint: Mint) -> None:
    mint.pages["/api/events"] = as_json([], status=status, retry_after="0")
    with pytest.raises(errors.ResourceError, match=f"status {status}") as refused:
        mint.session().frame("/events")
    assert refused.value.retry_may_help == (status in (429, 500, 503))
    assert mint.asked("/token") == []


class OneByOne:
    """Gives `answers` in turn."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)

    def __call__(self, _: Sent) -> bytes:
        return self._answers.pop(0)


@both
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.check(id="transport/retries")
def test_an_api_that_asks_for_patience_is_given_it(call: Any, status: int, mint: Mint) -> None:
    busy = as_json([], status=status, retry_after="0")
    with rigged(OneByOne(busy, busy, as_json([{"n": 1}]))) as api:
        assert len(call(mint.session(api=api.origin), "frame", "/events")) == 1
        assert [sent.token for sent in api.sent] == ["access-1"] * 3


@both
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.check(id="transport/retries")
def test_an_api_that_stays_busy_says_when_to_come_again(
    call: Any, status: int, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "TRIES", 3)
    later = "Wait a few minutes, then continue with error.resume()."
    for retry_after, seconds, often, step in (
        # longer than anybody waits for
        ("3600", 3600, "", "Wait 3600 seconds and try again."),
        ("0", 0, " Tried 3 times.", later),
        (None, None, " Tried 3 times.", later),
    ):
        said = {} if retry_after is None else {"retry_after": retry_after}
        mint.pages["/api/busy"] = as_json([], status=status, **said)
        with pytest.raises(errors.ResourceBusy, match=f"status {status}") as refused:
            call(mint.session(), "frame", "/busy")
        assert (refused.value.retry_after, refused.value.next_step) == (seconds, step)
        assert refused.value.message.endswith(f"(status {status}).{often}")
    assert len(mint.asked("/api/busy")) == 1 + 3 + 3


@both
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error_description": "since is no date."}, " It said: since is no date."),
        ({"detail": "since is\nno date"}, " It said: since is no date."),
        ({"detail": "not access-1"}, " It said: not ***."),
        ({"detail": [{"loc": ["query"]}]}, ""),
        ({"message": "Bad\tcredentials", "documentation_url": "x"}, " It said: Bad credentials."),
        ({"error": {"code": 400, "message": "No such view."}}, " It said: No such view."),
        ({"error": "bad", "message": ""}, " It said: bad."),
        ({"error": {"code": 400, "message": ["x"]}}, ""),
        ({"error": ["bad"], "message": 7}, ""),
        ([], ""),
    ],
)
def test_a_request_that_the_api_cannot_take_is_explained_in_its_own_words(
    call: Any, body: Any, said: str, mint: Mint
) -> None:
    mint.pages["/api/events"] = as_json(body, status=400)
    with pytest.raises(errors.ResourceError) as refused:
        call(mint.session(), "frame", "/events")
    assert refused.value.message == f"{mint.origin} answered with status 400.{said}"


@both
@pytest.mark.parametrize(
    ("body", "challenge", "said"),
    [
        (
            {},
            'Bearer error="invalid_token", error_description="audience is wrong"',
            "audience is wrong",
        ),
        ({"message": "Bad credentials"}, "Bearer", "Bad credentials"),
        ({"detail": "x"}, 'Bearer error_description="access-1 has ended."', "*** has ended"),
    ],
)
def test_a_token_that_the_api_does_not_take_is_explained_in_its_own_words(
    call: Any, body: Any, challenge: str, said: str, mint: Mint
) -> None:
    mint.pages["/api/events"] = as_json(body, status=401, www_authenticate=challenge)
    with pytest.raises(errors.InvalidToken) as refused:
        call(mint.session(refreshable=False), "frame", "/events")
    assert refused.value.message == (
        f"{mint.origin} does not accept this token: it has expired or is for another API. "
        f"It said: {said}."
    )
    assert "the scope that this API needs. With offline_access" in refused.value.next_step
    with pytest.raises(errors.InvalidToken) as refused:
        call(mint.session(), "frame", "/events")
    assert "offline_access" not in refused.value.next_step


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (400, "Correct the parameters of the request, then try again."),
        (422, "Correct the parameters of the request, then try again."),
        (403, "You are signed in, but not allowed to see this. Ask whoever runs the API."),
        (404, "Check the address and try again."),
        (500, "Try again in a moment."),
        (501, "Check the address: the server says it doesn't offer this."),
        (504, "Try again in a moment."),
        (520, "Try again in a moment."),
    ],
)
def test_what_to_do_next_fits_what_the_api_answered(status: int, step: str, mint: Mint) -> None:
    mint.pages["/api/events"] = as_json({}, status=status)
    with pytest.raises(errors.ResourceError) as refused:
        mint.session().frame("/events")
    assert refused.value.next_step == step
    assert refused.value.retry_may_help == ("Try again in" in step)


@pytest.mark.parametrize(
    "page",
    [
        answer(b'{"detail": "very odd"}', status=400, kind="text/html"),
        answer(b'{"detail": "very odd"', status=400, kind="application/json"),
        answer(
            b'{"detail": "very odd", "x": "' + b"x" * 2**20 + b'"}',
            status=400,
            kind="application/json",
        ),
    ],
    ids=["not JSON", "cut", "too long"],
)
def test_words_that_cannot_be_read_are_left_out(page: bytes, mint: Mint) -> None:
    mint.pages["/api/events"] = page
    with pytest.raises(errors.ResourceError) as refused:
        mint.session().frame("/events")
    assert refused.value.message.endswith("status 400.")


@pytest.mark.parametrize(
    "refusal",
    [
        as_json({"detail": "access-1 is no good"}, status=400),
        answer(b'{"detail": "\\u0061ccess-1 is no good"}', status=400, kind="application/json"),
        as_json(
            {}, status=403, www_authenticate='Bearer error="insufficient_scope", scope="access-1"'
        ),
    ],
)
@pytest.mark.check(id="secrets/hidden")
def test_a_token_that_the_api_repeats_is_blotted_out(refusal: bytes, mint: Mint) -> None:
    mint.pages["/api/events"] = refusal
    with pytest.raises(errors.ResourceError, match=r"\*\*\*|not said") as refused:
        mint.session().frame("/events")
    assert "access-1" not in f"{refused.value} {vars(refused.value)}"


@both
def test_an_address_with_nothing_at_it_is_named_without_its_query(call: Any, mint: Mint) -> None:
    mint.pages["/api/evnets?phone=4790000000"] = as_json({}, status=404)
    with pytest.raises(errors.ResourceError, match=r"nothing at /api/evnets \(") as refused:
        call(mint.session(), "frame", "/evnets", {"phone": "4790000000"})
    assert "4790000000" not in str(refused.value)


@pytest.mark.check(id="answer/words")
def test_what_an_api_says_is_shown_in_part(mint: Mint) -> None:
    challenge = f'Bearer error="insufficient_scope", scope="{"x" * 20_000}"'
    mint.pages["/api/events"] = as_json({}, status=403, www_authenticate=challenge)
    mint.pages["/api/kind"] = answer(kind="x" * 20_000)
    for path in ("/events", "/kind"):
        with pytest.raises(errors.ResourceError) as refused:
            mint.session().frame(path)
        assert len(str(refused.value)) < 1500


@both
def test_an_api_that_is_not_there_is_unreachable(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.close()
    with pytest.raises(errors.ServerUnreachable, match=mint.origin):
        call(session, "frame", "/events")
    assert session.access_token.reveal() == "access-1"


@both
@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_of_a_frame_that_fails_shows_a_token(call: Any, mint: Mint) -> None:
    session = mint.session()
    mint.close()
    with pytest.raises(errors.ServerUnreachable) as failed:
        call(session, "frame", "/events")
    assert "resource.py" in with_locals(failed.value)
    for secret in ("access-1", "refresh-1", "toy-secret"):
        assert secret not in with_locals(failed.value)


@both
@pytest.mark.parametrize("name", ["frame", "userinfo", "refresh", "revoke"])
@pytest.mark.parametrize("cut", [False, True], ids=["dead", "cut"])
@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_of_a_request_with_a_token_shows_it(
    call: Any, name: str, cut: bool, mint: Mint
) -> None:
    with rigged(b"HTTP/1.1 200 so") as dead:
        for endpoint in ("token_endpoint", "userinfo_endpoint", "revocation_endpoint", "api"):
            mint.server = replace(mint.server, **{endpoint: f"{dead.origin}/{endpoint}"})
        session = mint.session()
        if not cut:
            dead.close()
        with pytest.raises(errors.TransportError) as failed:
            call(session, name, *["/events"][: name == "frame"])
    assert {"session.py", "reading.py"} & set(re.findall(r"\w+\.py", with_locals(failed.value)))
    for secret in ("access-1", "refresh-1", "toy-secret"):
        assert secret not in with_locals(failed.value)


# a client with httpx's interface


def fetch(kind: str, session: ow.Session, method: str, url: str, **more: Any) -> httpx.Response:
    """Send one request by `session.http()` or by its awaitable twin."""
    if kind == "http":
        with session.http() as client:
            return client.request(method, url, **more)

    async def awaited() -> httpx.Response:
        async with session.ahttp() as client:
            return await client.request(method, url, **more)

    return asyncio.run(awaited())


both_clients = pytest.mark.parametrize("kind", ["http", "ahttp"])


@both_clients
def test_the_client_of_a_session_speaks_for_it_at_the_api(kind: str, mint: Mint) -> None:
    response = fetch(kind, mint.session(seconds=5), "POST", "/events", json={"n": 1})
    assert response.json() == [{"token": "access-2"}]
    assert [sent.token for sent in mint.asked("/api/events")] == ["access-2"]


@both_clients
@pytest.mark.check(id="bearer/retry")
def test_the_client_renews_a_refused_token_once(kind: str, mint: Mint) -> None:
    session = mint.session()
    mint.revoke()
    assert fetch(kind, session, "PUT", "/events", content=b"whole").status_code == 200
    assert [sent.body for sent in mint.asked("/api/events")] == [b"whole", b"whole"]
    mint.pages["/api/events"] = as_json({}, status=401)
    assert fetch(kind, session, "GET", "/events").status_code == 401
    assert len(mint.asked("/token")) == 2


@both_clients
@pytest.mark.check(id="bearer/retry")
def test_a_body_that_is_used_up_is_not_sent_again(kind: str, mint: Mint) -> None:
    session = mint.session()
    mint.revoke()

    def pieces() -> Iterator[bytes]:
        yield b"once"

    async def awaited() -> AsyncIterator[bytes]:
        yield b"once"

    body = pieces() if kind == "http" else awaited()
    length = {"content-length": "4"}
    response = fetch(kind, session, "PUT", "/events", content=body, headers=length)
    assert response.status_code == 401
    assert [sent.body for sent in mint.asked("/api/events")] == [b"once"]
    assert mint.asked("/token") == []


@both_clients
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.check(id="bearer/origin")
def test_the_client_sends_nothing_to_another_origin(
    kind: str, method: str, mint: Mint, elsewhere: Rigged
) -> None:
    with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
        fetch(kind, mint.session(), method, f"{elsewhere.origin}/events")
    assert elsewhere.sent == []


@both_clients
@pytest.mark.check(id="bearer/origin")
def test_the_clients_first_address_becomes_the_api_once_it_answers(
    kind: str, mint: Mint, elsewhere: Rigged
) -> None:
    session = mint.without("api").session()
    with rigged(as_json({}, status=404)) as mistyped:
        assert fetch(kind, session, "GET", f"{mistyped.origin}/events").status_code == 404
    assert fetch(kind, session, "GET", f"{mint.api}/events").status_code == 200
    with pytest.raises(errors.ForeignOrigin):
        fetch(kind, session, "GET", f"{elsewhere.origin}/events")
    assert elsewhere.sent == []


@both_clients
@pytest.mark.check(id="bearer/redirect")
def test_a_redirect_of_the_first_answer_is_held_against_its_origin(
    kind: str, mint: Mint, elsewhere: Rigged
) -> None:
    mint.pages["/api/events"] = answer(status=307, location=f"{elsewhere.origin}/events")
    session = mint.without("api").session()
    with pytest.raises(errors.ForeignOrigin):
        fetch(kind, session, "GET", f"{mint.api}/events", follow_redirects=True)
    assert elsewhere.sent == []


@both_clients
@pytest.mark.check(id="bearer/redirect")
def test_the_client_follows_no_redirect_to_another_origin(
    kind: str, mint: Mint, elsewhere: Rigged
) -> None:
    mint.pages["/api/events"] = answer(status=307, location=f"{elsewhere.origin}/events")
    assert fetch(kind, mint.session(), "POST", "/events", content=b"1").status_code == 307
    with pytest.raises(errors.ForeignOrigin):
        fetch(kind, mint.session(), "POST", "/events", content=b"1", follow_redirects=True)
    assert elsewhere.sent == []


@both_clients
@pytest.mark.check(id="transport/proxies")
def test_the_client_reaches_this_machine_without_a_proxy(
    kind: str, mint: Mint, elsewhere: Rigged, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, elsewhere.origin)
    monkeypatch.delenv("no_proxy", raising=False)
    assert fetch(kind, mint.session(), "GET", "/events").json() == [{"token": "access-1"}]
    assert elsewhere.sent == []


@pytest.mark.check(id="refresh/shared")
def test_one_refresh_serves_all_who_share_a_client(mint: Mint) -> None:
    session = mint.session(seconds=5)
    mint.takes_long = 0.1

    async def everybody() -> set[str]:
        async with session.ahttp() as client:
            answers = await asyncio.gather(*(client.get(f"/{n}") for n in range(64)))
        return {response.json()[0]["token"] for response in answers}

    assert asyncio.run(everybody()) == {"access-2"}
    assert len(mint.asked("/token")) == 1


def test_a_client_stops_working_when_its_session_is_signed_out(mint: Mint) -> None:
    session = mint.session()
    with session.http() as client:
        session.revoke()
        with pytest.raises(errors.NotSignedIn):
            client.get("/events")
    assert mint.asked("/api") == []


@pytest.mark.check(id="secrets/hidden")
def test_the_clients_log_has_no_token(mint: Mint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fetch("http", mint.session(), "GET", "/events")
    assert "HTTP Request: GET" in caplog.text
    assert "access-1" not in caplog.text
