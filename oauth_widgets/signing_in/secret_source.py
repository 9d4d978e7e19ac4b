"""The places where a connection's client secret may be, so that it needn't be in the file."""

from __future__ import annotations

import os

from oauth_widgets.errors import ConfigurationError, StoreUnavailable
from oauth_widgets.errors.kinds import VARIABLE
from oauth_widgets.secret import Secret
from oauth_widgets.secret.names import shown
from oauth_widgets.session.kept.store import needed
from oauth_widgets.signing_in.named_file import text_of

_SERVICE = "oauth-widgets"
SOURCES = {
    "env": "Set the environment variable {} before the kernel starts.",
    "keyring": f"Store it: keyring set {_SERVICE} {{}}",
    "file": "Write it to {}.",
}
"""How to put the secret there, by kind of place."""


def secret_in(kind: str, entry: str, *, asks: bool) -> Secret:
    """Return the secret that is in that place.

    `asks` says that someone is there whom a locked keyring may ask for its password. Raises
    ConfigurationError, or a kind of StoreProblem for the keyring.
    """
    # Anything but the usual name of a variable may be the secret itself.
    name = shown(entry) if kind != "env" or VARIABLE.fullmatch(entry) else "…"
    step = SOURCES[kind].format(name)
    if kind == "env":
        secret = os.environ.get(entry)
    elif kind == "file":
        secret = text_of(entry, next_step=step).strip()
    else:
        module = needed("oauth_widgets.session.kept.os_keyring")
        try:
            secret = module.Keyring(asks=asks).get(_SERVICE, entry)
        except StoreUnavailable as problem:
            elsewhere = 'Name another place: client_secret = { env = "…" } or { file = "…" }.'
            raise ConfigurationError(problem.message, next_step=elsewhere) from problem
    if not secret:
        said = f"There is no client secret in {kind} {name!r}."
        raise ConfigurationError(said, next_step=step)
    return Secret(secret)
