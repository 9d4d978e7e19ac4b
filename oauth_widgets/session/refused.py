"""What an API refused a session for, until a sign-in for more has settled that."""

from __future__ import annotations

from weakref import WeakSet

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Resource


class Refused:
    """The part of a session that knows which scopes the API found missing."""

    server: AuthorizationServer
    client: ClientMetadata
    _last: ValidatedTokens
    _resource: Resource

    def _tell(self) -> None:
        raise NotImplementedError

    @property
    def refused_scope(self) -> Scope:
        """The scopes that the API's latest refusal asked for and that are still not granted."""
        return Scope(self._resource.refused - self._last.scope)

    def _notice(self) -> None:
        """Tell of a change at the API."""
        if self.refused_scope:
            _narrow.add(self)
        self._tell()

    def _resolve(self) -> None:
        """Have other sessions stop asking for what this one has, if it widens them."""
        for other in tuple(_narrow):
            same = (other.server, other.client.client_id) == (self.server, self.client.client_id)
            granted = other.refused_scope <= self._last.scope
            if same and granted and self._last.widens(other._last):  # noqa: SLF001 - of its kind
                _narrow.discard(other)
                other._resource.refused = Scope()  # noqa: SLF001 - likewise
                other._tell()  # noqa: SLF001 - likewise


_narrow: WeakSet[Refused] = WeakSet()
"""Sessions whose scope an API found too small."""
