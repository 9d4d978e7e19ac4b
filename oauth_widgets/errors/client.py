"""Next steps for errors of a client that signs in as itself."""

from __future__ import annotations

from typing import TypeVar

from oauth_widgets.errors.refusals import ErrorResponse
from oauth_widgets.errors.resource import InsufficientScope
from oauth_widgets.errors.root import OAuthError, foreign_text

Problem = TypeVar("Problem", bound=OAuthError)


def for_a_client(problem: Problem) -> Problem:
    """Return `problem` with a next step for a client that signs in as itself, without a person."""
    if isinstance(problem, InsufficientScope):
        names = foreign_text(" ".join(problem.missing)) or "…"
        problem.next_step = (
            f"Have the client registered for {names}, then call "
            f"ow.client_credentials(server, client, scope={names!r}). "
            "A scope about a person, such as openid, needs ow.login(…)."
        )
    elif problem.person_can_help:
        problem.next_step = (
            "Call ow.client_credentials(server, client, scope=…) for a new session. If that is "
            "refused, check what the client is registered for."
        )
    if isinstance(problem, ErrorResponse) and problem.person_can_help:
        ours, problem.summary = problem.summary, "The server refused the client."
        problem.message = problem.message.replace(ours, problem.summary, 1)
    return problem
