"""httpx without its command line, which loads rich, click and pygments if they are installed."""

from __future__ import annotations

import sys

__all__ = ["AsyncClient", "Client", "httpx"]

_COMMAND = "httpx._main"

if "httpx" not in sys.modules:
    # None makes an import fail, as it does if one of them is missing
    sys.modules[_COMMAND] = None  # type: ignore[assignment]
try:
    import httpx
    from httpx import AsyncClient, Client
finally:
    if sys.modules.get(_COMMAND, sys) is None:
        del sys.modules[_COMMAND]
