"""Joining the practice server of a class."""

from __future__ import annotations

import re
from importlib.metadata import version

from oauth_widgets._net.address import check_endpoint
from oauth_widgets._net.loop import run
from oauth_widgets.errors import WrongKey
from oauth_widgets.errors.kinds import check_text
from oauth_widgets.flows._drive import drive
from oauth_widgets.sandbox.facade import Sandbox
from oauth_widgets.sandbox.space import Space, ask, named_at, no_classroom, no_such_key
from oauth_widgets.secret import Secret

_KEY = re.compile(r"[\w-]{0,200}", re.ASCII)
_joined: dict[str, Connected] = {}


class Connected(Sandbox):
    """Your space in a classroom: what `connect` returns, a `Sandbox` that others host.

    `key` opens the space again in another kernel or on another computer. Note it down:
    `sandbox.key.reveal()`.

        sandbox = ow.sandbox.connect("https://class.example:8443", key="…")
    """

    def __init__(self, url: str, space: Space) -> None:
        self._url = url
        self.key = space.key
        super().__init__(space)

    def stop(self) -> None:
        """Leave the classroom. The space is gone, and its place is free: `sandbox.stop()`."""
        _joined.pop(self._url, None)
        super().stop()


def connect(url: str, *, name: str = "", key: str | Secret = "") -> Connected:
    """Join the classroom at `url`, and return your sandbox there.

    `name` is what the host sees; `key` is that of a space which you had before, from
    `sandbox.key`. A second call in the same kernel returns the same sandbox, under the new name if
    you give one, or a new sandbox if that space is gone.

        sandbox = ow.sandbox.connect("https://class.example:8443", name="Ada")
        sandbox.misbehave("nonce")

    Raises ClassroomFull, OtherVersion, WrongKey, ConfigurationError for an address that can't be
    one of a classroom, or a TransportError if nothing answers there.
    """
    address = check_endpoint(url, "address of the classroom").rstrip("/")
    key = (key.reveal() if isinstance(key, Secret) else check_text(key, "key")).strip()
    check_text(name, "name")
    if not _KEY.fullmatch(key):
        raise no_such_key()
    known = _joined.get(address)
    if known is not None and key in {"", known.key.reveal()}:
        try:
            _enter(address, name, known.key.reveal())
        except WrongKey:
            # The host removed the space, or started the classroom again.
            known.stop()
        else:
            return known
    _joined[address] = Connected(address, _enter(address, name, key))
    return _joined[address]


def check_classroom(url: str) -> None:
    """Raise what `connect` would raise at `url`, as far as that is known before anyone joins."""
    address = check_endpoint(url, "address of the classroom").rstrip("/")
    # A key that opens nothing, so that no space is made.
    document = {"version": version("oauth-widgets"), "key": "-"}
    try:
        run(drive(ask(address, "join", document, None)))
    except WrongKey:
        return
    except ValueError:
        raise no_classroom(address) from None
    raise no_classroom(address)


def _enter(address: str, name: str, key: str) -> Space:
    """Return the space with that key, or a new one without a key. Raises WrongKey."""
    document = {"version": version("oauth-widgets"), "name": name, "key": key}
    try:
        answer = run(drive(ask(address, "join", document, Secret(key) if key else None)))
        return Space(named_at(address, answer["space"]), Secret(str(answer["key"])))
    except (KeyError, ValueError):
        # Only something else refuses an option here: a classroom refuses those of its controls.
        raise no_classroom(address) from None
