"""Kept sign-ins in the keyring of the operating system."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import keyring
from keyring.backends import fail, null
from keyring.errors import (
    InitError,
    KeyringError,
    KeyringLocked,
    NoKeyringError,
    PasswordDeleteError,
    PasswordSetError,
)

from oauth_widgets.errors import (
    StoreDamaged,
    StoreLocked,
    StoreProblem,
    StoreReadOnly,
    StoreUnavailable,
)

SERVICE = "oauth-widgets kept"
_LONGEST = 1200
"""Characters in one entry: Windows takes 2560 bytes, with two for each character."""

_IN_PARTS = re.compile(r"parts ([0-9a-f]{8}) ([0-9]{1,4})")
_USE_A_FILE = 'Keep it in a file that only you can read: keep="file".'


class KeyringStore:
    """One entry for each sign-in; a long one is written in parts that the entry points to."""

    place = "this computer's keyring"

    def probe(self) -> None:
        """Write an entry, read it and remove it. A locked keyring may ask to be unlocked here."""
        backend = keyring.get_keyring()
        if isinstance(backend, fail.Keyring | null.Keyring):
            raise StoreUnavailable(
                "This computer has no keyring, as is common in containers.", next_step=_USE_A_FILE
            )
        name, value = f"probe-{secrets.token_hex(4)}", secrets.token_hex(4)
        self.write(name, value)
        try:
            if self.read(name) != value:
                raise StoreUnavailable(
                    "The keyring doesn't return what it was given.", next_step=_USE_A_FILE
                )
        finally:
            self.erase(name)

    def read(self, name: str) -> str | None:
        """Return the text, or None."""
        with _in_our_words():
            head = keyring.get_password(SERVICE, name)
            if head is None or (parts := _IN_PARTS.fullmatch(head)) is None:
                return head
            found = [keyring.get_password(SERVICE, part_name) for part_name in _names(name, parts)]
        if None in found:
            raise StoreDamaged("A part of the kept sign-in is missing from the keyring.")
        return "".join(filter(None, found))

    def write(self, name: str, text: str) -> None:
        """Write the parts first, if there are any, then the entry that points to them."""
        with _in_our_words():
            before = keyring.get_password(SERVICE, name)
            head = text
            if len(text) > _LONGEST:
                cut = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
                head = f"parts {secrets.token_hex(4)} {len(cut)}"
                for part_name, part in zip(_names(name, _parts(head)), cut, strict=True):
                    keyring.set_password(SERVICE, part_name, part)
            keyring.set_password(SERVICE, name, head)
        if before != head:
            self._erase_parts(name, before)

    def erase(self, name: str) -> None:
        """Remove the entry, then its parts."""
        with _in_our_words():
            before = keyring.get_password(SERVICE, name)
            if before is None:
                return
            keyring.delete_password(SERVICE, name)
        self._erase_parts(name, before)

    def _erase_parts(self, name: str, head: str | None) -> None:
        parts = _IN_PARTS.fullmatch(head or "")
        for part_name in _names(name, parts) if parts else ():
            # Nothing points to a part that remains, so it does no harm.
            with suppress(KeyringError):
                keyring.delete_password(SERVICE, part_name)


def _parts(head: str) -> re.Match[str]:
    parts = _IN_PARTS.fullmatch(head)
    if parts is None:
        raise StoreDamaged("The kept sign-in in the keyring has too many parts.")
    return parts


def _names(name: str, parts: re.Match[str]) -> list[str]:
    return [f"{name} {parts[1]} {number}" for number in range(int(parts[2]))]


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
        raise StoreUnavailable("The keyring can't be used.", next_step=_USE_A_FILE) from problem
    except (PasswordSetError, PasswordDeleteError) as problem:
        raise StoreReadOnly(
            "The keyring can't be written.", next_step=f"Unlock it, or: {_USE_A_FILE}"
        ) from problem
    # Each backend raises its own errors, such as those of D-Bus or a file that can't be opened.
    except Exception as problem:
        raise StoreUnavailable(
            f"The keyring failed: {type(problem).__name__}.", next_step=_USE_A_FILE
        ) from problem
