"""Sign in to any OAuth 2.0 / OpenID Connect server from a notebook cell.

The names here are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oauth_widgets import errors, sandbox, servers
    from oauth_widgets._net.trust import trust
    from oauth_widgets.errors import OAuthError
    from oauth_widgets.flows.discovery import adiscover, discover
    from oauth_widgets.flows.introspection import aintrospect, introspect
    from oauth_widgets.frames.dataset.info import dataset_info
    from oauth_widgets.protocol.authorization_server import AuthorizationServer
    from oauth_widgets.protocol.client import ClientMetadata
    from oauth_widgets.protocol.id_token import IDToken
    from oauth_widgets.protocol.scope import Scope
    from oauth_widgets.resource.service import Service
    from oauth_widgets.sandbox.exercises import exercise
    from oauth_widgets.secret import Secret
    from oauth_widgets.secret.guard import scan
    from oauth_widgets.servers.onewelcome.registration import ClientRegistration
    from oauth_widgets.session.reads import Reads
    from oauth_widgets.session.session import Session
    from oauth_widgets.signing_in.connection_table import connections
    from oauth_widgets.signing_in.diagnosis import Diagnosis
    from oauth_widgets.signing_in.grants import (
        DeviceLogin,
        aclient_credentials,
        adevice_login,
        client_credentials,
        device_login,
    )
    from oauth_widgets.signing_in.pending import PendingLogin, PendingLogins, begin_login
    from oauth_widgets.signing_in.unattended import asession, session
    from oauth_widgets.widgets.claims import ClaimsView
    from oauth_widgets.widgets.client import ClientForm
    from oauth_widgets.widgets.device_code import DeviceCode
    from oauth_widgets.widgets.doctor import adoctor, doctor
    from oauth_widgets.widgets.login import LoginCard, login
    from oauth_widgets.widgets.scopes import ScopePicker
    from oauth_widgets.widgets.session import SessionCard
    from oauth_widgets.widgets.step_by_step import StepByStep
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
    "Reads": "session.reads",
    "Scope": "protocol.scope",
    "ScopePicker": "widgets.scopes",
    "Secret": "secret",
    "Service": "resource.service",
    "Session": "session.session",
    "SessionCard": "widgets.session",
    "StepByStep": "widgets.step_by_step",
    "TokenView": "widgets.token",
    "Trace": "widgets.trace",
    "aclient_credentials": "signing_in.grants",
    "adevice_login": "signing_in.grants",
    "adiscover": "flows.discovery",
    "aintrospect": "flows.introspection",
    "asession": "signing_in.unattended",
    "begin_login": "signing_in.pending",
    "client_credentials": "signing_in.grants",
    "connections": "signing_in.connection_table",
    "dataset_info": "frames.dataset.info",
    "device_login": "signing_in.grants",
    "adoctor": "widgets.doctor",
    "doctor": "widgets.doctor",
    "discover": "flows.discovery",
    "introspect": "flows.introspection",
    "exercise": "sandbox.exercises",
    "login": "widgets.login",
    "scan": "secret.guard",
    "session": "signing_in.unattended",
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
    "Reads",
    "Scope",
    "ScopePicker",
    "Secret",
    "Service",
    "Session",
    "SessionCard",
    "StepByStep",
    "TokenView",
    "Trace",
    "aclient_credentials",
    "adevice_login",
    "adiscover",
    "adoctor",
    "aintrospect",
    "asession",
    "begin_login",
    "client_credentials",
    "connections",
    "dataset_info",
    "device_login",
    "discover",
    "doctor",
    "errors",
    "exercise",
    "introspect",
    "login",
    "sandbox",
    "scan",
    "servers",
    "session",
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


class _Package(ModuleType):
    """This package. Its `session` is the function, though a folder has that name too.

    When Python imports a folder, it would put that in the place of the function.
    """

    @property
    def session(self) -> object:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES['session']}"), "session")  # noqa: B009 - mypy knows no member of a module imported by name

    @session.setter
    def session(self, folder: ModuleType) -> None:
        pass


sys.modules[__name__].__class__ = _Package
