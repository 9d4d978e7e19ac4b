"""An answer breaks the standard or is not for this client; it was not used."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class InvalidResponse(OAuthError):
    """An answer breaks the standard or is not for this client; it was not used."""

    next_step = "Nothing was accepted. Show this message to whoever runs the server."


class InvalidDocument(InvalidResponse):
    """Not the JSON object it should be."""


class InvalidMetadata(InvalidResponse):
    """The server's description of itself cannot be used (RFC 8414, OIDC Discovery)."""

    next_step = "Check the issuer's address for typos."


class InvalidAuthorizationResponse(InvalidResponse):
    """What the browser returned cannot be used (RFC 6749 4.1.2)."""

    next_step = "Start the sign-in again."


class StateMismatch(InvalidAuthorizationResponse):
    """The answer belongs to another sign-in, or was used already (RFC 6749 10.12)."""

    person_can_help = True


class IssuerMismatch(InvalidAuthorizationResponse):
    """The answer comes from another server than the one you signed in to (RFC 9207)."""


class InvalidTokenResponse(InvalidResponse):
    """What the token endpoint sent cannot be used (RFC 6749 5.1)."""


class InvalidKeySet(InvalidResponse):
    """The server's signing keys cannot be used (RFC 7517)."""


class InvalidIDToken(InvalidResponse):
    """The signed statement of who signed in cannot be trusted (OIDC Core 3.1.3.7)."""

    next_step = "The sign-in was refused for your safety. Start it again."


class UntrustedSignature(InvalidIDToken):
    """Unsigned, wrongly signed, or signed by a key the server does not publish."""


class WrongIssuer(InvalidIDToken):
    """The ID token was issued by another server."""


class WrongAudience(InvalidIDToken):
    """The ID token was issued to another client."""


class WrongNonce(InvalidIDToken):
    """The ID token belongs to another sign-in."""


class WrongSubject(InvalidIDToken):
    """The ID token is about another person than before."""


class ExpiredIDToken(InvalidIDToken):
    """The ID token is out of date, or from the future."""

    next_step = "Check this machine's clock, then start the sign-in again."


class InvalidUserInfo(InvalidResponse):
    """What the userinfo endpoint sent cannot be used (OIDC Core 5.3)."""
