"""EGI Check-in. Source: "Guide for service providers" in EGI's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_REALM = "https://aai.egi.eu/auth/realms/egi"
_OIDC = f"{_REALM}/protocol/openid-connect"

egi = Preset(
    name="egi",
    title="EGI Check-in",
    owner=("egi.eu",),
    source="https://docs.egi.eu/providers/check-in/sp/",
    register="https://aai.egi.eu/federation",
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
    },
    scopes={
        **standard("openid", "profile", "email", "offline_access"),
        "voperson_id": "See your identifier, which is the same at every service.",
        "entitlements": "See your groups and roles.",
        "eduperson_scoped_affiliation": "See your role at your institution, such as student.",
    },
    refresh="with offline_access, if the client is registered for it",
    redirects=Redirects(hosts=("localhost", "127.0.0.1")),
    client=True,
    pkce="required, for device codes too",
    notes=("Register in the development instance first; EGI approves the move to production.",),
)
