from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidMetadata,
    OAuthError,
    ServerUnreachable,
    TemporarilyUnavailable,
)
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from tests.protocol.builders import (
    ISSUER,
    METADATA,
    NO_API,
    OFFERING,
    SERVER,
    WHOLE,
    json_answer,
    refuses,
)

from .script import Script

OIDC = f"{ISSUER}/.well-known/openid-configuration"
OAUTH = f"{ISSUER}/.well-known/oauth-authorization-server"
BY_API = [
    f"{ISSUER}/.well-known/{name}" for name in ("smart-configuration", "oauth-protected-resource")
]


def ask(script: Script, issuer: str = ISSUER, api: str | None = None) -> AuthorizationServer:
    server: AuthorizationServer = script.play(discovery(issuer, api=api))
    return server


def test_a_server_describes_itself() -> None:
    script = Script(json_answer(WHOLE))
    assert ask(script) == OFFERING
    assert script.urls == [OIDC]
    assert script.requests[0].method == "GET"
    assert script.requests[0].shared


def test_the_api_is_the_callers_own_word() -> None:
    document = {**WHOLE, "api": "https://evil.example"}
    assert (
        ask(Script(json_answer(document)), api="https://api.example").api == "https://api.example"
    )
    assert ask(Script(json_answer(document))).api is None


@pytest.mark.parametrize("api", ["", "data.example", "http://data.example", 3])
def test_an_api_that_is_none_is_refused_before_the_server_is_asked(api: Any) -> None:
    script = Script()
    with pytest.raises(ConfigurationError, match="api"):
        ask(script, api=api)
    assert script.urls == []


def test_where_oidc_discovery_has_nothing_the_other_address_is_asked() -> None:
    script = Script(Response(404), json_answer(METADATA))
    assert ask(script) == SERVER
    assert script.urls == [OIDC, OAUTH]


@pytest.mark.parametrize("empty", [{}, dict.fromkeys(WHOLE.keys() - METADATA.keys())])
def test_what_oidc_discovery_leaves_out_is_filled_from_the_other_description(
    empty: dict[str, None],
) -> None:
    other = {**WHOLE, "token_endpoint": f"{ISSUER}/other", "scopes_supported": ["a"]}
    script = Script(json_answer({**METADATA, **empty}), json_answer(other))
    filled = ask(script, api="https://api.example")
    assert script.urls == [OIDC, OAUTH]
    assert script.requests[1].shared
    assert filled == replace(OFFERING, scopes_supported=("a",), api="https://api.example")


@pytest.mark.parametrize(
    "second",
    [
        Response(404),
        Response(302, {"location": "https://other.example"}),
        Response(503),
        json_answer({**WHOLE, "issuer": "https://other.example"}),
        json_answer({**WHOLE, "jwks_uri": 7}),
        json_answer({**WHOLE, "device_authorization_endpoint": "https://169.254.169.254/x"}),
        json_answer(b"<html>", content_type="text/html"),
        ServerUnreachable("Gone."),
    ],
)
@pytest.mark.check(id="metadata/issuer")
def test_a_second_description_that_cannot_be_used_is_left_alone(
    second: Response | OAuthError,
) -> None:
    script = Script(json_answer(METADATA), second)
    assert ask(script) == SERVER
    assert script.urls == [OIDC, OAUTH]


def test_where_neither_has_anything_it_is_said() -> None:
    script = Script(Response(404), Response(404), *NO_API)
    with refuses(InvalidMetadata) as caught:
        ask(script)
    assert f"{OAUTH}: status 404" in caught.value.message
    assert f"issuer={ISSUER!r}" in caught.value.next_step
    assert "token_endpoint=" in caught.value.next_step
    assert script.urls == [OIDC, OAUTH, *BY_API]


@pytest.mark.parametrize(
    "answer",
    [
        *(replace(json_answer(METADATA), status=status) for status in (201, 500)),
        json_answer([METADATA]),
        json_answer({**METADATA, "token_endpoint": 7}),
        json_answer({**METADATA, "issuer": f"{ISSUER}/"}),
        json_answer({**METADATA, "jwks_uri": "http://as.example/jwks"}),
        json_answer(b'{"issuer": "https://as.example", "issuer": "https://as.example"}'),
        json_answer(b'{"issuer": "https://as.example", "x": NaN}'),
    ],
)
@pytest.mark.check(id="metadata/issuer")
@pytest.mark.check(id="transport/https")
@pytest.mark.check(id="documents/json")
@pytest.mark.check(id="documents/shape")
def test_a_bad_description_is_refused(answer: Response) -> None:
    script = Script(answer)
    with refuses(InvalidMetadata):
        ask(script)
    assert script.urls == [OIDC]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://other.example/x?y", "https://other.example"),
        ("/sign-in", ISSUER),
        ("mailto:x", "an invalid address"),
    ],
)
@pytest.mark.check(id="transport/no-redirects")
def test_no_redirect_is_followed(status: int, location: str, target: str) -> None:
    redirect = Response(status, {"location": location}, url=OIDC)
    script = Script(redirect, Response(404), *[redirect] * 2)
    with refuses(InvalidMetadata) as caught:
        ask(script)
    assert script.urls == [OIDC, OAUTH, *BY_API]
    assert f"{OIDC}: status {status}, to {target};" in caught.value.message
    assert caught.value.next_step.startswith("Use the issuer of the server it redirects to.")
    assert ask(Script(redirect, json_answer(METADATA))) == SERVER


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (206, "Check the issuer's address for typos."),
        (500, "Try again in a moment."),
        (502, "Try again in a moment."),
    ],
)
def test_a_server_that_does_not_describe_itself_is_named_with_what_to_do(
    status: int, step: str
) -> None:
    with refuses(InvalidMetadata) as caught:
        ask(Script(replace(json_answer({}), status=status, url=f"{OIDC}?x=1")))
    assert caught.value.message == f"{OIDC} answered with status {status} instead of 200."
    assert caught.value.next_step == step


@pytest.mark.check(id="documents/content-type")
def test_a_description_that_says_it_is_something_else_is_refused() -> None:
    with refuses(InvalidMetadata):
        ask(Script(json_answer(METADATA, content_type="text/html"), Response(404), *NO_API))


@pytest.mark.parametrize("issuer", ["http://as.example", "as.example", "https://as.example?x", ""])
@pytest.mark.check(id="transport/https")
def test_an_issuer_that_is_none_is_never_asked(issuer: str) -> None:
    script = Script()
    with refuses(ConfigurationError):
        ask(script, issuer=issuer)
    assert script.requests == []


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Response(429), TemporarilyUnavailable),
        (Response(503), TemporarilyUnavailable),
        (ServerUnreachable("Gone."), ServerUnreachable),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_a_server_that_is_busy_or_cannot_be_reached_is_told_as_such(
    failure: Response | OAuthError, error: type[OAuthError]
) -> None:
    with refuses(error):
        ask(Script(failure))
