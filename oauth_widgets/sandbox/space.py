"""The controls of a space in a classroom, by HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Self

from oauth_widgets._net.address import check_endpoint
from oauth_widgets._net.document import parse_object
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.reach import check_reach
from oauth_widgets.errors import (
    ClassroomFull,
    ClassroomProblem,
    ConfigurationError,
    InvalidDocument,
    InvalidResponse,
    OAuthError,
    OtherVersion,
    TransportError,
    WrongKey,
    foreign_text,
)
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import quoted

_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")


class Space:
    """The controls of a space, as a running sandbox of this kernel has them."""

    port = None
    """Browsers reach the classroom as this kernel does."""

    def __init__(self, address: str, key: Secret) -> None:
        self._address = address
        self.key = key
        known = self._ask("describe")
        self.profile: str = known["profile"]
        self.issuer = named_at(address, known["issuer"])
        self.server_name: str = known["server_name"]
        self.api = named_at(address, known["api"])
        self.users: list[dict[str, Any]] = known["users"]
        self.scopes: dict[str, str] = known["scopes"]
        self.endpoints: list[dict[str, str]] = known["endpoints"]
        self.services: list[dict[str, Any]] = known["services"]
        self.misbehaviours: dict[str, str] = known["misbehaviours"]
        self.pages = [named_at(address, page) for page in known["pages"]]
        self.redirect_uri_ignores_query: bool = known["redirect_uri_ignores_query"]

    @property
    def clients(self) -> dict[str, dict[str, Any]]:
        """The registered clients by client_id."""
        return dict(self._ask("clients"))

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The requests since the start or the last `reset`, oldest first, without secrets."""
        seen: list[dict[str, Any]] = self._ask("seen")["requests"]
        return seen

    def register(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Register a client. Raises ValueError with every wrong field."""
        return dict(self._ask("register", record))

    def add_redirect_uri(self, client_id: str, uri: str) -> None:
        """Register one more redirect URI for a client. Raises ValueError."""
        self._ask("add-redirect-uri", {"client_id": client_id, "uri": uri})

    def misbehave(self, name: str, *, on: bool = True) -> Switched:
        """Turn a switch. Raises ValueError for an unknown one."""
        self._ask("misbehave", {"name": name, "on": on})
        return Switched(self, name)

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on."""
        self._ask("rotate-keys", {"keep_old": keep_old})

    def reset(self) -> None:
        """Return to the seed."""
        self._ask("reset")

    def has(self, **_options: object) -> bool:
        """Raise ValueError: it was the host who started it."""
        raise ValueError("Only the host knows which options the classroom was started with.")

    def stop(self) -> None:
        """Leave, unless the space is gone already or the classroom has ended."""
        try:
            run(drive(ask(self._address.rpartition("/")[0], "leave", {}, self.key)))
        except OAuthError:
            return

    def _ask(self, action: str, given: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        call = ask(self._address, f"sandbox/admin/{action}", given or {}, self.key)
        try:
            return run(drive(call))
        except TransportError as problem:
            raise ClassroomProblem(
                f"Your space at {self._address} no longer answers.",
                next_step="Ask the host whether the classroom is still running, and connect again.",
            ) from problem


class Switched:
    """A switch that is on until `stop` is called or its `with` block ends."""

    def __init__(self, space: Space, name: str) -> None:
        self._space = space
        self.name = name
        self.shows = space.misbehaviours[name]

    def __repr__(self) -> str:
        return f"<misbehaving: {self.name}. {self.shows}>"

    def stop(self) -> None:
        """Turn the switch off; a second call does nothing."""
        self._space.misbehave(self.name, on=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def ask(
    address: str, what: str, document: Mapping[str, Any], key: Secret | None
) -> Exchange[Mapping[str, Any]]:
    """Send a document to a classroom or a space of it, and return the one that it answers with.

    Whoever joins for the first time has no `key`.
    """
    headers = {"accept": "application/json"}
    if key is not None:
        headers["x-sandbox-key"] = key.reveal()
    secrets = () if key is None else (key.reveal(),)
    content = json.dumps(document).encode()
    answer = yield Request("POST", f"{address}/{what}", headers, content=content, secrets=secrets)
    try:
        members = parse_object(answer.body)
    except InvalidDocument:
        raise no_classroom(address) from None
    if answer.status != 200:
        raise _refusal(address, answer, members)
    return members


def named_at(classroom: str, url: object) -> str:
    """Return `url`, which the classroom names. Raises ConfigurationError if it must not be called.

    A classroom elsewhere must not lead into a private network.
    """
    try:
        check_endpoint(str(url), "address", error=InvalidResponse)
        return check_reach(str(url), "address", named_by=classroom, error=InvalidResponse)
    except InvalidResponse:
        raise no_classroom(classroom) from None


def no_classroom(address: str) -> ConfigurationError:
    """Return the error for an address at which something else answers."""
    return ConfigurationError(
        f"There is no classroom at {address}.",
        next_step="Copy the address from the host's screen.",
    )


def no_such_key() -> WrongKey:
    """Return the error for a key that opens nothing."""
    return WrongKey("This key doesn't open any space in this classroom.")


def _refusal(address: str, answer: Response, members: Mapping[str, Any]) -> Exception:
    words = quoted(foreign_text(str(members.get("error_description", ""))), answer.secrets)
    match members.get("error"):
        case "classroom_full":
            return ClassroomFull(f"All {words} spaces in this classroom are taken.")
        case "other_version" if _VERSION.fullmatch(words):
            ours = version("oauth-widgets")
            return OtherVersion(
                f"This classroom runs oauth-widgets {words}, and you have {ours}.",
                next_step=f"Install the same version: pip install oauth-widgets=={words}",
            )
        case "access_denied":
            return no_such_key()
        case "temporarily_unavailable":
            return ClassroomProblem(
                "The host has paused the class.", next_step="Wait until the host resumes it."
            )
        case "invalid_request" | "invalid_redirect_uri" | "invalid_client_metadata":
            # As a sandbox of this kernel refuses an option.
            return ValueError(words)
    return no_classroom(address)
