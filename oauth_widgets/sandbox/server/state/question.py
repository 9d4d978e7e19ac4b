"""What a client asks a person for: the questions of each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.grants import NO_CLAIMS, ClaimsRequest, Scope, new_number
from oauth_widgets.sandbox.server.wire import Params

_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,60}")  # RFC 6749 3.3, and short


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that may be shown to a person; `max_age` is in seconds.

    `scope` is what a yes grants: the requested scopes and then the client's default scopes.
    If the client names a `subject`, no other person may answer.
    """

    client: Client
    scope: Scope
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    login_hint: str | None = None
    claims: ClaimsRequest = NO_CLAIMS
    subject: str | None = None
    number: int = field(default_factory=new_number)

    @property
    def single_claims(self) -> tuple[str, ...]:
        """The claims requested one by one, for userinfo or the ID token."""
        return tuple(sorted(self.claims.userinfo | self.claims.id_token))


@dataclass(frozen=True, kw_only=True)
class ReturnAddress:
    """The address for an authorization response.

    `named` is False if the request left out the only registered address (O4). The response to an
    implicit request is sent `in_fragment` (RFC 6749 4.2.2).
    """

    uri: str
    named: bool = True
    in_fragment: bool = False


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest(Question):
    """A question that arrived at the authorization endpoint."""

    response_type: frozenset[str]
    back: ReturnAddress
    state: str | None
    nonce: str | None
    code_challenge: str | None


@dataclass(frozen=True, kw_only=True)
class DeviceRequest(Question):
    """A question from a device, identified by the code that the device shows."""

    user_code: str


def requested_scope(client: Client, params: Params) -> Scope:
    """Return the requested scopes and then the client's default scopes, each once (O6).

    Raises Refusal `invalid_scope` if there are none (O7) or one is not on the whitelist (O5).
    """
    names = tuple(name for name in (params.get("scope") or "").split(" ") if name)
    listed = frozenset(client.scope)
    strange = [name for name in dict.fromkeys(names) if name not in listed]
    if strange:
        raise Refusal(
            "invalid_scope",
            f"Not registered for this client: {_printable(strange)}. "
            f"It may ask for: {' '.join(client.scope)}.",
        )
    scope = tuple(dict.fromkeys((*names, *client.default_scope)))
    if not scope:
        raise Refusal(
            "invalid_scope", "Ask for at least one scope: this client has no default scopes."
        )
    return scope


def still_granted(client: Client, granted: Scope) -> Scope:
    """Return what a grant gives now: no scope that left the whitelist (O5), every default (O6).

    Raises Refusal `invalid_scope` if nothing is left.
    """
    listed = frozenset(client.scope)
    scope = tuple(name for name in granted if name in listed)
    scope = tuple(dict.fromkeys((*scope, *client.default_scope)))
    if not scope:
        raise Refusal("invalid_scope", "None of the scopes is still registered for this client.")
    return scope


def _printable(names: list[str]) -> str:
    # The description has no room for more names, or for one that is not spelled like a scope.
    spelled = [name for name in names[:5] if _NAME.fullmatch(name)]
    return " ".join(spelled) if len(spelled) == len(names) else " ".join([*spelled, "and others"])
