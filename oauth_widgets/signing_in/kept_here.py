"""What `doctor` reports about saved sign-ins: the stores, and each connection's rungs."""

from __future__ import annotations

from collections.abc import Iterator

from oauth_widgets.errors import OAuthError, StoreProblem
from oauth_widgets.session.kept.store import folder, needed
from oauth_widgets.signing_in.connection_table import Row, connections
from oauth_widgets.signing_in.connections import Connection, read_connections

Fact = tuple[str, str, bool | None, str]
"""What was checked, what was found, whether that is good, and what would help."""


def kept_here() -> Iterator[Fact]:
    """Check stores and connections; nothing is written or sent."""
    try:
        yield "Saving to a file", f"Possible, in {folder()}.", True, ""
        yield _keyring()
        yield from _connections()
    except OAuthError as problem:
        yield "Saved sign-ins", problem.own_words, False, problem.next_step


def _keyring() -> Fact:
    here = needed("oauth_widgets.session.kept.os_keyring")
    try:
        names = " or ".join(here.names())
    except StoreProblem as problem:
        return "Saving to a keyring", problem.own_words, None, problem.next_step
    if not names:
        return "Saving to a keyring", "This computer has none.", None, 'Use keep = "file".'
    if here.would_ask():
        step = 'Unlock it, or use keep = "file" for scheduled runs.'
        return "Saving to a keyring", f"Possible, in {names}, which is locked now.", None, step
    if "plaintext" in names.lower():
        said = f"Possible, in {names}, which doesn't encrypt."
        return "Saving to a keyring", said, None, 'This is no safer than keep = "file".'
    return "Saving to a keyring", f"Possible, in {names}.", True, ""


def _connections() -> Iterator[Fact]:
    configured, table = read_connections(), connections()
    if not table:
        yield "Connections", f"None: {configured.path} doesn't define any.", None, ""
    for connection in configured.unjudged():
        row = table[connection.name]
        title = f"Connection {connection.name}"
        if row.problem:
            yield title, row.problem, False, ""
        else:
            rungs = ", or else ".join(_rungs(connection, row))
            yield title, f"Without a person: {rungs}.", None, ""


def _rungs(connection: Connection, row: Row) -> list[str]:
    rungs = []
    if connection.keep is not None:
        since = f"saved since {row.since:%Y-%m-%d}" if row.since else "not saved yet"
        rungs.append(f"the sign-in in {row.kept_in} ({since})")
    handed_out = connection.handed_out
    if handed_out is not None:
        source = "JupyterHub" if isinstance(handed_out, str) else " ".join(handed_out.values())
        rungs.append(f"the token from {source}")
    if connection.has_secret and not connection.person:
        rungs.append("the client itself")
    return [*rungs, "NeedsAPerson"]
