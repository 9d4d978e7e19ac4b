"""A text file that a person or a platform has named."""

from __future__ import annotations

from pathlib import Path

from oauth_widgets.errors import ConfigurationError


def text_of(name: str, *, next_step: str) -> str:
    """Return the text of the file, without a byte order mark; `~` is the person's home.

    Raises ConfigurationError, because of an OSError if that was the reason.
    """
    try:
        # Editors on Windows write the mark.
        return Path(name).expanduser().read_text("utf-8-sig")
    except OSError as problem:
        why, cause = f"{problem.strerror}.", problem
    except UnicodeDecodeError:
        # The cause is left out, since its text quotes the file.
        why, cause = "It isn't UTF-8 text.", None
    except (ValueError, RuntimeError):
        why, cause = "This can't be a path here.", None
    raise ConfigurationError(f"{name} can't be read: {why}", next_step=next_step) from cause
