"""The signed statement of who signed in (OIDC Core 2 and 3.1.3.7)."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import jwt

from oauth_widgets.errors import (
    ExpiredIDToken,
    InvalidIDToken,
    UntrustedSignature,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
    foreign_text,
)
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.document import Document, needed_text, number, parse_object, text
from oauth_widgets.protocol.jwks import KeySet
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

CLOCK_TOLERANCE = 30.0
"""Seconds by which two clocks may differ."""

_MAX_SUBJECT = 255
_MAX_TRAVEL = 3600.0
_SIGNED_PARTS = 3
_ENCRYPTED_PARTS = 5


@dataclass(frozen=True)
class Verdict:
    """What became of the check of one claim: `passed` is None where nothing was there to check.

    `reason` says in plain words why it was refused, or why it could not be checked.
    """

    claim: str
    passed: bool | None
    reason: str = ""


@dataclass(frozen=True)
class IDToken:
    """A validated ID token. `claims` is read-only, by wire names; `raw` is the token itself.

    `verdicts` tells what its claims were checked for when it came, and `nonce` what the sign-in
    sent, which a renewed token need not repeat. The `repr` names the claims but shows no value:
    they are about a person.
    """

    claims: Mapping[str, Any] = field(repr=False)
    raw: Secret = field(repr=False)
    verdicts: tuple[Verdict, ...] = field(default=(), repr=False)
    nonce: str | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"IDToken(claims: {foreign_text(', '.join(self.claims))})"

    @property
    def subject(self) -> tuple[str, str]:
        """Who it is: issuer and subject, which only together name a person (OIDC Core 5.7)."""
        return self.claims["iss"], self.claims["sub"]


@dataclass(frozen=True)
class Header:
    """What an ID token says of its own signature (RFC 7515 4.1)."""

    alg: str
    kid: str | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What an ID token is held against, beside server and client.

    `scope` is what was asked, `nonce` what was sent (None where none was), `previous` the ID token
    of the same sign-in before a renewal, `max_age` in seconds and `acr_values` as asked for.
    `bound` asks for an `at_hash`, which the implicit grant cannot do without. `due` says that there
    has to be an ID token where `openid` was granted.
    """

    scope: Scope
    now: float
    nonce: str | None = None
    previous: IDToken | None = None
    max_age: float | None = None
    acr_values: tuple[str, ...] = ()
    bound: bool = False
    due: bool = True


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """All that the claims of an ID token are held against."""

    server: AuthorizationServer
    client: ClientMetadata
    expected: Expected
    access_token: Secret


def header_of(raw: Secret, alg: str) -> Header:
    """Read and judge the header before any key is looked for.

    Only the one algorithm `alg` is taken. Raises UntrustedSignature or InvalidIDToken.
    """
    parts = raw.reveal().split(".")
    if len(parts) == _ENCRYPTED_PARTS:
        raise InvalidIDToken("The token is encrypted, which was not asked for.")
    if len(parts) != _SIGNED_PARTS or not raw.reveal().isascii():
        raise InvalidIDToken("The token is not a signed one.")
    header = parse_object(decoded(parts[0]), error=InvalidIDToken)
    # check: id-token/alg
    if header.get("alg") != alg:
        raise UntrustedSignature(f"The token is not signed by {alg}.")
    # check: id-token/crit
    if "crit" in header:
        raise UntrustedSignature("The token asks for something this package does not know.")
    # check: id-token/typ
    if (text(header, "typ", error=InvalidIDToken) or "JWT").upper() != "JWT":
        raise InvalidIDToken("The token is of another kind than an ID token.")
    return Header(alg=alg, kid=text(header, "kid", error=InvalidIDToken))


def decoded(part: str) -> bytes:
    """Return what a part of a signed token stands for. Raises InvalidIDToken."""
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise InvalidIDToken("The token is not a signed one.") from None


def verified_claims(raw: Secret, header: Header, keys: KeySet) -> Document | None:
    """Verify the signature and return the claims; None where `keys` has no key for it.

    Raises UntrustedSignature for a signature that does not fit.
    """
    key = keys.key_for(kid=header.kid, alg=header.alg)
    if key is None:
        return None
    try:
        complete = jwt.PyJWS(algorithms=[header.alg]).decode_complete(
            raw.reveal(), key, algorithms=[header.alg]
        )
    except jwt.PyJWTError as problem:
        raise UntrustedSignature("The token's signature does not fit.") from problem
    return parse_object(complete["payload"], error=InvalidIDToken)


def check_claims(claims: Document, grounds: Grounds) -> tuple[Verdict, ...]:
    """Judge claims whose signature is good (OIDC Core 3.1.3.7, steps 2 to 13, and 3.1.3.6).

    Returns what was checked. Raises a kind of InvalidIDToken at the first claim that is refused.
    """
    return tuple(Verdict(claim, check(claims, grounds)) for claim, check in _CHECKS.items())


def judged_claims(claims: Document, grounds: Grounds) -> tuple[Verdict, ...]:
    """Judge by the same checks, but go on after a refusal: for a token that is only looked at."""
    return tuple(_verdict(claim, claims, grounds) for claim in _CHECKS)


def id_token(
    claims: Document, raw: Secret, verdicts: tuple[Verdict, ...], nonce: str | None
) -> IDToken:
    """Return the value for claims that passed every check."""
    return IDToken(MappingProxyType(dict(claims)), raw, verdicts, nonce)


def _verdict(claim: str, claims: Document, grounds: Grounds) -> Verdict:
    try:
        return Verdict(claim, _CHECKS[claim](claims, grounds))
    except InvalidIDToken as refusal:
        return Verdict(claim, passed=False, reason=refusal.message)


