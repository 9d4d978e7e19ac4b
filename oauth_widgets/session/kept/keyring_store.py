"""Saved sign-ins in the keyring of the operating system."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress

from oauth_widgets.errors import StoreDamaged, StoreProblem, StoreUnavailable
from oauth_widgets.session.kept.os_keyring import USE_A_FILE, Keyring

SERVICE = "oauth-widgets kept"
_LONGEST = 1200
"""Characters in one entry: Windows takes 2560 bytes, with two for each character."""

_IN_PARTS = re.compile(r"parts ([0-9a-f]{8}) ([0-9]{1,4})")


class KeyringStore:
    """One entry for each sign-in; a long one is written in parts that the entry points to.

    `asks` says that someone is there whom a locked keyring may ask for its password.
    """

    place = "this computer's keyring"

    def __init__(self, *, asks: bool = True) -> None:
        self._keyring = Keyring(asks=asks)

    def probe(self) -> None:
        """Write an entry, read it and remove it. A locked keyring may ask to be unlocked here."""
        name, value = f"probe-{secrets.token_hex(4)}", secrets.token_hex(4)
        self.write(name, value)
        try:
            if self.read(name) != value:
                raise StoreUnavailable(
                    "The keyring doesn't return what was saved in it.", next_step=USE_A_FILE
                )
        finally:
            self.erase(name)

    def read(self, name: str) -> str | None:
        """Return the text, or None."""
        head = self._keyring.get(SERVICE, name)
        if head is None or (parts := _IN_PARTS.fullmatch(head)) is None:
            return head
        found = [self._keyring.get(SERVICE, part_name) for part_name in _names(name, parts)]
        if None in found:
            raise StoreDamaged("A part of the saved sign-in is missing from the keyring.")
        return "".join(filter(None, found))

    def write(self, name: str, text: str) -> None:
        """Write the parts first, if there are any, then the entry that points to them."""
        before, head = self._keyring.get(SERVICE, name), text
        if len(text) > _LONGEST:
            cut = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
            head = f"parts {secrets.token_hex(4)} {len(cut)}"
            for part_name, part in zip(_names(name, _parts(head)), cut, strict=True):
                self._keyring.set(SERVICE, part_name, part)
        self._keyring.set(SERVICE, name, head)
        if before != head:
            self._erase_parts(name, before)

    def erase(self, name: str) -> None:
        """Remove the entry, then its parts."""
        before = self._keyring.get(SERVICE, name)
        if before is None:
            return
        self._keyring.delete(SERVICE, name)
        self._erase_parts(name, before)

    def _erase_parts(self, name: str, head: str | None) -> None:
        parts = _IN_PARTS.fullmatch(head or "")
        for part_name in _names(name, parts) if parts else ():
            # Nothing points to a part that remains, so it does no harm.
            with suppress(StoreProblem):
                self._keyring.delete(SERVICE, part_name)


def _parts(head: str) -> re.Match[str]:
    parts = _IN_PARTS.fullmatch(head)
    if parts is None:
        raise StoreDamaged("The saved sign-in in the keyring has too many parts.")
    return parts


def _names(name: str, parts: re.Match[str]) -> list[str]:
    return [f"{name} {parts[1]} {number}" for number in range(int(parts[2]))]
