"""What the userinfo endpoint says about the person who signed in (OIDC Core 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from oauth_widgets._net.challenge import bearer_challenge
from oauth_widgets._net.document import Document, check_not_busy, needed_text, object_of
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import (
    ConfigurationError,
    InsufficientScope,
    InvalidToken,
    InvalidUserInfo,
    WrongSubject,
    foreign_text,
)
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.error_response import refusal
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import shown_names


@dataclass(frozen=True)
class UserInfo:
    """Claims about the person, by wire names, read-only; their values stay out of the `repr`."""

    claims: Mapping[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        return f"UserInfo(claims: {foreign_text(', '.join(self.claims))})"


def userinfo_request(server: AuthorizationServer, access_token: Secret) -> Request:
    """Return the request, the token in its header (RFC 6750 2.1)."""
    return Request(
        "GET",
        server.needed("userinfo_endpoint"),
        headers={
            "accept": "application/json, application/jwt",
            "authorization": f"Bearer {access_token.reveal()}",
        },
        secrets=(access_token.reveal(),),
    )


def plain_claims(response: Response) -> Document:
    """Read an answer that is plain JSON. Raises InvalidToken or InvalidUserInfo."""
    _check_accepted(response)
    return object_of(response, error=InvalidUserInfo)


def signed_token(response: Response) -> Secret:
    """Return the signed token that the answer must be. Raises InvalidToken or InvalidUserInfo."""
    _check_accepted(response)
    # check: userinfo/signed
    if response.media_type != "application/jwt":
        raise InvalidUserInfo(
            "The userinfo answer is not signed, but the client is registered for signed answers.",
            next_step="If that is wrong, describe the client without userinfo_signed_response_alg.",
        )
    try:
        return Secret(response.body.decode("ascii").strip())
    except (UnicodeError, ConfigurationError):
        raise InvalidUserInfo("The userinfo answer is not a signed token.") from None


def check_signed(claims: Document, *, issuer: str, client_id: str) -> None:
    """Judge who a signed answer is for (OIDC Core 5.3.2). Raises InvalidUserInfo."""
    audience = claims.get("aud", client_id)
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss", issuer) != issuer or client_id not in audiences:
        raise InvalidUserInfo(
            f"The userinfo answer is not from {issuer} for the client {client_id}."
        )


def userinfo_of(claims: Document, *, subject: str | None) -> UserInfo:
    """Judge who it is about; `subject` is the ID token's, None without one (OIDC Core 5.3.2).

    Raises InvalidUserInfo or WrongSubject.
    """
    if not claims.get("sub"):
        raise InvalidUserInfo(
            'The userinfo answer has no "sub", so it cannot be tied to a person (OIDC Core 5.3.2).',
            next_step='Read it as you would any API: session.http("https://…").get("…").json().',
        )
    # check: userinfo/sub
    if needed_text(claims, "sub", error=InvalidUserInfo) != (subject or claims["sub"]):
        raise WrongSubject("The userinfo answer is about a different person than the ID token.")
    return UserInfo(MappingProxyType(dict(claims)))


def _check_accepted(response: Response) -> None:
    if response.status == 200:
        return
    challenge = bearer_challenge(response.headers.get("www-authenticate", ""))
    problem = refusal(response, what="userinfo endpoint", error=InvalidUserInfo)
    code = challenge.get("error") or getattr(problem, "error", "")
    if code == "insufficient_scope":
        missing = shown_names(challenge.get("scope", ""), response.secrets)
        raise InsufficientScope(
            "The userinfo endpoint requires scopes that this session doesn't have: "
            f"{' '.join(missing) or 'it does not say which'}.",
            missing=missing,
        )
    if response.status == 401 or code == "invalid_token":
        raise InvalidToken("The server no longer accepts this access token.")
    check_not_busy(response)
    raise problem
