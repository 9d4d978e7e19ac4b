"""Other people's clients, each with one way to send a request."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest
import requests

import oauth_widgets as ow

from ..helpers.rigged import Rigged

CERTIFICATES = ssl.create_default_context()
"""Read once: each client would read them anew, which takes longer than a request."""


def blocking(library: Any) -> Callable[..., Any]:
    def send(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
        with library.Client(
            auth=auth, trust_env=False, follow_redirects=follow, verify=CERTIFICATES
        ) as client:
            return client.request(method, url, content=body)

    return send


def awaiting(library: Any) -> Callable[..., Any]:
    def send(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
        async def awaited() -> Any:
            async with library.AsyncClient(
                trust_env=False, follow_redirects=follow, verify=CERTIFICATES
            ) as client:
                return await client.request(method, url, content=body, auth=auth)

        return asyncio.run(awaited())

    return send


by_httpx, by_httpx_awaiting = blocking(httpx), awaiting(httpx)


def by_requests(auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None) -> Any:
    return requests.request(method, url, auth=auth, allow_redirects=follow, data=body, timeout=10)


def by_requests_session(
    auth: Any, method: str, url: str, *, follow: bool = False, body: Any = None
) -> Any:
    with requests.Session() as client:
        client.auth = auth
        return client.request(method, url, allow_redirects=follow, data=body, timeout=10)


CLIENTS = {
    "httpx": by_httpx,
    "httpx-awaiting": by_httpx_awaiting,
    "httpx2": blocking(httpx2),
    "httpx2-awaiting": awaiting(httpx2),
    "requests": by_requests,
    "requests-session": by_requests_session,
}
every_client = pytest.mark.parametrize("send", CLIENTS.values(), ids=CLIENTS)


def fetch(
    kind: str, session: ow.Session, method: str, url: str, limits: Any = None, **more: Any
) -> httpx.Response:
    """Send one request by `session.http()` or by its awaitable twin."""
    if kind == "http":
        with session.http(**limits or {}) as client:
            return client.request(method, url, **more)

    async def awaited() -> httpx.Response:
        async with session.ahttp(**limits or {}) as client:
            return await client.request(method, url, **more)

    return asyncio.run(awaited())


both_clients = pytest.mark.parametrize("kind", ["http", "ahttp"])


def tokens(server: Rigged) -> list[str | None]:
    return [sent.headers.get("authorization") for sent in server.sent]
