"""A text file that a person or a platform has named."""

from __future__ import annotations

from pathlib import Path

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret.names import shown_path


def text_of(name: str, *, next_step: str) -> str:
    """Return the text of the file, without a byte order mark; `~` is the person's home.

    Raises ConfigurationError, because of an OSError if that was the reason.
    """
    try:
        # Editors on Windows write the mark.
        return Path(name).expanduser().read_text("utf-8-sig")
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
