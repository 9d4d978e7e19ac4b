# ruff: noqa: T201 - a script says what it measured
"""Many sign-ins to a practice server in another process.

    python tests/bench/sign_ins.py --at-once 50            # does everybody get in, how fast
    python tests/bench/sign_ins.py --sign-ins 10000        # does its memory stay flat

A sign-in is the whole code flow: authorization request, password, consent, code for tokens,
userinfo, and a refresh.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import html
import json
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

COMMAND = [sys.executable, "-c", "import sys; from oauth_widgets.cli import main; sys.exit(main())"]
CALLBACK = "http://127.0.0.1:1/callback"
SCOPE = "openid phone offline_access events.read"
FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Server:
    """A practice server in another process; `description` is its own JSON line."""

    def __init__(self, profile: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "sandbox", "--json", "--profile", profile],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.description: dict[str, Any] = json.loads(self._process.stdout.readline())

    @property
    def memory(self) -> float:
        """Resident memory in MB (Linux)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class Person:
    """One person with a browser, and the program that they sign in to."""

    def __init__(self, server: dict[str, Any], metadata: dict[str, str], who: int) -> None:
        self.metadata = metadata
        self.user = server["users"][who % len(server["users"])]
        secret = server["clients"]["notebook"]["client_secret"]
        self.client = httpx.BasicAuth("notebook", secret)

    async def sign_in(self, transport: httpx.AsyncBaseTransport) -> None:
        """Go the whole way; raises for anything that fails on it."""
        verifier = secrets.token_urlsafe(32)
        async with httpx.AsyncClient(transport=_Shared(transport), timeout=60) as http:
            answer = await self._authorize(http, verifier)
            assert answer["state"] == ["s"], answer
            form = {
                "grant_type": "authorization_code",
                "code": answer["code"][0],
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
            }
            tokens = await self._token(http, form)
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            told = (await http.get(self.metadata["userinfo_endpoint"], headers=bearer)).json()
            assert told["phone_number"] == self.user["phone_number"], told
            form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            await self._token(http, form)

    async def _authorize(self, http: httpx.AsyncClient, verifier: str) -> dict[str, list[str]]:
        digest = hashlib.sha256(verifier.encode()).digest()
        request = {
            "client_id": "notebook",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "s",
            "nonce": "n",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page = await self._followed(
            http, await http.get(self.metadata["authorization_endpoint"], params=request)
        )
        named = {name: self.user[name] for name in ("username", "password")}
        page = await self._submitted(http, page, named)
        answer = await self._submitted(http, page, {"decision": "allow"})
        return parse_qs(urlsplit(answer.headers["location"]).query)

    async def _submitted(
        self, http: httpx.AsyncClient, page: httpx.Response, fields: dict[str, str]
    ) -> httpx.Response:
        found = FORM_TOKEN.search(page.text)
        assert found, page.text[-800:]
        form = {"form_token": html.unescape(found[1]), **fields}
        return await self._followed(http, await http.post(page.url, data=form))

    async def _followed(self, http: httpx.AsyncClient, response: httpx.Response) -> httpx.Response:
        while response.next_request and not str(response.next_request.url).startswith(CALLBACK):
            response = await http.send(response.next_request)
        return response

    async def _token(self, http: httpx.AsyncClient, form: dict[str, str]) -> dict[str, Any]:
        answer = await http.post(self.metadata["token_endpoint"], data=form, auth=self.client)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        assert tokens["id_token"]
        return tokens


class _Shared(httpx.AsyncBaseTransport):
    """Connections that outlive one browser, so that the sandbox is measured and not the client."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


async def all_at_once(server: Server, metadata: dict[str, str], people: int) -> None:
    """Let everybody start in the same moment, and say how long each of them waited."""

    async def one(who: int) -> float:
        start = time.perf_counter()
        async with httpx.AsyncHTTPTransport() as transport:
            await Person(server.description, metadata, who).sign_in(transport)
        return time.perf_counter() - start

    start = time.perf_counter()
    results = await asyncio.gather(*(one(who) for who in range(people)), return_exceptions=True)
    took = [result for result in results if isinstance(result, float)]
    failed = [result for result in results if not isinstance(result, float)]
    print(
        f"{people} people at once: {len(failed)} failed, {time.perf_counter() - start:.2f} s in all"
    )
    for failure in failed[:5]:
        print(f"  {failure!r}")
    if len(took) > 1:
        print(
            f"  each {min(took):.2f} to {max(took):.2f} s, median {quantiles(took, n=2)[0]:.2f} s"
        )


async def one_after_another(server: Server, metadata: dict[str, str], sign_ins: int) -> None:
    """Sign in again and again, four at a time, and say how the server's memory grows."""
    done, step = 0, max(sign_ins // 10, 1)
    print(f"{done:>7} sign-ins: {server.memory:6.1f} MB")
    async with httpx.AsyncHTTPTransport() as transport:
        while done < sign_ins:
            four = [
                Person(server.description, metadata, who).sign_in(transport) for who in range(4)
            ]
            await asyncio.gather(*four)
            done += 4
            if done % step < 4:
                print(f"{done:>7} sign-ins: {server.memory:6.1f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="wgtwo")
    parser.add_argument("--at-once", type=int, default=0)
    parser.add_argument("--sign-ins", type=int, default=0)
    chosen = parser.parse_args()
    server = Server(chosen.profile)
    try:
        metadata = httpx.get(server.description["discovery"], trust_env=False).json()
        if chosen.at_once:
            asyncio.run(all_at_once(server, metadata, chosen.at_once))
        if chosen.sign_ins:
            asyncio.run(one_after_another(server, metadata, chosen.sign_ins))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
