"""Pages of an API to a DataFrame, a table or a file."""

from __future__ import annotations

from oauth_widgets.frames.progress import Progress
from oauth_widgets.frames.reading import Reading

__all__ = ["Progress", "Reading"]
