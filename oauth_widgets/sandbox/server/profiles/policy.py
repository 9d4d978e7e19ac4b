"""The rules in which one kind of authorization server differs from another."""

from __future__ import annotations

from dataclasses import dataclass

ALONE = "; public clients: client_id in the form"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one profile; the endpoints follow them without knowing any profile by name.

    `auth_methods` are client authentication methods as RFC 7591 2 names them; `none` admits
    public clients. `device_interval` is in seconds. `acr` is the authentication context that
    every sign-in here has (OpenID Connect Core 2).
    """

    auth_methods: tuple[str, ...]
    grant_types: tuple[str, ...]
    response_types: tuple[str, ...] = ("code",)
    # Each sector gets its own subject and session identifiers (OpenID Connect Core 8.1).
    pairwise: bool = False
    # A client may have scopes that every grant includes, requested or not.
    default_scopes: bool = False
    # A client may be registered for scopes that no service here knows.
    own_scopes: bool = False
    # A client with one registered redirect URI may leave it out of the request.
    redirect_uri_optional: bool = False
    redirect_uri_ignores_query: bool = False
    public_clients_need_pkce: bool = False
    # Without this, client credentials never grant a scope that is about a person.
    machines_get_personal_scopes: bool = False
    # The authorization response names its issuer (RFC 9207).
    issuer_in_answers: bool = False
    claims_parameter: bool = False
    signed_userinfo: bool = False
    # Introspection adds the values that the token's user-identifier scopes stand for.
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

    @property
    def client_credentials(self) -> str:
        """How a client identifies itself here, in words."""
        words = {
            "client_secret_basic": "by HTTP Basic",
            "client_secret_post": "in the form",
        }
        ways = " or ".join(words[method] for method in self.secret_methods)
        return f"client_id and client_secret {ways}" + (ALONE if self.public_clients else "")
