"""Snowflake. Source: "Configure Snowflake OAuth for custom clients" in its documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset
from oauth_widgets.servers.redirects import Redirects

_ACCOUNT = "https://{account}.snowflakecomputing.com"

snowflake = Preset(
    name="snowflake",
    title="Snowflake",
    owner=("snowflakecomputing.com",),
    source="https://docs.snowflake.com/en/user-guide/oauth-custom",
    register="https://docs.snowflake.com/en/sql-reference/sql/create-security-integration-oauth-snowflake",
    parts=(
        Part(
            name="account",
            what="an account identifier",
            example="acme-research",
            form=r"(?:https://)?([a-z0-9]+(?:[.-][a-z0-9]+)*?)(?:\.snowflakecomputing\.com)?/*",
            advice="Pass the part before .snowflakecomputing.com in your address, with hyphens "
            'instead of underscores: account="acme-research".',
        ),
    ),
    describes={
        "issuer": _ACCOUNT,
        "authorization_endpoint": f"{_ACCOUNT}/oauth/authorize",
        "token_endpoint": f"{_ACCOUNT}/oauth/token-request",
        "token_endpoint_auth_methods_supported": ("client_secret_basic", "none"),
        "api": f"{_ACCOUNT}/api/v2",
    },
    scopes={
        "refresh_token": "Keep access when you're away. Adds a refresh token.",
        "session:role-any": "Switch roles in the session.",
        "session:role:ANALYST": "Work in the role that you name after the last colon.",
    },
    refresh="with the scope refresh_token, if the integration issues them",
    redirects=Redirects(
        hosts=(),
        note="With OAUTH_ALLOW_NON_TLS_REDIRECT_URI = TRUE the integration accepts http too.",
    ),
    sign_out="forgets the tokens here; an access token lasts 10 minutes",
    notes=(
        "The SQL API expects `X-Snowflake-Authorization-Token-Type: OAUTH` with each request.",
        "An account administrator creates the integration, with OAUTH_CLIENT = CUSTOM.",
    ),
)
