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
        "read": "Reads public routes, segments and profiles.",
        "read_all": "Reads your private routes and segments too.",
        "profile:read_all": "Reads your whole profile, whoever may see it.",
        "activity:read": "Reads activities that everyone or your followers may see.",
        "activity:read_all": "Reads all your activities, with places in privacy zones.",
        "activity:write": "Uploads and edits activities.",
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
        "People may leave out scopes on Strava's page.",
    ),
)
