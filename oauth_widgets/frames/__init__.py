"""Pages of an API to a DataFrame."""

from __future__ import annotations

from oauth_widgets.frames.frame import frame

__all__ = ["frame"]
