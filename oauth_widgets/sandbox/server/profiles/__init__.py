"""What a sandbox starts from: kinds of server, with their clients, people and data.

To add a scope with a service to one profile, write its module in `network/` and name it in the
profile's `services`; the API, the scope picker and the consent page follow.
"""

from __future__ import annotations

from oauth_widgets.sandbox.server.profiles.onewelcome import ONEWELCOME
from oauth_widgets.sandbox.server.profiles.playground import PLAYGROUND
from oauth_widgets.sandbox.server.profiles.wgtwo import WGTWO

PROFILES = {profile.name: profile for profile in (WGTWO, ONEWELCOME, PLAYGROUND)}
