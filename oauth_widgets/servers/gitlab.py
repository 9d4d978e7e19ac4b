"""GitLab. Source: "OAuth 2.0 identity provider API" in GitLab's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset, address
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

gitlab = Preset(
    name="gitlab",
    title="GitLab",
    source="https://docs.gitlab.com/api/oauth2/",
    register="https://gitlab.com/-/user_settings/applications",
    parts=(
        address(
            "base_url",
            "the address of a GitLab server",
            "https://gitlab.com",
            default="https://gitlab.com",
            unlike="/api/",
            advice="Pass the part before /api/.",
        ),
    ),
    describes={
        "issuer": "{base_url}",
        "authorization_endpoint": "{base_url}/oauth/authorize",
        "token_endpoint": "{base_url}/oauth/token",
        "device_authorization_endpoint": "{base_url}/oauth/authorize_device",
        "revocation_endpoint": "{base_url}/oauth/revoke",
        "introspection_endpoint": "{base_url}/oauth/introspect",
        "userinfo_endpoint": "{base_url}/oauth/userinfo",
        "jwks_uri": "{base_url}/oauth/discovery/keys",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "id_token_signing_alg_values_supported": ("RS256",),
        "api": "{base_url}/api/v4",
    },
    scopes={
        **standard("openid", "profile", "email"),
        "read_user": "Read your profile.",
        "read_api": "Read everything that you can see through the API.",
        "api": "Read and change everything that you can through the API.",
        "read_repository": "Clone your private repositories.",
    },
    refresh="always; a new one with each refresh",
    redirects=Redirects(any_port=True),
    notes=("The device code needs GitLab 17.2 or later.",),
)
