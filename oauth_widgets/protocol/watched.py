"""The events of a sign-in that a watcher sees, apart from its requests."""

from __future__ import annotations

from dataclasses import dataclass

from oauth_widgets._net.document import Document
from oauth_widgets._net.message import Request
from oauth_widgets.errors import OAuthError
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.id_token import Grounds
from oauth_widgets.secret import Secret


@dataclass(frozen=True, slots=True)
class Offered:
    """An address that `owner` offers a person to open."""

    owner: object
    request: AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Returned:
    """The address that the browser was sent back to, and why it was refused, if it was."""

    request: AuthorizationRequest
    url: Secret
    failure: OAuthError | None


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code that `owner` shows a person to enter on another device."""

    owner: object
    device_code: Secret


@dataclass(frozen=True, slots=True)
class Judged:
    """An ID token whose signature is good, and what its claims are checked against."""

    raw: Secret
    claims: Document
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Failed:
    """Why an exchange failed whose last request with a secret was `request`."""

    request: Request
    failure: OAuthError


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many pages of `url` have arrived."""

    url: str
    pages: int
    rows: int
