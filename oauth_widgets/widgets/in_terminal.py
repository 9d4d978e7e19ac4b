"""Signing in from a terminal, for notebooks and scheduled runs to use later."""

from __future__ import annotations

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback.person import has_browser
from oauth_widgets.signing_in.named import named
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets._terminal import sign_in_on_device
from oauth_widgets.widgets.login_card import LoginCard


def login_in_terminal(name: str) -> Session:
    """Sign in to the connection `name`, with a browser here or a code for another device.

    Uses a kept sign-in if there is one. Raises ConfigurationError for a connection that keeps
    nothing.
    """
    request = named(name, {})
    if request["keeper"] is None:
        raise ConfigurationError(
            f"The connection {name} keeps nothing, so a sign-in here would be lost at once.",
            next_step='Add to it: keep = "keyring" or keep = "file".',
        )
    if has_browser() or request["server"].device_authorization_endpoint is None:
        return LoginCard(**request).wait()
    return sign_in_on_device(SignIn(**request))
