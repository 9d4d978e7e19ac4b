"""NASA Earthdata Login. Source: its API documentation at the source below."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_URS = "https://urs.earthdata.nasa.gov"

earthdata = Preset(
    name="earthdata",
    title="NASA Earthdata",
    owner=("earthdata.nasa.gov",),
    source="https://urs.earthdata.nasa.gov/documentation/for_integrators/api_documentation",
    register="https://urs.earthdata.nasa.gov/documentation/for_integrators/how_to_register_an_application",
    describes={
        "issuer": _URS,
        "authorization_endpoint": f"{_URS}/oauth/authorize",
        "token_endpoint": f"{_URS}/oauth/token",
        "revocation_endpoint": f"{_URS}/oauth/revoke",
        "userinfo_endpoint": f"{_URS}/oauth/userinfo",
        "token_endpoint_auth_methods_supported": ("client_secret_basic",),
        "api": "https://cmr.earthdata.nasa.gov",
    },
    refresh="always",
    redirects=Redirects(),
    pkce="ignored",
    notes=(
        "It has no scopes: leave out `scope=`.",
        "Files are on the data centers' hosts: list those in `api_origins=`.",
        "You approve each data center's application once, on your profile page.",
        "For your own downloads, a token created on your profile page is enough.",
    ),
)
