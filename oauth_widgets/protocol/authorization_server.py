"""The authorization server, as it describes itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from oauth_widgets._net.address import check_endpoint, origin, place, split
from oauth_widgets._net.document import Document, flag, needed_text, stated, text, texts
from oauth_widgets._net.reach import check_reach
from oauth_widgets.errors import ConfigurationError, InvalidMetadata, foreign_text
from oauth_widgets.errors.advice import by_hand
from oauth_widgets.errors.kinds import check_mapping, check_text, check_texts, is_one_of
from oauth_widgets.errors.members import names_nearest_member

_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
    "end_session_endpoint",
)
_AT = "/.well-known/"
_TEMPLATE = re.compile(r"(?:\{|%7B)\w{1,40}(?:\}|%7D)", re.ASCII | re.IGNORECASE)
_LISTS = (
    "scopes_supported",
    "token_endpoint_auth_methods_supported",
    "id_token_signing_alg_values_supported",
    "subject_types_supported",
    "prompt_values_supported",
    "code_challenge_methods_supported",
)
_MAPPED = {
    "scope_meanings": '{"phone": "…"}',
    "scope_aliases": '{"https://…/userinfo.email": "email"}',
    "authorization_parameters": '{"audience": "…"}',
    "offline_access_parameters": '{"access_type": "offline"}',
}


@names_nearest_member("A server")
@dataclass(frozen=True, kw_only=True)
class AuthorizationServer:
    """Endpoints and abilities by the names of RFC 8414 2, and the API that belongs to it.

    Further fields say what the standards leave open, or what this server does differently:

    - `api`: the address that relative API paths belong to; its origin may be sent the token
    - `name`: what to call the server when talking to a person
    - `scope_meanings`: what each scope gives, in plain words
    - `redirect_uri_ignores_query`: redirect URIs are compared without their query (OneWelcome)
    - `client_secret_basic_raw`: id and secret go into HTTP Basic as they are, not form-urlencoded
      as RFC 6749 2.3.1 says
    - `scope_aliases`: a granted scope's name → the name it was asked for by (RFC 6749 3.3 lets a
      server rename; Google grants `email` as `https://www.googleapis.com/auth/userinfo.email`)
    - `scope_separator`: "," for a server that separates scopes by commas (Strava, Slack)
    - `bearer_token_types`: values of `token_type` that are bearer tokens under another name (eBay:
      `User Access Token`; Slack: `bot`)
    - `pkce`: False for a server that refuses `code_challenge`, against RFC 6749 3.1; accepted for
      confidential clients only
    - `authorization_parameters`: always sent to the authorization endpoint (RFC 6749 8.2); the
      caller's `extra` wins
    - `offline_access_parameters`: sent in place of the scope `offline_access` (Google:
      `access_type=offline`; Reddit: `duration=permanent`)
    - `public_client_sends_basic`: a public client sends HTTP Basic with an empty secret (Reddit)

    Raises ConfigurationError for an address that cannot be used.

        server = ow.AuthorizationServer(issuer="https://id.example", api="https://api.example")
    """

    issuer: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    jwks_uri: str | None = None
    userinfo_endpoint: str | None = None
    revocation_endpoint: str | None = None
    introspection_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    end_session_endpoint: str | None = None
    scopes_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] | None = None
    subject_types_supported: tuple[str, ...] | None = None
    prompt_values_supported: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False
    api: str | None = None
    name: str | None = None
    scope_meanings: Mapping[str, str] = field(default_factory=dict, hash=False)
    redirect_uri_ignores_query: bool = False
    client_secret_basic_raw: bool = False
    scope_aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    scope_separator: str = " "
    bearer_token_types: tuple[str, ...] = ()
    pkce: bool = True
    authorization_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    offline_access_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    public_client_sends_basic: bool = False

    def __post_init__(self) -> None:
        for name, example in _MAPPED.items():
            value = check_mapping(getattr(self, name), name, example)
            check_texts([*value, *value.values()], name)
            object.__setattr__(self, name, MappingProxyType(value))
        if not is_one_of(self.scope_separator, (" ", ",")):
            raise ConfigurationError(
                "scope_separator is neither a space nor a comma.",
                next_step='Pass scope_separator=",", or leave it out.',
            )
        for name in (*_LISTS, "bearer_token_types"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, check_texts(getattr(self, name), name))
        if self.name is not None:
            check_text(self.name, "name of the server")
        check_issuer(self.issuer, error=ConfigurationError)
        for endpoint in (*_ENDPOINTS, "api"):
            address = getattr(self, endpoint)
            if address is not None:
                check_endpoint(address, endpoint)

    def __reduce__(self) -> Any:  # noqa: ANN401 - as pickle takes it
        # Python can't pickle a read-only mapping, so it is sent as a plain one.
        return partial(type(self), **vars(self) | {n: dict(getattr(self, n)) for n in _MAPPED}), ()

    @property
    def title(self) -> str:
        """What to call it when talking to a person."""
        return foreign_text(self.name or "") or split(self.issuer, "issuer").netloc

    def needed(self, endpoint: str) -> str:
        """Return an address, or raise ConfigurationError for none: `server.needed("jwks_uri")`."""
        address: str | None = getattr(self, check_text(endpoint, "endpoint"), None)
        if address is None:
            member = endpoint if hasattr(self, endpoint) else "endpoint"
            raise ConfigurationError(
                f"{self.title} has no {member}.",
                next_step=f'Describe the server with {member}="https://…", if it has one.',
            )
        return address


def check_issuer(issuer: str, *, error: type[ConfigurationError | InvalidMetadata]) -> str:
    """Return `issuer` if it can be one: https, no query, no fragment (RFC 8414 2)."""
    check_endpoint(issuer, "issuer", error=error)
    if "?" in issuer:
        raise error("The issuer has a query (?).")
    return issuer


def from_metadata(
    document: Document, *, issuer: str, api: str | None = None
) -> AuthorizationServer:
    """Judge a metadata document that was requested from `issuer` (RFC 8414 3.3, Discovery 4.3).

    Raises InvalidMetadata if it describes another issuer or a member has the wrong type.
    """
    document = stated(document)
    found = needed_text(document, "issuer", error=InvalidMetadata)
    # A host that is not in ASCII is refused there, so no look-alike is shown below.
    check_issuer(found, error=InvalidMetadata)
    # check: metadata/issuer
    if found != issuer:
        raise InvalidMetadata(
            f"{issuer} answered with the description of another server: {foreign_text(found)}.",
            next_step=_another_issuer(document, found, issuer),
        )
    members: Mapping[str, Any] = {
        name: check_reach(
            check_endpoint(address, name, error=InvalidMetadata),
            name,
            named_by=issuer,
            error=InvalidMetadata,
        )
        for name in _ENDPOINTS
        if (address := text(document, name, error=InvalidMetadata)) is not None
    }
    listed = {
        name: value.replace(",", " ").split() if isinstance(value, str) else value
        for name, value in document.items()
    }
    lists: Mapping[str, Any] = {name: texts(listed, name, error=InvalidMetadata) for name in _LISTS}
    return AuthorizationServer(
        issuer=issuer,
        **members,
        **lists,
        authorization_response_iss_parameter_supported=bool(
            flag(document, "authorization_response_iss_parameter_supported", error=InvalidMetadata)
        ),
        api=api,
    )


def _another_issuer(document: Document, found: str, issuer: str) -> str:
    template = _TEMPLATE.search(found)
    if template:
        name = foreign_text(template[0])
        return f'In the address, replace {name} or "common" with your tenant\'s ID.'
    if place(found.rstrip("/")) == place(issuer.rstrip("/")):
        return f"Use the server's spelling: ow.discover({foreign_text(found)!r})."
    # Only what the server says about its own host is filled in.
    own = f"{origin(issuer)}/"
    known = {name: str(document.get(name, "")) for name in _ENDPOINTS if name in document}
    return by_hand(found, {name: url for name, url in known.items() if url.startswith(own)})


def metadata_urls(issuer: str) -> tuple[str, ...]:
    """Return the addresses to try, those of the standards (OIDC Discovery 4, RFC 8414 3) first.

    Databricks appends the OAuth name, and servers for MCP put the OIDC name before the path.
    """
    oidc, oauth = "openid-configuration", "oauth-authorization-server"
    return _well_known(issuer, (oidc, True), (oauth, False), (oauth, True), (oidc, False))


def api_urls(base: str) -> tuple[str, ...]:
    """Return the addresses that name an API's server: SMART App Launch 2.0, RFC 9728 3."""
    return _well_known(base, ("smart-configuration", True), ("oauth-protected-resource", False))


def _well_known(issuer: str, *names: tuple[str, bool]) -> tuple[str, ...]:
    """Return the address of each name, appended to the issuer or put before its path."""
    parts = split(check_issuer(issuer, error=ConfigurationError), "issuer")
    base, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    before, known, name = path.partition(_AT)
    if known:
        meant = f"{base}{before}{name.removeprefix(name.partition('/')[0])}"
        raise ConfigurationError(
            "This is the address of the server's description, not the issuer.",
            next_step=f"Pass the issuer: ow.discover({meant!r}).",
        )
    urls = [f"{base}{path}{_AT}{x}" if after else f"{base}{_AT}{x}{path}" for x, after in names]
    return tuple(dict.fromkeys(urls))
