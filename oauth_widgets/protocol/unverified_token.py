"""A token as anyone can read it: nothing of it has been verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from oauth_widgets._net.document import Document, parse_object
from oauth_widgets.errors import InvalidIDToken
from oauth_widgets.protocol.id_token import decoded
from oauth_widgets.secret import Secret

_SIGNED_PARTS = 3
_ENCRYPTED_PARTS = 5


@dataclass(frozen=True)
class UnverifiedToken:
    """A token decoded for reading (RFC 7519). It proves nothing: anyone can write one.

    `kind` says how much of it can be read: "signed" and "unsigned" ones have a header and claims,
    "encrypted" ones only a header, and "opaque" ones have a meaning for their server only.
    """

    raw: Secret
    kind: Literal["opaque", "signed", "unsigned", "encrypted"]
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def unverified_token(raw: Secret) -> UnverifiedToken:
    """Decode `raw`. What cannot be read is opaque, so this never fails."""
    parts = raw.reveal().split(".")
    header = _object(parts[0])
    if header is not None and len(parts) == _ENCRYPTED_PARTS and "enc" in header:
        return UnverifiedToken(raw, "encrypted", _read_only(header), _read_only({}))
    claims = _object(parts[1]) if len(parts) == _SIGNED_PARTS else None
    if header is None or claims is None or "alg" not in header:
        return UnverifiedToken(raw, "opaque", _read_only({}), _read_only({}))
    kind: Literal["signed", "unsigned"] = "signed" if parts[2] else "unsigned"
    return UnverifiedToken(raw, kind, _read_only(header), _read_only(claims))


def _object(part: str) -> Document | None:
    try:
        return parse_object(decoded(part), error=InvalidIDToken)
    except InvalidIDToken:
        return None


def _read_only(document: Document) -> Mapping[str, Any]:
    return MappingProxyType(dict(document))
