from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    InvalidToken,
    InvalidUserInfo,
    OAuthError,
    ServerUnreachable,
    TemporarilyUnavailable,
    WrongSubject,
)
from oauth_widgets.flows.userinfo import userinfo
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    ISSUER,
    JWKS_URI,
    METADATA,
    NOW,
    SERVER,
    SUBJECT,
    json_answer,
    refuses,
)
from tests.protocol.keys import ec_key, encoded, held, jwks_answer, rsa_key

from .script import Script

PLAIN = json_answer({"sub": SUBJECT, "phone_number": "+4799999999"})
KEYS = jwks_answer(rsa_key(), ec_key())
SIGNED_ONLY = ClientMetadata(client_id="notebook", userinfo_signed_response_alg="ES256")


def ask(
    script: Script,
    *,
    tokens: ValidatedTokens | None = None,
    client: ClientMetadata = CLIENT,
    server: AuthorizationServer = SERVER,
) -> Any:
    return script.play(userinfo(server, client, tokens or held(), now=NOW))


def signed(raw: Secret) -> Response:
    return Response(200, {"content-type": "application/jwt"}, raw.reveal().encode())


@pytest.mark.check(id="bearer/header")
def test_the_token_is_sent_in_the_header_only() -> None:
    script = Script(PLAIN)
    assert ask(script).claims["phone_number"] == "+4799999999"
    assert script.urls == [METADATA["userinfo_endpoint"]]
    assert script.requests[0].headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert script.requests[0].form is None
    assert not script.requests[0].shared


@pytest.mark.check(id="userinfo/sub")
def test_another_person_than_the_id_tokens_is_refused() -> None:
    with refuses(WrongSubject):
        ask(Script(json_answer({"sub": "other"})))
    with refuses(WrongSubject):
        ask(Script(signed(rsa_key().sign({"sub": "other"})), KEYS))
    assert ask(Script(json_answer({"sub": "other"})), tokens=held(signed_in=False))


@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_is_verified() -> None:
    script = Script(
        signed(rsa_key().sign({"sub": SUBJECT, "iss": ISSUER, "aud": "notebook"})), KEYS
    )
    assert ask(script).claims["sub"] == SUBJECT
    assert script.urls == [METADATA["userinfo_endpoint"], JWKS_URI]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(rsa_key("two").sign({"sub": SUBJECT}, kid="one"), id="forged"),
        pytest.param(rsa_key().sign({"sub": SUBJECT, "iss": "https://other.example"}), id="iss"),
        pytest.param(rsa_key().sign({"sub": SUBJECT, "aud": "other"}), id="aud"),
        pytest.param(rsa_key().sign(b"[]"), id="not-an-object"),
    ],
)
@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_that_cannot_be_trusted_is_refused(raw: Secret) -> None:
    with refuses(InvalidUserInfo):
        ask(Script(signed(raw), KEYS))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(Secret(f"{encoded({'alg': 'none'})}.{encoded({'sub': SUBJECT})}."), id="none"),
        pytest.param(ec_key().sign({"sub": SUBJECT}), id="alg"),
        pytest.param(rsa_key().sign({"sub": SUBJECT}, typ="at+jwt"), id="typ"),
        pytest.param(Secret("a.b.c.d.e"), id="encrypted"),
        pytest.param(Secret("x"), id="no-token"),
    ],
)
@pytest.mark.check(id="userinfo/signed")
def test_a_signed_answer_with_a_bad_header_is_refused(raw: Secret) -> None:
    with refuses(InvalidUserInfo):
        ask(Script(signed(raw)))


@pytest.mark.check(id="userinfo/signed")
def test_json_where_a_signed_answer_was_asked_is_refused() -> None:
    assert ask(Script(signed(ec_key().sign({"sub": SUBJECT})), KEYS), client=SIGNED_ONLY)
    with refuses(InvalidUserInfo):
        ask(Script(PLAIN), client=SIGNED_ONLY)
    with refuses(InvalidUserInfo):
        ask(Script(signed(rsa_key().sign({"sub": SUBJECT}))), client=SIGNED_ONLY)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(401, {"www-authenticate": 'Bearer error="invalid_token"'}), InvalidToken),
        (replace(PLAIN, status=201), InvalidUserInfo),
        (Response(503), TemporarilyUnavailable),
        (json_answer({"phone_number": "+47"}), InvalidUserInfo),
        (ServerUnreachable("Gone."), ServerUnreachable),
        (Response(302, {"location": "https://other.example"}), InvalidUserInfo),
    ],
)
@pytest.mark.check(id="transport/no-redirects")
@pytest.mark.check(id="documents/shape")
def test_a_bad_answer_is_refused(answer: Response | OAuthError, error: type[OAuthError]) -> None:
    script = Script(answer)
    with refuses(error):
        ask(script)
    assert len(script.requests) == 1
