"""A practice server that a class shares doesn't let this kernel in."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class ClassroomProblem(OAuthError):
    """The classroom doesn't let you in, or your space is gone."""

    next_step = "Ask whoever hosts the class."


class ClassroomFull(ClassroomProblem):
    """Every space of the classroom is taken."""

    next_step = "Ask the host to remove a space that no one needs, then connect again."


class OtherVersion(ClassroomProblem):
    """The classroom runs another version of this package."""

    next_step = "Install the version that the classroom runs."


class WrongKey(ClassroomProblem):
    """There is no space with that key; the host may have removed yours."""

    next_step = "Connect without a key to get a new space."
