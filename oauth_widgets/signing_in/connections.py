"""Named sign-ins: `connections.toml`, read and checked line by line."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from oauth_widgets import servers
from oauth_widgets._net.address import check_endpoint, origin
from oauth_widgets.errors import ConfigurationError, OAuthError, foreign_text
from oauth_widgets.errors.kinds import check_texts
from oauth_widgets.errors.members import unknown
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Api, declared_api
from oauth_widgets.secret import Secret
from oauth_widgets.secret.names import shown_name
from oauth_widgets.session.handed_over import UNKNOWN_CLIENT
from oauth_widgets.session.kept.keeper import Keeper, slot
from oauth_widgets.session.kept.record import binding
from oauth_widgets.session.kept.store import KINDS, needed
from oauth_widgets.signing_in.extra_field import check_extra
from oauth_widgets.signing_in.named_file import text_of, toml_of
from oauth_widgets.signing_in.person import Person
from oauth_widgets.signing_in.secret_source import SOURCES, secret_in

FILE = "OAUTH_WIDGETS_CONNECTIONS"
"""The environment variable that may name the file."""

_TEXTS = ("server", "preset", "client_id", "scope", "api", "keep", "email", "sub")
_LISTS = ("redirect_uris", "api_origins")
_FIELDS = (*_TEXTS, *_LISTS, "token_endpoint_auth_method", "client_secret", "from", "extra")
_HANDED_OUT = ("token_file", "token_env")
_SECRET_LINE = 'client_secret = { env = "NAME" }'


def _judge_method(method: object) -> None:
    secret = None if method == "none" else Secret("any")
    ClientMetadata(client_id="any", client_secret=secret, token_endpoint_auth_method=method)  # type: ignore[arg-type]


_JUDGED: dict[str, Callable[[Any], object]] = {
    "server": lambda issuer: check_endpoint(issuer, "server"),
    "redirect_uris": lambda uris: ClientMetadata(client_id="any", redirect_uris=uris),
    "token_endpoint_auth_method": _judge_method,
    "scope": Scope,
    "extra": check_extra,
    "api": lambda api: check_endpoint(api, "api"),
    "api_origins": lambda found: [origin(one) for one in check_texts(found, "api_origins")],
}
"""What refuses a value that can't work, by field."""


