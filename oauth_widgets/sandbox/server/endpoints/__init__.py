"""One module for each endpoint: it reads a request and changes or reports the state."""

from __future__ import annotations
