"""What a function needs of a session if all it does is read."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import pandas as pd


@runtime_checkable
class Reads(Protocol):
    """Reads an API's records into a DataFrame, as a Session does: `def mine(session: Reads)`.

    A test can pass a small class instead of a session.

        def count(session: ow.Reads) -> int:
            return len(session.frame("/events"))
    """

    def frame(self, url_or_path: str, params: Any = None, /, **how: Any) -> pd.DataFrame:  # noqa: ANN401 - as a Session takes them
        """Return the records at an address of the API: `frame = session.frame("/events")`."""
