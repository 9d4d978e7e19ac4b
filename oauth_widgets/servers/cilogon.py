"""CILogon. Source: "CILogon OpenID Connect (OIDC)" in its documentation, and its metadata."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_CILOGON = "https://cilogon.org"

cilogon = Preset(
    name="cilogon",
    title="CILogon",
    owner=("cilogon.org",),
    source="https://www.cilogon.org/oidc",
    register="https://cilogon.org/oauth2/register",
    describes={
        "issuer": _CILOGON,
        "authorization_endpoint": f"{_CILOGON}/authorize",
        "token_endpoint": f"{_CILOGON}/oauth2/token",
        "device_authorization_endpoint": f"{_CILOGON}/oauth2/device_authorization",
        "revocation_endpoint": f"{_CILOGON}/oauth2/revoke",
        "introspection_endpoint": f"{_CILOGON}/oauth2/introspect",
        "userinfo_endpoint": f"{_CILOGON}/oauth2/userinfo",
        "jwks_uri": f"{_CILOGON}/oauth2/certs",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "id_token_signing_alg_values_supported": ("RS256",),
    },
    scopes={
        **standard("openid", "profile", "email"),
        "org.cilogon.userinfo": "See your institution and how you signed in there.",
    },
    refresh="if the client is registered for refresh tokens; a new one with each refresh",
    redirects=Redirects(hosts=("localhost", "127.0.0.1")),
    notes=(
        "A person approves each registration, which takes a business day or so.",
        "The APIs belong to your community: pass the address of one as `api=`.",
    ),
)
