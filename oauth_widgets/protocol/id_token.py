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

from oauth_widgets._net.document import Document, needed_text, number, parse_object, text
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
from oauth_widgets.errors.advice import OWN_TOKENS_ONLY, described_client, mismatch, same_server
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import SIGNATURES, ClientMetadata
from oauth_widgets.protocol.jwks import KeySet
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import quoted

CLOCK_TOLERANCE = 30.0
"""Seconds by which two clocks may differ."""

_MAX_SUBJECT = 255
_MAX_TRAVEL = 3600.0
_SIGNED_PARTS = 3
_THE = "The ID token's "
_ENCRYPTED_PARTS = 5


@dataclass(frozen=True)
class Verdict:
    """The result of checking one claim: `passed` is None if there was nothing to check.

    `reason` says in plain words why it was refused, or why it could not be checked.
    """

    claim: str
    passed: bool | None
    reason: str = ""


@dataclass(frozen=True)
class IDToken:
    """A validated ID token. `claims` is read-only, by wire names; `raw` is the token itself.

    `verdicts` are the results of its checks, and `nonce` is what the sign-in sent, which a
    refreshed token need not repeat. The `repr` names the claims but shows no value.

        session.id_token.claims["sub"]
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
    """What an ID token says about its signature (RFC 7515 4.1)."""

    alg: str
    kid: str | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What an ID token is checked against, besides server and client.

    `scope` is what was requested, `nonce` what was sent, if any, `previous` the ID token of the
    same sign-in before a refresh, `max_age` in seconds and `acr_values` as requested. `bound`
    requires an `at_hash`, as the implicit grant does. `due` requires an ID token if `openid` was
    granted.
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
    """Everything that the claims of an ID token are checked against."""

    server: AuthorizationServer
    client: ClientMetadata
    expected: Expected
    access_token: Secret


def header_of(raw: Secret, alg: str) -> Header:
    """Read and judge the header before any key is fetched.

    Only the algorithm `alg` is accepted. Raises UntrustedSignature or InvalidIDToken.
    """
    parts = raw.reveal().split(".")
    if len(parts) == _ENCRYPTED_PARTS:
        raise InvalidIDToken("The token is encrypted; a signed one was expected.")
    if len(parts) != _SIGNED_PARTS or not raw.reveal().isascii():
        raise InvalidIDToken(f"The token has {len(parts)} parts; a signed one has {_SIGNED_PARTS}.")
    header = parse_object(decoded(parts[0]), error=InvalidIDToken)
    # check: id-token/alg
    if header.get("alg") != alg:
        found = quoted(str(header.get("alg") or "none"), [raw])
        step = described_client("id_token_signed_response_alg", {found}.intersection(SIGNATURES))
        step = step or f"Have the client registered for {alg}; {found} is never accepted."
        raise mismatch(UntrustedSignature, "The token's signature", found, alg, step)
    # check: id-token/crit
    if "crit" in header:
        raise UntrustedSignature("The token has a critical extension (crit); none is supported.")
    # check: id-token/typ
    if (text(header, "typ", error=InvalidIDToken) or "JWT").upper() != "JWT":
        raise mismatch(InvalidIDToken, "The token's typ", quoted(header["typ"], [raw]), "JWT")
    return Header(alg=alg, kid=text(header, "kid", error=InvalidIDToken))


def decoded(part: str) -> bytes:
    """Decode one part of a signed token. Raises InvalidIDToken."""
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise InvalidIDToken("The token is not valid base64url; a signed one always is.") from None


def verified_claims(raw: Secret, header: Header, keys: KeySet) -> Document | None:
    """Verify the signature and return the claims; None if `keys` has no key for it.

    Raises UntrustedSignature if the signature is wrong.
    """
    key = keys.key_for(kid=header.kid, alg=header.alg)
    if key is None:
        return None
    try:
        complete = jwt.PyJWS(algorithms=[header.alg]).decode_complete(
            raw.reveal(), key, algorithms=[header.alg]
        )
    except jwt.PyJWTError as problem:
        raise UntrustedSignature(
            "The token's signature wasn't made with the server's key, so it may be forged."
        ) from problem
    return parse_object(complete["payload"], error=InvalidIDToken)


def check_claims(claims: Document, grounds: Grounds) -> tuple[Verdict, ...]:
    """Judge claims whose signature is good (OIDC Core 3.1.3.7, steps 2 to 13, and 3.1.3.6).

    Returns what was checked. Raises a kind of InvalidIDToken at the first claim that is refused.
    """
    return tuple(Verdict(claim, check(claims, grounds)) for claim, check in _CHECKS.items())


def judged_claims(claims: Document, grounds: Grounds) -> tuple[Verdict, ...]:
    """Run the same checks on a token that is only inspected, all of them even after a refusal."""
    return tuple(_verdict(claim, claims, grounds) for claim in _CHECKS)


def id_token(
    claims: Document, raw: Secret, verdicts: tuple[Verdict, ...], nonce: str | None
) -> IDToken:
    """Return the ID token for claims that passed every check."""
    return IDToken(MappingProxyType(dict(claims)), raw, verdicts, nonce)


def _verdict(claim: str, claims: Document, grounds: Grounds) -> Verdict:
    try:
        return Verdict(claim, _CHECKS[claim](claims, grounds))
    except InvalidIDToken as refusal:
        return Verdict(claim, passed=False, reason=refusal.message)


def _by_clock(event: str, at: float, grounds: Grounds) -> str:
    seconds = at - grounds.expected.now
    when = f"{seconds:.0f} seconds in the future" if seconds > 0 else f"{-seconds:.0f} seconds ago"
    return f"The ID token {event} {when}, by this machine's clock."


# Each returns True, or None if neither the token nor the sign-in says anything to check.


def _check_iss(claims: Document, grounds: Grounds) -> bool:
    issuer, expected = needed_text(claims, "iss", error=InvalidIDToken), grounds.server.issuer
    # check: id-token/iss
    if issuer != expected:
        found = quoted(issuer, [grounds.access_token])
        raise mismatch(WrongIssuer, f"{_THE}issuer (iss)", found, expected, same_server(found))
    return True


def _check_aud(claims: Document, grounds: Grounds) -> bool:
    audience, client = claims.get("aud"), grounds.client
    audiences = audience if isinstance(audience, list) else [audience]
    found = quoted(", ".join(map(str, audiences)), [grounds.access_token])
    # check: id-token/aud
    if client.client_id not in audiences:
        expected, step = client.client_id, OWN_TOKENS_ONLY
        raise mismatch(WrongAudience, f"{_THE}audience (aud)", found or "empty", expected, step)
    others = [name for name in audiences if name != client.client_id]
    unknown = [name for name in others if name not in client.additional_audiences]
    # Any other audience has to be one that the client trusts (OIDC Core 3.1.3.7).
    # check: id-token/azp
    if unknown:
        step = described_client("additional_audiences", unknown, several=True)
        expected = f"{client.client_id} alone"
        raise mismatch(WrongAudience, f"{_THE}audience (aud)", found, expected, step)
    # check: id-token/azp
    if others and "azp" not in claims:
        expected = f"{client.client_id}, among several audiences,"
        raise mismatch(WrongAudience, f"{_THE}authorized party (azp)", "missing", expected)
    return True


def _check_azp(claims: Document, grounds: Grounds) -> bool | None:
    if "azp" not in claims:
        return None
    expected = grounds.client.client_id
    # check: id-token/azp
    if claims["azp"] != expected:
        what, found = f"{_THE}authorized party (azp)", quoted(str(claims["azp"]) or "empty", [])
        raise mismatch(WrongAudience, what, found, expected, OWN_TOKENS_ONLY)
    return True


def _check_sub(claims: Document, grounds: Grounds) -> bool:
    """Judge that it is the person from before a refresh too (OIDC Core 12.2)."""
    subject, previous = needed_text(claims, "sub", error=InvalidIDToken), grounds.expected.previous
    if len(subject) > _MAX_SUBJECT:
        what, most = f"{_THE}subject (sub)", f"at most {_MAX_SUBJECT}"
        raise mismatch(InvalidIDToken, what, f"{len(subject)} characters long", most)
    # check: refresh/id-token
    if previous is not None and subject != previous.claims["sub"]:
        raise WrongSubject("The refreshed ID token is not for the person who signed in.")
    return True


def _check_exp(claims: Document, grounds: Grounds) -> bool:
    expires = number(claims, "exp", error=InvalidIDToken)
    if expires is None:
        raise InvalidIDToken("The ID token has no expiry date (exp), which is required.")
    # check: id-token/exp
    if grounds.expected.now >= expires + CLOCK_TOLERANCE:
        raise ExpiredIDToken(_by_clock("expired", expires, grounds))
    return True


def _check_iat(claims: Document, grounds: Grounds) -> bool:
    issued, now = number(claims, "iat", error=InvalidIDToken), grounds.expected.now
    if issued is None:
        raise InvalidIDToken("The ID token has no issue date (iat), which is required.")
    # check: id-token/iat
    if issued > now + CLOCK_TOLERANCE:
        raise ExpiredIDToken(_by_clock("was issued", issued, grounds))
    # check: id-token/iat
    if issued < now - _MAX_TRAVEL - CLOCK_TOLERANCE:
        raise ExpiredIDToken(_by_clock("was issued", issued, grounds))
    return True


def _check_nbf(claims: Document, grounds: Grounds) -> bool | None:
    starts = number(claims, "nbf", error=InvalidIDToken)
    if starts is None:
        return None
    # check: id-token/nbf
    if starts > grounds.expected.now + CLOCK_TOLERANCE:
        raise ExpiredIDToken(_by_clock("becomes valid", starts, grounds))
    return True


def _check_auth_time(claims: Document, grounds: Grounds) -> bool | None:
    expected = grounds.expected
    if expected.max_age is None:
        return None
    signed_in = number(claims, "auth_time", error=InvalidIDToken)
    if signed_in is None:
        raise InvalidIDToken(
            "The ID token has no sign-in time (auth_time), which max_age requires.",
            next_step='Leave "max_age" out of extra=.',
        )
    age = expected.now - signed_in
    if not -CLOCK_TOLERANCE <= age <= expected.max_age + CLOCK_TOLERANCE:
        found, most = f"{age:.0f} seconds", f"0 to {expected.max_age:.0f}"
        step = "Sign in again and enter your password."
        raise mismatch(ExpiredIDToken, "The age of the sign-in (auth_time)", found, most, step)
    return True


def _check_acr(claims: Document, grounds: Grounds) -> bool | None:
    if not grounds.expected.acr_values:
        return None
    # check: id-token/acr
    if claims.get("acr") not in grounds.expected.acr_values:
        found = quoted(str(claims.get("acr", "missing")), [grounds.access_token])
        expected = " or ".join(grounds.expected.acr_values)
        step = 'Sign in again that way, or leave "acr_values" out of extra=.'
        raise mismatch(InvalidIDToken, f"{_THE}way of signing in (acr)", found, expected, step)
    return True


def _check_nonce(claims: Document, grounds: Grounds) -> bool | None:
    nonce = grounds.expected.nonce
    # A refreshed token need not repeat it (OIDC Core 12.2).
    if grounds.expected.previous is not None and "nonce" not in claims:
        return None
    given = text(claims, "nonce", error=InvalidIDToken)
    if given is None and nonce is not None:
        raise WrongNonce(
            "The ID token has no nonce; the one that this sign-in sent was expected.",
            next_step="Have the server return it (OIDC Core 2), or leave openid out of the scope.",
        )
    if (given is None) != (nonce is None) or not hmac.compare_digest(
        (given or "").encode(), (nonce or "").encode()
    ):
        raise WrongNonce("The nonce in the ID token is not the one that this sign-in sent.")
    return None if nonce is None else True


def _check_at_hash(claims: Document, grounds: Grounds) -> bool | None:
    """Judge `at_hash` if it is given or required (OIDC Core 3.1.3.6 and 3.2.2.9)."""
    given = text(claims, "at_hash", error=InvalidIDToken)
    if given is None and not grounds.expected.bound:
        return None
    alg = grounds.client.id_token_signed_response_alg
    hashing = hashlib.sha512 if alg == "EdDSA" else getattr(hashlib, f"sha{alg[2:]}")
    digest = hashing(grounds.access_token.reveal().encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    # check: id-token/at-hash
    if not hmac.compare_digest((given or "").encode(), half):
        found = "no at_hash" if given is None else "the at_hash of another access token"
        raise InvalidIDToken(f"The ID token has {found}.")
    return True


_CHECKS: Mapping[str, Callable[[Document, Grounds], bool | None]] = {
    "iss": _check_iss,
    "aud": _check_aud,
    "azp": _check_azp,
    "sub": _check_sub,
    "exp": _check_exp,
    "iat": _check_iat,
    "nbf": _check_nbf,
    "auth_time": _check_auth_time,
    "acr": _check_acr,
    "nonce": _check_nonce,
    "at_hash": _check_at_hash,
}
