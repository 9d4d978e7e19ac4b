"""A store of saved sign-ins: its interface, and the choice between the kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from oauth_widgets.errors import ConfigurationError, StoreUnavailable
from oauth_widgets.errors.imported import imported
from oauth_widgets.errors.kinds import is_one_of

KINDS = ("keyring", "file")


class Store(Protocol):
    """Texts by name, each written whole or not at all. Every method may raise a StoreProblem."""

    place: str
    """Its name for people."""

    def probe(self) -> None:
        """Make sure that a text can be written here, before anyone signs in for it."""

    def read(self, name: str) -> str | None:
        """Return the text, or None if there is none."""

    def write(self, name: str, text: str) -> None:
        """Replace the text with `text`. If that fails, the old one is still there."""

    def erase(self, name: str) -> None:
        """Remove the text, if there is one."""


def open_store(kind: str, *, asks: bool = True) -> Store:
    """Return the store of that kind. Raises ConfigurationError or StoreUnavailable.

    `asks` says that someone is there whom a locked keyring may ask for its password.
    """
    if not is_one_of(kind, KINDS):
        raise ConfigurationError(
            "keep= doesn't name a known place to save a sign-in.",
            next_step='Pass keep="keyring" or keep="file", or leave it out.',
        )
    module = needed(f"oauth_widgets.session.kept.{kind}_store")
    store: Store
    store = module.KeyringStore(asks=asks) if kind == "keyring" else module.FileStore(folder())
    return store


def folder() -> Path:
    """Return the folder that saved sign-ins and their locks are in; it may not exist yet."""
    # The folder's name says what it holds, since a person may come across it.
    kept: Path = needed("platformdirs").user_state_path("oauth-widgets") / "kept"
    return kept


def needed(module: str) -> Any:  # noqa: ANN401 - a module
    """Import `module`, which the extra `keep` brings. Raises StoreUnavailable."""
    return imported(module, "Saving a sign-in", extra="keep", error=StoreUnavailable)
