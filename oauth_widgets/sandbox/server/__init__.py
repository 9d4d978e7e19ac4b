"""An OAuth 2.0 / OpenID Connect server with a sample API, for practice.

It shares no code with the client: a bug in shared code would go unnoticed, since both sides would
agree. Start it with `oauth_widgets.sandbox.start` or the command line.

    classroom   a server with a space for each participant, and the host's page
    running     the server's thread
    controls    the description and the controls of one server or space
    app         which endpoint is at which path
    api         the sample API: pages, formats, documentation
    endpoints   one module for each endpoint of the authorization server
    pages       the HTML that people see
    state       what changes while it runs: grants, sign-ins, keys, switches
    profiles    what it starts from: kinds of server, their clients, people, scopes and services
"""

from __future__ import annotations

from oauth_widgets.sandbox.server.classroom import Classroom, serve_classroom
from oauth_widgets.sandbox.server.controls import Misbehaving
from oauth_widgets.sandbox.server.endpoints.registration import RegistrationError
from oauth_widgets.sandbox.server.listener import PortInUseError
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.running import RunningServer, serve

__all__ = [
    "PROFILES",
    "Classroom",
    "Misbehaving",
    "PortInUseError",
    "RegistrationError",
    "RunningServer",
    "serve",
    "serve_classroom",
]
