"""There is no session yet, or a sign-in deserves a warning."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class SignInIncomplete(OAuthError):
    """There is no session yet."""

    person_can_help = True
    next_step = "Click the sign-in button, or run this again."


class NeedsAPerson(SignInIncomplete):
    """Only a person can sign in, and no one is there who could."""

    next_step = "Sign in from a notebook or a terminal first."


class NotSignedIn(SignInIncomplete):
    """You haven't signed in yet."""


class SignInCancelled(SignInIncomplete):
    """A person pressed Cancel."""

    next_step = "Run this again when you want to sign in."


class SignInTimeout(SignInIncomplete):
    """The sign-in was not finished in time."""

    next_step = "Run this again for a fresh link."


class MixUpWarning(UserWarning):
    """Answers of several servers share one address and look alike (RFC 9700 4.4)."""


class ImplicitGrantWarning(UserWarning):
    """A sign-in uses the implicit grant, whose token travels through the browser's address bar."""


class SignInEndsWarning(UserWarning):
    """The sign-in will end before what was begun, and can't be refreshed without a person."""
