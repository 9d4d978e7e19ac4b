"""What was begun with one session, and may be continued with another."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from oauth_widgets.resource.resource import Resource

T = TypeVar("T")


class HasResource(Protocol):
    """Who may resume a fetch; a Session is one."""

    _resource: Resource


class Resumable(Generic[T]):
    """What was begun with one session, and may be continued with another."""

    _resource: Resource

    def run(self) -> T:
        """Do what is left, and return the whole."""
        raise NotImplementedError

    async def arun(self) -> T:
        """Await `run`."""
        raise NotImplementedError

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
