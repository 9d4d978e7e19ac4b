from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError, StateMismatch
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.logout import (
    LogoutRequest,
    SignOut,
    check_logout_response,
    logout_request,
)
from oauth_widgets.secret import Secret

from .builders import CLIENT, METADATA, REDIRECT_URI, SERVER, STATE, refuses

ID_TOKEN = IDToken({}, Secret("eyJ.b.c"))
SENT = LogoutRequest(url=Secret("https://as.example/logout"), state=STATE)


def asked(id_token: IDToken | None = ID_TOKEN, back_to: str | None = REDIRECT_URI) -> LogoutRequest:
    return logout_request(SERVER, CLIENT, id_token, post_logout_redirect_uri=back_to)


def parameters(request: LogoutRequest) -> dict[str, str]:
    url = request.url.reveal()
    assert url.startswith(METADATA["end_session_endpoint"] + "?")
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


@pytest.mark.check(id="logout/order")
def test_the_id_token_is_the_hint() -> None:
    request = asked()
    assert parameters(request) == {
        "client_id": "notebook",
        "id_token_hint": "eyJ.b.c",
        "post_logout_redirect_uri": REDIRECT_URI,
        "state": request.state,
    }


@pytest.mark.check(id="logout/order")
def test_without_an_id_token_or_a_way_back_neither_is_sent() -> None:
    request = asked(id_token=None, back_to=None)
    assert parameters(request) == {"client_id": "notebook"}
    assert request.state is None


def test_the_endpoints_own_query_stays() -> None:
    server = replace(SERVER, end_session_endpoint="https://as.example/logout?tenant=7")
    request = logout_request(server, CLIENT, None, post_logout_redirect_uri=None)
    assert request.url.reveal() == "https://as.example/logout?tenant=7&client_id=notebook"


@pytest.mark.check(id="secrets/hidden")
def test_the_request_shows_neither_id_token_nor_state() -> None:
    request = asked()
    assert "eyJ" not in repr(request)
    assert request.state
    assert request.state not in repr(request)


@pytest.mark.check(id="request/state")
def test_each_state_is_new() -> None:
    assert asked().state != asked().state


def test_what_cannot_be_done_is_refused() -> None:
    with refuses(ConfigurationError):
        asked(back_to="/signed-out")
    with refuses(ConfigurationError):
        logout_request(
            replace(SERVER, end_session_endpoint=None),
            CLIENT,
            None,
            post_logout_redirect_uri=None,
        )


@pytest.mark.check(id="logout/order")
def test_the_answer_with_the_state_is_taken() -> None:
    check_logout_response(SENT, f"{REDIRECT_URI}?state={STATE}")


@pytest.mark.parametrize(
    "query", ["", "state=", "state=other", f"state={STATE}x", f"state={STATE}&state={STATE}", "x=1"]
)
@pytest.mark.check(id="logout/order")
def test_another_or_no_state_is_refused(query: str) -> None:
    with refuses(StateMismatch):
        check_logout_response(SENT, f"{REDIRECT_URI}?{query}")


@pytest.mark.parametrize("request_", [None, LogoutRequest(url=SENT.url, state=None)])
@pytest.mark.check(id="logout/order")
def test_without_a_request_or_its_state_no_answer_fits(
    request_: LogoutRequest | None,
) -> None:
    for query in ("", "?state=", f"?state={STATE}"):
        with refuses(StateMismatch):
            check_logout_response(request_, REDIRECT_URI + query)


@pytest.mark.parametrize(
    ("confirmed", "said"),
    [(True, "confirmed"), (False, "did not confirm"), (None, "offers no way")],
)
@pytest.mark.check(id="revocation/confirmed")
def test_a_sign_out_says_what_the_server_was_told(confirmed: bool | None, said: str) -> None:
    done = SignOut(confirmed, SENT)
    assert str(done).startswith("Signed out here; the server")
    assert said in str(done)
    done.check(f"{REDIRECT_URI}?state={STATE}")
    with refuses(StateMismatch):
        done.check(REDIRECT_URI)
    for wrong in (None, 7, [], b"x"):
        with refuses(StateMismatch):
            done.check(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["http://[", f"{REDIRECT_URI}?state=\ud800", "", "signed out"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with refuses(StateMismatch):
        check_logout_response(SENT, text)


@given(
    st.text(st.characters())
    | st.text("htps:/@[]?&=%0f\\ é").map("http:".__add__)
    | st.text(st.characters()).map(f"{REDIRECT_URI}?state=".__add__)
)
def test_any_pasted_text_is_an_answer_or_is_refused(text: str) -> None:
    with suppress(StateMismatch):
        check_logout_response(SENT, text)
