"""Microsoft Entra. Source: "OAuth 2.0 authorization code flow" in its documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_TENANT = "https://login.microsoftonline.com/{tenant}"
_GRAPH = {
    "User.Read": "Read your profile.",
    "Files.Read": "Read your files in OneDrive.",
    "Files.Read.All": "Read every file that you can open.",
    "Sites.Read.All": "Read your SharePoint sites.",
    "Mail.Read": "Read your mail.",
    "Calendars.Read": "Read your calendars.",
}

microsoft = Preset(
    name="microsoft",
    title="Microsoft Entra",
    owner=("microsoftonline.com", "microsoft.com"),
    source="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow",
    register="https://entra.microsoft.com",
    parts=(
        Part(
            name="tenant",
            what="the ID of a tenant",
            example="9188040d-6c67-4c5b-b112-36a304b66dad",
            form=r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            advice="Pass the Directory (tenant) ID from your app's overview page. A name, or "
            '"common", doesn\'t say which issuer signs your ID token. For personal accounts, the '
            "ID is 9188040d-6c67-4c5b-b112-36a304b66dad.",
        ),
    ),
    describes={
        "issuer": f"{_TENANT}/v2.0",
        "authorization_endpoint": f"{_TENANT}/oauth2/v2.0/authorize",
        "token_endpoint": f"{_TENANT}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{_TENANT}/oauth2/v2.0/devicecode",
        "end_session_endpoint": f"{_TENANT}/oauth2/v2.0/logout",
        "jwks_uri": f"{_TENANT}/discovery/v2.0/keys",
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "token_endpoint_auth_methods_supported": (
            "client_secret_post",
            "client_secret_basic",
            "none",
        ),
        "id_token_signing_alg_values_supported": ("RS256",),
        "scope_aliases": {f"https://graph.microsoft.com/{name}": name for name in _GRAPH},
        "api": "https://graph.microsoft.com/v1.0",
    },
    scopes={**standard("openid", "profile", "email", "offline_access"), **_GRAPH},
    refresh="with offline_access; a new one with each refresh",
    redirects=Redirects(
        hosts=("localhost",),
        any_port=True,
        note="Register it for the platform Mobile and desktop applications.",
    ),
    client=True,
    notes=("A token works for one API only: ask for the scopes of one API at a time.",),
)
