"""What the requests that a practice server received say about an exercise.

Each judge takes the requests since the exercise began and its scene, and returns what is missing,
or "" if the exercise is solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oauth_widgets.sandbox.scene import Scene

Request = Mapping[str, Any]
Requests = Sequence[Request]

_NOT_OPENED = "The sign-in page has not been opened."


def first_token(requests: Requests, scene: Scene) -> str:
    """Judge whether the client got a token for itself."""
    if _tokens(requests, "client_credentials"):
        return ""
    if refused := _refused(requests, scene.token_path):
        return f"The server refused the token request. It said: {refused['refusal']}"
    return "The server hasn't received a token request with grant_type=client_credentials."


def first_data(requests: Requests, scene: Scene) -> str:
    """Judge whether the API gave records of the scene's open service."""
    fetched = _api(requests, scene.open)
    if any(one["status"] == 200 for one in fetched):
        return ""
    return _not_fetched(requests, scene.open)


def sign_in(requests: Requests, scene: Scene) -> str:
    """Judge whether a person signed in and the code was exchanged."""
    return "" if _sign_ins(requests) else _no_sign_in(requests, scene)


def pkce(requests: Requests, scene: Scene) -> str:
    """Judge whether the latest sign-in used PKCE from its first request to its last."""
    # The server has compared the verifier with the challenge by now.
    again = "Your sign-in uses the code_verifier of an earlier one. Make a new one each time."
    return _random(requests, scene, "code_challenge", again)


def state(requests: Requests, scene: Scene) -> str:
    """Judge whether the latest sign-in had a state that no one can guess."""
    again = (
        "Your state is easy to guess, or an earlier sign-in used it. Make a random one each time."
    )
    return _random(requests, scene, "state", again)


def id_token(requests: Requests, scene: Scene) -> str:
    """Judge whether a sign-in led to an ID token."""
    sign_ins = _sign_ins(requests)
    if any("openid" in _scope(asked) for asked, _ in sign_ins):
        return ""
    if sign_ins or any("openid" not in _scope(one) for one in _authorizations(requests)):
        return "Without the scope openid, no ID token is issued."
    return _no_sign_in(requests, scene)


def ask_for_more(requests: Requests, scene: Scene) -> str:
    """Judge whether the closed service first refused, and then gave records."""
    fetched = _api(requests, scene.closed)
    places = [place for place, one in enumerate(fetched) if one["status"] == 403]
    if not places:
        return f"The API hasn't refused you yet: fetch /{scene.closed} without its scope first."
    if any(one["status"] == 200 for one in fetched[places[0] :]):
        return ""
    return f"/{scene.closed} still refuses you: ask for every scope that the error names."


def refresh(requests: Requests, scene: Scene) -> str:
    """Judge whether a refresh token was accepted."""
    if _tokens(requests, "refresh_token"):
        return ""
    if refused := _refused(requests, scene.token_path, "refresh_token"):
        return f"The server refused the refresh token. It said: {refused['refusal']}"
    asked = _authorizations(requests)
    if asked and not any("offline_access" in _scope(one) for one in asked):
        return "Without the scope offline_access, there is no refresh token."
    return "No refresh token has been used."


def all_pages(requests: Requests, scene: Scene) -> str:
    """Judge whether every page of the open service was fetched by number."""
    fetched = [one for one in _api(requests, scene.open) if one["status"] == 200]
    if not fetched:
        return _not_fetched(requests, scene.open)
    # Another way of paging ignores these numbers, and `rows` makes a list of another length.
    numbered = [
        one for one in fetched if one["sent"].get("paging") == "page" and "rows" not in one["names"]
    ]
    if not numbered:
        return 'The pages were not fetched by number: set the parameter paging to "page".'
    sized = [one for one in numbered if one["sent"].get("per_page") == str(scene.size)]
    if not sized:
        return f"No page of {scene.size} records was fetched: set per_page to {scene.size}."
    got = {one["sent"].get("page", "1") for one in sized} & set(map(str, range(1, scene.pages + 1)))
    if len(got) == scene.pages:
        return ""
    refused = [one for one in _api(requests, scene.open) if one["refusal"]]
    also = f" The API also said: {refused[-1]['refusal']}" if refused else ""
    return f"Only {len(got)} of the {scene.pages} pages were fetched.{also}"