# each returns True, or None where neither the token nor the sign-in says anything to check


def _check_issuer(claims: Document, grounds: Grounds) -> bool:
    # check: id-token/iss
    if needed_text(claims, "iss", error=InvalidIDToken) != grounds.server.issuer:
        raise WrongIssuer("The ID token was made by another server.")
    return True


def _check_audience(claims: Document, grounds: Grounds) -> bool:
    audience, client_id = claims.get("aud"), grounds.client.client_id
    audiences = [audience] if isinstance(audience, str) else audience
    if audiences is None:
        raise WrongAudience("The ID token does not say for whom it was made.")
    # another audience beside us is one that nobody here has reason to trust
    # check: id-token/aud
    if not isinstance(audiences, list) or audiences != [client_id] * max(len(audiences), 1):
        raise WrongAudience("The ID token was made for another client.")
    return True


def _check_authorized_party(claims: Document, grounds: Grounds) -> bool | None:
    if "azp" not in claims:
        return None
    # check: id-token/azp
    if claims["azp"] != grounds.client.client_id:
        raise WrongAudience("The ID token was given to another client.")
    return True


def _check_subject(claims: Document, grounds: Grounds) -> bool:
    """Hold the person against the one before a renewal too (OIDC Core 12.2)."""
    subject, previous = needed_text(claims, "sub", error=InvalidIDToken), grounds.expected.previous
    if len(subject) > _MAX_SUBJECT:
        raise InvalidIDToken("The subject of the ID token is too long.")
    # check: refresh/id-token
    if previous is not None and subject != previous.claims["sub"]:
        raise WrongSubject("The renewed ID token speaks of another person.")
    return True


def _check_end(claims: Document, grounds: Grounds) -> bool:
    expires = number(claims, "exp", error=InvalidIDToken)
    if expires is None:
        raise InvalidIDToken("The ID token does not say until when it holds.")
    # check: id-token/exp
    if grounds.expected.now >= expires + CLOCK_TOLERANCE:
        raise ExpiredIDToken("The ID token has expired.")
    return True


def _check_making(claims: Document, grounds: Grounds) -> bool:
    issued, now = number(claims, "iat", error=InvalidIDToken), grounds.expected.now
    if issued is None:
        raise InvalidIDToken("The ID token does not say when it was made.")
    # check: id-token/iat
    if issued > now + CLOCK_TOLERANCE:
        raise ExpiredIDToken("The ID token is from the future.")
    # check: id-token/iat
    if issued < now - _MAX_TRAVEL - CLOCK_TOLERANCE:
        raise ExpiredIDToken("The ID token was made too long ago.")
    return True


def _check_start(claims: Document, grounds: Grounds) -> bool | None:
    starts = number(claims, "nbf", error=InvalidIDToken)
    if starts is None:
        return None
    # check: id-token/nbf
    if starts > grounds.expected.now + CLOCK_TOLERANCE:
        raise ExpiredIDToken("The ID token does not hold yet.")
    return True


def _check_sign_in_time(claims: Document, grounds: Grounds) -> bool | None:
    expected = grounds.expected
    if expected.max_age is None:
        return None
    signed_in = number(claims, "auth_time", error=InvalidIDToken)
    if signed_in is None:
        raise InvalidIDToken("The ID token does not say when the person signed in.")
    if expected.now > signed_in + expected.max_age + CLOCK_TOLERANCE:
        raise ExpiredIDToken(
            "The person signed in longer ago than was asked for.",
            next_step="Sign in again, typing the password.",
        )
    return True


def _check_sureness(claims: Document, grounds: Grounds) -> bool | None:
    if not grounds.expected.acr_values:
        return None
    # check: id-token/acr
    if claims.get("acr") not in grounds.expected.acr_values:
        raise InvalidIDToken("The person did not sign in as surely as was asked for.")
    return True


def _check_nonce(claims: Document, grounds: Grounds) -> bool | None:
    nonce = grounds.expected.nonce
    # a renewed one need not repeat it (OIDC Core 12.2)
    if grounds.expected.previous is not None and "nonce" not in claims:
        return None
    given = text(claims, "nonce", error=InvalidIDToken)
    if (given is None) != (nonce is None) or not hmac.compare_digest(
        (given or "").encode(), (nonce or "").encode()
    ):
        raise WrongNonce("The ID token was made for another sign-in.")
    return None if nonce is None else True


def _check_token_hash(claims: Document, grounds: Grounds) -> bool | None:
    """Judge `at_hash` where it is given or needed (OIDC Core 3.1.3.6 and 3.2.2.9)."""
    given = text(claims, "at_hash", error=InvalidIDToken)
    if given is None and not grounds.expected.bound:
        return None
    alg = grounds.client.id_token_signed_response_alg
    hashing = hashlib.sha512 if alg == "EdDSA" else getattr(hashlib, f"sha{alg[2:]}")
    digest = hashing(grounds.access_token.reveal().encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    # check: id-token/at-hash
    if not hmac.compare_digest((given or "").encode(), half):
        raise InvalidIDToken("The ID token does not belong to this access token.")
    return True


_CHECKS: Mapping[str, Callable[[Document, Grounds], bool | None]] = {
    "iss": _check_issuer,
    "aud": _check_audience,
    "azp": _check_authorized_party,
    "sub": _check_subject,
    "exp": _check_end,
    "iat": _check_making,
    "nbf": _check_start,
    "auth_time": _check_sign_in_time,
    "acr": _check_sureness,
    "nonce": _check_nonce,
    "at_hash": _check_token_hash,
}
