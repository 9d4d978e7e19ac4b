"""What a client asks a person for, by whichever way it came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.claimsrequest import NO_CLAIMS, ClaimsRequest
from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.grants import Scope
    from oauth_widgets._sandbox.wire import Params

_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,60}")  # RFC 6749 3.3, and short


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that may be shown to a person; `max_age` is in seconds.

    `scope` is all that a yes grants: what was asked for and then the client's default scopes.
    `subject`, where the client names one, is the only person it would have.
    """

    client: Client
    scope: Scope
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    login_hint: str | None = None
    claims: ClaimsRequest = NO_CLAIMS
    subject: str | None = None

    @property
    def single_claims(self) -> tuple[str, ...]:
        """The claims asked for one by one, wherever they are to be told."""
        return tuple(sorted(self.claims.userinfo | self.claims.id_token))


def asked_scope(client: Client, params: Params) -> Scope:
    """Return the scopes asked for and then the client's default ones, each once (O6).

    Raises Refusal `invalid_scope` when that is none (O7) or one is not the client's (O5).
    """
    asked = tuple(name for name in (params.get("scope") or "").split(" ") if name)
    strange = [name for name in dict.fromkeys(asked) if name not in client.scope]
    if strange:
        raise Refusal(
            "invalid_scope",
            f"Not registered for this client: {_shown(strange)}. "
            f"It may ask for: {' '.join(client.scope)}.",
        )
    scope = tuple(dict.fromkeys((*asked, *client.default_scope)))
    if not scope:
        raise Refusal(
            "invalid_scope", "Ask for at least one scope: there is no default for this client."
        )
    return scope


def _shown(names: list[str]) -> str:
    # the description has no room for more, nor for what is not spelled as a scope is
    spelled = [name for name in names[:5] if _NAME.fullmatch(name)]
    return " ".join(spelled) if len(spelled) == len(names) else " ".join([*spelled, "and others"])
