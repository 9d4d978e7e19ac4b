"""This package behind the same few calls as the naive client."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Protocol

from oauth_widgets.errors import ImplicitGrantWarning
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.grants import device_login
from oauth_widgets.signing_in.pending import PendingLogin, begin_login


class Target(Protocol):
    """A client under attack."""

    def begin(self, scope: str, *, implicit: bool = False) -> str:
        """Return the address that the person opens to sign in."""

    def finish(self, address: str) -> None:
        """Take the answer that the browser brings back."""

    def person(self) -> Mapping[str, Any]:
        """Return the claims about the person who signed in, as the client sees it."""

    def get(self, address: str) -> object:
        """Fetch an address with the access token."""

    def saved(self) -> str:
        """Return what a saved notebook shows of the sign-in."""

    def device_screen(self, scope: str) -> str:
        """Begin a sign-in on another device, and return what this one shows to the person."""


class CarefulClient:
    """This package. Nothing here protects it: all checks are in the package."""

    def __init__(self, server: AuthorizationServer, client: ClientMetadata, back: str) -> None:
        self.server, self.client, self.back = server, client, back
        self._pending: PendingLogin | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session, after `finish`."""
        assert self._session is not None, "Finish a sign-in first."  # noqa: S101
        return self._session

    def begin(self, scope: str, *, implicit: bool = False) -> str:
        """Begin a sign-in."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImplicitGrantWarning)
            self._pending = begin_login(
                self.server, self.client, scope=scope, redirect_uri=self.back, implicit=implicit
            )
        return self._pending.url

    def finish(self, address: str) -> None:
        """Finish it."""
        assert self._pending is not None, "Begin a sign-in first."  # noqa: S101
        self._session = self._pending.finish(address)

    def person(self) -> Mapping[str, Any]:
        """Return the claims of the validated ID token."""
        return self.session.id_token.claims if self.session.id_token else {}

    def get(self, address: str) -> object:
        """Fetch an address as a DataFrame is fetched."""
        return self.session.frame(address)

    def saved(self) -> str:
        """Return everything that a cell would show."""
        return f"{self.session!r}{vars(self.session)!r}"

    def device_screen(self, scope: str) -> str:
        """Return what a cell shows of it."""
        return repr(device_login(self.server, self.client, scope=scope))
