"""The connections as a table: what each is for, and who is signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from oauth_widgets.errors import OAuthError
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.secret.table import as_table
from oauth_widgets.session.kept import record
from oauth_widgets.session.kept.record import Record
from oauth_widgets.session.kept.store import open_store
from oauth_widgets.session.lasts import Lasts, lasts
from oauth_widgets.session.local_time import local_time
from oauth_widgets.signing_in.connections import Connection, Connections, read_connections

_TITLES = (
    "Name",
    "Server",
    "Signed in since",
    "Sign-in lasts until",
    "Sign-in saved in",
    "Problem",
)
_NOWHERE = "not saved"
_CAPTION = "Your connections, from your connections.toml"
_EXAMPLE = """[acme]
server = "https://id.acme.example"
client_id = "my-notebook"
redirect_uris = ["http://127.0.0.1/callback"]
scope = "openid offline_access"
keep = "file"
"""


@dataclass(frozen=True)
class Row:
    """One connection. `who` is personal, so it isn't printed: the table only says since when.

    `since` is an aware datetime, or None if no sign-in is saved. `lasts` says how long it can
    continue without a person. `problem` is why the connection can't be used, or what is saved can't
    be read.
    """

    name: str
    server: str
    who: str
    since: datetime | None
    lasts: Lasts | None
    kept_in: str
    problem: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that may be printed and saved."""
        cells = (self.name, self.server, self._since, self._until, self.kept_in, self.problem)
        return tuple(cell or "—" for cell in cells)

    @property
    def _since(self) -> str:
        if self.since:
            return local_time(self.since)
        # If nothing is saved, someone may be signed in in a notebook.
        return "" if self.problem or self.kept_in == _NOWHERE else "not signed in"

    @property
    def _until(self) -> str:
        if self.lasts is None:
            return ""
        if self.lasts.until is None:
            return "the server ends it" if self.lasts.renewable else "unknown"
        expired = not self.lasts.covers(datetime.now(UTC))
        return f"{'expired ' if expired else ''}{local_time(self.lasts.until)}"


class ConnectionTable(Mapping[str, Row]):
    """The rows by name: `ow.connections()["acme"]`. Tab completes the names in a notebook."""

    def __init__(self, path: str, rows: tuple[Row, ...]) -> None:
        self._path = path
        self._rows = {row.name: row for row in rows}

    def __getitem__(self, name: str) -> Row:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._rows)

    @property
    def _table(self) -> list[tuple[str, ...]]:
        """The titles, then a row for each connection, without the empty columns."""
        columns = zip(_TITLES, *(row.cells for row in self._rows.values()), strict=True)
        return list(zip(*(column for column in columns if set(column[1:]) != {"—"}), strict=True))

    def __repr__(self) -> str:
        if not self._rows:
            return f"There are no connections yet. Add one to {self._path}:\n\n{_EXAMPLE.rstrip()}"
        table = self._table
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ("  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self._rows:
            return f"<pre>{escape(repr(self))}</pre>"
        usable = next((row.name for row in self._rows.values() if not row.problem), None)
        call = f"session = await ow.login({json.dumps(usable)})"
        note = f"<p>To sign in by name:<br><code>{escape(call)}</code></p>" if usable else ""
        titles, *rows = self._table
        return f"{as_table(titles, rows, _CAPTION)}{note}"


def connections() -> ConnectionTable:
    """Return the connections of `connections.toml` as a table, with who is signed in.

    Nothing is sent. Raises ConfigurationError if the file can't be read.

        ow.connections()
    """
    configured = read_connections()
    return ConnectionTable(
        str(configured.path),
        tuple(_row(configured, connection) for connection in configured.unjudged()),
    )


def _row(configured: Connections, connection: Connection) -> Row:
    server = str(connection.values.get("server") or connection.values.get("preset") or "")
    kept_in, held, problem = "", None, ""
    try:
        configured[connection.name]
        kept_in, held = _held(connection)
    except OAuthError as failure:
        problem = failure.message
    return Row(
        name=connection.name,
        server=server,
        who=_who(held.tokens.id_token) if held else "",
        since=held.since if held else None,
        lasts=lasts(held.tokens, fetched=False) if held else None,
        kept_in=kept_in,
        problem=problem,
    )


def _held(connection: Connection) -> tuple[str, Record | None]:
    if connection.keep is None:
        return _NOWHERE, None
    store = open_store(connection.keep, asks=False)
    text = store.read(connection.slot())
    return store.place, None if text is None else record.read(text)


def _who(identity: IDToken | None) -> str:
    claims = identity.claims if identity else {}
    names = (claims.get(name) for name in ("name", "email", "preferred_username", "sub"))
    return next((name for name in names if isinstance(name, str)), "")
