"""An OAuth 2.0 / OpenID Connect server with a sample API, to practise on.

It shares no code with the client in the rest of this package: a bug in shared code would agree
with itself. Only the facade `oauth_widgets.sandbox` and the command line start it.
"""

from __future__ import annotations

from oauth_widgets._sandbox.listener import PortInUseError
from oauth_widgets._sandbox.profiles import PROFILES
from oauth_widgets._sandbox.registration import RegistrationError
from oauth_widgets._sandbox.running import Misbehaving, RunningServer, serve

__all__ = [
    "PROFILES",
    "Misbehaving",
    "PortInUseError",
    "RegistrationError",
    "RunningServer",
    "serve",
]
