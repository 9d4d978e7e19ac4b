"""What an API answers, explained."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets.resource import gate

from ..helpers.mint import Mint
from ..helpers.people import session_of
from ..helpers.rigged import answer, as_json, in_turn, rigged
from ..helpers.tracebacks import with_locals
from ..helpers.twins import both

pytestmark = pytest.mark.usefixtures("impatient")


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
    assert refused.value.status == 403


def test_a_refused_token_has_the_status_of_the_answer(mint: Mint) -> None:
    mint.pages["/api/events"] = as_json({}, status=401)
    with pytest.raises(errors.InvalidToken) as refused:
        mint.session().frame("/events")
    assert refused.value.status == 401


@pytest.mark.parametrize("status", [202, 205, 400, 403, 404, 429, 500, 503])
def test_any_other_answer_is_an_error_that_names_the_status(status: int, mint: Mint) -> None:
    mint.pages["/api/events"] = as_json([], status=status, retry_after="0")
    with pytest.raises(errors.ResourceError, match=f"status {status}") as refused:
        mint.session().frame("/events")
    assert refused.value.retry_may_help == (status in (429, 500, 503))
    assert refused.value.status == status
    assert mint.asked("/token") == []


@both
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.check(id="transport/retries")
def test_an_api_that_asks_for_patience_is_given_it(call: Any, status: int, mint: Mint) -> None:
    busy = as_json([], status=status, retry_after="0")
    with rigged(in_turn(busy, busy, as_json([{"n": 1}]))) as api:
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
    assert refused.value.own_words == f"{mint.origin} answered with status 400."
    assert refused.value.server_words in said


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
        (501, "Check the address: the server says that it doesn't support this request."),
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
    assert "reading.py" in with_locals(failed.value)
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
