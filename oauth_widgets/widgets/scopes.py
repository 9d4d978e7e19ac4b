"""The scope picker: choose what to ask for, and see what was granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import traitlets as t

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import listed
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import (
    ClientMetadata,
    authentication_method,
    check_scope,
)
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.service import Service
from oauth_widgets.servers.kinds import check_kinds
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.scope_menu import ScopeMenu, scope_marks, scope_menu
from oauth_widgets.widgets._asking import AskingCard
from oauth_widgets.widgets._card import check_kind, check_session
from oauth_widgets.widgets._inside import SESSION, TRACE, Views
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets.claims import ClaimsView
from oauth_widgets.widgets.login_card import LoginCard
from oauth_widgets.widgets.session import SessionCard
from oauth_widgets.widgets.token import TokenView
from oauth_widgets.widgets.trace import Trace

_A_SERVICE = 'Pass services=[ow.Service(name="events", scopes="events.read phone"), …].'


class ScopePicker(AskingCard):
    """A widget to pick scopes: `picker = ow.ScopePicker(server, client, services=…)`.

    `services` are those of the API: ticking one picks the scopes it needs. `scope` is picked from
    the start. Sign in with `await picker.login()`, or pass the picker as the scope of any sign-in:
    `ow.login(server, client, scope=picker)`. Afterwards it shows what was granted and used, and
    asks for more. Raises ConfigurationError.

        picker = ow.ScopePicker(server, client, services=sandbox.services, scope="openid")
        session = await picker.login()
    """

    _esm = source("scopes.js")
    _css = source("scopes.css")

    server = t.Unicode().tag(sync=True)
    services = t.List(t.Dict()).tag(sync=True)
    scopes = t.List(t.Dict()).tag(sync=True)
    picks = t.List(t.Unicode()).tag(sync=True)
    requested = t.List(t.Unicode(), allow_none=True, default_value=None).tag(sync=True)
    marks = t.Dict().tag(sync=True)
    granted = t.Bool(default_value=False).tag(sync=True)

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        *,
        services: Iterable[Service] = (),
        scope: str | Iterable[str] = (),
    ) -> None:
        check_kinds(server, client)
        authentication_method(server, client)
        if isinstance(services, str) or not isinstance(services, Iterable):
            raise ConfigurationError("services= must be a list of services.", next_step=_A_SERVICE)
        several = listed(services, "services")
        self._offered = [check_kind("service", one, Service, _A_SERVICE) for one in several]
        first = Scope(scope)
        check_scope(client, first)
        self._server = server
        self._client = client
        self._menu = ScopeMenu((), ())
        super().__init__(server=server.title)
        self._set_menu(first)
        self.picks = list(first)

    @property
    def scope(self) -> Scope:
        """The picked scopes, in the menu's order."""
        return Scope(Scope(self.picks) & self._menu.open)

    def login(
        self,
        *,
        redirect_uri: str | None = None,
        extra: Mapping[str, str] | None = None,
        api: str | None = None,
        api_origins: Iterable[str] = (),
    ) -> LoginCard:
        """Return a card that asks for the picked scopes: `session = await picker.login()`.

        The arguments are those of `ow.login`. The picker shows the outcome.

            session = await picker.login()
        """
        return self._bound(
            LoginCard(
                self._server,
                self._client,
                views=VIEWS,
                scope=self.scope,
                redirect_uri=redirect_uri,
                extra=extra,
                api=api,
                api_origins=api_origins,
            )
        )

    def follow(self, session: Session) -> None:
        """Show what a session was granted and uses from now on: `picker.follow(session)`."""
        check_session(session)
        self._follow(session)

    def __iter__(self) -> Iterator[str]:
        return iter(self.scope)

    def __repr__(self) -> str:
        return f"<ScopePicker for {self.server}: {self.scope or 'nothing selected'}>"

    @t.validate("picks")
    def _only_what_is_open(self, proposal: Mapping[str, Any]) -> list[str]:
        proposed = frozenset(proposal["value"])
        return [name for name in self._menu.open if name in proposed]

    def _set_menu(self, named: Scope) -> None:
        self._menu = scope_menu(self._server, self._client, self._offered, named=named)
        with self.hold_sync():
            self.scopes = [asdict(option) for option in self._menu.options]
            self.services = [
                {
                    "name": service.name,
                    "gives": service.gives,
                    "scopes": list(service.scopes),
                    "open": service.scopes <= self._menu.open,
                }
                for service in self._menu.services
            ]

    def _mirror(self) -> None:
        super()._mirror()
        session = self.session
        requested, granted, refused = session.requested_scope, session.scope, session.refused_scope
        known = Scope(option.name for option in self._menu.options)
        if strange := Scope([*requested, *granted, *refused]) - known:
            self._set_menu(Scope([*known, *strange]))
        used = self._menu.used(session.answered)
        marks = scope_marks(asked=requested, granted=granted, used=used, refused=refused)
        # Pick what the API said is missing, once, as the next thing to ask for.
        said_no = [name for name in refused if "refused" not in self.marks.get(name, ())]
        self.picks = [*self.picks, *said_no]
        self.requested, self.granted = list(requested), not session.signed_out
        self.marks = {name: list(ways) for name, ways in marks.items()}

    def _act(self, kind: str, _message: Mapping[str, Any]) -> None:
        if kind == "ask":
            self._work("asking", self._ask)

    def _ask(self) -> None:
        session = self._session
        if session is None or session.signed_out:
            self._show_login(self.login())
        else:
            self._ask_more(session, self.scope)

    def _bound(self, card: LoginCard) -> LoginCard:
        self.requested = card.requested
        return super()._bound(card)


def _picker_of(session: Session) -> ScopePicker:
    picker = ScopePicker(session.server, session.client, scope=session.requested_scope)
    picker.follow(session)
    return picker


VIEWS: Views = {
    SESSION: SessionCard,
    "scopes": _picker_of,
    "tokens": TokenView,
    "claims": ClaimsView,
    TRACE: Trace,
}
"""The views that a login card offers."""
