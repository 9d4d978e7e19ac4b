"""ORCID. Source: "OAuth FAQ" and "Basic tutorial: get an authenticated iD" in ORCID's docs."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset
from oauth_widgets.servers.redirects import Redirects

orcid = Preset(
    name="orcid",
    title="ORCID",
    owner=("orcid.org",),
    source="https://info.orcid.org/documentation/api-tutorials/",
    register="https://orcid.org/developer-tools",
    parts=(
        Part(
            name="host",
            what="an ORCID host",
            example="orcid.org",
            form=r"(?:https://)?((?:sandbox\.)?orcid\.org)/*",
            advice='Leave it out, or pass host="sandbox.orcid.org" for the sandbox.',
            default="orcid.org",
        ),
    ),
    describes={
        "issuer": "https://{host}",
        "authorization_endpoint": "https://{host}/oauth/authorize",
        "token_endpoint": "https://{host}/oauth/token",
        "revocation_endpoint": "https://{host}/oauth/revoke",
        "userinfo_endpoint": "https://{host}/oauth/userinfo",
        "jwks_uri": "https://{host}/oauth/jwks",
        "token_endpoint_auth_methods_supported": ("client_secret_post",),
        "id_token_signing_alg_values_supported": ("RS256",),
        "api": "https://pub.{host}/v3.0",
    },
    scopes={
        "openid": "Adds an ID token with your ORCID iD.",
        "/authenticate": "See your ORCID iD.",
        "/read-limited": "See what you share with trusted parties; for members.",
        "/activities/update": "Add and change works and affiliations; for members.",
    },
    refresh="always, but the access token lasts about 20 years anyway",
    redirects=Redirects(hosts=()),
    client=True,
    pkce="ignored",
    notes=(
        "Ask for `openid`, which gets you an ID token, or for `/authenticate`, but not both.",
        'With client credentials, `scope="/read-public"` reads public records.',
        'Members have another API: `api_origins=["https://api.orcid.org"]`.',
    ),
)
