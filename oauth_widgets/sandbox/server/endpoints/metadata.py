"""The server metadata (OpenID Connect Discovery 1.0, RFC 8414) and the public keys."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.authorization import PROMPTS
from oauth_widgets.sandbox.server.profiles.policy import Policy
from oauth_widgets.sandbox.server.state.keys import ALGORITHM
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import answer


async def metadata(realm: Realm, _request: Request) -> Response:
    """Return the metadata document, which is the same at both well-known addresses."""
    profile, policy = realm.profile, realm.profile.policy
    document = {
        "issuer": realm.issuer,
        **{name: realm.issuer + path for name, path, _ in profile.endpoints},
        "scopes_supported": [meaning.name for meaning in profile.scopes],
        "claims_supported": list(profile.claims()),
        **_authorization(policy),
        "grant_types_supported": list(policy.grant_types),
        "subject_types_supported": ["pairwise" if policy.pairwise else "public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": list(policy.auth_methods),
        "revocation_endpoint_auth_methods_supported": list(policy.auth_methods),
    }
    if profile.paths.introspection is not None:
        document["introspection_endpoint_auth_methods_supported"] = list(policy.secret_methods)
    if policy.signed_userinfo:
        document["userinfo_signing_alg_values_supported"] = [ALGORITHM]
    return answer(document)


def _authorization(policy: Policy) -> dict[str, Any]:
    implicit = len(policy.response_types) > 1
    return {
        "response_types_supported": list(policy.response_types),
        "response_modes_supported": ["query", "fragment"] if implicit else ["query"],
        "prompt_values_supported": sorted(PROMPTS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": policy.issuer_in_answers,
        "claims_parameter_supported": policy.claims_parameter,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["en"],
        **({"acr_values_supported": [policy.acr]} if policy.acr else {}),
    }


async def jwks(realm: Realm, _request: Request) -> Response:
    """Return the public keys (RFC 7517)."""
    return answer(realm.keys.jwks())
