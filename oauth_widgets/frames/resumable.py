"""What was begun with one session, and may be continued with another."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from oauth_widgets._net.loop import arun, run
from oauth_widgets.frames.understood import warn_about
from oauth_widgets.resource.resource import Resource

T = TypeVar("T")


class HasResource(Protocol):
    """Who may resume a fetch; a Session is one."""

    _resource: Resource


class Resumable(Generic[T]):
    """What was begun with one session, and may be continued with another."""

    _resource: Resource
    _made: T | None = None
    finished = False
    """Whether the whole was handed out."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why there may be more rows than were read."""
        raise NotImplementedError

    async def whole(self) -> T:
        """Do what is left, and return the whole (I/O loop only)."""
        raise NotImplementedError

    def tell(self, *, ended: bool = False) -> None:
        """Report how far this is; `ended` says that it goes no further."""
        raise NotImplementedError

    def run(self) -> T:
        """Do what is left, and return the whole."""
        try:
            made = run(self.whole(), meanwhile=self.tell)
        finally:
            self.tell(ended=True)
        warn_about(self.doubts)
        # last, and without a call: what is interrupted before this is still here
        self.finished, self._made = True, None
        return made

    async def arun(self) -> T:
        """Await `run`."""
        try:
            made = await arun(self.whole(), meanwhile=self.tell)
        finally:
            self.tell(ended=True)
        warn_about(self.doubts)
        self.finished, self._made = True, None
        return made

    def resume(self, session: HasResource | None = None) -> T:
        """Continue and return the whole, with the token of `session` if any."""
        self._go_on_with(session)
        return self.run()

    async def aresume(self, session: HasResource | None = None) -> T:
        """Await `resume`."""
        self._go_on_with(session)
        return await self.arun()

    def _go_on_with(self, session: HasResource | None) -> None:
        if session is not None:
            self._resource = session._resource  # noqa: SLF001 - a session's inner side is ours
