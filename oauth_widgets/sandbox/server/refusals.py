"""The two ways this server says no: to a program as JSON, to a person as a page."""

from __future__ import annotations


class Refusal(Exception):
    """A refusal for a program: the standard's error code and one sentence on what to do.

    `status` is the HTTP status, `challenge` the `WWW-Authenticate` value where one is due
    (RFC 6749 5.2, RFC 6750 3), and `retry_after` the seconds after which trying again makes sense.
    `description` never repeats what the request said, but for the names of scopes.
    """

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: int = 400,
        challenge: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.status = status
        self.challenge = challenge
        self.retry_after = retry_after


class PageRefusal(Exception):
    """A refusal for the person in front of the browser, who cannot be sent back safely."""

    def __init__(self, title: str, explanation: str, *, status: int = 400) -> None:
        super().__init__(title, explanation)
        self.title = title
        self.explanation = explanation
        self.status = status
