"""Salesforce. Source: "OAuth authorization flows" in Salesforce Help."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset, domain
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_OAUTH = "https://{domain}/services/oauth2"

salesforce = Preset(
    name="salesforce",
    title="Salesforce",
    source="https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flows.htm",
    register="https://help.salesforce.com/s/articleView?id=xcloud.external_client_apps.htm",
    parts=(
        domain(
            "acme.my.salesforce.com",
            unlike=r"[a-z0-9.-]+[.]lightning[.]force[.]com",
            advice='Pass your My Domain: domain="acme.my.salesforce.com".',
        ),
    ),
    describes={
        "issuer": "https://{domain}",
        "authorization_endpoint": f"{_OAUTH}/authorize",
        "token_endpoint": f"{_OAUTH}/token",
        "revocation_endpoint": f"{_OAUTH}/revoke",
        "introspection_endpoint": f"{_OAUTH}/introspect",
        "userinfo_endpoint": f"{_OAUTH}/userinfo",
        "jwks_uri": "https://{domain}/id/keys",
        "token_endpoint_auth_methods_supported": (
            "client_secret_post",
            "client_secret_basic",
            "none",
        ),
        "id_token_signing_alg_values_supported": ("RS256",),
        "api": "https://{domain}",
    },
    scopes={
        **standard("openid", "profile", "email"),
        "api": "Read and change your data through the APIs.",
        "refresh_token": "Keep access when you're away. Adds a refresh token.",
        "id": "Read your profile through the identity URL.",
        "cdp_query_api": "Query Data Cloud.",
        "full": "Use everything that you can use.",
    },
    refresh="with the scope refresh_token",
    redirects=Redirects(hosts=("localhost",)),
    client=True,
    pkce="required for new external client apps",
    notes=(
        "Pass your My Domain, which is also the API's host.",
        "Tokens have no expiry date: your org's settings say when a session ends.",
    ),
)
