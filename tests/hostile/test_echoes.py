"""Servers that repeat in a refusal what they were sent: no message contains a secret."""

from __future__ import annotations

import json
import traceback
from base64 import b64decode
from urllib.parse import quote, unquote_plus, urlencode

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.rigged import Sent, answer, as_json
from tests.helpers.twins import blocking
from tests.protocol.builders import CLIENT, REDIRECT_URI
from tests.relying_party.client import login
from tests.relying_party.server import running
from tests.secret.test_quoting import SPELLINGS

from .endpoints import ENDPOINTS, READ, Endpoint

FORMS = [e for e in ENDPOINTS if e.name not in {"metadata", "JWKS", "userinfo", "device"}]
READ_FORMS = [e for e in FORMS if e in READ]
SECRETS = {"code", "code_verifier", "refresh_token", "token", "client_secret"}


def shown_of(problem: errors.OAuthError) -> str:
    return "".join(traceback.format_exception(problem)) + repr(vars(problem))


def secrets_of(sent: Sent) -> list[str]:
    """Return what is secret in a request: in its form, its Basic pair and the pair as it is."""
    found = [value for name, value in sent.form.items() if name in SECRETS]
    kind, _, pair = sent.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        found += [unquote_plus(b64decode(pair).decode().partition(":")[2]), pair]
    return found


@pytest.mark.parametrize("endpoint", FORMS, ids=lambda e: e.name)
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("member", ["error", "error_description", "error_uri"])
@pytest.mark.check(id="secrets/hidden")
def test_a_secret_that_the_server_repeats_is_not_shown(
    endpoint: Endpoint, spelling: str, member: str
) -> None:
    said: list[str] = []

    def echo(sent: Sent) -> bytes:
        said[:] = [
            secret for name in secrets_of(sent) for secret in (name, SPELLINGS[spelling](name))
        ]
        told = {"error": "invalid_grant", member: f"not known: {' '.join(said[1::2])} (7)"}
        return as_json(told, status=400)

    with endpoint.answering(echo) as use, pytest.raises(errors.ErrorResponse) as refused:
        use()
    shown = shown_of(refused.value)
    assert "not known: ***" in shown
    assert said
    assert [secret for secret in said if secret[:16] in shown] == []


@pytest.mark.parametrize("endpoint", READ_FORMS, ids=lambda e: e.name)
@pytest.mark.check(id="secrets/hidden")
def test_a_secret_in_the_name_of_a_content_type_is_not_shown(endpoint: Endpoint) -> None:
    said: list[str] = []

    def echo(sent: Sent) -> bytes:
        said[:] = secrets_of(sent)
        return answer(json.dumps({"active": True}).encode(), kind=f"text/{said[0]}")

    with endpoint.answering(echo) as use, pytest.raises(errors.OAuthError) as refused:
        use()
    shown = shown_of(refused.value)
    assert "text/***" in shown
    assert said[0][:16].lower() not in shown.lower()


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.check(id="secrets/hidden")
def test_a_token_in_the_scope_of_a_challenge_is_no_scope_that_is_missing(
    spelling: str,
) -> None:
    said: list[str] = []

    def echo(sent: Sent) -> bytes:
        said[:] = [sent.token, SPELLINGS[spelling](sent.token)]
        escaped = said[1].replace("\\", "\\\\")
        return answer(
            status=403,
            www_authenticate=f'Bearer error="insufficient_scope", scope="email {escaped}"',
        )

    with running() as server:
        session = login(blocking, server)
        server.behaviour.instead["/userinfo"] = echo
        with pytest.raises(errors.InsufficientScope) as refused:
            session.userinfo()
    assert refused.value.missing == ("email",)
    assert [secret for secret in said if secret[:16] in shown_of(refused.value)] == []


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.check(id="secrets/hidden")
def test_an_answer_that_refuses_does_not_show_what_came_with_it(spelling: str) -> None:
    server = ow.AuthorizationServer(
        issuer="https://id.example",
        authorization_endpoint="https://id.example/authorize",
        token_endpoint="https://id.example/token",
    )
    pending = ow.begin_login(server, CLIENT)
    state = pending.request.state
    told = [SPELLINGS[spelling](secret) for secret in (state, "Code-/+1")]
    answered = {
        "state": state,
        "code": "Code-/+1",
        "error": "no",
        "error_description": " ".join(told),
    }
    with pytest.raises(errors.ErrorResponse) as refused:
        pending.finish(f"{REDIRECT_URI}?{urlencode(answered, quote_via=quote)}")
    assert [secret for secret in (state, *told) if secret in shown_of(refused.value)] == []
    assert "***" in str(refused.value)
