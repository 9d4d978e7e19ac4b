"""An authorization server that keeps every rule, but for the one that a test has it break."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.helpers.rigged import Answer, Rigged, Sent, answer, as_json
from tests.protocol.builders import CLIENT_SECRET, REDIRECT_URI, SUBJECT, but
from tests.protocol.keys import SigningKey, encoded, rsa_key

CLIENT_ID = "notebook"
CLAIMS = {"name": "Alice", "email": "alice@example.com"}

Changes = dict[str, Any]


def signed(key: SigningKey, claims: Changes, header: Changes) -> str:
    return key.sign(claims, **header).reveal()


@dataclass(kw_only=True)
class Behaviour:
    """What the server does otherwise than it should: members changed, added, or GONE.

    `claims` and `header` are the ID token's, `renewed` its claims at a renewal; `answer` is what
    the browser brings back, `signed_out` the same after a sign-out. `signed` makes the token,
    `instead` has whole answers by path. The first of `keys` signs, all of them are published.
    """

    metadata: Changes = field(default_factory=dict)
    answer: Changes = field(default_factory=dict)
    token: Changes = field(default_factory=dict)
    header: Changes = field(default_factory=dict)
    claims: Changes = field(default_factory=dict)
    renewed: Changes = field(default_factory=dict)
    userinfo: Changes = field(default_factory=dict)
    signed_out: Changes = field(default_factory=dict)
    signed: Callable[[SigningKey, Changes, Changes], str] = signed
    keys: list[SigningKey] = field(default_factory=lambda: [rsa_key("one")])
    instead: dict[str, Answer | Callable[[Sent], Answer]] = field(default_factory=dict)
    before_signing: Callable[[Server], None] = lambda _: None


class Server:
    """It signs one person in without asking. `asked` has what was sent to it."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._codes: dict[str, dict[str, str]] = {}
        self._renewals: dict[str, dict[str, str]] = {}
        self._good: set[str] = set()
        self._rigged = Rigged(self._answer)
        self.origin = self._rigged.origin

    def asked(self, path: str = "/") -> list[Sent]:
        """Return the requests to addresses under `path`, in order."""
        return [sent for sent in self._rigged.sent if sent.target.startswith(path)]

    def close(self) -> None:
        self._rigged.close()

    def _answer(self, sent: Sent) -> Answer:
        path = urlsplit(sent.target).path
        if path in self.behaviour.instead:
            instead = self.behaviour.instead[path]
            return instead(sent) if callable(instead) else instead
        endpoint = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": self._jwks,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/introspect": self._introspect,
            "/revoke": self._revoke,
            "/device": self._device,
            "/logout": self._log_out,
        }.get(path)
        return answer(status=404) if endpoint is None else endpoint(sent)

    def _metadata(self, _: Sent) -> bytes:
        honest = {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/jwks",
            "userinfo_endpoint": f"{self.origin}/userinfo",
            "introspection_endpoint": f"{self.origin}/introspect",
            "revocation_endpoint": f"{self.origin}/revoke",
            "device_authorization_endpoint": f"{self.origin}/device",
            "end_session_endpoint": f"{self.origin}/logout",
            "response_types_supported": ["code", "id_token token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return as_json(but(honest, self.behaviour.metadata))

    def _jwks(self, _: Sent) -> bytes:
        return as_json({"keys": [key.jwk() for key in self.behaviour.keys]})

    def _authorize(self, sent: Sent) -> bytes:
        asked = query_of(sent.target)
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != REDIRECT_URI:
            return answer(b"This client or its redirect URI is not known.", status=400)
        granted = {"state": asked["state"], "iss": self.origin}
        if asked["response_type"] == "code":
            code = minted("Code")
            self._codes[code] = asked
            return self._back("?", {"code": code, **granted})
        return self._back("#", {**self._tokens(asked, self.behaviour.claims), **granted})

    def _back(self, separator: str, parameters: dict[str, str]) -> bytes:
        brought = urlencode(but(parameters, self.behaviour.answer))
        return answer(status=302, location=f"{REDIRECT_URI}{separator}{brought}")

    def _token(self, sent: Sent) -> bytes:
        if not proves_the_client(sent):
            return as_json({"error": "invalid_client"}, status=401)
        form = sent.form
        if form["grant_type"] == "authorization_code":
            asked = self._codes.pop(form["code"], None)
            fits = asked is not None and (
                form["redirect_uri"] == asked["redirect_uri"]
                and challenge(form["code_verifier"]) == asked["code_challenge"]
            )
            claims = self.behaviour.claims
        else:
            asked = self._renewals.pop(form["refresh_token"], None)
            fits, claims = asked is not None, self.behaviour.renewed
        if asked is None or not fits:
            return as_json({"error": "invalid_grant"}, status=400)
        tokens: dict[str, Any] = self._tokens(asked, claims)
        if "offline_access" in asked["scope"]:
            tokens["refresh_token"] = minted("Refresh")
            self._renewals[tokens["refresh_token"]] = asked
        return as_json(but(tokens, self.behaviour.token))

    def _tokens(self, asked: dict[str, str], changes: Changes) -> dict[str, Any]:
        access_token = minted("Access")
        self._good.add(access_token)
        self.behaviour.before_signing(self)
        honest = {
            "iss": self.origin,
            "sub": SUBJECT,
            "aud": CLIENT_ID,
            "exp": int(time.time()) + 600,
            "iat": int(time.time()),
            "at_hash": token_hash(access_token),
            **({"nonce": asked["nonce"]} if "nonce" in asked else {}),
        }
        behaviour = self.behaviour
        token = behaviour.signed(behaviour.keys[0], but(honest, changes), behaviour.header)
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": asked["scope"],
            "id_token": token,
        }

    def _userinfo(self, sent: Sent) -> bytes:
        if sent.token not in self._good:
            return as_json({}, status=401, www_authenticate='Bearer error="invalid_token"')
        return as_json(but({"sub": SUBJECT, **CLAIMS}, self.behaviour.userinfo))

    def _introspect(self, sent: Sent) -> bytes:
        if not proves_the_client(sent):
            return as_json({"error": "invalid_client"}, status=401)
        good = sent.form["token"] in self._good
        return as_json({"active": True, "client_id": CLIENT_ID} if good else {"active": False})

    def _revoke(self, sent: Sent) -> bytes:
        if not proves_the_client(sent):
            return as_json({"error": "invalid_client"}, status=401)
        self._good.discard(sent.form["token"])
        self._renewals.pop(sent.form["token"], None)
        return answer()

    def _device(self, _: Sent) -> bytes:
        codes = {"device_code": minted("Code"), "user_code": "BCDF-GHJK"}
        page = {"verification_uri": f"{self.origin}/enter", "expires_in": 600, "interval": 1}
        return as_json({**codes, **page})

    def _log_out(self, sent: Sent) -> bytes:
        asked = query_of(sent.target)
        brought = urlencode(but({"state": asked["state"]}, self.behaviour.signed_out))
        return answer(status=302, location=f"{asked['post_logout_redirect_uri']}?{brought}")


@contextmanager
def running(**behaviour: Any) -> Iterator[Server]:
    """Run a server that breaks the rules as the members of `Behaviour` say, and no others."""
    server = Server(Behaviour(**behaviour))
    try:
        yield server
    finally:
        server.close()


def minted(kind: str) -> str:
    """Return a new secret, with characters in it that forms and JSON may write otherwise."""
    return f"{kind}-{secrets.token_hex(8)}/+=~"


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def proves_the_client(sent: Sent) -> bool:
    # neither id nor secret has a character that needs encoding
    pair = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    return sent.headers.get("authorization") == f"Basic {pair}"


def challenge(verifier: str) -> str:
    return encoded(hashlib.sha256(verifier.encode()).digest())


def token_hash(token: str) -> str:
    return encoded(hashlib.sha256(token.encode()).digest()[:16])
