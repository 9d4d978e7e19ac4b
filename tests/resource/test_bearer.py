"""The token in the hands of httpx and requests goes to the API's own origins alone."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from typing import Any

import httpx
import httpx2
import pytest
import requests

from oauth_widgets import errors
from oauth_widgets.resource.bearer import Bearer

from ..helpers.mint import Mint
from ..helpers.rigged import Answer, Rigged, Sent, answer, as_json, rigged
from .clients import by_requests, by_requests_session, every_client, tokens


@every_client
@pytest.mark.check(id="bearer/header")
def test_the_clients_request_carries_a_fresh_token_in_the_header(send: Any, mint: Mint) -> None:
    auth = mint.session(seconds=5).auth
    assert send(auth, "POST", f"{mint.api}/events", body=b"1").json() == [{"token": "access-2"}]
    (sent,) = mint.asked("/api/events")
    assert (sent.target, sent.token, sent.body) == ("/api/events", "access-2", b"1")


def test_an_auth_made_before_httpx2_was_imported_says_so(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "httpx2")
        auth = mint.session().auth
    with pytest.raises(errors.ConfigurationError, match="Import the library first"):
        httpx2.get(f"{mint.api}/events", auth=auth)
    assert mint.asked("/api/events") == []


@every_client
@pytest.mark.check(id="bearer/retry")
def test_a_refused_token_is_renewed_once_for_another_client(send: Any, mint: Mint) -> None:
    auth = mint.session().auth
    mint.revoke()
    assert send(auth, "PUT", f"{mint.api}/events", body=b"whole").status_code == 200
    assert [sent.body for sent in mint.asked("/api/events")] == [b"whole", b"whole"]
    mint.pages["/api/events"] = as_json({}, status=401)
    assert send(auth, "GET", f"{mint.api}/events").status_code == 401
    assert len(mint.asked("/token")) == 2


@every_client
@pytest.mark.check(id="bearer/retry")
def test_what_cannot_be_renewed_stays_refused(send: Any, mint: Mint) -> None:
    auth = mint.session(refreshable=False).auth
    mint.revoke()
    assert send(auth, "GET", f"{mint.api}/events").status_code == 401
    assert len(mint.asked("/api/events")) == 1


@pytest.mark.parametrize("send", [by_requests, by_requests_session])
@pytest.mark.check(id="bearer/retry")
def test_a_body_that_requests_has_used_up_is_not_sent_again(send: Any, mint: Mint) -> None:
    with rigged(Chunked(as_json({}, status=401))) as api:
        auth = mint.session(api=api.origin).auth
        assert send(auth, "PUT", api.origin, body=iter([b"once"])).status_code == 401
        assert len(api.sent) == 1
    assert mint.asked("/token") == []


@pytest.mark.check(id="bearer/retry")
def test_a_body_that_httpx_has_used_up_is_not_sent_again(mint: Mint) -> None:
    session = mint.session()
    mint.revoke()
    with httpx.Client(auth=session.auth, trust_env=False) as client:
        length = {"content-length": "4"}
        pieces = iter([b"once"])
        response = client.put(f"{mint.api}/events", content=pieces, headers=length)
    assert response.status_code == 401
    assert [sent.body for sent in mint.asked("/api/events")] == [b"once"]
    assert mint.asked("/token") == []


class Chunked:
    """Answers once the chunks of a body without a length have arrived."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    def __call__(self, sent: Sent) -> Answer:
        assert sent.headers["transfer-encoding"] == "chunked"
        return self._said


def test_a_second_try_of_requests_has_the_first_in_its_history(mint: Mint) -> None:
    auth = mint.session().auth
    mint.revoke()
    response = by_requests(auth, "GET", f"{mint.api}/events")
    assert [before.status_code for before in response.history] == [401]


@every_client
@pytest.mark.check(id="bearer/origin")
def test_another_client_sends_nothing_to_another_origin(
    send: Any, mint: Mint, elsewhere: Rigged
) -> None:
    with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
        send(mint.session(seconds=5).auth, "GET", f"{elsewhere.origin}/events")
    assert elsewhere.sent == mint.asked("/api") == []


@every_client
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.check(id="bearer/redirect")
def test_a_redirect_to_another_origin_leaves_the_token_behind(
    send: Any, status: int, mint: Mint, elsewhere: Rigged
) -> None:
    away = answer(status=status, location=f"{elsewhere.origin}/events")
    mint.pages["/api/events"] = away
    assert send(mint.session().auth, "GET", f"{mint.api}/events").status_code == status
    assert elsewhere.sent == []
    send(mint.session().auth, "GET", f"{mint.api}/events", follow=True)
    assert tokens(elsewhere) == [None]


@every_client
@pytest.mark.check(id="bearer/redirect")
def test_who_refuses_after_a_redirect_is_given_no_token(
    send: Any, mint: Mint, suspicious: Rigged
) -> None:
    mint.pages["/api/events"] = answer(status=302, location=f"{suspicious.origin}/events")
    response = send(mint.session().auth, "GET", f"{mint.api}/events", follow=True)
    assert response.status_code == 401
    assert tokens(suspicious) == [None]
    # nor is one used up in vain
    assert mint.asked("/token") == []


@every_client
@pytest.mark.check(id="bearer/redirect")
def test_there_and_back_again_the_token_is_not_picked_up(send: Any, mint: Mint) -> None:
    ways: dict[str, bytes] = {"/back": as_json([])}
    with rigged(lambda sent: ways[sent.target]) as api, rigged(lambda _: ways["away"]) as away:
        ways["/events"] = answer(status=302, location=f"{away.origin}/")
        ways["away"] = answer(status=302, location=f"{api.origin}/back")
        send(mint.session(api=api.origin).auth, "GET", f"{api.origin}/events", follow=True)
        assert tokens(away) == [None]
        assert tokens(api) == ["Bearer access-1", None]


