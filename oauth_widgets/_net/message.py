"""One request to a server and its answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from oauth_widgets.secret import Secret


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `form` becomes an `application/x-www-form-urlencoded` body, `content` is JSON.

    `shared` says that callers asking the same at the same time may share one answer. `secrets` are
    those of its parts that are never shown, even if a refusal repeats them.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    shared: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with the content type of the body if there is one."""
        kind = {}
        if self.form is not None:
            kind = {"content-type": "application/x-www-form-urlencoded"}
        elif self.content is not None:
            kind = {"content-type": "application/json"}
        return {**kind, **self.headers}

    @property
    def body(self) -> bytes | None:
        """The encoded form or the content, or None."""
        return self.content if self.form is None else urlencode(self.form).encode("ascii")


@dataclass(frozen=True, slots=True)
class Pause:
    """What an exchange yields to wait for `seconds` before continuing."""

    seconds: float


NO_CONTENT = 204
"""The status of a successful answer without content (RFC 9110 15.3.5)."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: header names in lower case, the body decompressed and whole.

    `secrets` are those of the request, which its words may repeat: `quoting.quoted` takes them out.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    url: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def hidden(self) -> tuple[Secret, ...]:
        """The same secrets, for code whose local variables a traceback may print."""
        return tuple(map(Secret, self.secrets))

    @property
    def place(self) -> str:
        """Its address without the query, or "The server" if it has none."""
        return self.url.partition("?")[0] or "The server"

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; "" if none was given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_redirect(self) -> bool:
        """Whether another address is to be asked (RFC 9110 15.4)."""
        return self.status in (301, 302, 303, 307, 308)

    @property
    def is_json(self) -> bool:
        """Whether the answer says that it is JSON (RFC 8259, or a `+json` suffix)."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")
