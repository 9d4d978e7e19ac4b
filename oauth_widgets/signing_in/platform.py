"""Tokens from the platform: JupyterHub, a file that a sidecar rewrites, or a variable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from oauth_widgets._net.message import Pause, Request, Response
from oauth_widgets.errors import ConfigurationError, InvalidToken, OAuthError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.session.handed_over import handed_over
from oauth_widgets.signing_in.named_file import text_of

_HUB = ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER")
_HUB_SCOPE = (
    'c.JupyterHub.load_roles.extend([{"name": "user", "scopes": ["self", "admin:auth_state!user"]},'
    ' {"name": "server", "scopes": ["users:activity!user", "access:servers!server", '
    '"admin:auth_state!user"]}])'
)
_HUB_STATE = "c.Authenticator.enable_auth_state = True"
_HUB_AGE = "c.Authenticator.auth_refresh_age = 10"
_HUB_LINE = (
    "Whoever runs it has to add this line to jupyterhub_config.py and restart the hub:\n{}\n"
)
_HUB_AFTER = "Then sign out of the hub, sign in again, and restart your server."
_HUB_PAUSES = (1.0,) * 12
"""Seconds between two tries: the hub looks at a token only `auth_refresh_age` after it last did."""
_FILE_PAUSES = (0.1,) * 5
"""Seconds to wait before an empty file is read again."""


@dataclass(frozen=True)
class Platform:
    """One place that hands out tokens; `fetch` gets the current one.

    `place` is its name for people. `stale` says what to do about a refused token; `rereads` says
    that fetching again may return another one.
    """

    place: str
    fetch: Callable[[], Exchange[ValidatedTokens]]
    stale: str
    rereads: bool = True

    def advise(self, problem: OAuthError) -> OAuthError:
        """Return `problem` with a next step for a token from here."""
        if isinstance(problem, InvalidToken):
            problem.next_step = self.stale
        return problem


def platform(handed_out: str | Mapping[str, str], scope: Scope) -> Platform:
    """Return the platform that a connection's `from` names."""
    if isinstance(handed_out, str):
        return Platform(
            "JupyterHub",
            _Hub(scope).fetch,
            "The hub still hands out this token: sign out of the hub, then sign in to it again. If "
            "that happens each time a token expires, the hub refreshes it too rarely. "
            + _HUB_LINE.format(_HUB_AGE).rstrip(),
        )
    ((kind, source),) = handed_out.items()
    if kind == "token_file":
        return Platform(
            f"the file {source}",
            lambda: _read(source, scope),
            f"{source} still contains this token: check what rewrites it.",
        )
    return Platform(
        f"the environment variable {source}",
        lambda: _now(_variable(source), scope),
        f"An environment variable isn't refreshed: set {source} to a new token, then restart the "
        "kernel.",
        rereads=False,
    )


def _now(token: Secret, scope: Scope) -> Exchange[ValidatedTokens]:
    """Return `token` at once, as an exchange that sends nothing."""
    yield from ()
    return _tokens(token, scope)


def _tokens(token: Secret, scope: Scope) -> ValidatedTokens:
    return handed_over(token, scope, _end(token))


def _end(token: Secret) -> datetime | None:
    """Return the expiry date in the token, if it can be read."""
    end = unverified_token(token).claims.get("exp")
    try:
        return datetime.fromtimestamp(end, UTC) if isinstance(end, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


def _read(source: str, scope: Scope) -> Exchange[ValidatedTokens]:
    """Return the tokens of the file; waits a little if it is empty, as while it is rewritten."""
    for pause in (*_FILE_PAUSES, None):
        text = text_of(source, next_step="Check the path and what writes the file.").strip()
        if text or pause is None:
            break
        yield Pause(pause)
    return _tokens(_token(text, source), scope)


def _variable(name: str) -> Secret:
    text = os.environ.get(name, "").strip()
    if not text:
        step = f"Set {name} before the kernel starts."
        raise ConfigurationError(f"{name} isn't set.", next_step=step)
    return _token(text, name)


def _token(text: str, source: str) -> Secret:
    if not text or not text.isascii() or len(text.split()) != 1:
        step = "Put the access token there, and nothing else."
        raise ConfigurationError(f"{source} contains no access token.", next_step=step)
    return Secret(text)


class _Hub:
    """A JupyterHub, which refreshes a token only once the server has refused it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._latest: Secret | None = None

    def fetch(self) -> Exchange[ValidatedTokens]:
        """Return the tokens that the hub has now, or has soon if they are the same as before."""
        tokens = yield from _hub(self._scope)
        for pause in _HUB_PAUSES:
            if tokens.access_token != self._latest:
                break
            yield Pause(pause)
            tokens = yield from _hub(self._scope)
        self._latest = tokens.access_token
        # Without an expiry it is fetched again only once it is refused: any earlier, the hub would
        # have the same one, and would not look at it again for a while.
        return replace(tokens, expires_at=None)


def _hub(scope: Scope) -> Exchange[ValidatedTokens]:
    missing = [name for name in _HUB if not os.environ.get(name)]
    if missing:
        step = "Run the notebook on a JupyterHub, or leave out from =."
        raise ConfigurationError(
            f"This isn't a JupyterHub: {missing[0]} isn't set.", next_step=step
        )
    address, token, user = (os.environ[name] for name in _HUB)
    # The address `/user`, without a name, never has the sign-in.
    url = f"{address.rstrip('/')}/users/{quote(user, safe='')}"
    headers = {"authorization": f"token {token}", "accept": "application/json"}
    answer = yield Request("GET", url, headers, secrets=(token,))
    return _of_state(_state(answer), scope)


def _state(answer: Response) -> Mapping[str, Any]:
    # A hub says that there is no such user if the server may see nothing of it.
    if answer.status not in (200, 404):
        said = f"JupyterHub answered with status {answer.status} when asked for your sign-in."
        step = "On the hub's page, sign in again, then restart your server."
        raise ConfigurationError(said, next_step=step)
    try:
        user = json.loads(answer.body) if answer.status == 200 else {}
    except (ValueError, RecursionError):
        user = None
    if not isinstance(user, dict):
        raise ConfigurationError(
            "JupyterHub's answer is not a JSON object.",
            next_step="Restart your server from the hub's page.",
        )
    if "auth_state" not in user:
        raise ConfigurationError(
            "JupyterHub doesn't let this server see your sign-in.",
            next_step=_HUB_LINE.format(_HUB_SCOPE) + _HUB_AFTER,
        )
    state = user["auth_state"]
    if not isinstance(state, dict) or not isinstance(state.get("access_token"), str):
        raise ConfigurationError(
            "JupyterHub doesn't keep an access token from your sign-in.",
            next_step=_HUB_LINE.format(_HUB_STATE)
            + "with the variable JUPYTERHUB_CRYPT_KEY set. "
            + _HUB_AFTER,
        )
    return state


def _of_state(state: Mapping[str, Any], scope: Scope) -> ValidatedTokens:
    tokens = _tokens(_token(state["access_token"], "JupyterHub's auth state"), scope)
    granted = state.get("scope")
    if isinstance(granted, str) or (isinstance(granted, list) and granted):
        tokens = replace(tokens, scope=Scope(granted))
    raw = state.get("id_token")
    claims = unverified_token(Secret(raw)).claims if isinstance(raw, str) and raw else {}
    # The hub received it from the server directly, so it is proof of who signed in.
    if {"iss", "sub"} <= claims.keys():
        tokens = replace(tokens, id_token=IDToken(claims, Secret(raw or " ")))
    return tokens
