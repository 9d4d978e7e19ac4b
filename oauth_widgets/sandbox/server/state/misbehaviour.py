"""Switches that make the server do one thing wrong, to see whether a client notices."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from oauth_widgets._sandbox.keys import SigningKey
from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from oauth_widgets._sandbox.keys import Keys

    Claims = dict[str, Any]

ELSEWHERE = "https://elsewhere.example"
RETRY_AFTER = 1  # seconds
SWITCHES = {
    "state": "The answer brings another state: the client takes answers it never asked for?",
    "nonce": "The ID token has another nonce: the client takes one made for another sign-in?",
    "issuer": "The ID token names another issuer: the client believes any server?",
    "issuer_parameter": "The answer comes from another issuer (iss): the client mixes servers up?",
    "audience": "The ID token is made for another client: the client takes it all the same?",
    "signature": "The ID token is signed by a key nobody published: the client does not check?",
    "algorithm_none": "The ID token is not signed at all (alg none): the client takes that?",
    "algorithm_hs256": "The ID token is signed with the public key as a password (HS256): taken?",
    "expiry": "The ID token expired an hour ago: the client does not look?",
    "at_hash": "The ID token belongs to another access token: the client does not compare?",
    "user": "Userinfo speaks of somebody else: the client mixes two people up?",
    "refresh_user": "A refresh brings somebody else's ID token: the client changes the person?",
    "rotation": "Every ID token has a key of its own, the older ones stay: the client asks again?",
    "rotation_dropped": "Every ID token has a key of its own, the older ones are gone: it copes?",
    "downtime": "Everything answers 503: the client keeps its tokens and says what is wrong?",
    "throttling": "Every other call gets 429 with Retry-After: the client waits and tries again?",
    "opener_policy": "Pages cut their tie to the window that opened them (COOP), as real ones do.",
}


class Switches:
    """Which switches are on. Any thread may turn them."""

    def __init__(self) -> None:
        self._on: frozenset[str] = frozenset()
        self._calls: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._on

    @property
    def on(self) -> list[str]:
        """The names of those that are on."""
        return sorted(self._on)

    def turn(self, name: str, *, on: bool) -> None:
        """Turn one on or off; raises ValueError for an unknown name."""
        if name not in SWITCHES:
            raise ValueError(f"There is no switch {name!r}; there is {', '.join(SWITCHES)}.")
        self._on = self._on | {name} if on else self._on - {name}

    def check_service(self, path: str, *, for_people: bool) -> None:
        """Raise Refusal where this call is not served: 503 in downtime, 429 when throttled.

        Only programs are throttled, at each address the first call and then every other one.
        """
        if "downtime" in self:
            raise _unserved("The server is down for now; try again later.", 503)
        if "throttling" in self and not for_people:
            self._calls[path] = self._calls.get(path, 0) + 1
            if self._calls[path] % 2:
                raise _unserved("Too many calls: wait as many seconds as Retry-After says.", 429)


def _unserved(description: str, status: int) -> Refusal:
    return Refusal("temporarily_unavailable", description, status=status, retry_after=RETRY_AFTER)


def answer(switches: Switches, told: dict[str, str | None]) -> dict[str, str | None]:
    """Return the parameters of an authorization answer, wrong where a switch says so."""
    changed = dict(told)
    if "state" in switches:
        changed["state"] = secrets.token_urlsafe(16)
    if "issuer_parameter" in switches:
        changed["iss"] = ELSEWHERE
    return changed


def id_token(switches: Switches, claims: Claims, *, refreshed: bool) -> Claims:
    """Return an ID token's claims, wrong where a switch says so."""
    changed = dict(claims)
    now = int(time.time())
    wrong: dict[str, Claims] = {
        "nonce": {"nonce": secrets.token_urlsafe(16)},
        "issuer": {"iss": ELSEWHERE},
        "audience": {"aud": "somebody-else"},
        "expiry": {"iat": now - 7200, "exp": now - 3600},
        "at_hash": {"at_hash": secrets.token_urlsafe(16)},
    }
    if refreshed:
        # A refreshed ID token needs no nonce, so a wrong one would be another mistake.
        del wrong["nonce"]
        wrong["refresh_user"] = {"sub": _another(claims["sub"])}
    for name, members in wrong.items():
        if name in switches:
            changed.update(members)
    return changed


def userinfo(switches: Switches, claims: Claims) -> Claims:
    """Return userinfo's claims, of somebody else where the switch says so."""
    return {**claims, "sub": _another(claims["sub"])} if "user" in switches else claims


def sign(switches: Switches, keys: Keys, claims: Claims) -> str:
    """Return the ID token with the signature, or the lack of one, that the switches say."""
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
    # PyJWT refuses to do this, for good reason: whoever has the public key can.
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
