"""A saved sign-in, restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from oauth_widgets.errors import OAuthError, StoreDamaged, WrongSubject
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.resource import Api
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.session import Session


async def restored(
    keeper: Keeper,
    server: AuthorizationServer,
    client: ClientMetadata,
    api: Api,
    again: Callable[[Scope], Any],
) -> tuple[Session | None, str]:
    """Return the session of the saved sign-in, or None and why there is none (I/O loop only).

    Its token is refreshed if it expires soon. Raises a kind of StoreProblem, or a TransportError: a
    sign-in is given up only if a person can help, for example if the server has ended it.
    """
    try:
        tokens = await keeper.restored()
    except WrongSubject as problem:
        return None, f"The saved sign-in wasn't used. {problem.message}"
    except StoreDamaged as problem:
        problem.next_step = f"Remove it: {keeper.removal}."
        raise
    if tokens is None:
        what = "this server, client, scope and API"
        return None, f"There is no saved sign-in for {what} in {keeper.place}."
    session = Session(server, client, tokens, api, again=again)
    session.keeper = keeper
    over = tokens.expires_at is not None and tokens.expires_at <= datetime.now(UTC)
    if over and not session.renewable:
        return None, "The saved token has expired, and there is no refresh token to get a new one."
    try:
        await session.fresh_token()
    except OAuthError as problem:
        if not problem.person_can_help:
            raise
        return None, problem.own_words
    return session, ""
