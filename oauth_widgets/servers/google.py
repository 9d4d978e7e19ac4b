"""Google. Source: "OAuth 2.0 for iOS & Desktop Apps" and "OpenID Connect" in its documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_AUTH = "https://www.googleapis.com/auth"

google = Preset(
    name="google",
    title="Google",
    owner=("google.com", "googleapis.com"),
    source="https://developers.google.com/identity/protocols/oauth2/native-app",
    register="https://console.cloud.google.com/auth/clients",
    describes={
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
        "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "token_endpoint_auth_methods_supported": ("client_secret_post", "client_secret_basic"),
        "id_token_signing_alg_values_supported": ("RS256",),
        "offline_access_parameters": {"access_type": "offline", "prompt": "consent"},
        "scope_aliases": {f"{_AUTH}/userinfo.{name}": name for name in ("email", "profile")},
        "api": "https://www.googleapis.com",
    },
    scopes={
        **standard("openid", "profile", "email", "offline_access"),
        f"{_AUTH}/drive.readonly": "Read your files in Drive.",
        f"{_AUTH}/spreadsheets.readonly": "Read your spreadsheets.",
        f"{_AUTH}/bigquery.readonly": "Read your data in BigQuery.",
        f"{_AUTH}/devstorage.read_only": "Read your data in Cloud Storage.",
        f"{_AUTH}/earthengine.readonly": "Read your data in Earth Engine.",
        f"{_AUTH}/calendar.readonly": "Read your calendars.",
        f"{_AUTH}/googlehealth.activity_and_fitness.readonly": "See what Fitbit recorded.",
    },
    refresh="with offline_access (sent as access_type=offline)",
    redirects=Redirects(any_port=True, note="A desktop app accepts it without registration."),
    notes=(
        "A desktop app has a client secret too, and needs it.",
        "The device code works only for clients of type TV, and only for a few scopes.",
        "Each API has its own host: pass it in `api=` or `api_origins=`.",
    ),
)
