"""Hugging Face. Source: "Sign in with Hugging Face" in the documentation of the Hub."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_HUB = "https://huggingface.co"

hugging_face = Preset(
    name="hugging_face",
    title="Hugging Face",
    owner=("huggingface.co",),
    source="https://huggingface.co/docs/hub/oauth",
    register="https://huggingface.co/settings/applications/new",
    describes={
        "issuer": _HUB,
        "authorization_endpoint": f"{_HUB}/oauth/authorize",
        "token_endpoint": f"{_HUB}/oauth/token",
        "device_authorization_endpoint": f"{_HUB}/oauth/device",
        "userinfo_endpoint": f"{_HUB}/oauth/userinfo",
        "jwks_uri": f"{_HUB}/oauth/jwks",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "id_token_signing_alg_values_supported": ("RS256",),
        "api": f"{_HUB}/api",
    },
    scopes={
        **standard("openid", "profile", "email"),
        "read-repos": "Read your own models, data sets and Spaces, private ones included.",
        "gated-repos": "Read the gated repositories that you have access to.",
        "contribute-repos": "Create repositories, and use the ones created that way.",
        "write-repos": "Read and change your own repositories.",
        "manage-repos": "Create, change and delete your own repositories.",
        "inference-api": "Run models through Inference Providers at your expense.",
        "jobs": "Run jobs.",
        "write-discussions": "Open and answer discussions and pull requests.",
    },
    refresh="none for most apps: sign in again when the token expires",
    redirects=Redirects(any_port=True),
    sign_out="forgets the tokens here; revoke them in your account's settings",
    notes=("A public app has no secret.",),
)
