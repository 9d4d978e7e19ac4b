"""A store of saved sign-ins that can't be used."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class StoreProblem(OAuthError):
    """A store of saved sign-ins can't be used. No sign-in ends because of this."""

    next_step = "Fix what the message describes, or sign in without keep=."


class StoreUnavailable(StoreProblem):
    """There is no such store here: no keyring, or a package is missing."""


class StoreLocked(StoreProblem):
    """Another program holds it, or it has to be unlocked first."""

    next_step = "Try again in a moment."
    retry_may_help = True


class StoreReadOnly(StoreProblem):
    """It can't be written, or is full. The refresh token isn't spent unless that works."""

    next_step = "Make it writable, then try again."
    retry_may_help = True


class StoreExposed(StoreProblem):
    """Other users of this computer could read what is saved."""


class StoreDamaged(StoreProblem):
    """The content can't be read. It is left as it is."""

    next_step = "Remove it with oauth-widgets logout NAME, then sign in again."


class StoreTooNew(StoreProblem):
    """A newer version of this package wrote the content. It is left as it is."""

    next_step = "Update oauth-widgets here: pip install --upgrade oauth-widgets."
