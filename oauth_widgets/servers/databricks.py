"""Databricks. Source: "OAuth U2M" and "Custom app integrations" in Databricks' documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset, domain
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_OIDC = "https://{host}/oidc"

databricks = Preset(
    name="databricks",
    title="Databricks",
    source="https://docs.databricks.com/aws/en/dev-tools/auth/oauth-u2m",
    register="https://docs.databricks.com/aws/en/integrations/enable-disable-oauth",
    parts=(
        domain(
            "dbc-a1b2345c-d6e7.cloud.databricks.com",
            name="host",
            unlike="accounts[.]",
            advice='Pass the host of a workspace: host="dbc-a1b2345c-d6e7.cloud.databricks.com".',
        ),
    ),
    describes={
        "issuer": _OIDC,
        "authorization_endpoint": f"{_OIDC}/v1/authorize",
        "token_endpoint": f"{_OIDC}/v1/token",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "api": "https://{host}/api",
    },
    scopes={
        "all-apis": "Use all APIs of the workspace, as you.",
        "sql": "Run queries.",
        "offline_access": standard("offline_access")["offline_access"],
    },
    refresh="with offline_access",
    redirects=Redirects(hosts=("localhost",)),
    client=True,
    pkce="required",
    sign_out="forgets the tokens here; they expire within the hour",
    notes=(
        (
            "You can use the client databricks-cli without registering, with "
            '`redirect_uris=["http://localhost:8020"]` and no secret.'
        ),
        "To register your own client, ask an account admin.",
    ),
)
