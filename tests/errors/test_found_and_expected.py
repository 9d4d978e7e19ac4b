"""Each refusal of an answer at sign-in says what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from oauth_widgets import errors
from oauth_widgets._net.document import object_of
from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidResponse
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.flows.id_token import judged_id_token
from oauth_widgets.flows.refresh import refresh
from oauth_widgets.protocol.authorization import authorization_response
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import token_response
from oauth_widgets.protocol.userinfo import userinfo_of
from tests.flows.script import play
from tests.protocol.builders import (
    CLIENT,
    GONE,
    ISSUER,
    METADATA,
    NONCE,
    NOW,
    SERVER,
    asked,
    come_back,
    json_answer,
    refuses,
    token_answer,
)
from tests.protocol.keys import ec_key, held, jwks_answer, rsa_key, signed_answer

OTHER = "https://other.example"


@dataclass(frozen=True)
class Refusal:
    """How to provoke it, what it says of both sides, and the line that accepts it, if safe."""

    provoke: Callable[[], object]
    found: str
    expected: str
    line: str = ""


def signed_in(answer: Response, keys: Response | None = None) -> object:
    expected = Expected(scope=Scope("openid"), now=NOW, nonce=NONCE)
    tokens = token_response(answer, SERVER)
    exchange = judged_id_token(SERVER, CLIENT, tokens, expected)
    return play(exchange, *([] if keys is None else [keys]))


def claimed(**changes: object) -> object:
    return signed_in(signed_answer(**changes), jwks_answer(rsa_key()))


def renewed(**changes: object) -> object:
    exchange = refresh(SERVER, CLIENT, held(), now=NOW, keep=print)
    return play(exchange, signed_answer(**changes), jwks_answer(rsa_key()))


def answered(**changes: object) -> object:
    return authorization_response(asked(), come_back(**changes), now=NOW)


REFUSALS = {
    errors.InvalidDocument: Refusal(
        lambda: object_of(Response(201), error=errors.InvalidDocument), "201", "200"
    ),
    errors.InvalidMetadata: Refusal(
        lambda: play(discovery(ISSUER), json_answer({**METADATA, "issuer": OTHER})),
        OTHER,
        ISSUER,
        f"issuer={OTHER!r}",
    ),
    errors.InvalidAuthorizationResponse: Refusal(
        lambda: answered(id_token="a.b.c"), "id_token", "a code"
    ),
    errors.StateMismatch: Refusal(lambda: answered(state="x"), "another sign-in", "The answer"),
    errors.IssuerMismatch: Refusal(
        lambda: answered(iss=OTHER), OTHER, f"{ISSUER} was expected", f"issuer={OTHER!r}"
    ),
    errors.InvalidTokenResponse: Refusal(
        lambda: token_response(token_answer(token_type="mac"), SERVER),
        "mac",
        "bearer token was expected",
        "bearer_token_types=['mac']",
    ),
    errors.InvalidKeySet: Refusal(lambda: key_set({"keys": 7}), "key document", 'list of "keys"'),
    errors.InvalidIDToken: Refusal(
        lambda: signed_in(token_answer(id_token="opaque")), "1 parts", "3"
    ),
    errors.UntrustedSignature: Refusal(
        lambda: signed_in(token_answer(id_token=ec_key().sign({}, alg="ES256").reveal())),
        "ES256",
        "RS256 was expected",
        "id_token_signed_response_alg='ES256'",
    ),
    errors.WrongIssuer: Refusal(
        lambda: claimed(iss=OTHER), OTHER, f"{ISSUER} was expected", f"issuer={OTHER!r}"
    ),
    errors.WrongAudience: Refusal(
        lambda: claimed(aud=["notebook", "project-1"]),
        "notebook, project-1",
        "notebook alone was expected",
        "additional_audiences=['project-1']",
    ),
    errors.WrongNonce: Refusal(lambda: claimed(nonce=GONE), "no nonce", "was expected"),
    errors.WrongSubject: Refusal(lambda: renewed(sub="another"), "not for", "signed in"),
    errors.ExpiredIDToken: Refusal(lambda: claimed(exp=NOW - 100), "100 seconds ago", "clock"),
    errors.InvalidUserInfo: Refusal(lambda: userinfo_of({}, subject="a"), 'no "sub"', "person"),
}


def kinds(root: type[InvalidResponse]) -> Iterator[type[InvalidResponse]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.mark.parametrize("kind", list(kinds(InvalidResponse)), ids=lambda kind: kind.__name__)
def test_each_refusal_says_what_was_found_and_what_was_expected(
    kind: type[InvalidResponse],
) -> None:
    refusal = REFUSALS[kind]
    with refuses(kind) as caught:
        refusal.provoke()
    assert refusal.found in caught.value.message
    assert refusal.expected in caught.value.message
    assert refusal.line in caught.value.next_step
    assert caught.value.next_step.rstrip().endswith((".", ")"))


def test_the_line_of_a_refusal_accepts_what_was_refused() -> None:
    described = replace(SERVER, bearer_token_types=("mac",))
    assert token_response(token_answer(token_type="mac"), described)
