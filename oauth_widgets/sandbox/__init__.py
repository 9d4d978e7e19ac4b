"""A practice server in this kernel: no account and no internet connection needed.

facade    starts it and describes it in the client's own values
attacks   what attackers do, played against a naive client and this package
own_file  its users, scopes and services in a TOML file
server    the server, which shares no code with the client
"""

from __future__ import annotations

from oauth_widgets.sandbox.facade import Sandbox, serve, start
from oauth_widgets.sandbox.own_file import options_in

__all__ = ["Sandbox", "options_in", "serve", "start"]


def __dir__() -> list[str]:
    return ["Sandbox", "start"]  # The others are for the command line.
