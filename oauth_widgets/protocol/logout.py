"""Signing out at the server (OIDC RP-Initiated Logout 1.0)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from oauth_widgets._net.address import check_redirect_uri
from oauth_widgets.errors import StateMismatch
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.pkce import random_token
from oauth_widgets.secret import Secret


@dataclass(frozen=True, kw_only=True)
class LogoutRequest:
    """An address to open so that the server's own sign-in ends too.

    `url` is a Secret since it contains the ID token.
    """

    url: Secret
    state: str | None = field(repr=False)


@dataclass(frozen=True)
class SignOut:
    """The outcome of a sign-out. This package has forgotten the tokens in any case.

    `confirmed` says whether the server ended the tokens: None if it offers no revocation,
    False if it refused or did not answer for those named in `unconfirmed`; `logout` may then be
    called again. `request` is to be opened in the browser so that the server's own sign-in ends
    too; None if it has no such page.
    """

    confirmed: bool | None
    request: LogoutRequest | None
    unconfirmed: tuple[str, ...] = ()

    def check(self, url: str) -> None:
        """Judge the address that the browser returned to. Raises StateMismatch."""
        check_logout_response(self.request, url)

    def __str__(self) -> str:
        server = {
            True: "the server confirmed it",
            False: (
                f"the server did not confirm that these ended: {', '.join(self.unconfirmed)}. Call "
                "logout() again to retry"
            ),
            None: "the server offers no way to sign out there",
        }
        return f"Signed out here; {server[self.confirmed]}."


def logout_request(
    server: AuthorizationServer,
    client: ClientMetadata,
    id_token: IDToken | None,
    *,
    post_logout_redirect_uri: str | None,
) -> LogoutRequest:
    """Make the request (RP-Initiated Logout 2), with a fresh state if people are sent back."""
    parameters = {"client_id": client.client_id}
    if id_token is not None:
        # check: logout/order
        parameters["id_token_hint"] = id_token.raw.reveal()
    state = None
    if post_logout_redirect_uri is not None:
        state = parameters["state"] = random_token()
        parameters["post_logout_redirect_uri"] = check_redirect_uri(post_logout_redirect_uri)
    endpoint = server.needed("end_session_endpoint")
    separator = "&" if "?" in endpoint else "?"
    return LogoutRequest(url=Secret(endpoint + separator + urlencode(parameters)), state=state)


def check_logout_response(request: LogoutRequest | None, url: str) -> None:
    """Judge the address that the browser was sent back to. Raises StateMismatch."""
    try:
        states = [s.encode() for s in parse_qs(urlsplit(url).query).get("state", [])]
    except (AttributeError, TypeError, ValueError):  # It is not an address.
        states = []
    expected = (request.state if request and request.state else "").encode()
    # check: logout/order
    if len(states) != 1 or not hmac.compare_digest(states[0], expected):
        raise StateMismatch(
            "This is not the answer to this sign-out.",
            next_step="You are signed out here. Check the server's own page to be sure.",
        )
