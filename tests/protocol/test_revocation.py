from __future__ import annotations

from dataclasses import replace

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidClient,
    InvalidResponse,
    TemporarilyUnavailable,
)
from oauth_widgets.protocol.revocation import check_revocation, revocation_request
from oauth_widgets.secret import Secret

from .builders import CLIENT, METADATA, PUBLIC_CLIENT, REFRESH_TOKEN, SERVER, json_answer, refuses

TOKEN = Secret(REFRESH_TOKEN)


def test_the_token_is_sent_in_the_body_and_the_client_proves_itself() -> None:
    request = revocation_request(SERVER, CLIENT, TOKEN, "refresh_token")
    assert (request.method, request.url) == ("POST", METADATA["revocation_endpoint"])
    assert request.form == (("token", REFRESH_TOKEN), ("token_type_hint", "refresh_token"))
    assert request.headers["authorization"].startswith("Basic ")


def test_a_public_client_names_itself() -> None:
    request = revocation_request(SERVER, PUBLIC_CLIENT, TOKEN, "access_token")
    assert request.form
    assert ("client_id", PUBLIC_CLIENT.client_id) in request.form
    assert "authorization" not in request.headers


def test_a_server_without_revocation_says_so() -> None:
    with refuses(ConfigurationError):
        revocation_request(replace(SERVER, revocation_endpoint=None), CLIENT, TOKEN, "access_token")


@pytest.mark.parametrize("body", [b"", b"{}", b"<p>done</p>"])
@pytest.mark.check(id="revocation/confirmed")
def test_any_200_is_a_success_for_an_unknown_token_too(body: bytes) -> None:
    check_revocation(Response(200, {}, body))


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(302, {"location": "https://other.example"}), InvalidResponse),
        (Response(400), InvalidResponse),
        (Response(503, {"retry-after": "3"}), TemporarilyUnavailable),
        (json_answer({"error": "invalid_client"}, status=401), InvalidClient),
    ],
)
@pytest.mark.check(id="revocation/confirmed")
def test_anything_else_is_not_taken_for_a_success(
    response: Response, error: type[InvalidResponse]
) -> None:
    with refuses(error):
        check_revocation(response)
