"""A value that must not be shown by accident."""

from __future__ import annotations

import getpass
import hmac
import os
import sys
import warnings
from http.client import HTTPConnection
from typing import Any, NoReturn, Self, SupportsIndex

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import HALF_A_CHARACTER, VARIABLE, check_text


class Secret:
    """A string whose `repr`, `str` and format are a mask; `reveal()` hands it out.

    It compares in constant time and refuses to be pickled, so that it does not end up in a file
    unnoticed.

        client = ow.ClientMetadata(client_id="my-id", client_secret=ow.Secret.env("MY_SECRET"))
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise ConfigurationError("A secret must be text.", next_step="Put it in quotes.")
        if not value:
            raise ConfigurationError("The secret is empty.", next_step="Pass the value, or None.")
        self._value = value

    @classmethod
    def env(cls, name: str) -> Secret:
        """Take the secret from environment variable `name`.

        Raises ConfigurationError if it is not set.

            secret = ow.Secret.env("MY_SECRET")
        """
        value = os.environ.get(check_text(name, "name of an environment variable"))
        if not value:
            # Anything but the usual name of one may be the secret itself.
            shown = f" {name}" if VARIABLE.fullmatch(name) else ", whose name isn't shown,"
            raise ConfigurationError(
                f"The environment variable{shown} is not set.",
                next_step='Set it before the kernel starts, or use Secret.ask("Client secret").',
            )
        return cls(value)

    @classmethod
    def ask(cls, prompt: str) -> Secret:
        """Ask for the secret, without showing or saving what you type.

        Raises ConfigurationError if you can't type here (nbconvert, papermill), or if what you type
        would be visible.

            secret = ow.Secret.ask("Client secret")
        """
        step = 'Set an environment variable and use Secret.env("NAME").'
        return typed_unseen(prompt, what=prompt, next_step=step) or cls("")

    @classmethod
    def of(cls, value: str | Secret) -> Secret:
        """Take a string as a secret, and a Secret as it is: `ow.Secret.of("tree-house")`."""
        return value if isinstance(value, Secret) else cls(value)

    def reveal(self) -> str:
        """Hand out the value itself: `ow.Secret.env("MY_SECRET").reveal()`."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('••••')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        ours, theirs = (one.reveal().encode("utf-8", "surrogatepass") for one in (self, other))
        return hmac.compare_digest(ours, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled; call reveal() if you really must store it")


class _Lent:
    """What a lent string and its bytes have in common."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'••••{hash(self) & 0xFFFF:04x}'"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a lent token cannot be pickled; sign in again in the other process")


class Lent(_Lent, str):
    """A string with a secret for tools that take only strings.

    Its `repr`, which tracebacks and displays show, is dots and a mark that differs between two of
    them, since tools cache by `repr`. It refuses to be pickled. In everything else it is a string.
    """

    __slots__ = ()

    def __getitem__(self, part: SupportsIndex | slice[Any, Any, Any]) -> Lent:
        # Displays cut a long string before they ask for the repr of the piece.
        return Lent(super().__getitem__(part))

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> LentBytes:
        """Return the bytes, which are hidden too; http.client gets them once it is connected."""
        # It joins all headers in a variable before it connects, which a traceback would print.
        asking = sys._getframe(1).f_locals.get("self")  # noqa: SLF001 - who asks is the point
        if isinstance(asking, HTTPConnection) and asking.auto_open and asking.sock is None:
            # check: secrets/hidden
            asking.connect()
        return LentBytes(super().encode(encoding, errors))


class LentBytes(_Lent, bytes):
    """The bytes of a lent string: httpx keeps them in requests, and in errors that name one."""

    __slots__ = ()

    # The one of bytes ignores a subclass's repr
    __str__ = _Lent.__repr__

    def __getitem__(self, part: Any) -> Any:  # noqa: ANN401 - a number or a piece
        found = super().__getitem__(part)
        return found if isinstance(found, int) else LentBytes(found)


def sendable(value: str | Secret) -> Secret:
    """Return `value` as a Secret. Raises ConfigurationError if no request can carry it."""
    secret = Secret.of(value)
    # An environment variable that isn't UTF-8 has these, and Python's error would repeat the secret
    if HALF_A_CHARACTER.search(secret.reveal()):
        raise ConfigurationError(
            "The secret contains half a character (a lone surrogate), which can't be sent.",
            next_step="Set it again, in UTF-8.",
        )
    return secret


def typed_unseen(prompt: str, *, what: str, next_step: str) -> Secret | None:
    """Return what the person types, without showing or saving it; None for an empty line.

    Raises ConfigurationError with `next_step` if the person can't type here.
    """
    try:
        with warnings.catch_warnings():
            # If echo cannot be turned off, getpass only warns.
            warnings.simplefilter("error", getpass.GetPassWarning)
            typed = getpass.getpass(f"{check_text(prompt, 'prompt')}: ")
    except getpass.GetPassWarning as error:
        raise ConfigurationError(
            f"The {what} can't be typed in here: it would be visible.",
            next_step=next_step,
        ) from error
    # StdinNotImplementedError of ipykernel is a RuntimeError
    except (RuntimeError, EOFError) as error:
        raise ConfigurationError(
            f"The {what} can't be typed in here.", next_step=next_step
        ) from error
    return Secret(typed) if typed.strip() else None
