"""The realm that a running sandbox serves, which a reset replaces."""

from __future__ import annotations

import secrets

from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.state.settings import Settings


def new_key() -> str:
    """Return a key that only its holder has, with a mark that `oauth-widgets scan` looks for."""
    return f"owkey_{secrets.token_urlsafe(32)}"


class Site:
    """The current realm, and the admin key. A request reads the realm once, at its start."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.admin_key = new_key()
        self.realm = Realm(settings)

    def reset(self) -> None:
        """Return to the seed with new keys; every sign-in, token and registration is gone.

        Takes about 100 ms, in which the old realm still answers. Any thread may call it.
        """
        self.realm = Realm(self.settings)
