"""Slack, as the person. Source: "oauth.v2.user.access" in the documentation of Slack's API."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset
from oauth_widgets.servers.redirects import Redirects

slack = Preset(
    name="slack",
    title="Slack",
    owner=("slack.com",),
    source="https://docs.slack.dev/reference/methods/oauth.v2.user.access",
    register="https://api.slack.com/apps?new_app=1",
    describes={
        "issuer": "https://slack.com",
        "authorization_endpoint": "https://slack.com/oauth/v2_user/authorize",
        "token_endpoint": "https://slack.com/api/oauth.v2.user.access",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "scope_separator": ",",
        "bearer_token_types": ("user", "bot"),
        "api": "https://slack.com/api",
    },
    scopes={
        "channels:read": "List the public channels.",
        "channels:history": "Read messages in public channels.",
        "groups:history": "Read messages in private channels that you are in.",
        "users:read": "List the people in the workspace.",
        "search:read": "Search messages and files.",
        "files:read": "Read the files that you can see.",
    },
    refresh="if token rotation is on for the app; a new one with each refresh",
    redirects=Redirects(
        hosts=("localhost",), note="For http, PKCE has to be on in the app's settings."
    ),
    sign_out="forgets the token here; its API's `auth.revoke` revokes it",
    notes=(
        'To learn only who signed in, use `ow.discover("https://slack.com")` with openid.',
        'Its API reports failures with status 200 and `"ok": false`.',
    ),
)
