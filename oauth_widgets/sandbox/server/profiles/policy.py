"""What one kind of authorization server takes and gives where another does not."""

from __future__ import annotations

from dataclasses import dataclass

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one profile; the endpoints follow them and know no profile by name.

    `auth_methods` are client authentication methods by the names of RFC 7591 2, `none` being
    that of public clients. `device_interval` is in seconds. `acr` is the one authentication
    context this server can vouch for (OpenID Connect Core 2).
    """

    auth_methods: tuple[str, ...]
    grant_types: tuple[str, ...]
    response_types: tuple[str, ...] = ("code",)
    # Subject identifiers differ from sector to sector (OpenID Connect Core 8.1).
    pairwise: bool = False
    # A client may have scopes that come with every token, asked for or not.
    default_scopes: bool = False
    # A client may be registered for scopes of its own naming.
    own_scopes: bool = False
    # The one registered redirect URI need not be named.
    redirect_uri_optional: bool = False
    redirect_uri_ignores_query: bool = False
    public_clients_need_pkce: bool = False
    # What a client gets for itself leaves out every scope that speaks of a person.
    machines_get_personal_scopes: bool = False
    # RFC 9207: the answer says who answers.
    issuer_in_answers: bool = False
    claims_parameter: bool = False
    signed_userinfo: bool = False
    # Introspection tells the values that the token's user-identifier scopes stand for.
    identifiers_in_introspection: bool = False
    device_interval: int = 2
    acr: str | None = None

    @property
    def public_clients(self) -> bool:
        """Whether a client without a secret can be registered."""
        return "none" in self.auth_methods

    @property
    def secret_methods(self) -> tuple[str, ...]:
        """The ways to show a secret."""
        return tuple(method for method in self.auth_methods if method != "none")
