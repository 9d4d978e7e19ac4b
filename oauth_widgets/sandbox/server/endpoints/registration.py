"""Registering a client from a record, checked field by field (O1, O2, O13, RFC 7591 2)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from oauth_widgets.sandbox.server.profiles.client import Client, toy_secret
from oauth_widgets.sandbox.server.profiles.redirect_uri import problem_with
from oauth_widgets.sandbox.server.state.keys import ALGORITHM
from oauth_widgets.sandbox.server.state.realm import Realm

MOST = 1000  # clients
LONGEST = 2000  # characters in a value, and values in a list
STANDARDS = ("OAuth 2.0", "OIDC 1.0")
# The source document and RFC 7591 have different names for these fields.
_SAME = {
    "scope": "scope_whitelist",
    "default_scope": "default_scopes",
    "name": "client_name",
    "redirect_uri": "redirect_uris",
}
_FIELDS = frozenset(
    {
        *("client_id", "client_name", "client_secret", "type", "standard", "sector"),
        *("redirect_uris", "post_logout_redirect_uris", "scope_whitelist", "default_scopes"),
        *("grant_types", "response_types", "token_endpoint_auth_method"),
        "userinfo_signed_response_alg",
    }
)
# OneWelcome's record has no words for these, so a change of the rest keeps them.
_KEPT = (
    *("client_name", "sector", "post_logout_redirect_uris", "grant_types"),
    "userinfo_signed_response_alg",
)
_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")  # RFC 6749 3.3
_VISIBLE = re.compile(r"[\x20-\x7E]+")  # RFC 6749 appendix A


class RegistrationError(ValueError):
    """A record that cannot be registered; `refusals` has a field and a reason each."""

    def __init__(self, refusals: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{field} {reason}" for field, reason in refusals))
        self.refusals = refusals


def register(realm: Realm, record: Mapping[str, Any]) -> dict[str, Any]:
    """Register the client that `record` describes, and return its registration.

    Fields have the names of RFC 7591 2 or of OneWelcome's record (type, standard, scope
    whitelist, default scopes); `sector` is ours. A missing client_id or secret is made up. A
    known client_id changes that client, which keeps its secret, name, sector, post-logout
    addresses and grant types unless the record names them.

    Raises RegistrationError with every wrong field.
    """
    with realm.registering:
        client = _RecordCheck(realm, record).client()
        realm.add(client)
    return {"client_id": client.client_id, **client.registration()}


def add_redirect_uri(realm: Realm, client_id: str, uri: str) -> None:
    """Register one more redirect URI for a client; a repeated one changes nothing.

    Raises RegistrationError for an unknown client, or an address that cannot be registered.
    """
    with realm.registering:
        client = realm.clients.get(client_id)
        if client is None:
            raise RegistrationError((("client_id", "is not registered here"),))
        if uri in client.redirect_uris:
            return
        redirect_uris = [*client.redirect_uris, uri]
        register(
            realm,
            {**client.registration(), "client_id": client_id, "redirect_uris": redirect_uris},
        )


class _RecordCheck:
    """One record being checked; `refusals` collects the problems."""

    def __init__(self, realm: Realm, record: Mapping[str, Any]) -> None:
        self.realm = realm
        self.policy = realm.profile.policy
        self.refusals: dict[str, str] = {}
        self.record = self._named(record)

    def client(self) -> Client:
        client_id = self._client_id()
        known = self.realm.clients.get(client_id)
        if known is not None:
            self._keep(known)
        method = self._method()
        grant_types = self._grant_types(public=method == "none")
        scope = self._scope()
        client = Client(
            client_id=client_id,
            name=self._text("client_name") or client_id,
            sector=self._text("sector") or client_id,
            scope=scope,
            default_scope=self._default_scope(scope),
            client_secret=self._secret(client_id, public=method == "none"),
            token_endpoint_auth_method=method,
            grant_types=grant_types,
            redirect_uris=self._redirect_uris(grant_types),
            post_logout_redirect_uris=self._addresses("post_logout_redirect_uris"),
            standard=self._standard(scope),
            userinfo_signed_response_alg=self._userinfo_algorithm(),
            resource_server=bool(known and known.resource_server),
        )
        self._response_types()
        if self.refusals:
            raise RegistrationError(tuple(self.refusals.items()))
        return client

    def _keep(self, known: Client) -> None:
        """Keep what the record doesn't name and OneWelcome's record has no word for."""
        kept: dict[str, Any] = {name: known.registration()[name] for name in _KEPT}
        if bool(known.redirect_uris) != ("redirect_uris" in self.record):
            # Which grants make sense depends on whether there is an address.
            del kept["grant_types"]
        elif self._method() == "none":
            kept["grant_types"] = [
                grant_type for grant_type in known.grant_types if grant_type != "client_credentials"
            ]
        self.record = {**kept, **self.record}

    def _refuse(self, field: str, reason: str) -> None:
        self.refusals.setdefault(field, reason)

    def _named(self, record: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(record, Mapping):
            raise RegistrationError((("record", "is not an object of fields and values"),))
        named: dict[str, Any] = {}
        for field, value in record.items():
            # "Redirect URIs" and redirect_uris are one field.
            name = str(field).strip().lower().replace(" ", "_").replace("-", "_")
            name = _SAME.get(name, name)
            if name not in _FIELDS:
                self._refuse(str(field)[:60], f"is not a field; the fields are {_listed(_FIELDS)}")
            elif name in named:
                self._refuse(name, "is given twice, under two names")
            elif value == "" and name in {"client_id", "client_secret"}:
                self._refuse(name, "is empty; leave the field out to get a generated one")
            elif value not in (None, "", [], ()):
                named[name] = value
        return named

    def _text(self, field: str) -> str | None:
        value = self.record.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
            self._refuse(field, f"is not text of at most {LONGEST} printable characters")
            return None
        return value.strip()

    def _texts(self, field: str, *, split: bool = False) -> tuple[str, ...]:
        value = self.record.get(field, ())
        if isinstance(value, str):
            value = value.split() if split else [value]
        if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
            self._refuse(field, "is not a list of strings")
            return ()
        if len(value) > LONGEST or any(len(text) > LONGEST for text in value):
            self._refuse(field, f"is longer than {LONGEST}")
            return ()
        return tuple(dict.fromkeys(value)) if split else tuple(value)

    def _client_id(self) -> str:
        client_id = self._text("client_id")
        if client_id is None:
            client_id = f"client-{secrets.token_hex(4)}"
        if not _VISIBLE.fullmatch(client_id) or len(client_id) > 100:
            self._refuse("client_id", "must be 1 to 100 printable ASCII characters")
        if client_id != self.record.get("client_id", client_id):
            self._refuse("client_id", "has spaces around it")
        if client_id not in self.realm.clients and len(self.realm.clients) >= MOST:
            self._refuse("client_id", f"is one too many: a sandbox has at most {MOST} clients")
        return client_id

    def _method(self) -> str:
        kind, method = self._text("type"), self._text("token_endpoint_auth_method")
        secret_methods = self.policy.secret_methods
        if kind is not None and kind.lower() not in {"confidential", "public"}:
            self._refuse("type", "must be confidential or public")
        if method is not None and method not in self.policy.auth_methods:
            self._refuse(
                "token_endpoint_auth_method",
                f"is not supported here; choose one of {_listed(self.policy.auth_methods)}",
            )
        public = kind.lower() == "public" if kind else method == "none"
        if kind and method and public != (method == "none"):
            self._refuse("token_endpoint_auth_method", f"does not fit a {kind.lower()} client")
        if public and not self.policy.public_clients:
            self._refuse("type", "must be confidential for every client of this server")
        return "none" if public else method or secret_methods[0]

    def _secret(self, client_id: str, *, public: bool) -> str | None:
        secret = self.record.get("client_secret")
        if public:
            if secret is not None:
                self._refuse(
                    "client_secret", "is not for a public client, which can't keep a secret"
                )
            return None
        if secret is None:
            known = self.realm.clients.get(client_id)
            kept = known.client_secret if known else None
            return kept or toy_secret(client_id, self.realm.seed)
        if not isinstance(secret, str) or not _VISIBLE.fullmatch(secret) or len(secret) > LONGEST:
            self._refuse("client_secret", f"must be 1 to {LONGEST} printable ASCII characters")
            return None
        return secret

    def _grant_types(self, *, public: bool) -> tuple[str, ...]:
        offered = tuple(
            name
            for name in self.policy.grant_types
            if not (public and name == "client_credentials")
        )
        # The implicit grant is legacy, so a record has to ask for it by name (O11).
        usual = tuple(name for name in offered if name != "implicit")
        if "redirect_uris" not in self.record:
            # Only these two grants use an address (O4).
            usual = tuple(name for name in usual if name != "authorization_code")
        grant_types = self._texts("grant_types", split=True) or usual
        for name in grant_types:
            if name not in self.policy.grant_types:
                known = _listed(self.policy.grant_types)
                self._refuse("grant_types", f"can only have these values: {known}")
            elif name not in offered:
                self._refuse("grant_types", f"cannot have {name} for a client without a secret")
        return grant_types

    def _response_types(self) -> None:
        known = self.policy.response_types
        if not set(self._texts("response_types")) <= set(known):
            self._refuse("response_types", f"can only have these values: {_listed(known)}")

    def _scope(self) -> tuple[str, ...]:
        scope = self._texts("scope_whitelist", split=True)
        known = {meaning.name for meaning in self.realm.profile.scopes}
        if not scope:
            self._refuse(
                "scope_whitelist", "needs at least one scope: only those listed are ever granted"
            )
        strange = [name for name in scope if name not in known]
        if not all(_SCOPE.fullmatch(name) for name in strange):
            self._refuse("scope_whitelist", "has a scope with a space, quote or backslash")
        elif strange and not self.policy.own_scopes:
            self._refuse("scope_whitelist", f"may have {_listed(known)} here, not {_few(strange)}")
        return scope

    def _default_scope(self, scope: tuple[str, ...]) -> tuple[str, ...]:
        default, listed = self._texts("default_scopes", split=True), frozenset(scope)
        if default and not self.policy.default_scopes:
            self._refuse("default_scopes", "aren't supported by this server")
        elif strange := [name for name in default if name not in listed]:
            self._refuse(
                "default_scopes", f"has scopes that are not on the whitelist: {_few(strange)}"
            )
        return default

    def _standard(self, scope: tuple[str, ...]) -> tuple[str, ...]:
        standard = self._texts("standard") or STANDARDS
        # The source document writes "OAuth 2.0 and OIDC 1.0".
        standard = tuple(name.strip() for text in standard for name in re.split(r" and |,", text))
        if not set(standard) <= set(STANDARDS):
            self._refuse("standard", f"can only have these values: {_listed(STANDARDS)}")
        if "openid" in scope and "OIDC 1.0" not in standard:
            self._refuse("standard", "needs OIDC 1.0 if openid is on the whitelist")
        return standard

    def _redirect_uris(self, grant_types: tuple[str, ...]) -> tuple[str, ...]:
        uris = self._addresses("redirect_uris")
        needing = {"authorization_code", "implicit"} & set(grant_types)
        if needing and not uris:
            self._refuse("redirect_uris", f"needs an address for {_listed(needing)}")
        return uris

    def _addresses(self, field: str) -> tuple[str, ...]:
        uris = self._texts(field)
        if len(set(uris)) < len(uris):
            self._refuse(field, "has the same address twice")
        # An address may hold a password or a code, so it's named by its number.
        problems = [
            f"address {number} {problem}" if len(uris) > 1 else problem
            for number, problem in enumerate(map(problem_with, uris), 1)
            if problem is not None
        ]
        if problems:
            self._refuse(field, ", and ".join(problems))
        return uris

    def _userinfo_algorithm(self) -> str | None:
        algorithm = self._text("userinfo_signed_response_alg")
        if algorithm is not None and not (self.policy.signed_userinfo and algorithm == ALGORITHM):
            problem = "must be left out: userinfo is plain JSON here"
            if self.policy.signed_userinfo:
                problem = f"can only be {ALGORITHM} here"
            self._refuse("userinfo_signed_response_alg", problem)
        return algorithm


def _few(names: list[str]) -> str:
    return ", ".join(repr(name[:60]) for name in names[:5]) + (", …" if len(names) > 5 else "")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
