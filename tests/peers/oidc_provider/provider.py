"""npm's oidc-provider as a peer: a server that we did not write, on loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

import httpx

HERE = Path(__file__).parent


class OidcProvider:
    """A running provider. `issuer`, `redirect_uri`, and `clients` by kind (see server.mjs).

    A client is the dict it was registered with: client_id, client_secret,
    token_endpoint_auth_method, redirect_uris, grant_types, scope. The redirect URI takes any
    port. Refresh tokens come for `offline_access` with `prompt=consent` (OIDC Core, 11).
    """

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise RuntimeError("oidc-provider needs Node.js 20 or later; scripts/test installs it.")
        if not (HERE / "node_modules" / "oidc-provider").is_dir():
            raise RuntimeError(f"Run `npm ci` in {HERE} first; scripts/test does.")
        self._process = subprocess.Popen(  # noqa: S603 - our own server
            [node, str(HERE / "server.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        ready = self._answer()
        self.issuer: str = ready["issuer"]
        self.redirect_uri: str = ready["redirect_uri"]
        self.clients: dict[str, dict[str, Any]] = ready["clients"]

    def sign_in(self, authorization_url: str, *, user: str = "alice", approve: bool = True) -> str:
        """Walk the pages as a new visitor; the redirect to the client, not followed."""
        with Visitor(self.issuer, user=user, approve=approve) as visitor:
            return visitor.visit(authorization_url)

    def rotate_keys(self, *, keep_old: bool) -> list[str]:
        """Sign with a new key from now on; the key ids published, the new one first."""
        self._command({"rotate_keys": "keep" if keep_old else "drop"})
        kids: list[str] = self._answer()["kids"]
        return kids

    def stop(self) -> None:
        """End the server: it stops when its standard input closes."""
        self._process.communicate(timeout=10)

    def _command(self, command: dict[str, str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("oidc-provider ended; standard error has the reason.")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Visitor:
    """A person with a separate browser: keeps cookies, fills in forms, presses buttons.

    Also for the provider's device and log-out pages: `approve` presses a form's first button,
    refusing presses its last.
    """

    def __init__(self, origin: str, *, user: str = "alice", approve: bool = True) -> None:
        self._origin = origin
        self._user = user
        self._approve = approve
        self._browser = httpx.Client(trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._browser.close()

    def visit(self, url: str) -> str:
        """Return the first address that leaves the provider, or the last page on it."""
        response = self._browser.get(url)
        for _ in range(20):
            if response.has_redirect_location:
                target = urljoin(str(response.url), response.headers["location"])
                if not target.startswith(f"{self._origin}/"):
                    return target
                response = self._browser.get(target)
                continue
            assert response.is_success, f"{response.url}: {response.status_code} {response.text}"
            form = Form(response.text)
            if form.action is None:
                return str(response.url)
            target = urljoin(str(response.url), form.action)
            response = self._browser.post(target, data=form.filled(self._user, self._approve))
        raise AssertionError(f"The pages from {url} lead nowhere.")


class Form(HTMLParser):
    """The first form of a page; `action` is None if the page has none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self._fields: dict[str, str] = {}
        self._buttons: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form" and self.action is None:
            self.action = given.get("action") or ""
        elif tag == "input" and name:
            self._fields[name] = value
        elif tag == "button":
            self._buttons.append({name: value} if name else {})

    def filled(self, user: str, approve: bool) -> dict[str, str]:
        """What the browser sends when the person signs in as `user` and decides."""
        pressed = self._buttons[0 if approve else -1] if self._buttons else {}
        login = {"login": user} if "login" in self._fields else {}
        return self._fields | login | pressed