@dataclass(frozen=True)
class Connection:
    """One table of the file. Its values are checked when they are used, each with its line."""

    name: str
    values: Mapping[str, Any] = field(repr=False)
    path: Path
    lines: Mapping[str, int] = field(repr=False)

    def check(self) -> None:
        """Raise ConfigurationError, with file and line, for anything that can't work."""
        self._check_kinds()
        self._check_fields()
        self._check_sources()
        for key in filter(self.values.__contains__, _JUDGED):
            try:
                _JUDGED[key](self.values[key])
            except ConfigurationError as problem:
                default = problem.next_step == ConfigurationError.next_step
                step = f"Correct {key}." if default else problem.next_step
                raise self.wrong(key, problem.message, step) from problem

    def _check_kinds(self) -> None:
        keys = (*_FIELDS, *self._preset_arguments())
        for key in self.values:
            if key not in keys:
                problem = unknown(f"A connection has no field {key}.", key, keys)
                raise self.wrong(key, problem.message, problem.next_step)
        for key in _TEXTS:
            if not isinstance(self.values.get(key, ""), str):
                raise self.wrong(key, f'"{key}" is not text.', f'Write it in quotes: {key} = "…".')
            if self.values.get(key) == "" and key != "scope":
                raise self.wrong(key, f'"{key}" is empty.', "Fill it in, or leave it out.")
        for key in _LISTS:
            if not isinstance(self.values.get(key, []), list):
                raise self.wrong(key, f'"{key}" is not a list.', f'Write it as {key} = ["…"].')
        if not isinstance(self.extra, dict):
            step = 'Write it as extra = { audience = "…" }.'
            raise self.wrong("extra", '"extra" is not a table.', step)

    def _check_fields(self) -> None:
        if ("server" in self.values) == ("preset" in self.values):
            said = "both a server and a preset" if "server" in self.values else "no server"
            step = 'Set one of them: server = "https://…", or preset = "…".'
            raise self.wrong("preset", f"The connection {self.name} has {said}.", step)
        if "client_id" not in self.values and not self.handed_out:
            step = 'Add it: client_id = "…".'
            raise self.wrong("", f"The connection {self.name} has no client_id.", step)
        if self.keep is not None and self.keep not in KINDS:
            step = 'Write keep = "keyring" or keep = "file", or leave it out.'
            raise self.wrong("keep", '"keep" doesn\'t name a known place to save a sign-in.', step)

    @property
    def keep(self) -> str | None:
        """The kind of store; None if nothing is saved."""
        return self.values.get("keep")

    @property
    def scope(self) -> Scope:
        """What to ask for."""
        return Scope(self.values.get("scope", ""))

    @property
    def person(self) -> Person:
        """Who may be signed in."""
        return Person(self.values.get("email"), self.values.get("sub"))

    @property
    def extra(self) -> Mapping[str, Any]:
        """Further parameters of its requests, such as the audience."""
        extra: Mapping[str, Any] = self.values.get("extra", {})
        return extra

    @property
    def handed_out(self) -> str | Mapping[str, str] | None:
        """What `from` says: how the platform hands out a token."""
        return self.values.get("from")

    @property
    def signs_in(self) -> bool:
        """Whether a person can sign in; a connection that is only handed tokens has no client."""
        return "client_id" in self.values

    @property
    def has_secret(self) -> bool:
        """Whether the client can authenticate without a person."""
        return "client_secret" in self.values

    @property
    def api(self) -> dict[str, Any]:
        """The API, as a sign-in takes it."""
        return {"api": self.values.get("api"), "api_origins": self.values.get("api_origins", ())}

    async def server(self) -> AuthorizationServer:
        """Return the server; it may be asked to describe itself (I/O loop only)."""
        if "preset" not in self.values:
            return await drive(discovery(self.values["server"]))
        return self._preset()

    def slot(self) -> str:
        """Return the name that its sign-in is saved under."""
        issuer = self.values["server"] if "server" in self.values else self._preset().issuer
        return slot(self.name, {"issuer": issuer, "client_id": self.values.get("client_id")})

    def client(self, *, asks: bool = True) -> ClientMetadata:
        """Return the client, its secret fetched from the source that the file names.

        `asks` says that someone is there whom a locked keyring may ask for its password.
        """
        if "client_id" not in self.values:
            return UNKNOWN_CLIENT
        members = {
            key: self.values[key]
            for key in ("redirect_uris", "token_endpoint_auth_method")
            if key in self.values
        }
        secret = self._secret(asks=asks)
        try:
            return ClientMetadata(
                client_id=self.values["client_id"], client_secret=secret, **members
            )
        except ConfigurationError as problem:
            raise self.wrong("client_id", problem.message, problem.next_step) from problem

    def keeper(
        self, server: AuthorizationServer, client: ClientMetadata, *, asks: bool = True
    ) -> Keeper | None:
        """Return the keeper of its sign-in; None if nothing is saved."""
        if self.keep is None:
            return None
        bound = binding(server, client, self.scope, self.declared(server), self.extra)
        return Keeper(
            self.keep, bound, name=self.name, entry=self.slot(), admits=self.admits, asks=asks
        )

    def declared(self, server: AuthorizationServer) -> Api:
        """Return the addresses that its tokens may be sent to."""
        return declared_api(server, self.api["api"], self.api["api_origins"])

    def admits(self, tokens: ValidatedTokens) -> None:
        """Raise WrongSubject if `tokens` are not those of the person in `email` or `sub`."""
        self.person.admits(tokens)

    def wrong(self, key: str, message: str, next_step: str) -> ConfigurationError:
        """Return an error that names the line of `key`."""
        line = self.lines.get(key) or self.lines[""]
        return ConfigurationError(f"{self.path}, line {line}: {message}", next_step=next_step)

    def _preset(self) -> AuthorizationServer:
        arguments = self._preset_arguments()
        values = {key: self.values[key] for key in arguments if key in self.values}
        missing = [
            key
            for key, parameter in arguments.items()
            if parameter.default is inspect.Parameter.empty and key not in values
        ]
        if missing:
            step = f'Add it: {missing[0]} = "…".'
            said = f"The preset {self.values['preset']} needs {missing[0]}."
            raise self.wrong("preset", said, step)
        try:
            server: AuthorizationServer = getattr(servers, self.values["preset"])(**values)
        except ConfigurationError as problem:
            raise self.wrong("preset", problem.message, problem.next_step) from problem
        return server

    def _preset_arguments(self) -> Mapping[str, inspect.Parameter]:
        preset = self.values.get("preset")
        if preset is None:
            return {}
        if preset not in servers.__all__:
            problem = unknown(
                f"There is no preset {shown_name(str(preset))}.", str(preset), servers.__all__
            )
            raise self.wrong("preset", problem.message, problem.next_step)
        return inspect.signature(getattr(servers, preset)).parameters

    def _check_sources(self) -> None:
        secret, handed_out = self.values.get("client_secret", {"env": ""}), self.handed_out
        # check: kept/no-plain-secret
        if not isinstance(secret, dict):
            said = '"client_secret" is in the file itself, so others may read it.'
            raise self.wrong("client_secret", said, f"Write {_SECRET_LINE}.")
        self._check_one("client_secret", secret, tuple(SOURCES))
        if isinstance(handed_out, dict):
            self._check_one("from", handed_out, _HANDED_OUT)
        elif handed_out not in (None, "jupyterhub"):
            step = 'Write from = "jupyterhub", or from = { token_file = "…" }.'
            raise self.wrong("from", '"from" doesn\'t name a known platform.', step)

    def _check_one(self, key: str, source: Mapping[str, Any], kinds: tuple[str, ...]) -> None:
        alien = [kind for kind in source if kind not in kinds]
        if (
            alien
            or len(source) != 1
            or not all(isinstance(entry, str) for entry in source.values())
        ):
            several = f"several sources: {' and '.join(source)}"
            said = f'"{key}" names {several if len(source) > 1 else "no known source"}.'
            step = f'Use one of: {", ".join(kinds)}, such as {key} = {{ {kinds[0]} = "NAME" }}.'
            raise self.wrong(key, said, step)

    def _secret(self, *, asks: bool) -> Secret | None:
        source = self.values.get("client_secret")
        if source is None:
            return None
        ((kind, entry),) = source.items()
        try:
            return secret_in(kind, entry, asks=asks)
        except OAuthError as problem:
            raise self.wrong("client_secret", problem.message, problem.next_step) from problem


