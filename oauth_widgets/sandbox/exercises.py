"""Exercises that check themselves, by the requests that the practice server saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.members import unknown
from oauth_widgets.sandbox.facade import Sandbox, start

Seen = Sequence[Mapping[str, Any]]


class NotYet(AssertionError):
    """What is still missing for an exercise to be solved."""


@dataclass
class Exercise:
    """One exercise: do what `task` says at `sandbox`, then `check()`.

    `hint()` helps, a bit more each time, up to three times. `solution()` shows the answer.
    """

    name: str
    task: str
    hints: tuple[str, str, str] = field(repr=False)
    code: str = field(repr=False)
    judge: Callable[[Seen], str] = field(repr=False)
    sandbox: Sandbox = field(repr=False)
    _before: Seen = field(default=(), repr=False)
    _hinted: int = field(default=0, repr=False)

    def check(self) -> str:
        """Return praise if it is solved. Raises NotYet, an AssertionError, that says what lacks."""
        if self.sandbox.stopped:
            raise NotYet(f"The sandbox of this exercise has been stopped. {self._anew}")
        seen: Seen = self.sandbox.seen
        # After a reset there is nothing of before.
        latest = self._before[-1:]
        since = seen.index(latest[0]) + 1 if latest and latest[0] in seen else 0
        lacking = self.judge(seen[since:])
        if lacking and not seen[since:]:
            name, issuer = self.sandbox.server.name, self.sandbox.server.issuer
            lacking += (
                f" No request at all has reached the {name} ({issuer}) since the exercise began. "
                f"If you work with another sandbox: {self._anew}"
            )
        if lacking:
            raise NotYet(lacking)
        return f"Solved: {self.name}."

    @property
    def _anew(self) -> str:
        return f'Begin again with exercise = ow.exercise("{self.name}", sandbox).'

    def hint(self) -> str:
        """Return the next hint; after the third one, that one again."""
        self._hinted = min(self._hinted + 1, len(self.hints))
        return self.hints[self._hinted - 1]

    def solution(self) -> str:
        """Return code that solves it; `input` asks for the address that the browser ends at."""
        return self.code

    def __str__(self) -> str:
        return f"{self.name}: {self.task}"


def exercise(name: str, sandbox: Sandbox | None = None) -> Exercise:
    """Begin the exercise `name`; only requests from now on count.

    It takes place at `sandbox`, or else at a running or new one. Raises ConfigurationError.

        task = ow.exercise("state", sandbox)
        print(task.hint())
    """
    if not isinstance(name, str) or name not in EXERCISES:
        raise unknown(f"There is no exercise {name!r}.", str(name), list(EXERCISES))
    if sandbox is None:
        sandbox = start("wgtwo")
    if not isinstance(sandbox, Sandbox):
        raise ConfigurationError(
            f"The sandbox is {type(sandbox).__name__}, not a Sandbox.",
            next_step='Give ow.sandbox.start("wgtwo"), or leave it out.',
        )
    return Exercise(name, *EXERCISES[name], sandbox, sandbox.seen[-1:])


def _tokens(seen: Seen, grant: str, *names: str) -> Seen:
    """Return the successful token requests of one grant that have all of these parameters."""
    return [
        one
        for one in seen
        if one["sent"].get("grant_type") == grant
        and one["status"] == 200
        and set(names) <= set(one["names"])
    ]


def _api(seen: Seen, *statuses: int, service: str = "") -> Seen:
    """Return the API's answers with one of these statuses."""
    path = f"/api/{service}"
    return [one for one in seen if one["path"].startswith(path) and one["status"] in statuses]


def _service(one: Mapping[str, Any]) -> str:
    """Return the service that a request to the API asked for, such as "/cells"."""
    return "/" + str(one["path"]).rpartition("/")[2]


def _authorization_requests(seen: Seen, *names: str) -> Seen:
    """Return the authorization requests that have all of these parameters."""
    return [
        one for one in seen if "response_type" in one["names"] and set(names) <= set(one["names"])
    ]


def _first_token(seen: Seen) -> str:
    if _tokens(seen, "client_credentials"):
        return ""
    if any(one["sent"].get("grant_type") == "client_credentials" for one in seen):
        return "The server refused the token request: read its error, then ask again."
    return "The server hasn't received a token request with grant_type=client_credentials."


def _first_data(seen: Seen) -> str:
    if _api(seen, 200, service="cells"):
        return ""
    if _api(seen, 401):
        return "The API got no valid token: send it in the Authorization header."
    if refused := _api(seen, 403):
        return f"{_service(refused[-1])} was refused: the token lacks a scope that it requires."
    if others := _api(seen, 200):
        return f"The API has been asked for {_service(others[-1])}, not for /cells."
    return "The API has not been asked for /cells."


def _sign_in(seen: Seen) -> str:
    if _tokens(seen, "authorization_code"):
        return ""
    if any(one["sent"].get("grant_type") == "authorization_code" for one in seen):
        return (
            "The server refused the code, which is good once and for a short time: sign in again."
        )
    if _authorization_requests(seen):
        return "The sign-in page was opened, but no code was exchanged for a token."
    return "The sign-in page has not been opened."


def _pkce(seen: Seen) -> str:
    if not _authorization_requests(seen):
        return "The sign-in page has not been opened."
    if not _authorization_requests(seen, "code_challenge"):
        return "The authorization request has no code_challenge."
    if _tokens(seen, "authorization_code", "code_verifier"):
        return ""
    return "No code was exchanged together with its code_verifier."


def _state(seen: Seen) -> str:
    lacking = _sign_in(seen)
    if lacking:
        return lacking
    return (
        "" if _authorization_requests(seen, "state") else "The authorization request has no state."
    )


