"""Sign in to any OAuth 2.0 / OpenID Connect server from a notebook cell.

The names here are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oauth_widgets import errors, sandbox, servers
    from oauth_widgets._trust import trust
    from oauth_widgets.client_registration import ClientRegistration
    from oauth_widgets.diagnosis import Diagnosis, adoctor, doctor
    from oauth_widgets.errors import OAuthError
    from oauth_widgets.grants import (
        DeviceLogin,
        aclient_credentials,
        adevice_login,
        client_credentials,
        device_login,
    )
    from oauth_widgets.metadata import adiscover, discover
    from oauth_widgets.pending import PendingLogin, PendingLogins, begin_login
    from oauth_widgets.protocol.authorization_server import AuthorizationServer
    from oauth_widgets.protocol.client import ClientMetadata
    from oauth_widgets.protocol.id_token import IDToken
    from oauth_widgets.protocol.scope import Scope
    from oauth_widgets.protocol.service import Service
    from oauth_widgets.secret import Secret
    from oauth_widgets.session import Session
    from oauth_widgets.widgets.claims import ClaimsView
    from oauth_widgets.widgets.client import ClientForm
    from oauth_widgets.widgets.device_code import DeviceCode
    from oauth_widgets.widgets.login import LoginCard, login
    from oauth_widgets.widgets.scopes import ScopePicker
    from oauth_widgets.widgets.session import SessionCard
    from oauth_widgets.widgets.token import TokenView

_HOMES = {
    "AuthorizationServer": "protocol.authorization_server",
    "ClaimsView": "widgets.claims",
    "ClientForm": "widgets.client",
    "ClientMetadata": "protocol.client",
    "ClientRegistration": "client_registration",
    "DeviceCode": "widgets.device_code",
    "DeviceLogin": "grants",
    "Diagnosis": "diagnosis",
    "IDToken": "protocol.id_token",
    "LoginCard": "widgets.login",
    "OAuthError": "errors",
    "PendingLogin": "pending",
    "PendingLogins": "pending",
    "Scope": "protocol.scope",
    "ScopePicker": "widgets.scopes",
    "Secret": "secret",
    "Service": "protocol.service",
    "Session": "session",
    "SessionCard": "widgets.session",
    "TokenView": "widgets.token",
    "aclient_credentials": "grants",
    "adevice_login": "grants",
    "adiscover": "metadata",
    "begin_login": "pending",
    "client_credentials": "grants",
    "device_login": "grants",
    "adoctor": "diagnosis",
    "doctor": "diagnosis",
    "discover": "metadata",
    "login": "widgets.login",
    "trust": "_trust",
}
_ROOMS = ("errors", "sandbox", "servers")

__all__ = [
    "AuthorizationServer",
    "ClaimsView",
    "ClientForm",
    "ClientMetadata",
    "ClientRegistration",
    "DeviceCode",
    "DeviceLogin",
    "Diagnosis",
    "IDToken",
    "LoginCard",
    "OAuthError",
    "PendingLogin",
    "PendingLogins",
    "Scope",
    "ScopePicker",
    "Secret",
    "Service",
    "Session",
    "SessionCard",
    "TokenView",
    "aclient_credentials",
    "adevice_login",
    "adiscover",
    "adoctor",
    "begin_login",
    "client_credentials",
    "device_login",
    "discover",
    "doctor",
    "errors",
    "login",
    "sandbox",
    "servers",
    "trust",
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
