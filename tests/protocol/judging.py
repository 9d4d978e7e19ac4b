"""An ID token held against what was asked for."""

from __future__ import annotations

import hashlib
from typing import Any

from oauth_widgets._net.document import Document
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import (
    Expected,
    Grounds,
    check_claims,
    header_of,
    verified_claims,
)
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

from .builders import ACCESS_TOKEN, CLIENT, NONCE, NOW, SERVER, claims
from .keys import BEFORE, SigningKey, encoded, rsa_key

OPENID = Scope("openid")
IN_TIME = Expected(scope=OPENID, now=NOW, nonce=NONCE)
RENEWAL = Expected(scope=OPENID, now=NOW, nonce=NONCE, previous=BEFORE)


# base64url of the left half of SHA-256("Access-q8Zr1TnD0v"), by OIDC Core 3.1.3.6
AT_HASH = encoded(hashlib.sha256(ACCESS_TOKEN.encode()).digest()[:16])


def verified(raw: Secret, *published: SigningKey, alg: str = "RS256") -> Document | None:
    keys = key_set({"keys": [key.jwk() for key in published or [rsa_key()]]})
    return verified_claims(raw, header_of(raw, alg), keys)


def grounds(expected: Expected = IN_TIME, *, alg: str = "RS256") -> Grounds:
    client = ClientMetadata(client_id=CLIENT.client_id, id_token_signed_response_alg=alg)
    token = Secret(ACCESS_TOKEN)
    return Grounds(server=SERVER, client=client, expected=expected, access_token=token)


def judge(expected: Expected = IN_TIME, **changes: Any) -> None:
    check_claims(claims(**changes), grounds(expected))


MAX_AGE = Expected(scope=OPENID, now=NOW, nonce=NONCE, max_age=60)
