"""A Dask cluster can't use the session that is shared with it."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class ClusterProblem(OAuthError):
    """A Dask cluster can't use the session that is shared with it."""

    next_step = "Check that the cluster is running, then share the session again."


class NotShared(ClusterProblem):
    """The session isn't shared with this process, or not any more."""

    next_step = "Share it again, and give the new handle to your tasks: session.share(client)."


class ClientGone(ClusterProblem):
    """The client that shares the session doesn't answer its workers.

    It alone can renew the token.
    """

    next_step = (
        "Share the session again from a running client, then submit the task again, or continue "
        "in the task with error.resume(shared) and the new handle."
    )
    retry_may_help = True


class WorkerUnprepared(ClusterProblem):
    """A worker doesn't have this package, or has another version of it."""

    next_step = "Install the client's version of oauth-widgets on every worker."
