"""A Dask cluster can't use the session that is shared with it."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class ClusterProblem(OAuthError):
    """A Dask cluster can't use the session that is shared with it."""

    next_step = "Check that the cluster is running, then share the session again."


class NotShared(ClusterProblem):
    """The session isn't shared with this process, or not any more."""

    next_step = "Share it again with session.share(client), and pass the new handle to your tasks."


class ClientGone(ClusterProblem):
    """The client that shares the session doesn't answer its workers.

    It alone can refresh the token.
    """

    next_step = (
        "Try again in a moment. If the client has ended, share the session again from a running "
        "client. Then submit the task again, or pass the new handle to error.resume(shared) there."
    )
    retry_may_help = True


class WorkerUnprepared(ClusterProblem):
    """A worker doesn't have this package, or has another version of it."""

    next_step = "Install the client's version of oauth-widgets on every worker."
