"""A practice server in this kernel: no account and no internet connection needed.

facade    starts it and describes it in the client's own values
server    the server, which shares no code with the client
"""

from __future__ import annotations

from oauth_widgets.sandbox.facade import Sandbox, serve, start

__all__ = ["Sandbox", "serve", "start"]


def __dir__() -> list[str]:
    return ["Sandbox", "start"]  # `serve` is for the command line.
