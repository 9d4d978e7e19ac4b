"""Names that a caller gave, in errors: what may be a secret in the place of one isn't shown."""

from __future__ import annotations

import os
from pathlib import Path

from oauth_widgets.errors import foreign_text
from oauth_widgets.secret.parameters import looks_secret

_DOTS = "••••"


def shown(name: str) -> str:
    """Return a name fit to show; dots if it looks like a secret."""
    is_secret = looks_secret(name.encode(errors="replace"), strict=True)
    return _DOTS if is_secret else foreign_text(name)


def shown_name(name: str) -> str:
    """Return the same in quotation marks."""
    return repr(shown(name))


def shown_path(path: str | os.PathLike[str]) -> str:
    """Return the name of a file; dots for each part of it that looks like a secret."""
    return foreign_text(str(Path(*map(shown, Path(path).parts))))