def sign_out(requests: Requests, scene: Scene) -> str:
    """Judge whether the tokens of a sign-in were ended at the server."""
    sign_ins = {exchanged["sign_in"] for _, exchanged in _sign_ins(requests)}
    if not sign_ins:
        return _no_sign_in(requests, scene)
    ended = [
        one for one in requests if _is_at(one, scene.revocation_path) and one["method"] == "POST"
    ]
    if not ended:
        return "Your token hasn't been revoked: the server still accepts it."
    if any(one["sign_in"] in sign_ins for one in ended):
        return ""
    if ended[-1]["refusal"]:
        return f"The server refused to revoke the token. It said: {ended[-1]['refusal']}"
    return (
        "The text that you asked the server to revoke isn't a token from your sign-in. The server "
        "ignores text that it doesn't know. To get the value of a secret, call .reveal()."
    )


def _tokens(requests: Requests, grant: str) -> Requests:
    """Return the successful token requests of one grant."""
    return [
        one for one in requests if one["sent"].get("grant_type") == grant and one["status"] == 200
    ]


def _refused(requests: Requests, path: str, grant: str | None = None) -> Request | None:
    """Return the latest request to `path` that the server refused, of one grant if it's given."""
    found = [
        one
        for one in requests
        if _is_at(one, path) and one["refusal"] and grant in {None, one["sent"].get("grant_type")}
    ]
    return found[-1] if found else None


def _is_at(one: Request, path: str) -> bool:
    # A space of a classroom doesn't see the number that begins its addresses.
    return bool(path) and path.endswith(one["path"])


def _authorizations(requests: Requests) -> Requests:
    return [one for one in requests if "response_type" in one["names"]]


def _scope(one: Request) -> list[str]:
    scope: str = one["sent"].get("scope", "")
    return scope.split()


def _sign_ins(requests: Requests) -> list[tuple[Request, Request]]:
    """Return each authorization request with the exchange of its code."""
    asked = {one["sign_in"]: one for one in _authorizations(requests)}
    return [
        (asked[one["sign_in"]], one)
        for one in _tokens(requests, "authorization_code")
        if one["sign_in"] in asked
    ]


def _random(requests: Requests, scene: Scene, name: str, guessable: str) -> str:
    """Judge whether the latest sign-in sent a value of that name that is random and new."""
    sign_ins = _sign_ins(requests)
    if not sign_ins:
        return _no_sign_in(requests, scene)
    latest, _ = sign_ins[-1]
    if name not in latest["names"]:
        return f"The authorization request of your sign-in has no {name}."
    return guessable if name in latest["guessable"] else ""


def _no_sign_in(requests: Requests, scene: Scene) -> str:
    """Say how far the latest sign-in got."""
    asked = _authorizations(requests)
    if not asked:
        return _NOT_OPENED
    if asked[-1]["refusal"]:
        return f"The server refused the sign-in. It said: {asked[-1]['refusal']}"
    if refused := _refused(requests, scene.token_path, "authorization_code"):
        return f"The server refused to exchange the code. It said: {refused['refusal']}"
    if any(one["sent"].get("decision") == "refuse" for one in requests):
        return "The person clicked “Don't allow”, so no code was exchanged for a token."
    return "The sign-in page was opened, but no code was exchanged for a token."


def _api(requests: Requests, service: str) -> Requests:
    """Return the requests for one service of the API."""
    return [one for one in requests if one["path"].endswith(f"/api/{service}")]


def _not_fetched(requests: Requests, service: str) -> str:
    """Say why the API has given nothing of `service`."""
    fetched = _api(requests, service)
    if not fetched:
        others = [one for one in requests if "/api/" in one["path"] and one["status"] == 200]
        if not others:
            missed = [one for one in requests if "/api/" in one["path"]]
            also = f" Its answer to another request was: {_of_api(missed[-1])}" if missed else ""
            return f"The API hasn't received a request for /{service}.{also}"
        other = str(others[-1]["path"]).rpartition("/")[2]
        return f"The API received a request for /{other}, but none for /{service}."
    if fetched[-1]["status"] == 401:
        return "The API didn't get a valid token: send one in the Authorization header."
    if fetched[-1]["status"] == 403:
        return f"The API refused /{service}: the token lacks a scope that /{service} requires."
    return f"The API refused the request. It said: {fetched[-1]['refusal']}"


def _of_api(one: Request) -> str:
    path = str(one["path"]).rpartition("/api/")[2]
    return f"{one['status']} for /{path}. {one['refusal']}".strip()
