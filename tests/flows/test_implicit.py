from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets.errors import InvalidIDToken, InvalidTokenResponse, WrongNonce
from oauth_widgets.flows.implicit import implicit
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    ISSUER,
    JWKS_URI,
    NOW,
    OFFERING,
    PUBLIC_CLIENT,
    SERVER,
    asked,
    claims,
    json_answer,
    refuses,
)
from tests.protocol.judging import AT_HASH
from tests.protocol.keys import encoded, jwks_answer, rsa_key

from .script import Script

KEYS = jwks_answer(rsa_key())


def judge(
    script: Script,
    *,
    scope: str,
    id_token: Secret | None = None,
    server: AuthorizationServer = OFFERING,
    client: ClientMetadata = CLIENT,
) -> Any:
    request = asked(implicit=True, server=server, client=client)
    request = replace(request, scope=Scope(scope))
    tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), expires_in=60, id_token=id_token)
    return script.play(implicit(request, tokens, now=NOW))


def signed(**changes: Any) -> Secret:
    return rsa_key().sign(claims(**changes))


@pytest.mark.check(id="answer/implicit-bound")
def test_an_access_token_bound_by_its_hash_is_taken() -> None:
    script = Script(KEYS)
    tokens = judge(script, scope="openid", id_token=signed(at_hash=AT_HASH))
    assert tokens.access_token == Secret(ACCESS_TOKEN)
    assert tokens.id_token.claims["at_hash"] == AT_HASH
    assert tokens.scope == Scope("openid")
    assert tokens.refresh_token is None
    assert script.urls == [JWKS_URI]


@pytest.mark.parametrize("changes", [{}, {"at_hash": encoded(b"0" * 16)}])
@pytest.mark.check(id="id-token/at-hash")
def test_a_missing_or_wrong_hash_is_refused(changes: dict[str, Any]) -> None:
    with refuses(InvalidIDToken):
        judge(Script(KEYS), scope="openid", id_token=signed(**changes))


@pytest.mark.check(id="id-token/nonce")
def test_the_nonce_of_another_sign_in_is_refused() -> None:
    with refuses(WrongNonce):
        judge(Script(KEYS), scope="openid", id_token=signed(at_hash=AT_HASH, nonce="other"))


@pytest.mark.check(id="answer/implicit-bound")
def test_without_an_id_token_the_server_tells_whose_token_it_is() -> None:
    script = Script(json_answer({"active": True, "client_id": "notebook"}))
    assert judge(script, scope="events.read").id_token is None
    assert script.urls == [f"{ISSUER}/introspect"]


@pytest.mark.check(id="answer/implicit-bound")
def test_a_token_of_another_client_is_refused() -> None:
    with refuses(InvalidTokenResponse):
        judge(Script(json_answer({"active": True, "client_id": "other"})), scope="events.read")


@pytest.mark.parametrize(("server", "client"), [(SERVER, CLIENT), (OFFERING, PUBLIC_CLIENT)])
@pytest.mark.check(id="answer/implicit-bound")
def test_where_nothing_can_bind_the_token_it_is_refused(
    server: AuthorizationServer, client: ClientMetadata
) -> None:
    script = Script()
    with refuses(InvalidTokenResponse):
        judge(script, scope="events.read", server=server, client=client)
    assert script.requests == []


@pytest.mark.check(id="token/id-token-due")
def test_openid_granted_implies_an_id_token() -> None:
    with refuses(InvalidTokenResponse):
        judge(Script(), scope="openid")
