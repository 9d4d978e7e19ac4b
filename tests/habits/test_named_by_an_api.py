"""APIs that name the server whose tokens they take: SMART on FHIR, and RFC 9728."""

from __future__ import annotations

from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidMetadata
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from tests.flows.script import Script
from tests.protocol.builders import ISSUER, METADATA, WHOLE, json_answer, refuses

BASE = "https://ehr.example/fhir/r4"
NONE = [Response(404)] * 4
SMART = {
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "capabilities": ["launch-standalone"],
    "scopes_supported": ["openid", "patient/*.rs"],
    "code_challenge_methods_supported": ["S256"],
}


def ask(*answers: Response, base: str = BASE, **more: Any) -> tuple[AuthorizationServer, list[str]]:
    script = Script(*answers)
    server: AuthorizationServer = script.play(discovery(base, **more))
    return server, script.urls


def resource(*servers: object, of: str = BASE) -> Response:
    return json_answer({"resource": of, "authorization_servers": list(servers)})


def test_a_fhir_server_names_its_endpoints() -> None:
    server, urls = ask(*NONE, json_answer(SMART))
    assert urls[-1] == f"{BASE}/.well-known/smart-configuration"
    assert (server.issuer, server.api) == (BASE, BASE)
    assert server.token_endpoint == SMART["token_endpoint"]
    assert server.scopes_supported == ("openid", "patient/*.rs")
    assert server.authorization_parameters == {"aud": BASE}


def test_a_slash_at_the_end_of_its_address_changes_nothing() -> None:
    server, urls = ask(*NONE, json_answer(SMART), base=f"{BASE}/")
    assert urls[-1] == f"{BASE}/.well-known/smart-configuration"
    assert server.authorization_parameters == {"aud": f"{BASE}/"}


@pytest.mark.check(id="metadata/issuer")
def test_a_fhir_server_that_names_an_issuer_leaves_the_description_to_it() -> None:
    foreign = {**SMART, "issuer": ISSUER, "jwks_uri": "https://ehr.example/keys"}
    server, urls = ask(*NONE, json_answer(foreign), json_answer(WHOLE))
    assert urls[-1] == f"{ISSUER}/.well-known/openid-configuration"
    assert (server.issuer, server.api) == (ISSUER, BASE)
    assert server.jwks_uri == METADATA["jwks_uri"]
    assert server.authorization_parameters == {"aud": BASE}
    with refuses(InvalidMetadata) as caught:
        ask(*NONE, json_answer(foreign), *[Response(404)] * 2)
    assert f"issuer={ISSUER!r}" in caught.value.next_step
    assert f"token_endpoint={SMART['token_endpoint']!r}" in caught.value.next_step
    with refuses(InvalidMetadata):
        ask(*NONE, json_answer(foreign), json_answer({**WHOLE, "issuer": BASE}))


def test_the_preset_keeps_what_the_fhir_server_says() -> None:
    found, _ = ask(*NONE, json_answer(SMART))
    server = ow.servers.fhir(found)
    assert server.authorization_parameters == {"aud": BASE}
    assert server.token_endpoint == SMART["token_endpoint"]
    assert "launch/patient" in server.scope_meanings


def test_an_api_names_its_server() -> None:
    server, urls = ask(*NONE, Response(404), resource(ISSUER), json_answer(WHOLE))
    assert urls[-2:] == [
        "https://ehr.example/.well-known/oauth-protected-resource/fhir/r4",
        f"{ISSUER}/.well-known/openid-configuration",
    ]
    assert (server.issuer, server.api) == (ISSUER, BASE)
    mine, _ = ask(
        *NONE, Response(404), resource(ISSUER), json_answer(WHOLE), api="https://api.example"
    )
    assert mine.api == "https://api.example"


def test_an_api_with_several_servers_has_you_choose() -> None:
    with refuses(InvalidMetadata) as caught:
        ask(*NONE, Response(404), resource(ISSUER, "https://b.example"))
    assert f'ow.discover("{ISSUER}", api="{BASE}")' in caught.value.next_step
    assert "https://b.example" in caught.value.next_step


@pytest.mark.parametrize(
    "answer",
    [
        resource(ISSUER, of="https://other.example"),
        resource(),
        json_answer({"authorization_servers": [ISSUER]}),
        json_answer({"resource": BASE}),
    ],
)
@pytest.mark.check(id="metadata/issuer")
def test_what_is_said_of_another_api_counts_for_nothing(answer: Response) -> None:
    with refuses(InvalidMetadata) as caught:
        ask(*NONE, Response(404), answer)
    assert "doesn't publish its metadata" in caught.value.message


@pytest.mark.parametrize(
    "server", ["http://as.example", "https://169.254.169.254", "http://127.0.0.1:8000", 7, BASE]
)
@pytest.mark.check(id="transport/https")
def test_an_api_cannot_send_the_kernel_anywhere_else(server: object) -> None:
    answers = NONE if server == BASE else []
    with refuses(InvalidMetadata):
        ask(*NONE, Response(404), resource(server), *answers)
