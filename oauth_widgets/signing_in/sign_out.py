"""Signing out of a connection whose sign-in is saved, without a session."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oauth_widgets.errors import ConfigurationError, OAuthError, StoreDamaged, StoreProblem
from oauth_widgets.protocol.logout import SignOut
from oauth_widgets.secret.names import shown_name
from oauth_widgets.session.kept import record
from oauth_widgets.session.kept.keeper import Keeper, slots
from oauth_widgets.session.kept.record import binding, same_server
from oauth_widgets.session.kept.store import KINDS, Store, open_store
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.connections import FILE, Connection, read_connections

_QUICK = 5.0
"""Seconds within which a lost connection fails; after a longer silence, a second try won't help."""
_SLOT = re.compile(r"[\w.-]{1,40}-[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a sign-out, as a sentence. `confirmed` is False if the server was silent."""

    sentence: str
    confirmed: bool = True

    def __str__(self) -> str:
        return self.sentence


async def sign_out(name: str) -> Outcome:
    """Remove the saved sign-in of the connection `name`, and end it at the server (I/O loop only).

    What is damaged is removed too. `name` may also be the slot of a sign-in whose connection is
    gone: that is only removed. Raises ConfigurationError or a kind of StoreProblem, such as
    StoreExposed: only once its file is closed again can the server be asked to end it.
    """
    configured = read_connections()
    if name not in configured:
        if _SLOT.fullmatch(name):
            return _erased(name)
        _check_elsewhere(name, configured.path)
    connection = configured[name]
    if connection.keep is None:
        return Outcome(f'No sign-in is saved for {name}: the connection has no "keep" setting.')
    store = open_store(connection.keep)
    if _is_empty(store, connection.slot()):
        return Outcome(f"You weren't signed in to {name}.")
    try:
        session = await _kept(connection)
        ended = await ended_at_last(session) if session else None
    except OAuthError as problem:
        # Whoever signs out wants it gone here, whatever the server or the record says.
        store.erase(connection.slot())
        return Outcome(
            f"Deleted the saved sign-in for {name}, but the server hasn't confirmed the sign-out. "
            f"{problem.own_words}",
            confirmed=False,
        )
    store.erase(connection.slot())
    if ended is None or ended.confirmed is False:
        return Outcome(
            f"Signed out of {name} here; the server hasn't confirmed it.", confirmed=False
        )
    return Outcome(f"Signed out of {name}.")


def _is_empty(store: Store, slot: str) -> bool:
    with suppress(StoreDamaged):
        return store.read(slot) is None
    return False


async def ended_at_last(session: Session) -> SignOut:
    """Sign out of `session`, with a second try if the connection is lost (I/O loop only).

    It's for callers that can't sign out again: the command line has nothing saved any more, and a
    card has no button for it.
    """
    now = asyncio.get_running_loop().time
    begun = now()
    ended = await session.ended()
    return await session.ended() if ended.unconfirmed and now() - begun < _QUICK else ended


async def _kept(connection: Connection) -> Session | None:
    server, client = await connection.server(), connection.client()
    declared, scope = connection.declared(server), connection.scope
    bound = binding(server, client, scope, declared, connection.extra)
    kind, slot = connection.keep or "", connection.slot()
    held = record.read(open_store(kind).read(slot) or "")
    # A sign-in from before a change of scope or API is ended too, if the server is still the same.
    if same_server(held.bound, bound):
        bound = dict(held.bound)
    # Even a person that the connection isn't for is signed out.
    keeper = Keeper(kind, bound, name=connection.name, entry=slot)
    tokens = await keeper.restored()
    if tokens is None:
        return None
    session = Session(server, client, tokens, declared, again=lambda _: None)
    session.keeper = keeper
    return session


def _check_elsewhere(name: str, path: Path) -> None:
    """Raise ConfigurationError if a sign-in is saved for a connection in another file."""
    if kept := slots(name):
        raise ConfigurationError(
            f"There is no connection {shown_name(name)} in {path}, but there is a "
            "saved sign-in of that name.",
            next_step=f"Set {FILE} to the connections file that has it, and run this again. If "
            f"that file is gone, delete the saved sign-in: oauth-widgets logout {kept[0]}",
        )


def _erased(slot: str) -> Outcome:
    for kind in KINDS:
        try:
            open_store(kind).erase(slot)
        except StoreProblem:
            # Then the other store has it.
            continue
    return Outcome("Deleted the saved sign-in.")
