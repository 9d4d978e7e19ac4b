"""Sessions of several processes that share one kept sign-in at a mint."""

from __future__ import annotations

import sys
from contextlib import suppress

from oauth_widgets import Scope, Session
from oauth_widgets._net.loop import run
from oauth_widgets.errors import InvalidToken
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import declared_api
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.kept.record import binding

from ...helpers.mint import CLIENT, server_at, tokens_of


def keeper_of(origin: str, kind: str = "file", name: str = "acme") -> Keeper:
    server = server_at(origin)
    bound = binding(server, CLIENT, Scope("events.read"), declared_api(server, None, ()))
    return Keeper(kind, bound, name=name)


def session_with(keeper: Keeper, origin: str, tokens: ValidatedTokens) -> Session:
    server = server_at(origin)
    session = Session(server, CLIENT, tokens, declared_api(server, None, ()), again=Scope)
    session.keeper = keeper
    return session


def signed_in(origin: str, number: int = 1, kind: str = "file") -> Session:
    """Return a session whose sign-in is kept."""
    keeper, tokens = keeper_of(origin, kind), tokens_of(number)
    run(keeper.admitted(tokens))
    return session_with(keeper, origin, tokens)


def restored(origin: str, kind: str = "file") -> Session:
    """Return a session of the sign-in that is kept."""
    keeper = keeper_of(origin, kind)
    tokens = run(keeper.restored())
    assert tokens is not None
    return session_with(keeper, origin, tokens)


def read(session: Session) -> None:
    """Ask who it is, and again if two refreshes of other processes overtook it.

    Only the newest token is good at a mint, and a session tries a read twice.
    """
    for _ in range(20):
        with suppress(InvalidToken):
            session.userinfo()
            return
    raise AssertionError("the token isn't good")


if __name__ == "__main__":
    shared = restored(sys.argv[1])
    for _ in range(int(sys.argv[2])):
        shared.refresh()
        read(shared)
    sys.stdout.write("done")
