"""Copernicus Data Space. Source: "Authentication" in the documentation of its APIs."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_REALM = "https://identity.dataspace.copernicus.eu/auth/realms/CDSE"
_OIDC = f"{_REALM}/protocol/openid-connect"

copernicus = Preset(
    name="copernicus",
    title="Copernicus Data Space",
    owner=("dataspace.copernicus.eu",),
    source="https://documentation.dataspace.copernicus.eu/APIs/SentinelHub/Overview/Authentication.html",
    register="https://shapps.dataspace.copernicus.eu/dashboard/#/account/settings",
    describes={
        "issuer": _REALM,
        "authorization_endpoint": f"{_OIDC}/auth",
        "token_endpoint": f"{_OIDC}/token",
        "device_authorization_endpoint": f"{_OIDC}/auth/device",
        "revocation_endpoint": f"{_OIDC}/revoke",
        "introspection_endpoint": f"{_OIDC}/token/introspect",
        "userinfo_endpoint": f"{_OIDC}/userinfo",
        "end_session_endpoint": f"{_OIDC}/logout",
        "jwks_uri": f"{_OIDC}/certs",
        "token_endpoint_auth_methods_supported": (
            "client_secret_basic",
            "client_secret_post",
            "none",
        ),
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
