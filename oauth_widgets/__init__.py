"""Sign in to any OAuth 2.0 / OpenID Connect server from a notebook cell.

The names here are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oauth_widgets import errors, sandbox
    from oauth_widgets.errors import OAuthError
    from oauth_widgets.pending import PendingLogin, begin_login
    from oauth_widgets.protocol.authorization_server import AuthorizationServer
    from oauth_widgets.protocol.client import ClientMetadata
    from oauth_widgets.protocol.id_token import IDToken
    from oauth_widgets.protocol.scope import Scope
    from oauth_widgets.secret import Secret
    from oauth_widgets.session import (
        Session,
        aclient_credentials,
        adiscover,
        client_credentials,
        discover,
    )
    from oauth_widgets.widgets.login import LoginCard, login

_HOMES = {
    "AuthorizationServer": "protocol.authorization_server",
    "ClientMetadata": "protocol.client",
    "IDToken": "protocol.id_token",
    "LoginCard": "widgets.login",
    "OAuthError": "errors",
    "PendingLogin": "pending",
    "Scope": "protocol.scope",
    "Secret": "secret",
    "Session": "session",
    "aclient_credentials": "session",
    "adiscover": "session",
    "begin_login": "pending",
    "client_credentials": "session",
    "discover": "session",
    "login": "widgets.login",
}
_ROOMS = ("errors", "sandbox")

__all__ = [
    "AuthorizationServer",
    "ClientMetadata",
    "IDToken",
    "LoginCard",
    "OAuthError",
    "PendingLogin",
    "Scope",
    "Secret",
    "Session",
    "aclient_credentials",
    "adiscover",
    "begin_login",
    "client_credentials",
    "discover",
    "errors",
    "login",
    "sandbox",
]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOMES:
        value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
