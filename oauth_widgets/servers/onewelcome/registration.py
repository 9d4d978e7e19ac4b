"""The record that OneWelcome keeps of a client; RFC 7591 has no words for parts of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

from oauth_widgets._net.address import check_redirect_uri
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_texts, is_one_of
from oauth_widgets.errors.members import names_nearest_member
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.secret.names import shown

TYPES = ("confidential", "public")
STANDARDS = ("OAuth 2.0", "OIDC 1.0")
METHODS = ("client_secret_basic", "client_secret_post")

_SECRET_APART = "needed; please generate one and send it securely, not by email"
_LONGEST = 2000  # characters in an address or a secret
_LONGEST_ID = 100  # characters
# Every character of an address (RFC 3986 2) except the wildcard and the sign of a fragment.
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]+")
_VISIBLE = re.compile(r"[\x20-\x7E]+")  # RFC 6749 appendix A
_ANSWER = frozenset(
    {
        *("code", "state", "iss", "error", "error_description", "error_uri"),
        *("access_token", "token_type", "expires_in", "scope", "id_token"),
    }
)


@names_nearest_member("A client's registration")
@dataclass(frozen=True, kw_only=True)
class ClientRegistration:
    """A client as it is, or is to be, registered. Raises ConfigurationError with every problem.

    `scope_whitelist` has all scopes that it may ask for, and `default_scopes` are granted with
    every token. Only sign-ins in a browser need `redirect_uris`.

        registration = ow.ClientRegistration(client_id="me", type="public", scope_whitelist="phone")
    """

    client_id: str
    type: str = "confidential"
    standard: tuple[str, ...] = STANDARDS
    client_secret: Secret | None = None
    redirect_uris: tuple[str, ...] = ()
    scope_whitelist: Scope = field(default_factory=Scope)
    default_scopes: Scope = field(default_factory=Scope)
    token_endpoint_auth_method: str = "client_secret_basic"

    def __init__(
        self,
        *,
        client_id: str,
        type: str = "confidential",  # noqa: A002 - the record's own word
        standard: str | Iterable[str] = STANDARDS,
        client_secret: str | Secret | None = None,
        redirect_uris: Iterable[str] = (),
        scope_whitelist: str | Iterable[str] = (),
        default_scopes: str | Iterable[str] = (),
        token_endpoint_auth_method: str = "client_secret_basic",
    ) -> None:
        secret = (
            None
            if client_secret is None or is_one_of(client_secret, ("",))
            else Secret.of(client_secret)
        )
        members: dict[str, object] = {
            "client_id": client_id,
            "type": type,
            "standard": _standards(standard),
            "client_secret": secret,
            "redirect_uris": check_texts(redirect_uris, "redirect_uris"),
            "scope_whitelist": scope_whitelist,
            "default_scopes": default_scopes,
            "token_endpoint_auth_method": token_endpoint_auth_method,
        }
        found = problems(members)
        if found:
            listed = " ".join(f"{member}: {reason}" for member, reason in found.items())
            raise ConfigurationError(
                f"This client can't be registered. {listed}",
                next_step="Correct these fields, then try again.",
            )
        members["scope_whitelist"] = Scope(scope_whitelist)
        members["default_scopes"] = Scope(default_scopes)
        for name, value in members.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, client: ClientMetadata, **changes: object) -> Self:
        """Return the record of an existing client, with `changes` to its fields.

        Registering it again at the sandbox keeps what a record doesn't name: the client's name,
        sector, post-logout addresses and grant types. Raises ConfigurationError.

            changed = ow.ClientRegistration.of(client, redirect_uris=["http://localhost/callback"])
        """
        if not isinstance(client, ClientMetadata):
            raise ConfigurationError(
                f"A registration is made from a client, not from {client.__class__.__name__}.",
                next_step="Call it with a client: ow.ClientRegistration.of(sandbox.client).",
            )
        public = client.client_secret is None
        members: dict[str, object] = {
            "client_id": client.client_id,
            "type": "public" if public else "confidential",
            "client_secret": client.client_secret,
            "redirect_uris": client.redirect_uris,
            "scope_whitelist": client.scope or (),
            "default_scopes": client.default_scope,
        }
        if not public:
            members["token_endpoint_auth_method"] = client.token_endpoint_auth_method
        if "openid" not in (client.scope or ()):
            members["standard"] = STANDARDS[:1]
        return cls(**{**members, **changes})  # type: ignore[arg-type]

    def client_metadata(self) -> ClientMetadata:
        """Return the client of a sign-in: `client = registration.client_metadata()`.

        It refuses scopes that are not on the whitelist.
        """
        return ClientMetadata(
            client_id=self.client_id,
            client_secret=self.client_secret,
            redirect_uris=self.redirect_uris,
            token_endpoint_auth_method=(
                self.token_endpoint_auth_method if self.type == "confidential" else "none"
            ),
            scope=self.scope_whitelist,
            default_scope=self.default_scopes,
        )


def request_text(members: Mapping[str, object]) -> str:
    """Return the request to hand to the server's operator, who registers the client by hand.

    One fact a line, by the record's own words. It never holds the secret: that must not travel
    in a letter.
    """
    confidential = members.get("type") == "confidential"
    how = {
        "client_secret_basic": "HTTP Basic",
        "client_secret_post": "client_id and secret in POST",
    }
    lines = [
        f"client_id: {members.get('client_id')}",
        f"type: {members.get('type')}",
        f"standard: {' and '.join(_listed(members.get('standard')))}",
        f"client secret: {_SECRET_APART if confidential else 'none'}",
    ]
    if confidential:
        lines.append(f"client authentication: {how[str(members['token_endpoint_auth_method'])]}")
    lines += _several("redirect URIs", _listed(members.get("redirect_uris")))
    lines += _several("scope whitelist", _scope_names(members.get("scope_whitelist")))
    lines += _several("default scopes", _scope_names(members.get("default_scopes")))
    return "\n".join(["Please register this OAuth client.", "", *lines, ""])


def _several(title: str, values: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {value}" for value in values)] if values else [f"{title}: none"]


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, tuple | list) else []


def _scope_names(value: object) -> list[str]:
    return list(Scope(value)) if isinstance(value, str) else _listed(value)


def problems(members: Mapping[str, object]) -> dict[str, str]:
    """Return the reason for each member that cannot be registered; empty if there is none.

    Takes the members as a person types them: scopes as one string or several, any of them wrong.
    """
    kind, whitelist = members.get("type"), members.get("scope_whitelist")
    found = {
        "client_id": _client_id(members.get("client_id")),
        "type": _one_of(kind, TYPES),
        "standard": _standard(members.get("standard"), whitelist),
        "client_secret": _client_secret(kind, members.get("client_secret")),
        "redirect_uris": _redirect_uris(members.get("redirect_uris")),
        "scope_whitelist": _whitelist(whitelist),
        "default_scopes": _defaults(members.get("default_scopes"), whitelist),
        "token_endpoint_auth_method": _one_of(members.get("token_endpoint_auth_method"), METHODS),
    }
    return {member: reason for member, reason in found.items() if reason is not None}


def _client_id(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "Enter a client ID."
    if not _VISIBLE.fullmatch(value):
        return "Use printable ASCII characters only."
    if value != value.strip():
        return "Remove the spaces around it."
    return f"Use at most {_LONGEST_ID} characters." if len(value) > _LONGEST_ID else None


def _one_of(value: object, known: tuple[str, ...]) -> str | None:
    return None if is_one_of(value, known) else f"Choose one of: {', '.join(known)}."


def _standards(value: str | Iterable[str]) -> tuple[str, ...]:
    # The source document writes "OAuth 2.0 and OIDC 1.0".
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r" and |,", value))
    return check_texts(value, "standard")


def _standard(value: object, whitelist: object) -> str | None:
    fits = isinstance(value, tuple | list) and value and all(one in STANDARDS for one in value)
    if not fits:
        return f"Choose at least one of: {', '.join(STANDARDS)}."
    openid = _scope(whitelist) is None and "openid" in Scope(whitelist)  # type: ignore[arg-type]
    if openid and isinstance(value, tuple | list) and "OIDC 1.0" not in value:
        return "Add OIDC 1.0, or remove openid from the whitelist."
    return None


def _client_secret(kind: object, value: object) -> str | None:
    if is_one_of(kind, ("confidential",)) and not value:
        return "A confidential client needs a secret."
    # check: client-auth/empty-secret
    if is_one_of(kind, ("public",)) and value:
        return "A public client has none, since it couldn't keep it secret."
    secret = value.reveal() if isinstance(value, Secret) else value
    if isinstance(secret, str) and secret and not _VISIBLE.fullmatch(secret):
        return "Use printable ASCII characters only."
    if isinstance(secret, str) and len(secret) > _LONGEST:
        return f"Use at most {_LONGEST} characters."
    return None


def _redirect_uris(value: object) -> str | None:
    if not isinstance(value, tuple | list) or not all(isinstance(uri, str) for uri in value):
        return "Pass a list of addresses."
    reasons = [(number, _wrong_address(uri)) for number, uri in enumerate(value, 1)]
    # An address may hold a password or a code, so it's named by its number.
    wrong = [
        (f"Address {number}" if len(value) > 1 else "It", why) for number, why in reasons if why
    ]
    if wrong:
        return "\n".join(f"{which} {why}." for which, why in wrong)
    return _repeated(value)


def _repeated(uris: tuple[str, ...] | list[str]) -> str | None:
    numbers: dict[str, int] = {}
    for number, uri in enumerate(uris, 1):
        first = numbers.setdefault(uri, number)
        if first < number:
            return f"Address {number} is the same as address {first}."
    return None


def _wrong_address(uri: str) -> str | None:
    if "#" in uri:
        return "has a fragment (# and what follows), which isn't allowed"
    if "*" in uri:
        return "has a wildcard (*); register each address separately"
    if len(uri) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    try:
        check_redirect_uri(uri)
    except ConfigurationError as problem:
        return problem.message.rstrip(".").removeprefix("The redirect URI ")
    if not _ADDRESS.fullmatch(uri):
        return "has a character that must be percent-encoded in an address"
    names = [name for name, _ in parse_qsl(uri.partition("?")[2], keep_blank_values=True)]
    clash = next((name for name in names if name in _ANSWER), None)
    # The answer adds its own parameters, and a second one of that name is ambiguous.
    return None if clash is None else f"has the parameter {clash}, which the answer has too"


def _scope(value: object) -> str | None:
    if value is None:
        return "Enter scope names with spaces between them."
    try:
        Scope(value)  # type: ignore[arg-type]
    except ConfigurationError as problem:
        return problem.message
    except TypeError:
        return "Enter scope names with spaces between them."
    return None


def _whitelist(value: object) -> str | None:
    reason = _scope(value)
    if reason is None and not Scope(value):  # type: ignore[arg-type]
        return "Enter at least one scope: only those listed here are ever granted."
    return reason


def _defaults(value: object, whitelist: object) -> str | None:
    reason = _scope(value)
    if reason is not None or _scope(whitelist) is not None:
        return reason
    foreign = Scope(value) - Scope(whitelist)  # type: ignore[arg-type]
    return f"Not on the whitelist: {' '.join(map(shown, foreign))}." if foreign else None
