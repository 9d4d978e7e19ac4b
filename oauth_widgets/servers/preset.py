"""A server known by name: its facts, and the description that is made from them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NoReturn

from oauth_widgets._net.address import check_endpoint
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_text
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.secret.names import shown
from oauth_widgets.servers.redirects import Redirects

_METHODS = {
    "client_secret_basic": "in HTTP Basic",
    "client_secret_post": "in the request",
    "none": "none for a public client",
}
ANY_METHOD = tuple(_METHODS)
"""For a server where the client may prove itself in either place, or be public."""
_PLACE = re.compile(r"\{(\w+)\}")
_HOST = r"(?!-)[a-z0-9-]+(?:\.(?!-)[a-z0-9-]+)+(?::[0-9]+)?"
_HOST_OF = re.compile(r"^https?://[^/?#]+", re.IGNORECASE)
_NEVER = r"(?!)"
_IN_THE_LOGIN = {
    "api": 'Pass the API when you sign in: ow.login(server, client, api="https://…").',
    "audience": 'Pass it when you sign in: ow.login(server, client, extra={"audience": "…"}).',
}
"""What is often looked for among the arguments of a preset, and where to give it instead."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What you tell a preset, such as the name of your tenant.

    `form` is the pattern it fits, upper and lower case alike; if that has a group, the group is
    what counts. `advice` is the next step if it does not fit. One with a `default`, in which
    `{name}` stands for another part, may be left out, and so may an `optional` one.
    """

    name: str
    what: str
    example: str
    form: str
    advice: str = ""
    default: str | None = None
    optional: bool = False
    is_address: bool = False

    @property
    def needed(self) -> bool:
        """Whether a preset cannot do without it."""
        return self.default is None and not self.optional

    @property
    def line(self) -> str:
        """It as an argument, filled in with the example."""
        return f'{self.name}="{self.example}"'

    def checked(self, value: object) -> str:
        """Return what counts of `value`. Raises ConfigurationError, with an example."""
        text = check_text(value, self.name).strip()
        found = re.fullmatch(self.form, text, re.IGNORECASE | re.ASCII)
        if found is None:
            given = shown(re.split(r"[?#]", text)[0])
            raise ConfigurationError(
                f'{self.name}="{given}" is not {self.what}.',
                next_step=self.advice or f"Call it like this: {self.line}.",
            )
        counted = next((group for group in found.groups() if group), found[0])
        return check_endpoint(counted, self.name) if self.is_address else counted


def domain(example: str, *, name: str = "domain", unlike: str = _NEVER, advice: str = "") -> Part:
    """Return a part that is a host; a whole address with nothing after the host will do.

    A host that begins like the pattern `unlike` is another one, of which `advice` tells.
    """
    form = rf"(?:https://)?(?!{unlike})({_HOST})/*"
    return Part(name=name, what="a host name", example=example, form=form, advice=advice)


def address(
    name: str,
    what: str,
    example: str,
    *,
    default: str | None = None,
    optional: bool = False,
    unlike: str = _NEVER,
    advice: str = "",
) -> Part:
    """Return a part that is an address, from which slashes at the end are taken off.

    One that has the pattern `unlike` in it is another one, of which `advice` tells.
    """
    return Part(
        name=name,
        what=what,
        example=example,
        form=rf"(https?://(?!\S*{unlike})[^\s?#{{}}]*[^\s?#{{}}/])/*",
        advice=advice,
        default=default,
        optional=optional,
        is_address=True,
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Preset:
    """A server known by name. Call it for its description: `ow.servers.github()`.

    `owner` lists the domains that all its addresses are under; none if anyone may run it.
    `describes` has the members of AuthorizationServer; `{name}` in one stands for the part of that
    name. `refresh` says what brings a refresh token, and `sign_out` what a sign-out does if the
    server has no endpoint for it. `client` says whether a client may sign in without a person, and
    `pkce` how the server takes PKCE. `source` is the page that these facts are from, and
    `register` the page that registers clients.
    """

    name: str
    title: str
    source: str
    register: str
    describes: Mapping[str, Any]
    refresh: str
    redirects: Redirects
    owner: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
    client: bool = False
    pkce: str = "supported"
    sign_out: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "describes", MappingProxyType(dict(self.describes)))
        object.__setattr__(self, "scopes", MappingProxyType(dict(self.scopes)))
        # What Shift-Tab and `?` show of an instance.
        object.__setattr__(self, "__signature__", self._signature())
        described = [f"{self.title}: {self.line}", "", *self._parts(), f"Source: {self.source}"]
        object.__setattr__(self, "__doc__", "\n".join(described))

    def __call__(self, *base: AuthorizationServer, **parts: str | None) -> AuthorizationServer:
        """Return the server's description; nothing is sent.

        `base` is what `ow.discover(…)` found, if you want to start from that. Raises
        ConfigurationError for a part that is missing, unknown, or not of its form.
        """
        if len(base) > 1 or not all(isinstance(one, AuthorizationServer) for one in base):
            raise ConfigurationError(
                f"ow.servers.{self.name}() takes its arguments by name.",
                next_step=f"Call {self.line}, or pass ow.discover(issuer).",
            )
        server = base[0] if base else None
        values = self._checked({name: one for name, one in parts.items() if one is not None})
        if server is None:
            defaults = {part.name: part.default for part in self.parts if part.default}
            values = _filled(defaults, values) | values
        missing = [one.name for one in self.parts if one.needed and one.name not in values]
        if missing and server is None:
            raise ConfigurationError(
                f"ow.servers.{self.name}() needs {' and '.join(missing)}.",
                next_step=f"Call {self.line}, or pass ow.discover(issuer).",
            )
        members = {name: _filled(value, values) for name, value in self.describes.items()}
        known = {name: value for name, value in members.items() if value not in (None, {})}
        known |= {"name": self.title, "scope_meanings": self.scopes}
        return AuthorizationServer(**known) if server is None else replace(server, **known)

    @property
    def line(self) -> str:
        """The line of code, filled in with examples."""
        given = ", ".join(part.line for part in self.parts if part.needed)
        return f"ow.servers.{self.name}({given})"

    @property
    def needs(self) -> str:
        """What you have to tell it, as a list of names."""
        return ", ".join(part.name for part in self.parts if part.needed) or "nothing"

    @property
    def ways(self) -> str:
        """How one signs in: in the browser, on another device, as the client itself."""
        device = "device_authorization_endpoint" in self.describes
        further = (*["device"] * device, *["program"] * self.client)
        return ", ".join(("browser", *further))

    @property
    def example(self) -> AuthorizationServer:
        """Its description, made with the examples of its parts."""
        return self(**{part.name: part.example for part in self.parts if part.default is None})

    def fits(self, server: AuthorizationServer) -> int:
        """Return how much of the issuer and token endpoint of `server` is this preset's own.

        It is counted in characters; 0 if they are of another server.
        """
        found: set[tuple[str, str]] = set()
        own = 0
        for member in ("issuer", "token_endpoint"):
            template, value = self.describes[member], getattr(server, member)
            match = re.fullmatch(self._pattern(template), value or "", re.IGNORECASE | re.ASCII)
            # If you give the whole address, it proves nothing.
            if match is None or _PLACE.fullmatch(self.describes["token_endpoint"]):
                return 0
            found |= set(match.groupdict().items())
            own += len(_PLACE.sub("", template))
        forms = {part.name: part.form for part in self.parts}
        each_once = len(dict(found)) == len(found)
        fitting = all(re.fullmatch(forms[name], one, re.IGNORECASE) for name, one in found)
        return own if each_once and fitting else 0

    def __getattr__(self, name: str) -> NoReturn:
        hint = (
            "" if name.startswith("_") else f" Call it for the server's description: {self.line}."
        )
        raise AttributeError(f"A server known by name has no {name} itself.{hint}")

    def __repr__(self) -> str:
        return f"<{self.line}: {self.title}; {self.ways}; refresh: {self.refresh}>"

    def _repr_markdown_(self) -> str:
        lines = [
            f"## {self.title}",
            f"```python\nserver = {self.line}\n```",
            f"- Register a client: {_link(self.register)}",
            f"- Register this address: {self._registered()}",
            f"- Sign in from: {self.ways}; PKCE: {self.pkce}",
            f"- Client secret: {self._secret()}",
            f"- Refresh token: {self.refresh}",
            f"- Signing out: {self._signing_out()}",
            *[f"- API: `{self.example.api}`"] * bool(self.example.api),
            *self._parts(),
            *(f"- {note}" for note in self.notes),
            *["- Scopes worth knowing:"] * bool(self.scopes),
            *(f"  - `{name}`: {gives}" for name, gives in self.scopes.items()),
            f"- Source: {_link(self.source)}",
        ]
        return "\n".join([*lines[:1], "", lines[1], "", *lines[2:], ""])

    def _parts(self) -> list[str]:
        return [f"- `{part.name}`: {part.what}, such as `{part.example}`" for part in self.parts]

    def _signature(self) -> inspect.Signature:
        return inspect.Signature(
            [
                inspect.Parameter(
                    part.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty if part.needed else part.default,
                    annotation="str" if part.needed or part.default else "str | None",
                )
                for part in self.parts
            ],
            return_annotation="AuthorizationServer",
        )

    def _registered(self) -> str:
        advice = self.redirects.advice(self.title, self.example.issuer)
        return f"`{advice.register}`. {advice.why}" if advice.register else advice.why

    def _secret(self) -> str:
        methods = self.describes.get("token_endpoint_auth_methods_supported") or _METHODS
        return ", ".join(_METHODS[one] for one in methods)

    def _signing_out(self) -> str:
        here = self.sign_out or "forgets the tokens here"
        ends = "revocation_endpoint" in self.describes and "ends them at the server"
        page = "end_session_endpoint" in self.describes and "gives you the server's sign-out page"
        return "; ".join(one for one in (here, ends, page) if one)

    def _checked(self, given: Mapping[str, object]) -> dict[str, str]:
        known = {part.name: part for part in self.parts}
        for name in given.keys() - known.keys():
            raise ConfigurationError(
                f"ow.servers.{self.name} has no argument {name}.",
                next_step=_IN_THE_LOGIN.get(name, f"Call {self.line}."),
            )
        return {name: known[name].checked(value) for name, value in given.items()}

    def _pattern(self, template: str) -> str:
        pieces = _PLACE.split(template)
        addresses = {part.name for part in self.parts if part.is_address}
        pattern = re.escape(pieces[0])
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            one = r"\S+?" if name in addresses else r"[^\s/]+"
            pattern += rf"(?P<{name}>{one}){re.escape(text)}"
        return pattern


def _link(text: str) -> str:
    return f"<{text}>" if text.startswith("https://") else text


def _filled(value: Any, parts: Mapping[str, str]) -> Any:  # noqa: ANN401 - members have many types
    """Return `value` with its parts put in; None if one of them is missing.

    A host becomes lower case, as servers write it, because issuers are compared letter by letter.
    """
    if isinstance(value, Mapping):
        filled = {name: _filled(one, parts) for name, one in value.items()}
        return {name: one for name, one in filled.items() if one is not None}
    if not isinstance(value, str):
        return value
    if any(name not in parts for name in _PLACE.findall(value)):
        return None
    text = _PLACE.sub(lambda found: parts[found[1]], value)
    return _HOST_OF.sub(lambda found: found[0].lower(), text)


def keycloak_realm(realm: str) -> dict[str, object]:
    """Return what Keycloak has in every realm, whose address is the issuer."""
    oidc = f"{realm}/protocol/openid-connect"
    return {
        "issuer": realm,
        "authorization_endpoint": f"{oidc}/auth",
        "token_endpoint": f"{oidc}/token",
        "device_authorization_endpoint": f"{oidc}/auth/device",
        "revocation_endpoint": f"{oidc}/revoke",
        "introspection_endpoint": f"{oidc}/token/introspect",
        "userinfo_endpoint": f"{oidc}/userinfo",
        "end_session_endpoint": f"{oidc}/logout",
        "jwks_uri": f"{oidc}/certs",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
    }
