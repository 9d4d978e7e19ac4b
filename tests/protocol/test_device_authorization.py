from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    AccessDenied,
    ConfigurationError,
    InvalidResponse,
    OAuthError,
    UnauthorizedClient,
)
from oauth_widgets.protocol.device_authorization import (
    DeviceAuthorizationResponse,
    device_authorization_request,
    device_authorization_response,
    next_interval,
)
from oauth_widgets.protocol.error_response import error_of
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

from .builders import (
    CLIENT,
    CODE,
    GONE,
    ISSUER,
    NOW,
    OFFERING,
    PUBLIC_CLIENT,
    SERVER,
    but,
    json_answer,
    refuses,
)

PAGE = f"{ISSUER}/activate"
HONEST = {
    "device_code": CODE,
    "user_code": "WDJB-MJHT",
    "verification_uri": PAGE,
    "verification_uri_complete": f"{PAGE}?user_code=WDJB-MJHT",
    "expires_in": 600,
    "interval": 7,
}


def judged(**changes: Any) -> DeviceAuthorizationResponse:
    return device_authorization_response(json_answer(but(HONEST, changes)), now=NOW)


def test_the_scope_is_asked_for_and_the_client_proves_itself() -> None:
    request = device_authorization_request(OFFERING, CLIENT, Scope("openid phone"))
    assert (request.method, request.url) == ("POST", f"{ISSUER}/device")
    assert dict(request.form)["scope"] == "openid phone"
    assert request.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_client_with_a_secret_names_itself_in_the_form_too(method: str) -> None:
    client = replace(CLIENT, token_endpoint_auth_method=method)
    request = device_authorization_request(OFFERING, client, Scope())
    assert [value for name, value in request.form if name == "client_id"] == [CLIENT.client_id]


def test_a_public_client_names_itself_and_no_scope_is_sent_where_none_is_asked() -> None:
    request = device_authorization_request(OFFERING, PUBLIC_CLIENT, Scope())
    assert request.form == (("client_id", "notebook"),)


@pytest.mark.check(id="device/polling")
def test_a_server_without_it_says_so() -> None:
    with refuses(ConfigurationError):
        device_authorization_request(SERVER, CLIENT, Scope())


@pytest.mark.check(id="device/polling")
def test_an_honest_answer_is_taken() -> None:
    assert judged() == DeviceAuthorizationResponse(
        device_code=Secret(CODE),
        user_code="WDJB-MJHT",
        verification_uri=PAGE,
        verification_uri_complete=f"{PAGE}?user_code=WDJB-MJHT",
        expires_at=NOW + 600,
        interval=7,
    )
    assert judged(verification_uri_complete=GONE).verification_uri_complete is None
    assert judged(interval=GONE).interval == 5


@pytest.mark.check(id="device/polling")
def test_no_code_lasts_longer_than_a_day() -> None:
    assert judged(expires_in=1).expires_at == NOW + 1
    assert judged(expires_in=1e14).expires_at == NOW + 86_400


@pytest.mark.parametrize("interval", [0, -3, 0.01])
@pytest.mark.check(id="device/polling")
def test_no_interval_is_shorter_than_a_second(interval: float) -> None:
    assert judged(interval=interval).interval == 1


@pytest.mark.parametrize(
    "changes",
    [
        *({"device_code": value} for value in (GONE, "", 7)),
        *({"user_code": value} for value in (GONE, "", 7, "A\nB", "A\u202eB", "A" * 400)),
        *({"expires_in": value} for value in (GONE, None, 0, -1, "soon", True, [])),
        *({"interval": value} for value in ("soon", True, [])),
        *({"verification_uri": value} for value in (GONE, "", 7, "/activate", "javascript:x")),
        {"verification_uri": "http://as.example/activate"},
        {"verification_uri": "https://192.168.0.1/activate"},
        {"verification_uri_complete": "https://[::1]/activate"},
        {"verification_uri": "https://as.example@evil.example/"},
        {"verification_uri_complete": "javascript:alert(1)"},
        {"verification_uri_complete": 7},
    ],
)
@pytest.mark.check(id="device/polling")
def test_an_answer_that_cannot_be_shown_is_refused(changes: dict[str, Any]) -> None:
    with refuses(InvalidResponse):
        judged(**changes)


@pytest.mark.check(id="device/polling")
def test_another_status_than_200_or_201_is_refused() -> None:
    assert device_authorization_response(json_answer(HONEST, status=201), now=NOW)
    with refuses(InvalidResponse):
        device_authorization_response(json_answer(HONEST, status=202), now=NOW)
    with refuses(UnauthorizedClient):
        device_authorization_response(
            json_answer({"error": "unauthorized_client"}, status=400), now=NOW
        )


@pytest.mark.check(id="device/polling")
def test_the_interval_grows_by_five_seconds_when_the_server_says_so() -> None:
    assert next_interval(error_of("authorization_pending"), 7) == 7
    assert next_interval(error_of("slow_down"), 7) == 12


@pytest.mark.check(id="device/polling")
def test_any_other_error_is_final() -> None:
    with refuses(AccessDenied):
        next_interval(error_of("access_denied"), 7)


@pytest.mark.check(id="secrets/hidden")
def test_the_device_code_is_not_shown() -> None:
    assert CODE not in repr(judged())


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters())


@given(st.dictionaries(st.sampled_from(list(HONEST)), VALUES))
def test_any_document_is_an_answer_or_is_refused(changes: dict[str, Any]) -> None:
    with suppress(InvalidResponse):
        assert judged(**changes).interval >= 1


@given(st.sampled_from([200, 400, 503]), st.binary())
def test_any_bytes_are_an_answer_or_are_refused(status: int, body: bytes) -> None:
    response = Response(status, {"content-type": "application/json"}, body)
    with suppress(OAuthError):
        assert device_authorization_response(response, now=NOW)
