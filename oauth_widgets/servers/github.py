"""GitHub. Source: "Authorizing OAuth apps" in GitHub's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_LOGIN = "https://github.com/login"

github = Preset(
    name="github",
    title="GitHub",
    owner=("github.com",),
    source="https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
    register="https://github.com/settings/applications/new",
    describes={
        "issuer": f"{_LOGIN}/oauth",
        "authorization_endpoint": f"{_LOGIN}/oauth/authorize",
        "token_endpoint": f"{_LOGIN}/oauth/access_token",
        "device_authorization_endpoint": f"{_LOGIN}/device/code",
        "token_endpoint_auth_methods_supported": ("client_secret_post", "none"),
        "api": "https://api.github.com",
    },
    scopes={
        "read:user": "Read your profile.",
        "user:email": "Read your email addresses.",
        "repo": "Read and change your repositories, private ones included.",
        "public_repo": "Read and change your public repositories.",
        "read:org": "See which organizations and teams you are in.",
        "gist": "Create and change gists.",
        "notifications": "Read your notifications and mark them as read.",
        **standard("offline_access"),
    },
    refresh="with offline_access, or if the app's tokens expire; a new one with each refresh",
    redirects=Redirects(hosts=("127.0.0.1",), any_port=True),
    sign_out="forgets the token here; revoke it at https://github.com/settings/applications",
    notes=(
        "It has no openid: to find out who signed in, fetch `/user`.",
        "A browser sign-in needs a client secret. A device code, once enabled, doesn't.",
        "Without a scope, you can read only what is public.",
    ),
)
