"""A client with httpx's interface that speaks for a session."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from oauth_widgets import errors

from ..helpers.mint import Mint
from ..helpers.rigged import Rigged, answer, as_json, rigged
from .clients import both_clients, fetch

pytestmark = pytest.mark.usefixtures("impatient")


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
@both_clients
@pytest.mark.check(id="secrets/hidden")
def test_the_clients_log_has_no_token(
    kind: str, mint: Mint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mint.pages["/api/events"] = as_json([], x_request_id="access-1", set_cookie="a=access-1")
    fetch(kind, mint.session(), "GET", "/events")
    assert "HTTP Request: GET" in caplog.text
    assert "access-1" not in caplog.text


@both_clients
@pytest.mark.parametrize("host", ["https://access-1.example", "https://access-1é.example"])
@pytest.mark.check(id="secrets/hidden")
def test_a_redirect_to_an_address_made_of_the_token_does_not_show_it(
    kind: str, host: str, mint: Mint
) -> None:
    mint.pages["/api/0"] = answer(status=302, location="/api/access-1/1")
    mint.pages["/api/access-1/1"] = answer(status=302, location=host.encode().decode("latin-1"))
    session = mint.session()
    with pytest.raises(errors.OAuthError) as refused:
        fetch(kind, session, "GET", "/0", follow_redirects=True)
    assert "access-1" not in f"{refused.value!r} {refused.value.next_step} {session.answered}"
