"""Where one answer leads, asked without a server."""

from __future__ import annotations

from itertools import islice
from typing import Any

from oauth_widgets.frames.pages import PageInfo
from oauth_widgets.frames.paging import onward

URL = "https://api.example/v1/items"


def way(
    outline: Any,
    *,
    url: str = URL,
    page: int = 1,
    rows: int = 10,
    last: Any = None,
    **headers: str,
) -> Any:
    """Return the next address, those ahead, and the total; `last` is the last record."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = onward(PageInfo(url, page, rows, outline, named, (last or {}).get), None)
    if found.problem is not None:
        raise found.problem
    return found.next, list(islice(found.ahead, 5)), found.total
