"""Switches that each make the server do one thing wrong, to test whether a client notices."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.keys import Keys, SigningKey

Claims = dict[str, Any]

ELSEWHERE = "https://elsewhere.example"
RETRY_AFTER = 1  # seconds
SWITCHES = {
    "state": "Sends back a wrong state. Will the client notice?",
    "nonce": "Puts a wrong nonce into the ID token. Will the client notice?",
    "issuer": "Names another issuer in the ID token. Will the client believe any server?",
    "issuer_parameter": "Names another issuer in the answer (iss). Will the client mix up servers?",
    "audience": "Issues the ID token for another client. Will this one accept it?",
    "signature": "Signs the ID token with an unpublished key. Will the client check?",
    "algorithm_none": "Sends the ID token unsigned (alg none). Will the client accept it?",
    "algorithm_hs256": "Signs with the public key as a secret (HS256). Will the client accept it?",
    "expiry": "Sends an ID token that expired an hour ago. Will the client check?",
    "at_hash": "Ties the ID token to another access token. Will the client compare?",
    "user": "Answers userinfo requests with another person's data. Will the client notice?",
    "refresh_user": "Returns another person's ID token on refresh. Will the client accept it?",
    "rotation": "Signs each ID token with a new key, keeps old ones. Will the client fetch it?",
    "rotation_dropped": "Signs each ID token with a new key, drops old ones. Will the client cope?",
    "downtime": "Answers 503 to everything. Will the client keep its tokens and say what is wrong?",
    "throttling": "Answers every other call with 429. Will the client wait and try again?",
    "opener_policy": "Cuts pages off from the window that opened them (COOP). Will answers arrive?",
}


class Switches:
    """The switches that are on. Any thread may turn them."""

    def __init__(self) -> None:
        self._on: frozenset[str] = frozenset()
        self._calls: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._on

    @property
    def on(self) -> list[str]:
        """The names of the switches that are on."""
        return sorted(self._on)

    def turn(self, name: str, *, on: bool) -> None:
        """Turn one on or off; raises ValueError for an unknown name."""
        if name not in SWITCHES:
            raise ValueError(
                f"There is no switch with that name. Choose one of {', '.join(SWITCHES)}."
            )
        self._on = self._on | {name} if on else self._on - {name}

    def check_service(self, path: str, *, for_people: bool) -> None:
        """Raise Refusal if this call is not served: 503 in downtime, 429 if throttled.

        Throttling refuses programs only: at each address the first call, then every other one.
        """
        if "downtime" in self:
            raise _unserved("The server is down for now. Try again later.", 503)
        if "throttling" in self and not for_people:
            self._calls[path] = self._calls.get(path, 0) + 1
            if self._calls[path] % 2:
                raise _unserved("Too many calls. Wait as many seconds as Retry-After says.", 429)


def _unserved(description: str, status: int) -> Refusal:
    return Refusal("temporarily_unavailable", description, status=status, retry_after=RETRY_AFTER)


def answer(switches: Switches, params: dict[str, str | None]) -> dict[str, str | None]:
    """Return the parameters of an authorization response, with the faults that are on."""
    changed = dict(params)
    if "state" in switches:
        changed["state"] = secrets.token_urlsafe(16)
    if "issuer_parameter" in switches:
        changed["iss"] = ELSEWHERE
    return changed


def id_token(switches: Switches, claims: Claims, *, refreshed: bool) -> Claims:
    """Return an ID token's claims, with the faults that are on."""
    changed = dict(claims)
    now = int(time.time())
    wrong: dict[str, Claims] = {
        "nonce": {"nonce": secrets.token_urlsafe(16)},
        "issuer": {"iss": ELSEWHERE},
        "audience": {"aud": "another-client"},
        "expiry": {"iat": now - 7200, "exp": now - 3600},
        "at_hash": {"at_hash": secrets.token_urlsafe(16)},
    }
    if refreshed:
        # A refreshed ID token needs no nonce, so a wrong one would be a different fault.
        del wrong["nonce"]
        wrong["refresh_user"] = {"sub": _another(claims["sub"])}
    for name, members in wrong.items():
        if name in switches:
            changed.update(members)
    return changed


def userinfo(switches: Switches, claims: Claims) -> Claims:
    """Return userinfo's claims, about another person if that switch is on."""
    return {**claims, "sub": _another(claims["sub"])} if "user" in switches else claims


def sign(switches: Switches, keys: Keys, claims: Claims) -> str:
    """Return the ID token, signed rightly or with the faults that are on."""
    if "rotation" in switches or "rotation_dropped" in switches:
        keys.rotate(keep_old="rotation_dropped" not in switches)
    key = keys.current
    if "signature" in switches:
        stranger = SigningKey.fresh().private
        return jwt.encode(claims, stranger, "RS256", headers={"kid": key.kid})
    if "algorithm_none" in switches:
        return _jws({"alg": "none"}, claims) + "."
    if "algorithm_hs256" in switches:
        return _by_public_key(key, claims)
    return keys.sign(claims)


def _another(subject: str) -> str:
    return subject[::-1]


def _by_public_key(key: SigningKey, claims: Claims) -> str:
    # PyJWT refuses to sign like this, for good reason: anyone can have the public key.
    password = key.private.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    content = _jws({"alg": "HS256", "kid": key.kid}, claims)
    return f"{content}.{_part(hmac.digest(password, content.encode(), 'sha256'))}"


def _jws(header: dict[str, str], claims: Claims) -> str:
    parts = ({**header, "typ": "JWT"}, claims)
    return ".".join(_part(json.dumps(part).encode()) for part in parts)


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
