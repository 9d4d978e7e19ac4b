"""Fetching a server's signing keys, and fetching them again when they have changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oauth_widgets._net.document import Document, object_of
from oauth_widgets._net.message import Request
from oauth_widgets.errors import InvalidKeySet, TransportError, UntrustedSignature
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.id_token import Header, verified_claims
from oauth_widgets.protocol.jwks import KeySet, key_set
from oauth_widgets.secret import Secret

_MAX_AGE = 3600.0
_MAX_AGE_IN_OUTAGE = 24 * 3600.0
_COOL_DOWN = 10.0
_MOST_SERVERS = 64


@dataclass(frozen=True)
class _Known:
    """Keys, when they were fetched, and when they were last fetched for an unknown key."""

    keys: KeySet
    fetched_at: float
    tried_at: float = float("-inf")


_known: dict[str, _Known] = {}


def signed_claims(jwks_uri: str, raw: Secret, header: Header, *, now: float) -> Exchange[Document]:
    """Return the claims of `raw` once a key of the server verifies it.

    Keys are cached for an hour, and for a day while the server cannot be reached. They are fetched
    again for an unknown key or a signature that does not fit, since keys rotate without notice,
    but not within ten seconds of such a fetch that did not help. Raises UntrustedSignature, or
    what the fetch raises.
    """
    known = _known.get(jwks_uri)
    # A concurrent caller may have started slightly before the keys were fetched.
    if known is None or not -_COOL_DOWN <= now - known.fetched_at < _MAX_AGE:
        known = yield from _renewed(jwks_uri, known, now)
        may_refetch = False
    else:
        may_refetch = abs(now - known.tried_at) >= _COOL_DOWN
    try:
        claims = verified_claims(raw, header, known.keys)
    except UntrustedSignature:
        if not may_refetch:
            raise
        claims = None
    # check: keys/unknown-kid
    if claims is None and may_refetch:
        # The fetch is recorded when it has ended, since callers before that share it.
        try:
            keys = yield from _fetched(jwks_uri)
        except (TransportError, InvalidKeySet):
            _keep(jwks_uri, replace(known, tried_at=now))
            raise
        _keep(jwks_uri, _Known(keys, now, tried_at=now))
        claims = verified_claims(raw, header, keys)
        if claims is not None:
            # The fetch helped, so after the next rotation there may be another one at once.
            _keep(jwks_uri, _Known(keys, now))
    if claims is None:
        raise UntrustedSignature(
            "The token is signed with a key that the server does not publish.",
            next_step="If the server has just changed its keys, wait ten seconds and try again.",
        )
    return claims


def _renewed(jwks_uri: str, old: _Known | None, now: float) -> Exchange[_Known]:
    lasting = old is not None and 0 <= now - old.fetched_at < _MAX_AGE_IN_OUTAGE
    # check: keys/outage
    if old is not None and lasting and abs(now - old.tried_at) < _COOL_DOWN:
        return old
    try:
        known = _Known((yield from _fetched(jwks_uri)), now)
    except (TransportError, InvalidKeySet):
        if old is None or not lasting:
            raise
        known = replace(old, tried_at=now)
    _keep(jwks_uri, known)
    return known


def _fetched(jwks_uri: str) -> Exchange[KeySet]:
    request = Request("GET", jwks_uri, headers={"accept": "application/json"}, shared=True)
    response = yield request
    return key_set(object_of(response, error=InvalidKeySet))


def _keep(jwks_uri: str, known: _Known) -> None:
    _known[jwks_uri] = known
    if len(_known) > _MOST_SERVERS:
        del _known[min(_known, key=lambda uri: _known[uri].fetched_at)]
