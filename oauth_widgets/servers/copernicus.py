"""Copernicus Data Space. Source: "Authentication" in the documentation of its APIs."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset, keycloak_realm
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

copernicus = Preset(
    name="copernicus",
    title="Copernicus Data Space",
    owner=("dataspace.copernicus.eu",),
    source="https://documentation.dataspace.copernicus.eu/APIs/SentinelHub/Overview/Authentication.html",
    register="https://shapps.dataspace.copernicus.eu/dashboard/#/account/settings",
    describes={
        **keycloak_realm("https://identity.dataspace.copernicus.eu/auth/realms/CDSE"),
        "api": "https://sh.dataspace.copernicus.eu",
    },
    scopes=standard("openid", "profile", "email", "offline_access"),
    refresh="always, and it lasts an hour; none with client credentials",
    redirects=Redirects(any_port=True),
    client=True,
    notes=(
        "A client created in the dashboard signs in as itself, with `ow.client_credentials`.",
        (
            "The catalog is open to everyone; downloads are at "
            "`https://download.dataspace.copernicus.eu`: name it in `api_origins=`."
        ),
        "An access token lasts 10 minutes.",
    ),
)
