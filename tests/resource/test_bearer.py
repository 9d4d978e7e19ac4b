"""The token in the hands of httpx, requests and pandas goes to the API's own origins alone."""

from __future__ import annotations

import asyncio
import base64
import copy
import gc
import io
import pickle
import ssl
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

import httpx
import httpx2
import pandas as pd
import pytest
import requests
from IPython.core.ultratb import VerboseTB
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.resource.bearer import Bearer
from oauth_widgets.secret import Lent, Secret

from ..helpers.mint import Mint
from ..helpers.rigged import Answer, Rigged, Sent, answer, as_json, rigged
from ..helpers.tracebacks import with_locals
from ..helpers.twins import both

CERTIFICATES = ssl.create_default_context()
"""Read once: each client would read them anew, which takes longer than a request."""


@pytest.fixture
def elsewhere() -> Iterator[Rigged]:
    """Another server: it would answer anybody, and notes who comes."""
    with rigged(as_json([{"token": "taken"}])) as server:
        yield server


@pytest.fixture
def suspicious() -> Iterator[Rigged]:
    """Another server: it refuses everybody, in the hope of a better token."""
    with rigged(as_json({}, status=401)) as server:
        yield server


def blocking(library: Any) -> Callable[..., Any]:
    def send(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
        with library.Client(
            auth=auth, trust_env=False, follow_redirects=follow, verify=CERTIFICATES
        ) as client:
            return client.request(method, url, content=body)

    return send


def awaiting(library: Any) -> Callable[..., Any]:
    def send(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
        async def awaited() -> Any:
            async with library.AsyncClient(
                trust_env=False, follow_redirects=follow, verify=CERTIFICATES
            ) as client:
                return await client.request(method, url, content=body, auth=auth)

        return asyncio.run(awaited())

    return send


by_httpx, by_httpx_awaiting = blocking(httpx), awaiting(httpx)


def by_requests(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
    return requests.request(method, url, auth=auth, allow_redirects=follow, data=body, timeout=10)


def by_requests_session(
    auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None
) -> Any:
    with requests.Session() as client:
        client.auth = auth
        return client.request(method, url, allow_redirects=follow, data=body, timeout=10)


CLIENTS = {
    "httpx": by_httpx,
    "httpx-awaiting": by_httpx_awaiting,
    "httpx2": blocking(httpx2),
    "httpx2-awaiting": awaiting(httpx2),
    "requests": by_requests,
    "requests-session": by_requests_session,
}
every_client = pytest.mark.parametrize("send", CLIENTS.values(), ids=CLIENTS)


def tokens(server: Rigged) -> list[str | None]:
    return [sent.headers.get("authorization") for sent in server.sent]


# one object for httpx and for requests


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
    with pytest.raises(errors.ConfigurationError, match="Get it after the import"):
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
    assert send(auth, "GET", f"{mint.api}/events").status_code == 200
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


# headers


@both
def test_headers_hold_a_fresh_token_for_one_address(call: Any, mint: Mint) -> None:
    found = call(mint.session(seconds=5), "headers", f"{mint.api}/events.csv")
    assert dict(found) == {"Authorization": "Bearer access-2"}
    assert found["authorization"] == "Bearer access-2"
    assert (len(found), "Cookie" in found) == (1, False)
    with pytest.raises(KeyError):
        _ = found["cookie"]


@both
@pytest.mark.check(id="bearer/origin")
def test_headers_for_another_origin_are_refused_at_once(call: Any, mint: Mint) -> None:
    for url in ("https://evil.example/", "http://api.example/", f"{mint.origin}@evil.example/"):
        with pytest.raises((errors.ForeignOrigin, errors.ConfigurationError)):
            call(mint.session(seconds=5), "headers", url)
    assert mint.asked("/token") == []


@pytest.mark.check(id="secrets/hidden")
def test_headers_show_no_token_and_are_not_pickled(mint: Mint) -> None:
    found = mint.session().headers("/events")
    assert repr(found) == str(found) == f"<headers for {mint.origin}: token hidden>"
    assert "access-1" not in f"{vars(found)}"
    assert copy.deepcopy(found) == found
    with pytest.raises(TypeError):
        pickle.dumps(found)


LONG = "tok-" + "aZ9-_~+/" * 6 + "end="


def by_headers(session: ow.Session, url: str) -> Any:
    return requests.get(url, headers=session.headers(url), timeout=10).raise_for_status()


def by_plain_headers(session: ow.Session, url: str) -> Any:
    return httpx.get(url, headers=dict(session.headers(url)), trust_env=False).raise_for_status()


def by_auth(session: ow.Session, url: str) -> Any:
    return requests.get(url, auth=session.auth, timeout=10).raise_for_status()


def by_auth_of_httpx(session: ow.Session, url: str) -> Any:
    return httpx.get(
        url, auth=session.auth, trust_env=False, verify=CERTIFICATES
    ).raise_for_status()


def by_pandas(session: ow.Session, url: str) -> Any:
    return pd.read_csv(url, storage_options=session.headers(url))


def as_displays_show(problem: BaseException) -> Iterator[str]:
    """Yield what rich, `%xmode Verbose` and others that print locals make of an error."""
    verbose = VerboseTB(theme_name="nocolor")
    yield "\n".join(verbose.structured_traceback(type(problem), problem, problem.__traceback__, 9))
    shown = io.StringIO()
    every = Traceback.from_exception(
        type(problem), problem, problem.__traceback__, show_locals=True
    )
    Console(file=shown, width=300).print(every)
    yield shown.getvalue()
    yield with_locals(problem)


def pieces(token: str) -> set[str]:
    """Return each run of eight characters, plain, URL-encoded and in base64."""
    spelled = {token, quote(token, safe=""), *(base64.b64encode(token.encode()).decode(),)}
    return {one[at : at + 8] for one in spelled for at in range(len(one) - 7)}


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        *((use, b"") for use in (by_headers, by_plain_headers, by_auth, by_auth_of_httpx)),
        *((use, "no server there") for use in (by_auth, by_auth_of_httpx)),
        *((use, answer(status=500)) for use in (by_auth, by_pandas)),
    ],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_display_of_a_failure_in_other_tools_shows_the_token(
    use: Any, fault: bytes | str, mint: Mint
) -> None:
    with rigged(fault if isinstance(fault, bytes) else b"") as api:
        session = mint.session(api=api.origin)
        session._last = replace(session._last, access_token=Secret(LONG))  # noqa: SLF001
        if fault == "no server there":
            api.close()
        # Each tool has its own errors.
        with pytest.raises((OSError, HTTPException, httpx.HTTPError)) as failed:
            use(session, f"{api.origin}/towns.csv")
    assert fault == "no server there" or api.sent[0].token == LONG
    for shown in as_displays_show(failed.value):
        assert not [piece for piece in pieces(LONG) if piece in shown]


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


@pytest.mark.check(id="secrets/hidden")
def test_a_lent_token_is_a_string_that_shows_dots() -> None:
    lent = Lent(f"Bearer {LONG}")
    assert lent == f"Bearer {LONG}"
    assert f"{lent}".encode() == lent.encode("latin-1")
    for shown in (repr(lent), repr(lent[:80]), repr({"a": [lent]}), f"{lent!r}", pretty_repr(lent)):
        assert "••••" in shown
        assert not [piece for piece in pieces(LONG) if piece in shown]
    assert pretty_repr({"a": lent}, max_string=20).count("tok-") == 0
    # tools remember by repr, and have to see that a token is another one
    assert repr(lent) != repr(Lent("Bearer another"))
    assert copy.deepcopy(lent) is copy.copy(lent) is lent
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps({"a": lent})


def test_headers_are_a_dict_for_tools_that_want_one(mint: Mint) -> None:
    found = mint.session().headers("/events")
    assert isinstance(found, dict)
    assert {**found} == dict(found) == found.copy() == {"Authorization": "Bearer access-1"}
    for shown in (repr({**found}), repr(found.copy()), repr(list(found.values()))):
        assert "access-1" not in shown


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


def csv(sent: Sent) -> bytes:
    good = sent.headers.get("authorization") == "Bearer access-1"
    return answer(b"n,city\n1,Oslo\n", kind="text/csv", status=200 if good else 401)


def test_headers_are_what_pandas_takes_as_storage_options(mint: Mint) -> None:
    with rigged(csv) as api:
        url = f"{api.origin}/towns.csv"
        options: Any = mint.session(api=api.origin).headers(url)
        frame = pd.read_csv(url, storage_options=options)
    assert frame.to_dict("records") == [{"n": 1, "city": "Oslo"}]


def read_by_headers(session: ow.Session, url: str) -> Any:
    options: Any = session.headers(url)
    return pd.read_csv(url, storage_options=options)


def read_by_open(session: ow.Session, url: str) -> Any:
    with session.open(url) as file:
        return pd.read_csv(file)


@pytest.mark.parametrize(
    ("read", "seen"),
    [(read_by_headers, ["Bearer access-1"]), (read_by_open, [])],
    ids=["storage_options", "open"],
)
@pytest.mark.check(id="bearer/redirect")
def test_what_pandas_does_with_headers_on_a_redirect_does_not_happen_to_open(
    read: Callable[[ow.Session, str], Any], seen: list[str], mint: Mint
) -> None:
    table = answer(b"n\n1\n", kind="text/csv")
    with rigged(table) as elsewhere:
        away = answer(status=302, location=f"{elsewhere.origin}/towns.csv")
        mint.pages["/api/towns.csv"] = away
        if seen:
            read(mint.session(), f"{mint.api}/towns.csv")
        else:
            with pytest.raises(errors.ResourceError):
                read(mint.session(), f"{mint.api}/towns.csv")
        assert tokens(elsewhere) == seen
    with warnings.catch_warnings():
        # urllib leaves the answer that redirected to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
