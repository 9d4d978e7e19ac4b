from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidClient,
    InvalidResponse,
    OAuthError,
    TemporarilyUnavailable,
)
from oauth_widgets.protocol.introspection import introspection, introspection_request
from oauth_widgets.secret import Secret

from .builders import ACCESS_TOKEN, CLIENT, ISSUER, OFFERING, SERVER, json_answer, refuses


def test_the_token_is_sent_in_the_body_and_the_client_proves_itself() -> None:
    request = introspection_request(OFFERING, CLIENT, Secret(ACCESS_TOKEN))
    assert (request.method, request.url) == ("POST", f"{ISSUER}/introspect")
    assert request.form == (("token", ACCESS_TOKEN),)
    assert request.headers["authorization"].startswith("Basic ")
    assert not request.shared


def test_a_server_without_introspection_says_so() -> None:
    with refuses(ConfigurationError):
        introspection_request(SERVER, CLIENT, Secret(ACCESS_TOKEN))


@pytest.mark.check(id="introspection/active")
def test_what_is_told_of_a_good_token_is_kept_and_not_shown() -> None:
    told = introspection(json_answer({"active": True, "sub": "person-7"}))
    assert told.active is True
    assert told.claims["sub"] == "person-7"
    assert "person-7" not in repr(told)


@pytest.mark.check(id="introspection/active")
def test_what_is_told_of_another_token_is_not_believed() -> None:
    told = introspection(json_answer({"active": False, "sub": "person-7"}))
    assert told.active is False
    assert told.claims == {}


@pytest.mark.parametrize("document", [{}, *({"active": value} for value in ("true", 1, 0, None))])
@pytest.mark.check(id="introspection/active")
def test_active_is_true_or_false_and_nothing_else(document: dict[str, object]) -> None:
    with refuses(InvalidResponse):
        introspection(json_answer(document))


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (json_answer({"active": True}, content_type="text/html"), InvalidResponse),
        (json_answer({"active": True}, status=202), InvalidResponse),
        (json_answer({"error": "invalid_client"}, status=401), InvalidClient),
        (Response(503), TemporarilyUnavailable),
    ],
)
def test_anything_else_is_refused(response: Response, error: type[OAuthError]) -> None:
    with refuses(error):
        introspection(response)


@given(st.sampled_from([200, 401]), st.binary() | st.dictionaries(st.text(), st.booleans()))
def test_any_answer_is_read_or_refused(status: int, body: object) -> None:
    with suppress(OAuthError):
        assert introspection(json_answer(body, status=status)).active in (True, False)
