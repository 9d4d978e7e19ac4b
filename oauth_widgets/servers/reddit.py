"""Reddit. Source: "OAuth2" in the wiki of Reddit's API."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_API = "https://www.reddit.com/api/v1"

reddit = Preset(
    name="reddit",
    title="Reddit",
    owner=("reddit.com",),
    source="https://github.com/reddit-archive/reddit/wiki/OAuth2",
    register="https://www.reddit.com/prefs/apps",
    describes={
        "issuer": "https://www.reddit.com",
        "authorization_endpoint": f"{_API}/authorize",
        "token_endpoint": f"{_API}/access_token",
        "revocation_endpoint": f"{_API}/revoke_token",
        "token_endpoint_auth_methods_supported": ("client_secret_basic",),
        "public_client_sends_basic": True,
        "offline_access_parameters": {"duration": "permanent"},
        "api": "https://oauth.reddit.com",
    },
    scopes={
        "offline_access": "Keep access when you're away. Adds a refresh token.",
        "identity": "Read your name and karma.",
        "read": "Read posts and comments.",
        "history": "See what you posted and voted on.",
        "mysubreddits": "List your subreddits.",
        "wikiread": "Read wiki pages.",
    },
    refresh="with offline_access (sent as duration=permanent)",
    redirects=Redirects(),
    client=True,
    pkce="ignored",
    notes=(
        "An installed app has no secret; it authenticates with HTTP Basic and an empty one.",
        "Requests with a library's default `User-Agent` are slowed down.",
    ),
)
