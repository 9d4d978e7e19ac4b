"""What the userinfo endpoint says of the person who signed in (OIDC Core 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from oauth_widgets.errors import InvalidToken, InvalidUserInfo, WrongSubject
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.document import needed_text, object_of
from oauth_widgets.protocol.message import Request, Response
from oauth_widgets.secret import Secret


@dataclass(frozen=True)
class UserInfo:
    """Claims about the person, by wire names, read-only; their values stay out of the `repr`."""

    claims: Mapping[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        return f"UserInfo(claims: {', '.join(self.claims)})"


def userinfo_request(server: AuthorizationServer, access_token: Secret) -> Request:
    """Return the request, the token in its header (RFC 6750 2.1)."""
    return Request(
        "GET",
        server.needed("userinfo_endpoint"),
        headers={
            "accept": "application/json",
            "authorization": f"Bearer {access_token.reveal()}",
        },
    )


def userinfo(response: Response, *, subject: str | None) -> UserInfo:
    """Judge the answer; `subject` is the ID token's, None where there is none (OIDC Core 5.3.2).

    Raises InvalidToken, InvalidUserInfo or WrongSubject.
    """
    if response.status == 401:
        raise InvalidToken("The server no longer takes this access token.")
    document = object_of(response, error=InvalidUserInfo)
    told = needed_text(document, "sub", error=InvalidUserInfo)
    if subject is not None and told != subject:
        raise WrongSubject("The userinfo answer speaks of another person than the ID token.")
    return UserInfo(MappingProxyType(dict(document)))
