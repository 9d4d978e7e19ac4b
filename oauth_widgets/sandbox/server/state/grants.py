"""What was granted, and the codes and tokens that stand for it."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field

from oauth_widgets._sandbox.claimsrequest import NO_CLAIMS, ClaimsRequest
from oauth_widgets._sandbox.expiring import Expiring

CODE_LIFETIME = 60  # seconds
CODE_MEMORY = 600  # seconds; a code is remembered longer than it is good, to notice its reuse
REFRESH_LIFETIME = 30 * 24 * 3600  # seconds
MOST = 4_000  # access tokens, and families of refresh tokens, at a time

Scope = tuple[str, ...]


@dataclass(eq=False, kw_only=True)
class Grant:
    """One consent, or one client acting for itself; all its codes and tokens are one family.

    `username`, `sid` and `auth_time` are None where no person is involved. `family` is what its
    refresh tokens begin with. Revoking the grant ends every token of the family at once.
    """

    client_id: str
    scope: Scope
    username: str | None = None
    sid: str | None = None
    auth_time: int | None = None
    nonce: str | None = None
    claims: ClaimsRequest = NO_CLAIMS
    family: str | None = None
    revoked: bool = False


@dataclass(eq=False, kw_only=True)
class Code:
    """An authorization code: what the token request has to match.

    `redirect_uri_named` says whether the authorization request named the address (O4).
    """

    grant: Grant
    redirect_uri: str
    redirect_uri_named: bool
    code_challenge: str | None
    expires_at: float
    used: bool = False


@dataclass(frozen=True)
class AccessToken:
    """What an opaque access token stands for; times are seconds since the epoch."""

    grant: Grant
    scope: Scope
    expires_at: int
    issued_at: int = field(default_factory=lambda: int(time.time()))


@dataclass(frozen=True)
class RefreshToken:
    """What a refresh token stands for; good for one use."""

    grant: Grant
    issued_at: int
    expires_at: int
    used: bool


@dataclass(eq=False)
class _Family:
    """The refresh tokens of one grant: each begins alike, and only the `latest` is good.

    So any of them is known again for ever, and all together take the room of one.
    """

    grant: Grant
    expires_at: int
    latest: str = ""
    issued_at: int = 0


class Grants:
    """Every code and token alive; access tokens live `token_lifetime` seconds."""

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
        """Return a code for `grant`, good for `CODE_LIFETIME` seconds."""
        code = Code(
            grant=grant,
            redirect_uri=redirect_uri,
            redirect_uri_named=redirect_uri_named,
            code_challenge=code_challenge,
            expires_at=time.time() + CODE_LIFETIME,
        )
        return self._codes.add(code)

    def new_access_token(self, grant: Grant, scope: Scope) -> str:
        """Return an access token for `scope`, a part or all of what was granted."""
        return self._access.add(AccessToken(grant, scope, int(time.time()) + self.token_lifetime))

    def new_refresh_token(self, grant: Grant) -> str:
        """Return a refresh token for all of `grant`; the one before it is used from now on."""
        now = int(time.time())
        family = self._families.get(grant.family)
        if grant.family is None or family is None:
            family = _Family(grant, now + REFRESH_LIFETIME)
            grant.family = self._families.add(family)
        family.latest, family.issued_at = secrets.token_urlsafe(16), now
        return f"{grant.family}.{family.latest}"

    def code(self, value: str) -> Code | None:
        """Return what a code stands for, used and lapsed ones included."""
        return self._codes.get(value)

    def access_token(self, value: str) -> AccessToken | None:
        """Return what a good access token stands for; None when lapsed, revoked or unknown."""
        found = self._access.get(value)
        return None if found is None or found.grant.revoked else found

    def refresh_token(self, value: str) -> RefreshToken | None:
        """Return what a refresh token stands for, used ones included; None when revoked."""
        handle, _, part = value.partition(".")
        family = self._families.get(handle)
        if family is None or family.grant.revoked:
            return None
        used = not hmac.compare_digest(part.encode(errors="replace"), family.latest.encode())
        return RefreshToken(family.grant, family.issued_at, family.expires_at, used)
