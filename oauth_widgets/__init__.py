"""Sign in to any OAuth 2.0 / OpenID Connect server from a notebook cell.

The names here are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oauth_widgets import errors, sandbox, servers
    from oauth_widgets._net.trust import trust
    from oauth_widgets.errors import OAuthError
    from oauth_widgets.flows.discovery import adiscover, discover
    from oauth_widgets.protocol.authorization_server import AuthorizationServer
    from oauth_widgets.protocol.client import ClientMetadata
    from oauth_widgets.protocol.id_token import IDToken
    from oauth_widgets.protocol.scope import Scope
    from oauth_widgets.protocol.service import Service
    from oauth_widgets.secret import Secret
    from oauth_widgets.servers.onewelcome.registration import ClientRegistration
    from oauth_widgets.session.session import Session
    from oauth_widgets.signing_in.diagnosis import Diagnosis
    from oauth_widgets.signing_in.grants import (
        DeviceLogin,
        aclient_credentials,
        adevice_login,
        client_credentials,
        device_login,
    )
    from oauth_widgets.signing_in.pending import PendingLogin, PendingLogins, begin_login
    from oauth_widgets.widgets.claims import ClaimsView
    from oauth_widgets.widgets.client import ClientForm
    from oauth_widgets.widgets.device_code import DeviceCode
    from oauth_widgets.widgets.doctor import adoctor, doctor
    from oauth_widgets.widgets.login import LoginCard, login
    from oauth_widgets.widgets.scopes import ScopePicker
    from oauth_widgets.widgets.session import SessionCard
    from oauth_widgets.widgets.token import TokenView
    from oauth_widgets.widgets.trace import Trace

_HOMES = {
    "AuthorizationServer": "protocol.authorization_server",
    "ClaimsView": "widgets.claims",
    "ClientForm": "widgets.client",
    "ClientMetadata": "protocol.client",
    "ClientRegistration": "servers.onewelcome.registration",
    "DeviceCode": "widgets.device_code",
    "DeviceLogin": "signing_in.grants",
    "Diagnosis": "signing_in.diagnosis",
    "IDToken": "protocol.id_token",
    "LoginCard": "widgets.login",
    "OAuthError": "errors",
    "PendingLogin": "signing_in.pending",
    "PendingLogins": "signing_in.pending",
    "Scope": "protocol.scope",
    "ScopePicker": "widgets.scopes",
    "Secret": "secret",
    "Service": "protocol.service",
    "Session": "session.session",
    "SessionCard": "widgets.session",
    "TokenView": "widgets.token",
    "Trace": "widgets.trace",
    "aclient_credentials": "signing_in.grants",
    "adevice_login": "signing_in.grants",
    "adiscover": "flows.discovery",
    "begin_login": "signing_in.pending",
    "client_credentials": "signing_in.grants",
    "device_login": "signing_in.grants",
    "adoctor": "widgets.doctor",
    "doctor": "widgets.doctor",
    "discover": "flows.discovery",
    "login": "widgets.login",
    "trust": "_net.trust",
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
    "Trace",
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
