"""A practice server in this kernel: no account and no internet connection needed.

facade    starts it and describes it in the client's own values
attacks   what attackers do, played against a naive client and this package
exercises begins and checks an exercise
lessons   their tasks, hints and solutions
judging   what the requests that arrived say of each
scene     the services and people that they are about
visitor   people who sign in without a browser, for tests and unattended runs
own_file  its users, scopes and services in a TOML file
joined    joining the practice server of a class
lasting   a practice server in a separate process, which outlasts the kernel
space     the controls of a space there, by HTTP
server    the server, which shares no code with the client
"""

from __future__ import annotations

from oauth_widgets.sandbox.facade import Sandbox, serve, serve_classroom, start
from oauth_widgets.sandbox.joined import check_classroom, connect
from oauth_widgets.sandbox.lasting import leave_running
from oauth_widgets.sandbox.own_file import options_in

__all__ = [
    "Sandbox",
    "check_classroom",
    "connect",
    "leave_running",
    "options_in",
    "serve",
    "serve_classroom",
    "start",
]


def __dir__() -> list[str]:
    return ["Sandbox", "connect", "leave_running", "start"]  # The others are for the command line.
