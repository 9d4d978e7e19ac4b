"""What the server says about itself (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox.keys import ALGORITHM
from oauth_widgets._sandbox.wire import answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.realm import Realm


async def metadata(realm: Realm, _request: Request) -> Response:
    """Return the metadata document, the same one at both well-known addresses."""
    paths, profile = realm.profile.paths, realm.profile
    clients = realm.clients.values()
    methods = sorted({client.token_endpoint_auth_method for client in clients})
    document = {
        "issuer": realm.issuer,
        "authorization_endpoint": realm.issuer + paths.authorization,
        "token_endpoint": realm.issuer + paths.token,
        "userinfo_endpoint": realm.issuer + paths.userinfo,
        "end_session_endpoint": realm.issuer + paths.end_session,
        "revocation_endpoint": realm.issuer + paths.revocation,
        "jwks_uri": realm.issuer + paths.jwks,
        "scopes_supported": [meaning.name for meaning in profile.scopes],
        "claims_supported": [claim for meaning in profile.scopes for claim in meaning.claims],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": sorted({name for one in clients for name in one.grant_types}),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return answer(document)


async def jwks(realm: Realm, _request: Request) -> Response:
    """Return the public keys (RFC 7517)."""
    return answer(realm.keys.jwks())
