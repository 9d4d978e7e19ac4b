"""Fitbit. Source: "Authorization" in the documentation of Fitbit's Web API."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_API = "https://api.fitbit.com"

fitbit = Preset(
    name="fitbit",
    title="Fitbit",
    owner=("fitbit.com",),
    source="https://dev.fitbit.com/build/reference/web-api/developer-guide/authorization/",
    register="https://dev.fitbit.com/apps/new",
    describes={
        "issuer": "https://www.fitbit.com",
        "authorization_endpoint": "https://www.fitbit.com/oauth2/authorize",
        "token_endpoint": f"{_API}/oauth2/token",
        "revocation_endpoint": f"{_API}/oauth2/revoke",
        "introspection_endpoint": f"{_API}/1.1/oauth2/introspect",
        "token_endpoint_auth_methods_supported": ("client_secret_basic", "none"),
        "api": _API,
    },
    scopes={
        "activity": "Read steps, distances, exercises and goals.",
        "heartrate": "Read your heart rate.",
        "sleep": "Read your sleep.",
        "weight": "Read your weight and body fat.",
        "profile": "Read your profile.",
        "nutrition": "See what you ate and drank.",
        "oxygen_saturation": "Read your oxygen saturation.",
        "respiratory_rate": "Read your breathing rate.",
        "location": "See where you exercised.",
    },
    refresh="always; a new one with each refresh",
    redirects=Redirects(),
    notes=(
        (
            "Google planned to switch this server off on 2 November 2026. Your data is in its "
            'Health API: `ow.servers.google()`, with `api_origins=["https://health.googleapis.com"]`.'
        ),
        "A client app has no secret. A personal app can also read your own intraday data.",
    ),
)
