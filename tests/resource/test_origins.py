"""The token goes to the API's own origins and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets import errors

from ..helpers.mint import Mint
from ..helpers.rigged import Rigged, answer, as_json, rigged
from ..helpers.twins import both

pytestmark = pytest.mark.usefixtures("impatient")


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
        (("/events", "limit=5"), "params= must be a mapping of names to values, not str."),
        (("/events", ["a"]), "params= must be a mapping of names to values, not list."),
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
    step = f"sign in again with api_origins=['{elsewhere.origin}']."
    assert refused.value.next_step.endswith(step)
    # If no API was declared, the one in use has to be named, too.
    session = mint.without("api").session()
    call(session, "frame", f"{mint.api}/events")
    with pytest.raises(errors.ForeignOrigin) as refused:
        call(session, "frame", f"{elsewhere.origin}/events")
    step = f"sign in again with api_origins=['{mint.origin}', '{elsewhere.origin}']."
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