class Connections(Mapping[str, Connection]):
    """The connections of one file by name; an unknown name raises, with the nearest one."""

    def __init__(self, path: Path, found: Mapping[str, Connection]) -> None:
        self.path = path
        self._found = dict(found)

    def __getitem__(self, name: str) -> Connection:
        if not isinstance(name, str) or name not in self._found:
            raise self._unknown(name)
        connection = self._found[name]
        connection.check()
        return connection

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def unjudged(self) -> tuple[Connection, ...]:
        """Return all connections, including those that can't work."""
        return tuple(self._found.values())

    def _unknown(self, name: object) -> ConfigurationError:
        if not isinstance(name, str):
            step = 'Write it in quotes: ow.login("name").'
            return ConfigurationError("The name of a connection must be text.", next_step=step)
        shown = shown_name(name)
        if not self._found:
            step = f"Create {self.path} with a table of that name, or set {FILE} to another file."
            return ConfigurationError(f"There is no connection {shown}.", next_step=step)
        return unknown(f"There is no connection {shown} in {self.path}.", name, list(self))


def read_connections() -> Connections:
    """Return the connections in the file; none if there is no file. Raises ConfigurationError."""
    named = os.environ.get(FILE)
    path = Path(named) if named else _folder() / "connections.toml"
    try:
        text = text_of(str(path), next_step="Make it readable, or name another file.")
    except ConfigurationError as problem:
        if not isinstance(problem.__cause__, FileNotFoundError):
            raise
        if named:
            raise ConfigurationError(
                f"{FILE} names {path}, which doesn't exist.",
                next_step=f"Set {FILE} to an existing file, or unset it.",
            ) from None
        return Connections(path, {})
    return _parsed(path, text)


def _folder() -> Path:
    folder: Path = needed("platformdirs").user_config_path("oauth-widgets")
    return folder


def _parsed(path: Path, text: str) -> Connections:
    try:
        document = toml_of(text, str(path))
    except ValueError as problem:
        # The message names a position, not the text there, which may be a secret.
        _not_toml(path, foreign_text(str(problem)))
    lines = _lines(text)
    found: dict[str, Connection] = {}
    for name, values in document.items():
        if not isinstance(values, dict):
            line = lines.get((), {}).get(name, 1)
            step = "Put it under the name of a connection, such as [acme]."
            said = f"{path}, line {line}: {name} is outside any connection."
            if isinstance(values, list):
                step = f"Write [{name}], and give each connection a different name."
                said = f"{path}: {name} is a list of connections."
            raise ConfigurationError(said, next_step=step)
        found[name] = Connection(name, values, path, lines.get((name,), {"": 1}))
    return Connections(path, found)


def _not_toml(path: Path, said: str) -> NoReturn:
    step = "Write each value as name = value, with text in quotes."
    if "twice" in said or "overwrite" in said:
        said = _TOML_NAME.sub(r"[\1]", said)
        step = "Give each connection a different name, and write each of its fields once."
    raise ConfigurationError(f"{path} is not valid TOML: {said}.", next_step=step) from None


_TOML_NAME = re.compile(r"\('([^']++)',\)")
_HEADER = re.compile(
    r"\s*+\[\s*+[\"']?([^\"'\].]++)[\"']?\s*+(?:\.\s*+[\"']?([^\"'\].]++)[\"']?\s*+)?\]"
)
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[=.]")


def _lines(text: str) -> dict[tuple[str, ...], dict[str, int]]:
    """Return the line of each table and key, since `tomllib` doesn't report lines."""
    lines: dict[tuple[str, ...], dict[str, int]] = {(): {}}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = (header[1].strip(),)
            lines.setdefault(table, {"": number})
            if header[2]:
                lines[table].setdefault(header[2].strip(), number)
        elif key := _KEY.match(line):
            lines[table].setdefault(key[1], number)
    return lines
