"""Servers known by name: one file a server, facts only. `ow.servers` alone shows them all."""

from __future__ import annotations

import sys
from types import ModuleType

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.servers import catalogue
from oauth_widgets.servers.auth0 import auth0
from oauth_widgets.servers.cilogon import cilogon
from oauth_widgets.servers.copernicus import copernicus
from oauth_widgets.servers.databricks import databricks
from oauth_widgets.servers.earthdata import earthdata
from oauth_widgets.servers.egi import egi
from oauth_widgets.servers.fhir import fhir
from oauth_widgets.servers.fitbit import fitbit
from oauth_widgets.servers.github import github
from oauth_widgets.servers.gitlab import gitlab
from oauth_widgets.servers.globus import globus
from oauth_widgets.servers.google import google
from oauth_widgets.servers.hugging_face import hugging_face
from oauth_widgets.servers.keycloak import keycloak
from oauth_widgets.servers.microsoft import microsoft
from oauth_widgets.servers.okta import okta
from oauth_widgets.servers.onewelcome import onewelcome
from oauth_widgets.servers.orcid import orcid
from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.reddit import reddit
from oauth_widgets.servers.redirects import RedirectAdvice
from oauth_widgets.servers.salesforce import salesforce
from oauth_widgets.servers.slack import slack
from oauth_widgets.servers.snowflake import snowflake
from oauth_widgets.servers.spotify import spotify
from oauth_widgets.servers.strava import strava
from oauth_widgets.servers.twitch import twitch
from oauth_widgets.servers.wgtwo import wgtwo
from oauth_widgets.servers.zenodo import zenodo
from oauth_widgets.servers.zitadel import zitadel

__all__ = [
    "auth0",
    "cilogon",
    "copernicus",
    "databricks",
    "earthdata",
    "egi",
    "fhir",
    "fitbit",
    "github",
    "gitlab",
    "globus",
    "google",
    "hugging_face",
    "keycloak",
    "microsoft",
    "okta",
    "onewelcome",
    "orcid",
    "reddit",
    "salesforce",
    "slack",
    "snowflake",
    "spotify",
    "strava",
    "twitch",
    "wgtwo",
    "zenodo",
    "zitadel",
]

PRESETS: tuple[Preset, ...] = tuple(one for one in globals().values() if isinstance(one, Preset))


def redirect_advice(server: AuthorizationServer) -> RedirectAdvice | None:
    """Return which address on this computer to register at `server`; None if it is not known.

    It is known by its addresses, so a server that was discovered is known too.
    """
    preset = catalogue.preset_of(server, PRESETS)
    return None if preset is None else preset.redirects.advice(preset.title, server.issuer)


def redirect_problem(server: AuthorizationServer, uri: str) -> str:
    """Return why `server` would not send people back to `uri`; "" if it would, or is not known."""
    preset = catalogue.preset_of(server, PRESETS)
    return preset.redirects.problem(uri, preset.title) if preset else ""


def __dir__() -> list[str]:
    return __all__


class _Servers(ModuleType):
    """This module, with a table for notebooks: only a class can have one."""

    def __repr__(self) -> str:
        return catalogue.as_text(PRESETS)

    def _repr_html_(self) -> str:
        return catalogue.as_html(PRESETS)


sys.modules[__name__].__class__ = _Servers
