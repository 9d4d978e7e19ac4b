"""One server for a whole class: a space for each participant, and a page for the host.

A space is a whole practice server at a path of this one: nothing that happens in one space
is seen in another. Whoever joins gets the key of their space; the host's key opens the host's page.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Unpack
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from oauth_widgets.sandbox.server import wire
from oauth_widgets.sandbox.server.admin import ACTION_PATH
from oauth_widgets.sandbox.server.app import application
from oauth_widgets.sandbox.server.controls import KEY_HEADER, Controls
from oauth_widgets.sandbox.server.listener import Place
from oauth_widgets.sandbox.server.pages.host import Row, class_page, join_page, key_page
from oauth_widgets.sandbox.server.pages.layout import refusal_page
from oauth_widgets.sandbox.server.refusals import PageRefusal, Refusal
from oauth_widgets.sandbox.server.running import Answering, Options, settings_of
from oauth_widgets.sandbox.server.state.browsers import prefix_of
from oauth_widgets.sandbox.server.state.log import LoggedRequest
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.sandbox.server.state.site import Site, new_key

SPACES = 40
LONGEST_NAME = 40  # characters
_COOKIE = "oauth_widgets_host"

MILESTONES: dict[str, Callable[[LoggedRequest], bool]] = {
    "Began a sign-in": lambda one: "response_type" in one.names,
    "Got a token": lambda one: "grant_type" in one.sent and one.status == 200,
    "Read the API": lambda one: one.path.startswith("/api/") and one.status == 200,
    "Refreshed a token": lambda one: (
        one.sent.get("grant_type") == "refresh_token" and one.status == 200
    ),
    "Signed out": lambda one: "token" in one.names and one.status == 200,
}
"""What the host's page says of a participant, judged by the requests of their space."""


@dataclass(eq=False)
class Space:
    """A participant's practice server, and the key that controls it."""

    number: str
    name: str
    controls: Controls
    app: ASGIApp
    paused: bool = False

    @property
    def key(self) -> str:
        """The key that controls it."""
        return self.controls.site.admin_key

    def row(self) -> Row:
        """Return what the host sees of it."""
        # The page asks for this again and again for the whole class, so nothing is copied.
        requests = self.controls.site.realm.seen.requests()
        done = tuple(name for name, reached in MILESTONES.items() if any(map(reached, requests)))
        return Row(
            space=self.number,
            name=self.name,
            done=done,
            requests=len(requests),
            on=tuple(self.controls.switches_on),
            paused=self.paused,
        )


