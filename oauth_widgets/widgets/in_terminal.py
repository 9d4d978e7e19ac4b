"""Signing in from a terminal, for notebooks and scheduled runs to use later."""

from __future__ import annotations

import shlex
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from oauth_widgets.errors import ConfigurationError, OAuthError, StoreProblem
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback.person import has_browser
from oauth_widgets.signing_in.named import named
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets._terminal import sign_in_on_device
from oauth_widgets.widgets.login_card import LoginCard


def login_in_terminal(name: str) -> str:
    """Sign in to the connection `name`, and return what to tell the person.

    Uses a saved sign-in if there is one, or else a browser here or a code for another device.
    Raises ConfigurationError for a connection that saves nothing, or StoreProblem if that fails.
    """
    if "://" in name:
        raise ConfigurationError(
            "login takes the name of a connection, not an address.",
            next_step="To list them: oauth-widgets connections",
        )
    request = named(name, {})
    if request["keeper"] is None:
        raise ConfigurationError(
            f"The connection {name} doesn't save sign-ins, so you would be signed out again right "
            "away.",
            next_step='Add keep = "keyring" or keep = "file" to the connection.',
        )
    begun = datetime.now(UTC)
    session, problem = _signed_in(request)
    if session.keeper is None or session.keeper.since is None:
        # The tokens would stay good at the server, with no one who has them.
        with suppress(OAuthError):
            session.revoke()
        raise StoreProblem(
            f"You signed in to {name}, but the sign-in couldn't be saved, so you were signed out. "
            f"{problem}",
            next_step="Then sign in again.",
        )
    where, kept = session.server.title, f"Saved in {session.keeper.place}. {session.lasts}"
    if session.keeper.since >= begun:
        return f"Signed in to {name} at {where}. {kept}"
    return (
        f"You were already signed in to {name} at {where}. {kept}\n"
        f"To use another account, sign out first: oauth-widgets logout {shlex.quote(name)}"
    )


def _signed_in(request: dict[str, Any]) -> tuple[Session, str]:
    """Return the session, and why it isn't saved, if so."""
    if has_browser() or request["server"].device_authorization_endpoint is None:
        card = LoginCard(**request)
        return card.wait(), f"{card.problem} {card.next_step}"
    sign_in = SignIn(**request)
    return sign_in_on_device(sign_in), str(sign_in.keeping.problem)
