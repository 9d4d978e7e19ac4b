"""Zenodo. Source: "REST API" in Zenodo's documentation for developers."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset
from oauth_widgets.servers.redirects import Redirects

zenodo = Preset(
    name="zenodo",
    title="Zenodo",
    owner=("zenodo.org",),
    source="https://developers.zenodo.org",
    register="https://zenodo.org/account/settings/applications/clients/new/",
    parts=(
        Part(
            name="host",
            what="a Zenodo host",
            example="zenodo.org",
            form=r"(?:https://)?((?:sandbox\.)?zenodo\.org)/*",
            advice='Leave it out, or pass host="sandbox.zenodo.org" for the sandbox.',
            default="zenodo.org",
        ),
    ),
    describes={
        "issuer": "https://{host}",
        "authorization_endpoint": "https://{host}/oauth/authorize",
        "token_endpoint": "https://{host}/oauth/token",
        "token_endpoint_auth_methods_supported": ("client_secret_post",),
        "api": "https://{host}/api",
    },
    scopes={
        "user:email": "Read your email address.",
        "deposit:write": "Upload files and edit drafts, but not publish them.",
        "deposit:actions": "Publish drafts.",
    },
    refresh="always",
    redirects=Redirects(),
    sign_out="forgets the tokens here; revoke them in your account's settings",
    pkce="ignored",
    notes=("Public records need no sign-in.",),
)
