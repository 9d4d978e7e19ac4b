"""Strava. Source: "Authentication" in the documentation of Strava's API."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_OAUTH = "https://www.strava.com/oauth"

strava = Preset(
    name="strava",
    title="Strava",
    owner=("strava.com",),
    source="https://developers.strava.com/docs/authentication/",
    register="https://www.strava.com/settings/api",
    describes={
        "issuer": "https://www.strava.com",
        "authorization_endpoint": f"{_OAUTH}/authorize",
        "token_endpoint": f"{_OAUTH}/token",
        "token_endpoint_auth_methods_supported": ("client_secret_post",),
        "scope_separator": ",",
        "api": "https://www.strava.com/api/v3",
    },
    scopes={
        "read": "Read public routes, segments and profiles.",
        "read_all": "Read your private routes and segments too.",
        "profile:read_all": "Read your whole profile, whatever its visibility.",
        "activity:read": "Read activities that everyone or your followers can see.",
        "activity:read_all": "Read all your activities, including places in privacy zones.",
        "activity:write": "Upload and edit activities.",
    },
    refresh="always; use the newest one",
    redirects=Redirects(
        hosts=("localhost", "127.0.0.1"),
        any_port=True,
        note="Register localhost as the callback domain.",
    ),
    pkce="ignored",
    sign_out="forgets the tokens here; revoke them at https://www.strava.com/settings/apps",
    notes=(
        "The granted scopes are in the answer's address, not in the token answer.",
        "People can deselect scopes on Strava's page.",
    ),
)