class Classroom:
    """A running classroom. `address` is what participants connect to; `host_key` is the host's."""

    def __init__(self, settings: Settings, spaces: int, place: Place) -> None:
        listener = place.listen()
        port: int = listener.getsockname()[1]
        self.address = place.origin(port)
        self.host_page = f"{self.address}/host"
        self.host_key = new_key()
        self.most = spaces
        self._settings = replace(settings, port=port)
        self._prefix = urlsplit(self.address).path
        self._spaces: dict[str, Space] = {}
        self._joined = 0
        self._coming = 0
        self._hosts: dict[str, str] = {}
        self._front = Starlette(
            routes=[
                Route("/", self._welcome, methods=["GET"]),
                Route("/join", self._join, methods=["POST"]),
                Route("/host", self._host, methods=["GET", "POST"]),
                Route("/leave", self._leave, methods=["POST"]),
                Route("/{space}" + ACTION_PATH, self._gone, methods=["POST"]),
            ],
            exception_handlers={Refusal: _refused},
        )
        self._answering = Answering(self, listener, place)
        self._answering.start()

    def __repr__(self) -> str:
        return f"<Classroom at {self.address}: {len(self._spaces)} of {self.most} spaces>"

    def stop(self) -> None:
        """Stop answering and free the port; every space is gone."""
        self._answering.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the space that its path names, or else answer it for the class."""
        # Some proxies remove the path that they serve this at, and others leave it there.
        path: str = scope["path"]
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix)
        number, _, rest = path.removeprefix("/").partition("/")
        space = self._spaces.get(number)
        if space is None:
            await self._front({**scope, "path": path}, receive, send)
        elif space.paused:
            await _pause(Request(scope))(scope, receive, send)
        else:
            before = prefix_of(Request(scope)) or self._prefix
            headers = [pair for pair in scope["headers"] if pair[0] != b"x-forwarded-context"]
            headers.append((b"x-forwarded-context", f"{before.rstrip('/')}/{number}".encode()))
            await space.app({**scope, "path": f"/{rest}", "headers": headers}, receive, send)

    async def _welcome(self, _request: Request) -> Response:
        return join_page(self.address)

    async def _join(self, request: Request) -> Response:
        """Give a participant a space, or the one whose key they have, under the name they give."""
        given = wire.object_in(await wire.body_of(request))
        ours = version("oauth-widgets")
        if given.get("version") != ours:
            raise Refusal("other_version", ours, status=409)
        space = self._space_of(given.get("key")) or await self._made()
        name = _name(given.get("name"))
        if name:
            taken = any(one.name == name and one is not space for one in self._spaces.values())
            space.name = f"{name} ({space.number})" if taken else name
        return wire.answer({"key": space.key, "space": space.controls.issuer})

    def _space_of(self, key: object) -> Space | None:
        """Return the space with that key; None if none was given. Raises Refusal."""
        if not key:
            return None
        for space in self._spaces.values():
            if wire.same(str(key), space.key):
                return space
        raise _wrong_key()

    async def _made(self) -> Space:
        # Others may join while the keys are made.
        if len(self._spaces) + self._coming >= self.most:
            raise Refusal("classroom_full", str(self.most), status=409)
        self._coming += 1
        self._joined += 1
        number = str(self._joined)
        try:
            settings = replace(self._settings, issuer=f"{self.address}/{number}")
            site = await asyncio.to_thread(Site, settings)
        finally:
            self._coming -= 1
        controls = Controls(site)
        made = Space(number, f"Participant {number}", controls, application(controls))
        self._spaces[number] = made
        return made

    async def _leave(self, request: Request) -> Response:
        space = self._space_of(request.headers.get(KEY_HEADER))
        if space is not None:
            del self._spaces[space.number]
        return wire.answer({})

    async def _gone(self, _request: Request) -> Response:
        raise _wrong_key()

    async def _host(self, request: Request) -> Response:
        """Show the class to the holder of the host's key, and do what they click."""
        session = request.cookies.get(_COOKIE, "")
        form_token = self._hosts.get(session)
        form = await wire.form_of(request) if request.method == "POST" else wire.Params("")
        if form.get("key") is not None:
            # What is copied from a terminal may have spaces around it.
            return self._let_in(str(form.get("key")).strip())
        if form_token is None:
            return key_page()
        if request.method == "POST":
            if not wire.same(form.get("form_token") or "", form_token):
                return key_page("This page is out of date. Enter the key again.")
            await self._act(form.get("do") or "", form.get("space") or "")
            return wire.redirect("host")
        rows = [space.row() for space in self._spaces.values()]
        return class_page(self.address, form_token, rows, self.most)

    def _let_in(self, key: str) -> Response:
        if not wire.same(key, self.host_key):
            return key_page(
                "That is not the host's key. Copy it from the terminal that runs the classroom."
            )
        session = secrets.token_urlsafe(32)
        self._hosts[session] = secrets.token_urlsafe(32)
        response = wire.redirect("host")
        response.set_cookie(
            _COOKIE, session, httponly=True, samesite="strict",
            secure=self.address.startswith("https:"),
        )  # fmt: skip
        return response

    async def _act(self, do: str, number: str) -> None:
        """Do to one space, or to all of them, what the host clicked."""
        for space in list(self._spaces.values()):
            if number not in {"", space.number}:
                continue
            if do in {"pause", "resume"}:
                space.paused = do == "pause"
            elif do == "remove" and number:
                del self._spaces[space.number]
            elif do in {"reset", "rotate"}:
                act = space.controls.reset if do == "reset" else space.controls.rotate_keys
                await asyncio.to_thread(act)


def serve_classroom(
    profile: str = "wgtwo",
    *,
    spaces: int = SPACES,
    place: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> Classroom:
    """Start a classroom with `spaces` spaces at most, and return it once it answers.

    `place` has the fields of Place. Raises ValueError for an impossible option, and PortInUseError
    if the port is taken.
    """
    if isinstance(spaces, bool) or not isinstance(spaces, int) or not 1 <= spaces <= 500:
        raise ValueError(f"spaces must be a whole number from 1 to 500, not {spaces!r}.")
    return Classroom(settings_of(profile, **options), spaces, Place(**(place or {})))


def _wrong_key() -> Refusal:
    return Refusal("access_denied", "No space here has this key.", status=403)


def _paused() -> Refusal:
    text = "The host has paused the class. Wait until the host resumes it."
    return Refusal("temporarily_unavailable", text, status=503)


def _name(name: object) -> str:
    text = name if isinstance(name, str) else ""
    return "".join(one for one in text if one.isprintable()).strip()[:LONGEST_NAME]


async def _refused(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - Starlette's type is wider
    return wire.refuse(refusal)


def _pause(request: Request) -> Response:
    refusal = _paused()
    if wire.reads_pages(request):
        return refusal_page(PageRefusal("Paused", refusal.description, status=refusal.status))
    return wire.refuse(refusal)
