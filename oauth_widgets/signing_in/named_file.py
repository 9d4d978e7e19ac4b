"""A text file that a person or a platform has named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret.names import shown_path

MOST = 2**20
"""Bytes that a file may have, unless its reader needs more."""

_PARTS = 20
# All match to the end if there is no end, so that a text is read once.
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^\']|\'(?!\'\'))*+(?:\'\'\')?'
    r'|"(?:[^"\\\n]|\\.)*+"?|\'[^\'\n]*+\'?|#[^\n]*+',
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_PARTS}}}")


def text_of(name: str, *, next_step: str, most: int = MOST) -> str:
    """Return the text of the file, without a byte order mark; `~` is the person's home.

    Raises ConfigurationError, because of an OSError if that was the reason, or for a file of more
    than `most` bytes.
    """
    try:
        with Path(name).expanduser().open("rb") as file:
            content = file.read(most + 1)
        # Editors on Windows write the mark.
        text = content[:most].decode("utf-8-sig")
        if len(content) <= most:
            return text.replace("\r\n", "\n").replace("\r", "\n")
        why, cause = f"It has more than {most >> 20} MiB.", None
    except OSError as problem:
        # The same without the name, which may be a secret in the place of one.
        why, cause = f"{problem.strerror}.", OSError(problem.errno, problem.strerror)
    except UnicodeDecodeError:
        # The cause is left out, since its text quotes the file.
        why, cause = "It isn't UTF-8 text.", None
    except (ValueError, RuntimeError):
        why, cause = "It isn't a valid path here.", None
    said = f"{shown_path(name)} can't be read: {why}"
    raise ConfigurationError(said, next_step=next_step) from cause


def toml_of(text: str, name: str) -> dict[str, Any]:
    """Return what the text of the TOML file `name` says.

    Raises ValueError, whose text has no word of the file's values, or ConfigurationError.
    """
    # Python takes minutes for a name of very many parts.
    if _LONG_KEY.search(_STRING.sub("s", text)):
        raise ConfigurationError(
            f"{shown_path(name)} has a name of more than {_PARTS} parts, such as a.b.c.",
            next_step="Shorten it: no setting has as many.",
        )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("its values are nested too deeply") from None
