"""Which person a connection is for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from oauth_widgets.errors import WrongSubject
from oauth_widgets.protocol.validated_tokens import ValidatedTokens

_ANOTHER = "Sign in with another account."


@dataclass(frozen=True)
class Person:
    """The person who has to sign in: an address such as `*@acme.example`, or a subject.

    Without either, anyone will do.
    """

    email: str | None = None
    sub: str | None = None

    def __bool__(self) -> bool:
        return self.email is not None or self.sub is not None

    def admits(self, tokens: ValidatedTokens) -> None:
        """Raise WrongSubject, without a name in it, if `tokens` are someone else's."""
        if not self:
            return
        if tokens.id_token is None:
            raise WrongSubject(
                "The server doesn't say who signed in, and this connection is for one person.",
                next_step='Ask for it: scope = "openid email …".',
            )
        claims = tokens.id_token.claims
        # check: kept/person
        if self.sub is not None and claims.get("sub") != self.sub:
            raise WrongSubject(
                "This connection is for a different account.",
                next_step=_ANOTHER,
            )
        if self.email is not None:
            self._admits_email(claims.get("email"), claims.get("email_verified", True))

    def _admits_email(self, email: object, verified: object) -> None:
        if not isinstance(email, str):
            raise WrongSubject(
                "The server didn't send the email address of the person who signed in.",
                next_step='Ask for it: scope = "openid email …".',
            )
        # check: kept/person
        if not fnmatchcase(email.lower(), (self.email or "").lower()):
            said = f"This connection is for {self.email}, but another account signed in."
            raise WrongSubject(said, next_step=_ANOTHER)
        # Some servers let people enter any address, and say that it wasn't checked.
        # check: kept/person
        if verified not in (True, "true"):
            said = "The server hasn't verified the email address of the person who signed in."
            raise WrongSubject(
                said, next_step="Verify the address at the server, then sign in again."
            )
