"""A session in a few lines: what it is for and how long, with no secret and nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret.table import as_table
from oauth_widgets.session.local_time import local_time


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The facts about a session that may be printed and saved; `ended` means signed out.

    Times are absolute, since what is saved is read later. `now` and `expires_at` are aware.
    `renewable` says that the session refreshes its access without a person.
    """

    server: str
    requested: Scope
    granted: Scope
    expires_at: datetime | None
    ended: bool
    renewable: bool = False

    def text(self, now: datetime) -> str:
        """Return it on one line."""
        if self.ended:
            return f"<Session at {self.server}: signed out>"
        apart = {"by default": self._extra, "not granted": self._missing}
        details = "; ".join(f"{name}: {part}" for name, part in apart.items() if part)
        return (
            f"<Session at {self.server}, scope: {self.granted or 'none'}"
            f"{f' ({details})' if details else ''}, {self._good(now).lower()}: {self._until}>"
        )

    def html(self, now: datetime) -> str:
        """Return it as a table that needs no script."""
        rows = [("Signed out", "Sign in again to continue.")] if self.ended else self._rows(now)
        return as_table((), rows, f"Session at {self.server}")

    def _rows(self, now: datetime) -> list[tuple[str, str]]:
        rows = [("Granted", ", ".join(self.granted - self._extra) or "nothing you asked for")]
        if self._extra:
            rows.append(("Granted by default", ", ".join(self._extra)))
        if self._missing:
            rows.append(("Not granted", ", ".join(self._missing)))
        renewal = [("Refreshes", "automatically, when a request needs it")] * self.renewable
        return [*rows, (self._good(now), self._until), *renewal]

    @property
    def _extra(self) -> Scope:
        return Scope(self.granted - self.requested)

    @property
    def _missing(self) -> Scope:
        return Scope(self.requested - self.granted)

    @property
    def _until(self) -> str:
        return local_time(self.expires_at) if self.expires_at else "unknown"

    def _good(self, now: datetime) -> str:
        over = self.expires_at is not None and self.expires_at <= now
        return "Expired" if over else "Access expires"
