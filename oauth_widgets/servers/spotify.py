"""Spotify. Source: "Authorization" and "Redirect URIs" in the documentation of its Web API."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_ACCOUNTS = "https://accounts.spotify.com"

spotify = Preset(
    name="spotify",
    title="Spotify",
    owner=("spotify.com",),
    source="https://developer.spotify.com/documentation/web-api/concepts/redirect_uri",
    register="https://developer.spotify.com/dashboard/create",
    describes={
        "issuer": _ACCOUNTS,
        "authorization_endpoint": f"{_ACCOUNTS}/authorize",
        "token_endpoint": f"{_ACCOUNTS}/api/token",
        "token_endpoint_auth_methods_supported": ("client_secret_basic", "none"),
        "api": "https://api.spotify.com/v1",
    },
    scopes={
        "user-read-private": "Read your country and your kind of subscription.",
        "user-read-email": "Read your email address.",
        "user-top-read": "Read your top artists and tracks.",
        "user-read-recently-played": "See what you played recently.",
        "user-library-read": "Read your saved tracks and albums.",
        "playlist-read-private": "Read your private playlists.",
        "user-follow-read": "See whom you follow.",
    },
    refresh="always; for a public client, possibly a new one with each refresh",
    redirects=Redirects(hosts=("127.0.0.1",), any_port=True, note="It refuses localhost."),
    client=True,
    sign_out="forgets the tokens here; remove the app at https://www.spotify.com/account/apps",
    notes=("The client itself can read the catalog, but nothing about a person.",),
)
