"""What several rows of the source document have in common."""

from __future__ import annotations

import httpx

STATE = "s t/a&t=e"
SINGLE = "http://127.0.0.1/callback"


def refused(response: httpx.Response, error: str, status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error)
