"""Fetching a server's signing keys, and fetching them again when they have changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oauth_widgets.errors import InvalidKeySet, OAuthError, UntrustedSignature
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.document import Document, object_of
from oauth_widgets.protocol.id_token import Header, verified_claims
from oauth_widgets.protocol.jwks import KeySet, key_set
from oauth_widgets.protocol.message import Request
from oauth_widgets.secret import Secret

_MAX_AGE = 3600.0
_COOL_DOWN = 10.0


@dataclass(frozen=True)
class _Known:
    keys: KeySet
    fetched_at: float
    refetched_at: float = float("-inf")


_known: dict[str, _Known] = {}


def signed_claims(jwks_uri: str, raw: Secret, header: Header, *, now: float) -> Exchange[Document]:
    """Return the claims of `raw` once a key of the server verifies it.

    Keys are kept for an hour. An unknown key, or a signature that does not fit a known one, makes
    one more fetch, since keys rotate without notice; such fetches are ten seconds apart,
    failed ones too.
    """
    known = _known.get(jwks_uri)
    if known is None or not 0 <= now - known.fetched_at < _MAX_AGE:
        known = _known[jwks_uri] = _Known((yield from _fetch(jwks_uri)), now)
        may_refetch = False
    else:
        may_refetch = now - known.refetched_at >= _COOL_DOWN
    try:
        claims = verified_claims(raw, header, known.keys)
    except UntrustedSignature:
        if not may_refetch:
            raise
        claims = None
    if claims is None and may_refetch:
        try:
            known = _known[jwks_uri] = _Known((yield from _fetch(jwks_uri)), now, now)
        except OAuthError:
            _known[jwks_uri] = replace(known, refetched_at=now)
            raise
        claims = verified_claims(raw, header, known.keys)
    if claims is None:
        raise UntrustedSignature("The ID token is signed by a key the server does not publish.")
    return claims


def _fetch(jwks_uri: str) -> Exchange[KeySet]:
    request = Request("GET", jwks_uri, headers={"accept": "application/json"}, shared=True)
    response = yield request
    return key_set(object_of(response, error=InvalidKeySet))
