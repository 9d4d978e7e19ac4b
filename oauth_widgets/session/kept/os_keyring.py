"""The keyring of the operating system, which may be locked and ask for its password."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import (
    InitError,
    KeyringLocked,
    NoKeyringError,
    PasswordDeleteError,
    PasswordSetError,
)

from oauth_widgets.errors import StoreLocked, StoreProblem, StoreReadOnly, StoreUnavailable

T = TypeVar("T")

USE_A_FILE = 'Use keep="file" instead, which writes a file that only you can read.'
_SECRET_SERVICE = ("keyring.backends.SecretService", "keyring.backends.libsecret")
_PATIENCE = {True: 60.0, False: 5.0}
"""Seconds to wait for an answer, if the keyring may ask a person and if it may not."""


def names() -> list[str]:
    """Return the names of the keyrings that are used here, the first one first; asks nothing.

    Raises StoreUnavailable if the keyring that is configured can't be used.
    """
    with _in_our_words():
        return [str(one.name) for one in _backends() if one.priority > 0]


class Keyring:
    """Passwords by service and name. Each method may raise a kind of StoreProblem.

    `asks` says that someone is there whom a locked keyring may ask for its password.
    """

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks

    def get(self, service: str, name: str) -> str | None:
        """Return the password, or None if there is none."""
        return self._call(lambda: keyring.get_password(service, name))

    def set(self, service: str, name: str, password: str) -> None:
        """Store the password."""
        self._call(lambda: keyring.set_password(service, name, password))

    def delete(self, service: str, name: str) -> None:
        """Remove the password."""
        self._call(lambda: keyring.delete_password(service, name))

    def _call(self, function: Callable[[], T]) -> T:
        with _in_our_words():
            if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
                said = "This computer has no keyring, as is common in containers."
                raise StoreUnavailable(said, next_step=USE_A_FILE)
            if not self._asks and would_ask():
                raise KeyringLocked
            return _in_time(function, _PATIENCE[self._asks])


def would_ask() -> bool:
    """Whether the keyring would ask for its password first; only Linux's Secret Service tells."""
    if not any(type(one).__module__.startswith(_SECRET_SERVICE) for one in _backends()):
        return False
    try:
        service = importlib.import_module("secretstorage")
        with closing(service.dbus_init()) as bus:
            # One that doesn't exist yet would be made now, and asks for a new password.
            return bool(service.Collection(bus).is_locked())
    except Exception as problem:  # noqa: BLE001 - D-Bus raises its own
        return type(problem).__name__ == "ItemNotFoundException"


def _backends() -> list[KeyringBackend]:
    """Return the keyrings behind the one that this computer uses, which may be several in turn."""
    backend = keyring.get_keyring()
    return list(getattr(backend, "backends", ())) or [backend]


def _in_time(function: Callable[[], T], seconds: float) -> T:
    """Return what `function` returns. Raises StoreLocked if that takes longer than `seconds`."""
    results: list[T] = []
    failures: list[Exception] = []

    def call() -> None:
        try:
            results.append(function())
        except Exception as problem:  # noqa: BLE001 - raised below
            failures.append(problem)

    # A keyring that waits for a person can't be interrupted, and must not keep a process alive.
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not results:
        raise StoreLocked(
            "The keyring doesn't answer. It may be waiting for its password.",
            next_step="Unlock it, then try again.",
        )
    return results[0]


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say in our own words why the keyring doesn't work."""
    try:
        yield
    except StoreProblem:
        raise
    except KeyringLocked as problem:
        raise StoreLocked(
            "The keyring is locked.", next_step="Unlock it, then try again."
        ) from problem
    except (NoKeyringError, InitError) as problem:
        raise StoreUnavailable("The keyring can't be used.", next_step=USE_A_FILE) from problem
    except (PasswordSetError, PasswordDeleteError) as problem:
        raise StoreReadOnly(
            "The keyring can't be written to.", next_step=f"Unlock it, then try again. {USE_A_FILE}"
        ) from problem
    # Each backend raises its own errors, such as those of D-Bus or a file that can't be opened.
    except Exception as problem:
        raise StoreUnavailable(
            f"The keyring failed: {type(problem).__name__}.", next_step=USE_A_FILE
        ) from problem
