"""wgtwo. Source: "OAuth 2.0, Overview" in the documentation of wgtwo."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_BASE = "https://id.wgtwo.com"

wgtwo = Preset(
    name="wgtwo",
    title="wgtwo",
    owner=("wgtwo.com",),
    source="https://developer.cisco.com/docs/mobility-services/authentication",
    register="https://developer.mobility.cisco.com",
    describes={
        "issuer": _BASE,
        "authorization_endpoint": f"{_BASE}/oauth2/auth",
        "token_endpoint": f"{_BASE}/oauth2/token",
        "userinfo_endpoint": f"{_BASE}/userinfo",
        "end_session_endpoint": f"{_BASE}/oauth2/sessions/logout",
        "revocation_endpoint": f"{_BASE}/oauth2/revoke",
        "jwks_uri": f"{_BASE}/.well-known/jwks.json",
        "token_endpoint_auth_methods_supported": ("client_secret_basic",),
        "id_token_signing_alg_values_supported": ("RS256",),
        "scopes_supported": ("openid", "offline_access", "phone"),
        "subject_types_supported": ("pairwise",),
        "api": "https://api.wgtwo.com",
    },
    scopes={
        **standard("openid", "offline_access"),
        "phone": "See your phone number. Most services need it, and you have to agree.",
    },
    refresh="with offline_access; none with client credentials",
    redirects=Redirects(),
    client=True,
    notes=(
        "Each service has further scopes.",
        "Different clients see a different `sub` for the same person.",
        "Keys change without notice.",
    ),
)
