"""What an error says was found and what was expected, and the line that would accept it.

Such a line is given only if it is safe to write: it names a fact about the server or the client,
and no check is switched off by it. Words of another party have been made fit to show before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from oauth_widgets.errors import OAuthError

E = TypeVar("E", bound=OAuthError)

OWN_TOKENS_ONLY = "Check the client_id. A token for another client is never accepted."

# Whatever goes into a line to copy is an address or a name, never more code.
_PLAIN = re.compile(r"[\w.:/~%@+-]{1,200}", re.ASCII)


def mismatch(kind: type[E], what: str, found: object, expected: object, step: str = "") -> E:
    """Return an error of `kind`: `what` is `found`, and `expected` was expected."""
    return kind(f"{what} is {found}; {expected} was expected.", next_step=step or None)


def described_client(member: str, values: Iterable[object], *, several: bool = False) -> str:
    """Return the step that describes the client with what a server sent; "" if that is no name."""
    shown = [str(value) for value in values]
    if not shown or not all(_PLAIN.fullmatch(value) for value in shown):
        return ""
    return (
        "If the client is registered that way, describe it like this: ow.ClientMetadata(…, "
        f"{member}={(shown if several else shown[0])!r})."
    )


def same_server(issuer: str) -> str:
    """Return the step for an answer that names another issuer than the one expected."""
    step = "Don't sign in again until the server's administrator has told you its issuer."
    if _PLAIN.fullmatch(issuer):
        step += (
            " Only if you run both addresses yourself, describe the server with the issuer it "
            f"names: ow.AuthorizationServer(issuer={issuer!r}, …)."
        )
    return step


def by_hand(issuer: str, known: Mapping[str, str]) -> str:
    """Return the step that describes a server by hand, with the `known` endpoints filled in."""
    needed = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "")
    members = {"issuer": issuer, **needed, **known}
    lines = [
        f"    {name}={value!r}," if _PLAIN.fullmatch(value) else f'    {name}="https://…",'
        for name, value in members.items()
    ]
    intro = "If that is the server you mean, describe it by hand:"
    return "\n".join([intro, "ow.AuthorizationServer(", *lines, ")"])
