"""The profiles by name."""

from __future__ import annotations

from oauth_widgets._sandbox.profiles.onewelcome import ONEWELCOME
from oauth_widgets._sandbox.profiles.playground import PLAYGROUND
from oauth_widgets._sandbox.profiles.wgtwo import WGTWO

PROFILES = {profile.name: profile for profile in (WGTWO, ONEWELCOME, PLAYGROUND)}
