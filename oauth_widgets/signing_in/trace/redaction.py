"""What may be shown of a value: it is listed as public here, or becomes dots."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from oauth_widgets._net.address import place
from oauth_widgets.secret.quoting import quoted
from oauth_widgets.signing_in.trace.message import WORDS, Parameter

Texts = Collection[str]
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.0)?")
_SEGMENTS = 20
"""How many parts of a path are looked at: each is compared with all that may be hidden."""
_SEGMENT = re.compile(r"[\w.~-]{1,24}")
_DOTS = "••••••••"


class Redactor:
    """Turns values into what may be shown of them, within one trace.

    Equal secrets get equal fingerprints, made with a random key that never leaves this object, so
    that no fingerprint can be looked up or guessed. `client_id` is public, and so are addresses at
    the server's own `origins` and the names that `allow` is given.
    """

    def __init__(self, client_id: str, origins: Iterable[str]) -> None:
        self._key = secrets.token_bytes(32)
        self._client_id = client_id
        self._origins = frozenset(origins)
        self._scope: frozenset[str] = frozenset()
        self._first: dict[str, float] = {}

    def allow(self, scope: Iterable[str]) -> None:
        """Let the names in `scope` be shown, since this client asked for them."""
        self._scope |= frozenset(scope)

    def mark(self, value: str) -> str:
        """Return the fingerprint of `value`."""
        data = value.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()[:12]

    def dots(self, value: str, at: float) -> str:
        """Return dots with the length, a fingerprint, and when the same value passed before."""
        mark = self.mark(value)
        first = self._first.setdefault(mark, at)
        same = ", same as above" if first < at else ""
        return f"{_DOTS} ({len(value)} characters, #{mark[:6]}{same})"

    def parameter(self, name: str, value: str, at: float, hidden: Texts = ()) -> Parameter:
        """Return what may be shown of a parameter; an address in it may repeat what is `hidden`."""
        purpose = WORDS["parameters"].get(name)
        if purpose is None:
            return Parameter("(another parameter)", self.dots(value, at))
        return Parameter(name, self._shown(name, value, at, hidden), *purpose)

    def _shown(self, name: str, value: str, at: float, hidden: Texts) -> str:
        public = {"client_id": (self._client_id,), **WORDS["public"]}.get(name, ())
        if value in public or (name in WORDS["numbers"] and _NUMBER.fullmatch(value)):
            return value
        if name == "scope":
            names = value.split()
            return " ".join(one if one in self._scope else self.dots(one, at) for one in names)
        if name == "redirect_uri":
            return address(value)
        if name in {"iss", "verification_uri"} and (place(value) or ("",))[0] in self._origins:
            return address(value, hidden)
        return self.dots(value, at)

    def authorization(self, value: str, at: float) -> Parameter:
        """Return what may be shown of the header with which a request proves who sends it."""
        kind, _, proof = value.partition(" ")
        who = f"{self._client_id}:" if kind == "Basic" else ""
        purpose = WORDS["parameters"]["Authorization"]
        return Parameter("Authorization", f"{kind} {who}{self.dots(proof, at)}", *purpose)


def address(url: str, hidden: Texts = ()) -> str:
    """Return `url` without query, password or fragment, and without segments that may be secret."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"
    except ValueError:
        return _DOTS
    segments = (
        one if not one or (_SEGMENT.fullmatch(one) and quoted(one, hidden) == one) else _DOTS
        for one in parts.path.split("/", _SEGMENTS)
    )
    return f"{parts.scheme}://{host}{'/'.join(segments)}"
