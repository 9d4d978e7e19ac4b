"""Tokens from the platform: JupyterHub, a file that a sidecar rewrites, or a variable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import ConfigurationError, InvalidToken, OAuthError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.session.handed_over import handed_over

_HUB = ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN")
_HUB_SCOPE = (
    'c.JupyterHub.load_roles = [{"name": "user", "scopes": ["self", "admin:auth_state!user"]}, '
    '{"name": "server", "scopes": ["users:activity!user", "access:servers!server", '
    '"read:users!user", "admin:auth_state!user"]}]'
)
_HUB_STATE = "c.Authenticator.enable_auth_state = True, and set JUPYTERHUB_CRYPT_KEY"


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
            lambda: _hub(scope),
            "The hub still hands out this token: sign out of the hub, then sign in to it again.",
        )
    ((kind, source),) = handed_out.items()
    if kind == "token_file":
        return Platform(
            f"the file {source}",
            lambda: _now(_read(source), scope),
            f"{source} still contains this token: check what rewrites it.",
        )
    return Platform(
        f"the environment variable {source}",
        lambda: _now(_variable(source), scope),
        f"A variable isn't renewed: set {source} to a new token, then restart the kernel.",
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


def _read(source: str) -> Secret:
    try:
        text = Path(source).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it isn't text"
        step = "Check the path and what writes the file."
        raise ConfigurationError(f"{source} can't be read: {why}.", next_step=step) from None
    return _token(text, source)


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


def _hub(scope: Scope) -> Exchange[ValidatedTokens]:
    missing = [name for name in _HUB if not os.environ.get(name)]
    if missing:
        step = "Run the notebook on a JupyterHub, or leave out from =."
        raise ConfigurationError(
            f"This isn't a JupyterHub: {missing[0]} isn't set.", next_step=step
        )
    address, token = (os.environ[name] for name in _HUB)
    headers = {"authorization": f"token {token}", "accept": "application/json"}
    answer = yield Request("GET", f"{address.rstrip('/')}/user", headers, secrets=(token,))
    return _of_state(_state(answer), scope)


def _state(answer: Response) -> Mapping[str, Any]:
    if answer.status != 200:
        said = f"JupyterHub answered with status {answer.status} when asked for your sign-in."
        raise ConfigurationError(said, next_step="Restart your server from the hub's page.")
    try:
        user = json.loads(answer.body)
    except ValueError:
        user = None
    if not isinstance(user, dict):
        raise ConfigurationError(
            "JupyterHub's answer is not a JSON object.",
            next_step="Restart your server from the hub's page.",
        )
    if "auth_state" not in user:
        raise ConfigurationError(
            "JupyterHub doesn't let this server see your sign-in.",
            next_step=f"Have whoever runs the hub add to its configuration: {_HUB_SCOPE}.",
        )
    state = user["auth_state"]
    if not isinstance(state, dict) or not isinstance(state.get("access_token"), str):
        raise ConfigurationError(
            "JupyterHub keeps no access token of your sign-in.",
            next_step=f"Have whoever runs the hub add to its configuration: {_HUB_STATE}.",
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
