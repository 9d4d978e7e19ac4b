"""A sign-in that was begun, and waits for the browser to come back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from oauth_widgets._loop import arun, run
from oauth_widgets.errors import ConfigurationError, ErrorResponse, StateMismatch
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.authorization_code import authorization_code
from oauth_widgets.protocol.authorization import (
    AuthorizationRequest,
    AuthorizationResponse,
    authorization_request,
    authorization_response,
)
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource import declared_origins
from oauth_widgets.session import Session


class PendingLogin:
    """One authorization request on its way. `url` is what a person opens in a browser.

    It is good for one answer and for an hour; then it is `used`. An answer that is not its own
    leaves it waiting.
    """

    def __init__(
        self, request: AuthorizationRequest, *, api: str | None, api_origins: Iterable[str]
    ) -> None:
        self.request = request
        self.url = request.url
        self._api = api
        # an address that cannot be used is said now, not after someone has signed in
        self._api_origins = declared_origins(api or request.server.api, api_origins)
        self.used = False

    def finish(self, url: str) -> Session:
        """Take the address that the browser ended at, and return the session.

        Raises StateMismatch or InvalidAuthorizationResponse for an answer that is not this
        sign-in's own, AccessDenied and its kin for the server's no, InvalidIDToken where the
        answer cannot be trusted, a TransportError where no answer came.
        """
        return run(self._finish(url))

    async def afinish(self, url: str) -> Session:
        """Await `finish`."""
        return await arun(self._finish(url))

    def __repr__(self) -> str:
        # the address holds the state
        return f"<PendingLogin at {self.request.server.title}>"

    async def _finish(self, url: str) -> Session:
        response = self._judged(url)
        tokens = await drive(authorization_code(response, now=time.time()))
        server, client = self.request.server, self.request.client
        return Session(server, client, tokens, api=self._api, api_origins=self._api_origins)

    def _judged(self, url: str) -> AuthorizationResponse:
        # runs on the I/O loop without a pause, so of two answers at once only one gets through
        if self.used:
            raise StateMismatch("The answer does not belong to this sign-in, or came too late.")
        try:
            response = authorization_response(self.request, url.strip(), now=time.time())
        except ErrorResponse:
            self.used = True
            raise
        self.used = True
        return response


def begin_login(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    redirect_uri: str | None = None,
    extra: Mapping[str, str] | None = None,
    api: str | None = None,
    api_origins: Iterable[str] = (),
) -> PendingLogin:
    """Begin a sign-in without a notebook: open `.url`, then give the final address to `.finish`.

    `redirect_uri` is the client's first one if left out. `extra` holds further request
    parameters, such as `prompt` or `login_hint`. Sends nothing. Raises ConfigurationError.
    """
    if redirect_uri is None:
        if not client.redirect_uris:
            raise ConfigurationError(
                "The client has no redirect URI.",
                next_step="Give the one it is registered with: redirect_uri=…",
            )
        redirect_uri = client.redirect_uris[0]
    request = authorization_request(
        server,
        client,
        scope=Scope(scope),
        redirect_uri=redirect_uri,
        now=time.time(),
        extra=extra,
    )
    return PendingLogin(request, api=api, api_origins=api_origins)
