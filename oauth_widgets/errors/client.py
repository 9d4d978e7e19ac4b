"""Next steps for errors of a client that signs in as itself."""

from __future__ import annotations

from typing import TypeVar

from oauth_widgets.errors.refusals import ErrorResponse
from oauth_widgets.errors.resource import InsufficientScope
from oauth_widgets.errors.root import OAuthError, foreign_text

_ABOUT_A_PERSON = {"openid", "profile", "email", "address", "phone", "offline_access"}
"""The scopes that OpenID Connect Core 5.4 and 11 define."""

Problem = TypeVar("Problem", bound=OAuthError)


def for_a_client(problem: Problem) -> Problem:
    """Return `problem` with a next step for a client that signs in as itself, without a person."""
    if isinstance(problem, InsufficientScope):
        names = foreign_text(" ".join(problem.missing)) or "the missing scopes"
        problem.next_step = (
            f"Ask for {names} too: ow.client_credentials(server, client, scope=…). "
            "If the server refuses, have the client registered for more."
        )
        if _ABOUT_A_PERSON & set(problem.missing):
            problem.next_step = (
                f"Ask a person for {names}: ow.login(server, client, scope=…). "
                "A client that signs in as itself can't get a scope about a person."
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
