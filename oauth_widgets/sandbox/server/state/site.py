"""The realm that a running sandbox serves, which a reset replaces."""

from __future__ import annotations

import secrets

from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.state.settings import Settings


class Site:
    """The current realm, and the admin key. A request reads the realm once, at its start."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.admin_key = secrets.token_urlsafe(32)
        self.realm = Realm(settings)

    def reset(self) -> None:
        """Return to the seed with new keys; every sign-in, token and registration is gone.

        Takes about 100 ms, in which the old realm still answers. Any thread may call it.
        """
        self.realm = Realm(self.settings)
