"""Grants, and the codes and tokens made from them."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field

from oauth_widgets.sandbox.server.state.expiring import Expiring
from oauth_widgets.sandbox.server.wire import same

CODE_LIFETIME = 60  # seconds
CODE_MEMORY = 600  # seconds; a code is remembered after it expires, to notice its reuse
REFRESH_LIFETIME = 30 * 24 * 3600  # seconds
MOST = 4_000  # access tokens, and families of refresh tokens, at a time

Scope = tuple[str, ...]


@dataclass(frozen=True)
class ClaimsRequest:
    """The claims requested one by one, for userinfo and for the ID token.

    `acr` has the only acceptable authentication contexts, or is None if any will do; `subject`
    is the only acceptable person.
    """

    userinfo: frozenset[str] = frozenset()
    id_token: frozenset[str] = frozenset()
    acr: frozenset[str] | None = None
    subject: str | None = None


NO_CLAIMS = ClaimsRequest()

_numbers = itertools.count(1)


def new_number() -> int:
    """Return the number of a new sign-in, by which a lesson finds the requests of one."""
    return next(_numbers)


@dataclass(eq=False, kw_only=True)
class Grant:
    """What one person allowed, or what a client may do for itself.

    `username` and `sid` are None if no person is involved, `auth_time` also if the client is not
    told. The grant's refresh tokens all begin with `family`. Revoking the grant revokes every
    token made from it. `number` is that of the question it answers.
    """

    client_id: str
    scope: Scope
    number: int = field(default_factory=new_number)
    username: str | None = None
    sid: str | None = None
    auth_time: int | None = None
    nonce: str | None = None
    claims: ClaimsRequest = NO_CLAIMS
    family: str | None = None
    revoked: bool = False


@dataclass(eq=False, kw_only=True)
class Code:
    """An authorization code, and what the token request has to match.

    `redirect_uri_named` is False if the authorization request left the address out (O4).
    """

    grant: Grant
    redirect_uri: str
    redirect_uri_named: bool
    code_challenge: str | None
    expires_at: float
    used: bool = False


@dataclass(frozen=True)
class AccessToken:
    """What an opaque access token gives access to; times are seconds since the epoch."""

    grant: Grant
    scope: Scope
    expires_at: int
    issued_at: int = field(default_factory=lambda: int(time.time()))


@dataclass(frozen=True)
class RefreshToken:
    """The grant behind a refresh token; times are seconds since the epoch."""

    grant: Grant
    issued_at: int
    expires_at: int
    used: bool


@dataclass(eq=False)
class _Family:
    """The refresh tokens of one grant, which all begin alike; only the `latest` is valid.

    So an old one is recognized at any time, and all of them take the space of one.
    """

    grant: Grant
    expires_at: int
    latest: str = ""
    issued_at: int = 0


class Grants:
    """Every valid code and token; access tokens expire after `token_lifetime` seconds."""

    def __init__(self, token_lifetime: int) -> None:
        self.token_lifetime = token_lifetime
        self._codes: Expiring[Code] = Expiring(CODE_MEMORY)
        self._access: Expiring[AccessToken] = Expiring(token_lifetime, limit=MOST)
        self._families: Expiring[_Family] = Expiring(REFRESH_LIFETIME, limit=MOST)

    def new_code(
        self,
        grant: Grant,
        redirect_uri: str,
        *,
        redirect_uri_named: bool,
        code_challenge: str | None,
    ) -> str:
        """Return a code for `grant` that expires after `CODE_LIFETIME` seconds."""
        code = Code(
            grant=grant,
            redirect_uri=redirect_uri,
            redirect_uri_named=redirect_uri_named,
            code_challenge=code_challenge,
            expires_at=time.time() + CODE_LIFETIME,
        )
        return self._codes.add(code)

    def new_access_token(self, grant: Grant, scope: Scope) -> str:
        """Return an access token for `scope`, which is all or part of the granted scope."""
        return self._access.add(AccessToken(grant, scope, int(time.time()) + self.token_lifetime))

    def new_refresh_token(self, grant: Grant) -> str:
        """Return a refresh token for all of `grant`; the previous one is used up."""
        now = int(time.time())
        family = self._families.get(grant.family)
        if grant.family is None or family is None:
            family = _Family(grant, now + REFRESH_LIFETIME)
            grant.family = self._families.add(family)
        family.latest, family.issued_at = secrets.token_urlsafe(16), now
        return f"{grant.family}.{family.latest}"

    def code(self, value: str) -> Code | None:
        """Return the code with this value, even if it is used or expired."""
        return self._codes.get(value)

    def access_token(self, value: str) -> AccessToken | None:
        """Return the access token with this value; None if expired, revoked or unknown."""
        found = self._access.get(value)
        return None if found is None or found.grant.revoked else found

    def refresh_token(self, value: str) -> RefreshToken | None:
        """Return the refresh token with this value, even if used; None if revoked or unknown."""
        handle, _, part = value.partition(".")
        family = self._families.get(handle)
        if family is None or family.grant.revoked:
            return None
        used = not same(part, family.latest)
        return RefreshToken(family.grant, family.issued_at, family.expires_at, used)
