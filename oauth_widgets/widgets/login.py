"""Signing in from a notebook cell: the card, with the views that it can open afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.servers.kinds import check_kinds
from oauth_widgets.signing_in.named import kept, named
from oauth_widgets.widgets._card import names_nearest
from oauth_widgets.widgets.login_card import LoginCard
from oauth_widgets.widgets.scopes import VIEWS

__all__ = ["LoginCard", "login"]


# Those views import the card, so the card can't import them.
LoginCard.usual_views = VIEWS


@names_nearest
def login(
    server: AuthorizationServer | str,
    client: ClientMetadata | None = None,
    *,
    scope: str | Iterable[str] = (),
    redirect_uri: str | None = None,
    extra: Mapping[str, str] | None = None,
    api: str | None = None,
    api_origins: Iterable[str] = (),
    keep: str | None = None,
) -> LoginCard:
    """Return a card that signs someone in: `session = await ow.login(server, client, scope=…)`.

    `ow.login("name")` signs in to a connection from `connections.toml`. `scope` is what to ask for,
    as a string of names with spaces between them, a list of names, or an `ow.ScopePicker`.
    `redirect_uri` chooses among the client's own. `extra` holds further request parameters, such as
    `prompt`; a connection's own are sent, too. `api` is the address that relative API paths are
    under, if the server does not name it, and `api_origins` may be sent the token too. `keep` is
    "keyring" or "file" and saves the sign-in across restarts; otherwise nothing is saved. Raises
    ConfigurationError, or a StoreProblem if nothing can be saved.

        session = await ow.login(server, client, scope="openid events.read")
    """
    if isinstance(server, str):
        decided = {
            "client": client,
            "scope": scope,
            "api": api,
            "api_origins": api_origins,
            "keep": keep,
        }
        return LoginCard(**named(server, decided, extra), views=VIEWS, redirect_uri=redirect_uri)
    client = check_kinds(server, client)
    where = {"api": api, "api_origins": api_origins}
    request = {"scope": Scope(scope), **where}
    keeper = kept(keep, server, client, Scope(scope), extra, **where)
    return LoginCard(
        server,
        client,
        views=VIEWS,
        **request,
        redirect_uri=redirect_uri,
        extra=extra,
        keeper=keeper,
    )
