"""wgtwo's OAuth 2.0 service, as its own documentation of it says."""

from __future__ import annotations

from oauth_widgets.protocol.authorization_server import AuthorizationServer

_SCOPES = {
    "openid": "Brings an ID token: a signed statement of who signed in.",
    "offline_access": "Brings a refresh token, so that you stay signed in.",
    "phone": "Shows the phone number. Most services need it, and the person has to agree.",
}
"""The scopes common to all its services; each service names its own beside them."""


def wgtwo() -> AuthorizationServer:
    """Return wgtwo's server: endpoints, keys and API as documented, nothing asked of the network.

    Sign-in is by code or as the client itself. The client proves itself by HTTP Basic alone.
    Subjects are pairwise: another client sees another `sub` for the same person. ID tokens are
    signed by RS256, with keys that change without notice. It describes no device authorization
    and no introspection. Source: "OAuth 2.0, Overview" in the documentation of wgtwo.
    """
    base = "https://id.wgtwo.com"
    return AuthorizationServer(
        name="wgtwo",
        issuer=base,
        authorization_endpoint=f"{base}/oauth2/auth",
        token_endpoint=f"{base}/oauth2/token",
        userinfo_endpoint=f"{base}/userinfo",
        end_session_endpoint=f"{base}/oauth2/sessions/logout",
        revocation_endpoint=f"{base}/oauth2/revoke",
        jwks_uri=f"{base}/.well-known/jwks.json",
        token_endpoint_auth_methods_supported=("client_secret_basic",),
        id_token_signing_alg_values_supported=("RS256",),
        scopes_supported=tuple(_SCOPES),
        scope_meanings=_SCOPES,
        subject_types_supported=("pairwise",),
        api="https://api.wgtwo.com",
    )
