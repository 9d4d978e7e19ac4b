"""The claims request parameter (OpenID Connect Core 5.5): single claims beside the scopes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from oauth_widgets._sandbox.refusals import Refusal


@dataclass(frozen=True)
class ClaimsRequest:
    """Which claims were asked for one by one, and where they are to be told.

    `acr` holds the only authentication contexts acceptable, None where none is essential;
    `subject` the only person acceptable.
    """

    userinfo: frozenset[str] = frozenset()
    id_token: frozenset[str] = frozenset()
    acr: frozenset[str] | None = None
    subject: str | None = None


NO_CLAIMS = ClaimsRequest()


def claims_request(text: str, known: frozenset[str]) -> ClaimsRequest:
    """Return what the parameter asks for; claims outside `known` are ignored (5.5).

    Raises Refusal `invalid_request` for what is not such a JSON object.
    """
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(wanted, dict):
        raise _unreadable()
    userinfo, id_token = _members(wanted, "userinfo"), _members(wanted, "id_token")
    subject = (id_token.get("sub") or {}).get("value")
    if subject is not None and not isinstance(subject, str):
        raise _unreadable()
    return ClaimsRequest(
        frozenset(userinfo) & known,
        frozenset(id_token) & known,
        _essential(id_token.get("acr")),
        subject,
    )


def _members(wanted: dict[str, Any], where: str) -> dict[str, dict[str, Any] | None]:
    members = wanted.get(where, {})
    if members is None:
        return {}
    if not isinstance(members, dict):
        raise _unreadable()
    if not all(how is None or isinstance(how, dict) for how in members.values()):
        raise _unreadable()
    return members


def _essential(how: dict[str, Any] | None) -> frozenset[str] | None:
    # A voluntary acr is told as it is; only an essential one can fail (5.5.1.1).
    if not how or how.get("essential") is not True:
        return None
    values = how["values"] if "values" in how else [how["value"]] if "value" in how else None
    if values is None:
        return None
    if not isinstance(values, list):
        raise _unreadable()
    return frozenset(value for value in values if isinstance(value, str))


def _unreadable() -> Refusal:
    return Refusal(
        "invalid_request",
        'claims is JSON such as {"userinfo": {"email": null}, "id_token": {"acr": null}}.',
    )
