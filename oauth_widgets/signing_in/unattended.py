"""A session without a person: saved, handed out by the platform, or the client's own."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import (
    ConfigurationError,
    ErrorResponse,
    NeedsAPerson,
    StoreProblem,
    WrongSubject,
)
from oauth_widgets.flows._drive import drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.connections import Connection, read_connections
from oauth_widgets.signing_in.grants import GrantRequest, as_client
from oauth_widgets.signing_in.pending import begin_login
from oauth_widgets.signing_in.platform import platform
from oauth_widgets.signing_in.restored import restored

_OF_A_PERSON = ("openid", "offline_access")
"""Scopes that only a person's sign-in can be granted."""

_Rung = tuple[Session | None, str]


def session(name: str) -> Session:
    """Return a session of the connection `name` without asking anyone.

    It uses the saved sign-in, or else the token that the platform hands out, or else signs in as
    the client itself, if the connection has what that needs. It never prompts. Raises
    NeedsAPerson, at once, if nothing works; ConfigurationError for a wrong connection; a
    TransportError if the server can't be reached.

        session = ow.session("practice")
    """
    return run(ladder(read_connections()[name]))


async def asession(name: str) -> Session:
    """Await `session`."""
    return await arun(ladder(read_connections()[name]))


async def ladder(connection: Connection) -> Session:
    """Return the session of the first rung that has one. Raises NeedsAPerson."""
    server = await connection.server()
    reasons, blocked = [], False
    for rung in (_kept, _handed_out, _as_client):
        try:
            session, why = await rung(connection, server)
        except (StoreProblem, ConfigurationError, ErrorResponse, WrongSubject) as problem:
            if problem.retry_may_help and not isinstance(problem, StoreProblem):
                raise
            session, why = None, f"{problem.own_words} {problem.next_step}"
            # Something is saved, perhaps, and a sign-in would fail for the same reason.
            blocked = blocked or (rung is _kept and connection.keep is not None)
        if session is not None:
            return session
        # Two rungs may fail for the same reason.
        if why and why not in reasons:
            reasons.append(why)
    name = connection.name
    said, step = f"You aren't signed in to {name}.", _ways_in(connection)
    if blocked:
        said = f"The connection {name} can't be used here."
        step = f"If you still aren't signed in after that: oauth-widgets login {shlex.quote(name)}"
    raise NeedsAPerson("\n".join([said, *reasons]), next_step=step)


async def _kept(connection: Connection, server: AuthorizationServer) -> _Rung:
    client = connection.client(asks=False)
    keeper = connection.keeper(server, client, asks=False)
    if keeper is None:
        return None, ""
    again = _again(connection, server, client)
    return await restored(keeper, server, client, connection.declared(server), again)


async def _handed_out(connection: Connection, server: AuthorizationServer) -> _Rung:
    if connection.handed_out is None:
        return None, ""
    source = platform(connection.handed_out, connection.scope)
    tokens = await drive(source.fetch())
    connection.admits(tokens)
    client = connection.client(asks=False)
    return Session(
        server,
        client,
        tokens,
        connection.declared(server),
        again=_again(connection, server, client),
        fetch=source.fetch if source.rereads else None,
        advise=source.advise,
    ), ""


async def _as_client(connection: Connection, server: AuthorizationServer) -> _Rung:
    # A connection that is for one person must not hand out what the client itself may see.
    if not connection.has_secret or connection.person:
        return None, ""
    scope = Scope(name for name in connection.scope if name not in _OF_A_PERSON)
    client = connection.client(asks=False)
    request = GrantRequest(server, client, scope, connection.declared(server), connection.extra)
    session = await as_client(request)
    if session.missing_scope:
        return None, f"The client itself isn't granted {session.missing_scope}."
    return session, ""


def _again(
    connection: Connection, server: AuthorizationServer, client: ClientMetadata
) -> Callable[[Scope], Any]:
    request = {"extra": connection.extra, **connection.api}
    return lambda wider: begin_login(server, client, scope=wider, **request)


def _ways_in(connection: Connection) -> str:
    """Say how a person, or the platform, can provide a sign-in."""
    name, table = connection.name, f"[{connection.name}] in {connection.path}"
    typed = shlex.quote(name)
    ways = [
        f'Sign in once in a notebook: await ow.login("{name}")',
        f"or in a terminal: oauth-widgets login {typed}",
    ]
    if connection.handed_out is None:
        ways.append('or have the platform hand out a token: from = { token_file = "…" }')
    missing = [] if connection.signs_in else ["client_id"]
    if connection.keep is None:
        missing.append('keep = "file"')
    first = f" First add {' and '.join(missing)} to {table}." if missing else ""
    return "; ".join(ways) + "." + first