@every_client
def test_a_redirect_within_the_api_keeps_the_token(send: Any, mint: Mint) -> None:
    mint.pages["/api/events"] = answer(status=302, location="/api/other")
    auth = mint.session().auth
    found = send(auth, "GET", f"{mint.api}/events", follow=True)
    assert found.json() == [{"token": "access-1"}]


@every_client
def test_a_token_that_is_refused_after_a_redirect_within_the_api_is_renewed(
    send: Any, mint: Mint
) -> None:
    seen: list[str] = []

    def respond(sent: Sent) -> bytes:
        seen.append(sent.token)
        if sent.target != "/moved":
            return answer(status=302, location="/moved")
        good = sent.token != "access-1"
        return as_json([{"token": sent.token}], status=200 if good else 401)

    with rigged(respond) as api:
        auth = mint.session(api=api.origin).auth
        assert send(auth, "GET", f"{api.origin}/", follow=True).json() == [{"token": "access-2"}]
    assert set(seen) == {"access-1", "access-2"}


@every_client
@pytest.mark.check(id="bearer/origin")
def test_the_first_address_of_another_client_becomes_the_api_once_it_answers(
    send: Any, mint: Mint, elsewhere: Rigged
) -> None:
    auth = mint.without("api").session().auth
    with rigged(as_json({}, status=404)) as mistyped:
        assert send(auth, "GET", f"{mistyped.origin}/events").status_code == 404
    assert repr(auth) == "<Bearer for an API not known yet: token hidden>"
    mint.revoke()
    assert send(auth, "GET", f"{mint.api}/events").status_code == 200
    assert mint.asked("/api/events")[-1].token == "access-2"
    assert repr(auth) == f"<Bearer for {mint.origin}: token hidden>"
    with pytest.raises(errors.ForeignOrigin):
        send(auth, "GET", f"{elsewhere.origin}/events")
    assert elsewhere.sent == []


@every_client
@pytest.mark.check(id="bearer/origin")
def test_a_first_answer_that_redirects_pins_its_own_origin(
    send: Any, mint: Mint, elsewhere: Rigged
) -> None:
    mint.pages["/api/events"] = answer(status=302, location=f"{elsewhere.origin}/events")
    auth = mint.without("api").session().auth
    send(auth, "GET", f"{mint.api}/events", follow=True)
    assert tokens(elsewhere) == [None]
    with pytest.raises(errors.ForeignOrigin):
        send(auth, "GET", f"{elsewhere.origin}/events")


@every_client
def test_another_client_stops_working_when_its_session_is_signed_out(send: Any, mint: Mint) -> None:
    session = mint.session()
    auth = session.auth
    session.revoke()
    with pytest.raises(errors.NotSignedIn):
        send(auth, "GET", f"{mint.api}/events")
    assert mint.asked("/api") == []


@pytest.mark.check(id="secrets/hidden")
def test_what_signs_requests_shows_no_token(mint: Mint) -> None:
    session = mint.session()
    auth = session.auth
    assert isinstance(auth, Bearer)
    assert "access-1" not in f"{auth!r} {auth} {vars(auth)}"
    assert mint.origin in repr(auth)


@every_client
@pytest.mark.check(id="secrets/hidden")
def test_an_answer_to_another_client_is_pickled_without_the_token(send: Any, mint: Mint) -> None:
    mint.pages["/api/0"] = as_json([1])
    response = send(mint.session().auth, "GET", f"{mint.api}/0")
    assert mint.asked("/api/0")[0].token == "access-1"
    assert "access-1" not in repr(vars(response.request))
    # that of requests refers to the auth, which is not pickled
    with suppress(TypeError):
        assert b"access-1" not in pickle.dumps(response)


@every_client
@pytest.mark.check(id="secrets/hidden")
def test_an_error_after_a_redirect_is_not_pickled_with_the_token(send: Any, mint: Mint) -> None:
    mint.pages["/api/0"] = answer(status=307, location="/api/0")
    with pytest.raises(Exception, match="redirects") as failed:
        send(mint.session().auth, "GET", f"{mint.api}/0", follow=True)
    assert mint.asked("/api/0")[-1].token == "access-1"
    assert "access-1" not in f"{failed.value.request.headers!r} {vars(failed.value.request)}"
    with suppress(TypeError):
        assert b"access-1" not in pickle.dumps(failed.value)


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        *(("/other", True), ("http://[0::1]:80/other", True), ("http://[::1]:80", True)),
        *(("http://[::1]8443/x", False), ("http://[::1].evil.example/x", False)),
        *(("http://[::1]:8443/x", False), ("//evil.example", False), ("http://[::1]:080/", False)),
        *(("\\\\evil.example", False), ("http://%5B::1%5D/", False), ("https://[::1]/", False)),
    ],
)
@pytest.mark.check(id="bearer/redirect")
def test_requests_takes_no_token_to_a_place_it_takes_for_the_same(
    target: str, stays: bool, mint: Mint
) -> None:
    request = mint.session(api="http://[::1]").auth(
        requests.Request("GET", "http://[::1]/events").prepare()
    )
    redirect = requests.Response()
    redirect.status_code, redirect.request = 302, request
    redirect.headers["location"] = target
    requests.hooks.dispatch_hook("response", request.hooks, redirect)
    assert ("Authorization" in request.headers) == stays