def _id_token(seen: Seen) -> str:
    with_openid = [
        one
        for one in _authorization_requests(seen)
        if "openid" in one["sent"].get("scope", "").split()
    ]
    if not _authorization_requests(seen):
        return "The sign-in page has not been opened."
    if not with_openid:
        return "Without the scope openid, no ID token is issued."
    return _sign_in(seen)


def _ask_for_more(seen: Seen) -> str:
    refused = _api(seen, 403)
    if not refused:
        return "The API has refused nothing yet: fetch /events without its scope first."
    for one in refused:
        if any(_service(later) == _service(one) for later in _api(seen[seen.index(one) :], 200)):
            return ""
    return f"{_service(refused[-1])} is still refused: get every scope that its error names."


def _refresh(seen: Seen) -> str:
    if _tokens(seen, "refresh_token"):
        return ""
    offline = [
        one
        for one in _authorization_requests(seen)
        if "offline_access" in one["sent"].get("scope", "")
    ]
    if not offline:
        return "Without the scope offline_access, there is no refresh token."
    return "No refresh token has been used."


def _all_pages(seen: Seen) -> str:
    fetched = _api(seen, 200, service="cells")
    if not fetched:
        return "The API has not been asked for /cells."
    fetched = [one for one in fetched if one["sent"].get("per_page") == "100"]
    if not fetched:
        return "No page of 100 cells was fetched: the parameter is per_page."
    pages = {one["sent"].get("page", "1") for one in fetched}
    return "" if len(pages) >= 4 else f"Only {len(pages)} of 4 pages of 100 cells were fetched."


def _sign_out(seen: Seen) -> str:
    lacking = _sign_in(seen)
    if lacking:
        return lacking
    revoked = any("token" in one["names"] and one["status"] == 200 for one in seen)
    return "" if revoked else "No token was revoked: the server still accepts it."


_BEGIN = "pending = ow.begin_login(sandbox.server, sandbox.client, scope={scope!r})\n"
_END = "session = pending.finish(input(pending.url))\n"


def _by_person(scope: str, then: str = "") -> str:
    return _BEGIN.format(scope=scope) + _END + then


_ALONE = 'session = ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")\n'
_LINK = "Open pending.url, sign in as alice / wonderland, and copy the address where you end up."
EXERCISES: dict[str, tuple[str, tuple[str, str, str], str, Callable[[Seen], str]]] = {
    "first token": (
        "Get an access token for the client itself, without a person.",
        (
            "A program without a person uses the client credentials grant.",
            "Look at ow.client_credentials. It needs a server, a client and a scope.",
            "The scope cells.read isn't about a person.",
        ),
        _ALONE,
        _first_token,
    ),
    "first data": (
        "Read the list of radio cells from the API.",
        (
            "Which scope does /cells require? See sandbox.services.",
            "A session fetches data with session.frame.",
            "Get a token with cells.read, then call session.frame('/cells').",
        ),
        _ALONE + 'session.frame("/cells")\n',
        _first_data,
    ),
    "sign in": (
        "Have a person sign in, and exchange the code for a token.",
        ("Begin with ow.begin_login.", _LINK, "Give that address to pending.finish."),
        _by_person("openid"),
        _sign_in,
    ),
    "pkce": (
        "Sign in so that a stolen code is useless.",
        (
            "PKCE ties the code to whoever began the sign-in (RFC 7636).",
            "The request needs code_challenge, the exchange needs code_verifier.",
            "ow.begin_login does both; a hand-written request has to do it too.",
        ),
        _by_person("openid"),
        _pkce,
    ),
    "state": (
        "Sign in so that no one can slip you another person's answer.",
        (
            "The answer must belong to the request.",
            "A random state comes back unchanged; compare it.",
            "ow.begin_login makes one, and pending.finish compares it.",
        ),
        _by_person("openid"),
        _state,
    ),
    "id token": (
        "Sign in and get a signed statement of who signed in.",
        (
            "OpenID Connect adds it to OAuth.",
            "You ask for it with a scope.",
            "Ask for the scope openid, then look at session.id_token.claims.",
        ),
        _by_person("openid"),
        _id_token,
    ),
    "ask for more": (
        "Let /events refuse you for a missing scope, then get access.",
        (
            "Sign in with openid only, and fetch /events.",
            "The error names the missing scopes.",
            "Sign in again with openid phone events.read, and fetch /events.",
        ),
        _by_person(
            "openid", 'try:\n    session.frame("/events")\nexcept ow.OAuthError:\n    pass\n'
        )
        + _by_person("openid phone events.read", 'session.frame("/events")\n'),
        _ask_for_more,
    ),
    "refresh": (
        "Renew an access token without asking the person again.",
        (
            "Use a refresh token.",
            "You get one only with the scope offline_access.",
            "Sign in with openid offline_access, then call session.refresh().",
        ),
        _by_person("openid offline_access", "session.refresh()\n"),
        _refresh,
    ),
    "all pages": (
        "Fetch all 400 cells in pages of 100, by page number.",
        (
            "Page numbers are one way of paging: open the address in sandbox.api_docs.",
            "The parameters are paging, page and per_page.",
            "session.frame follows all pages; give it per_page and paging.",
        ),
        _ALONE + 'session.frame("/cells", {"paging": "page", "per_page": "100"})\n',
        _all_pages,
    ),
    "sign out": (
        "Sign in, then sign out so that the server forgets the token.",
        (
            "Deleting a token here leaves it valid at the server.",
            "Revocation ends it there (RFC 7009).",
            "session.logout() revokes the tokens and forgets them.",
        ),
        _by_person("openid", "session.logout()\n"),
        _sign_out,
    ),
}
