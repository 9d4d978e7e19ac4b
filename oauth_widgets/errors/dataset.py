"""A folder that can't be used as a dataset."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class DatasetProblem(OAuthError):
    """A folder can't be used as a dataset. What is in it stays as it is."""

    next_step = "Choose another folder."


class DatasetInUse(DatasetProblem):
    """Another call is writing to it, in this process or in another one."""

    next_step = "Wait for it to finish, or choose another folder."
    retry_may_help = True


class DatasetDamaged(DatasetProblem):
    """What it holds can't be read, and can't be fetched again."""


class DatasetTooNew(DatasetProblem):
    """A newer version of this package wrote it."""

    next_step = "Update oauth-widgets here: pip install --upgrade oauth-widgets."


class DatasetRepairedWarning(UserWarning):
    """A part was deleted or damaged, and is fetched again."""
