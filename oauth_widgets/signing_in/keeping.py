"""How a person's sign-in is saved, and restored when it is needed again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from oauth_widgets._net.loop import run
from oauth_widgets.errors import OAuthError, StoreProblem, WrongSubject
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.resource import declared_api
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.pending import begin_login
from oauth_widgets.signing_in.restored import restored


class Keeping:
    """Saves one sign-in after another; does nothing without a keeper.

    `problem` is why the latest one could not be saved.
    """

    def __init__(self, keeper: Keeper | None) -> None:
        self._keeper = keeper
        self.problem: StoreProblem | None = None

    @property
    def keeps(self) -> bool:
        """Whether there is a keeper."""
        return self._keeper is not None

    @property
    def beforehand(self) -> str:
        """How to sign in before a run without a person; "" if that isn't possible."""
        return self._keeper.beforehand if self._keeper else ""

    def taken_up(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        again: Callable[[Scope], Any] | None,
        **request: Any,  # noqa: ANN401 - as begin_login takes it
    ) -> Session | None:
        """Return the saved session; if there is none, make sure that one can be saved.

        Raises a kind of StoreProblem, or a TransportError.
        """
        if self._keeper is None:
            return None
        api = declared_api(server, request.get("api"), request.get("api_origins", ()))
        more = again or (lambda scope: begin_login(server, client, **request | {"scope": scope}))
        session, _ = run(restored(self._keeper, server, client, api, more))
        if session is None:
            self._keeper.probe()
        return session

    def keep(self, session: Session) -> None:
        """Save `session`. Raises WrongSubject, after ending it, if it is another person's."""
        if self._keeper is None:
            return
        # An earlier session must not pick up the tokens of this one.
        self._keeper = self._keeper.anew()
        self.problem = None
        try:
            run(session.keep(self._keeper))
        except WrongSubject:
            with suppress(OAuthError):
                session.revoke()
            raise
        except StoreProblem as problem:
            # The sign-in itself is good: it ends with this process, as others do.
            self.problem = problem
