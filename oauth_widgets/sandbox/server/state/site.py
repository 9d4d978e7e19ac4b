"""What a running sandbox serves: one realm at a time, and the key to its switches."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.realm import Realm

if TYPE_CHECKING:
    from oauth_widgets._sandbox.settings import Settings


class Site:
    """The realm that answers now. Each request takes it once and sees no other."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.admin_key = secrets.token_urlsafe(32)
        self.realm = Realm(settings)

    def reset(self) -> None:
        """Go back to the seed, with fresh keys; every sign-in, token and registration is gone.

        Takes some 100 ms, during which the old realm answers. Any thread may call it.
        """
        self.realm = Realm(self.settings)
