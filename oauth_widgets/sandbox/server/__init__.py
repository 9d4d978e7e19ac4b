"""An OAuth 2.0 / OpenID Connect server with a sample API, for practice.

It shares no code with the client: a bug in shared code would go unnoticed, since both sides would
agree. Start it with `oauth_widgets.sandbox.start` or the command line.

    running     the server's thread, and the handle to it
    app         which endpoint is at which path
    api         the sample API: pages, formats, documentation
    endpoints   one module for each endpoint of the authorization server
    pages       the HTML that people see
    state       what changes while it runs: grants, sign-ins, keys, switches
    profiles    what it starts from: kinds of server, their clients, people, scopes and services
"""

from __future__ import annotations

from oauth_widgets.sandbox.server.endpoints.registration import RegistrationError
from oauth_widgets.sandbox.server.listener import PortInUseError
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.running import Misbehaving, RunningServer, serve

__all__ = [
    "PROFILES",
    "Misbehaving",
    "PortInUseError",
    "RegistrationError",
    "RunningServer",
    "serve",
]
