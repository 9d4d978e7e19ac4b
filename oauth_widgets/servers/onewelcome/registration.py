"""The record that OneWelcome keeps of a client; RFC 7591 has no words for parts of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_texts
from oauth_widgets.protocol.address import check_redirect_uri
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

TYPES = ("confidential", "public")
STANDARDS = ("OAuth 2.0", "OIDC 1.0")
METHODS = ("client_secret_basic", "client_secret_post")

_SECRET_APART = "needed; please make one and hand it over by a safe way, not in a letter"


@dataclass(frozen=True, kw_only=True)
class ClientRegistration:
    """A client as it is, or is to be, registered. Raises ConfigurationError with every problem.

    `scope_whitelist` is all it may ask for, `default_scopes` come with every token. Redirect URIs
    are needed for sign-ins in a browser alone.
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
        standard: Iterable[str] = STANDARDS,
        client_secret: str | Secret | None = None,
        redirect_uris: Iterable[str] = (),
        scope_whitelist: str | Iterable[str] = (),
        default_scopes: str | Iterable[str] = (),
        token_endpoint_auth_method: str = "client_secret_basic",
    ) -> None:
        members: dict[str, object] = {
            "client_id": client_id,
            "type": type,
            "standard": check_texts(standard, "standard"),
            "client_secret": client_secret,
            "redirect_uris": check_texts(redirect_uris, "redirect_uris"),
            "scope_whitelist": scope_whitelist,
            "default_scopes": default_scopes,
            "token_endpoint_auth_method": token_endpoint_auth_method,
        }
        found = problems(members)
        if found:
            listed = " ".join(f"{member}: {reason}" for member, reason in found.items())
            raise ConfigurationError(f"This client cannot be registered. {listed}")
        members["client_secret"] = Secret.of(client_secret) if client_secret else None
        members["scope_whitelist"] = Scope(scope_whitelist)
        members["default_scopes"] = Scope(default_scopes)
        for name, value in members.items():
            object.__setattr__(self, name, value)

    def client_metadata(self) -> ClientMetadata:
        """Return the client that a sign-in needs; it refuses scopes off the whitelist."""
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


def problems(members: dict[str, object]) -> dict[str, str]:
    """Return, for each member that cannot stand, the reason; empty where all is well.

    Takes the members as a person types them: scopes as one string or several, any of them wrong.
    """
    found = {
        "client_id": _client_id(members.get("client_id")),
        "type": _one_of(members.get("type"), TYPES),
        "standard": _some_of(members.get("standard"), STANDARDS),
        "client_secret": _client_secret(members.get("type"), members.get("client_secret")),
        "redirect_uris": _redirect_uris(members.get("redirect_uris")),
        "scope_whitelist": _scope(members.get("scope_whitelist")),
        "default_scopes": _defaults(members.get("default_scopes"), members.get("scope_whitelist")),
        "token_endpoint_auth_method": _one_of(members.get("token_endpoint_auth_method"), METHODS),
    }
    return {member: reason for member, reason in found.items() if reason is not None}


def _client_id(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "Enter a client ID."
    # the characters of RFC 6749 appendix A.1
    return (
        None if value.isascii() and value.isprintable() else "Use plain printable characters only."
    )


def _one_of(value: object, known: tuple[str, ...]) -> str | None:
    return None if value in known else f"Choose one of: {', '.join(known)}."


def _some_of(value: object, known: tuple[str, ...]) -> str | None:
    fits = isinstance(value, tuple | list) and value and all(one in known for one in value)
    return None if fits else f"Choose at least one of: {', '.join(known)}."


def _client_secret(kind: object, value: object) -> str | None:
    if kind == "confidential" and not value:
        return "A confidential client needs a secret."
    # check: client-auth/empty-secret
    if kind == "public" and value:
        return "A public client has no secret, since it can't keep one."
    return None


def _redirect_uris(value: object) -> str | None:
    if not isinstance(value, tuple | list) or not all(isinstance(uri, str) for uri in value):
        return "Enter a list of addresses."
    found = [reason for uri in dict.fromkeys(value) if (reason := _redirect_uri(uri))]
    if len(set(value)) < len(value):
        found.append("Remove the address that is there twice.")
    return "\n".join(found) or None


def _redirect_uri(uri: str) -> str:
    """Return what is wrong with one address, naming it; "" if nothing is."""
    try:
        check_redirect_uri(uri)
    except ConfigurationError as problem:
        return problem.message if uri in problem.message else f"{uri}: {problem.message}"
    return ""


def _scope(value: object) -> str | None:
    try:
        Scope(value)  # type: ignore[arg-type]
    except ConfigurationError as problem:
        return problem.message
    except TypeError:
        return "Enter scope names with spaces between them."
    return None


def _defaults(value: object, whitelist: object) -> str | None:
    reason = _scope(value)
    if reason is not None or _scope(whitelist) is not None:
        return reason
    foreign = Scope(value) - Scope(whitelist)  # type: ignore[arg-type]
    return f"Not on the whitelist: {' '.join(foreign)}." if foreign else None
