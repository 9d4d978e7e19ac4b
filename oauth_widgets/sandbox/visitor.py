"""A person who visits the pages of a practice server, without a browser."""

from __future__ import annotations

import re
from html import unescape
from http.cookies import SimpleCookie
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urljoin, urlsplit

from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import ConfigurationError, NotSignedIn, foreign_text
from oauth_widgets.errors.kinds import check_flag, is_one_of, kind_of
from oauth_widgets.errors.members import unknown
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.secret import Secret
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.grants import DeviceLogin

_MOST_PAGES = 10
_FIELD = re.compile(r'name="([^"]*)" value="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")


@runtime_checkable
class Begun(Protocol):
    """A sign-in that waits for the browser's answer: a login card or a PendingLogin."""

    url: str

    def finish(self, url: str | Secret) -> Session:
        """Return the session that the address `url` leads to."""


class Visited:
    """The part of a sandbox that has its people sign in without a browser."""

    users: list[dict[str, Any]]
    server: AuthorizationServer
    _pages: frozenset[str]
    _unattended: str | None = None

    def sign_in(
        self, begun: Begun | DeviceLogin, username: str | None = None, *, allow: bool = True
    ) -> Session:
        """Have a person sign in without a browser, and return the session: for tests.

        `begun` is a login card, or what `begin_login` or `device_login` returned. `username` is
        one of `users`, by default the first. This opens the server's pages as a browser does,
        and clicks Allow, or Don't allow if `allow` is False. Raises what `begun.finish` raises,
        NotSignedIn with the title of a page that doesn't lead on, or ConfigurationError.

            pending = ow.begin_login(sandbox.server, sandbox.client, scope="openid phone")
            session = sandbox.sign_in(pending, "alice")
        """
        if isinstance(begun, DeviceLogin):
            self._visited(begun.verification_uri_complete or "", username, allow=allow)
            return begun.finish()
        if not isinstance(begun, Begun):
            raise ConfigurationError(
                f"{type(begun).__name__} is not a sign-in.",
                next_step="Pass what ow.login(…), begin_login(…) or device_login(…) returned.",
            )
        check_flag(allow, "allow")
        return begun.finish(self._visited(begun.url, username, allow=allow))

    def unattended(self, username: str | None = None, *, on: bool = True) -> None:
        """Have a person sign in without a click whenever a card in this kernel waits for one.

        So a notebook with `await ow.login(…)` at this sandbox runs in papermill, nbclient and CI.
        `username` is one of `users`, by default the first; `on=False` ends it. Raises
        ConfigurationError for an unknown username.

            sandbox.unattended("alice")
        """
        self._unattended = self._person(username) if check_flag(on, "on") else None

    def _answer_unattended(self, url: str) -> str | None:
        return None if self._unattended is None else self._visited(url, self._unattended)

    def _person(self, username: str | None) -> str:
        names = [user["username"] for user in self.users]
        if username is None:
            return str(names[0])
        if not is_one_of(username, names):
            found = username if isinstance(username, str) else kind_of(username)
            raise unknown("No one here has that username.", found, names)
        return username

    def _visited(self, url: str, username: str | None, *, allow: bool = True) -> str:
        """Have a person follow `url`; return where the browser ends."""
        username = self._person(username)
        page, _, query = url.partition("?")
        # Through a proxy, a browser sees the page at another address than this kernel.
        own = next((one for one in self._pages if page.endswith(urlsplit(one).path)), None)
        if own is None or not query:
            raise ConfigurationError(
                f"This sign-in has ended, or isn't at {self.server.name}.",
                next_step="Begin one with sandbox.server and sandbox.client of this sandbox.",
            )
        return run(drive(visit(f"{own}?{query}", username, allow=allow)))


def visit(url: str, username: str, *, allow: bool = True) -> Exchange[str]:
    """Open `url`, sign in as `username` and decide; return the address where the browser ends.

    That is the address of the answer, which isn't opened, or "" if the last page is the server's,
    as for a sign-in on another device. Raises NotSignedIn with the title of a page that doesn't
    lead on.
    """
    answers = {"as": username, "decision": "allow" if allow else "refuse"}
    cookies: SimpleCookie = SimpleCookie()
    request, page = Request("GET", url, {"accept": "text/html"}), ""
    for _ in range(_MOST_PAGES):
        response = yield request
        headers = {"accept": "text/html", "cookie": _carried(cookies, response)}
        if response.is_redirect:
            # The server's own pages link to each other without a host.
            onward = response.headers.get("location", "")
            if "://" in onward or onward.startswith("//"):
                return onward
            request = Request("GET", urljoin(request.url, onward), headers)
            continue
        page = response.body.decode(errors="replace")
        filled = {name: unescape(value) for name, value in _FIELD.findall(page)}
        # The form of a device has the code already, since the address has it.
        known = {**answers, "user_code": filled.get("user_code", "")}
        chosen = [(name, value) for name, value in known.items() if f'name="{name}"' in page]
        if response.status != 200 or not chosen:
            break
        form = (("form_token", filled.get("form_token", "")), *chosen[:1])
        request = Request("POST", request.url, headers, form=form)
    if response.status == 200 and request.method == "POST":
        return ""
    raise _stuck(response, page)


def _carried(cookies: SimpleCookie, response: Response) -> str:
    """Add the cookie of `response`; return the header that carries all of them."""
    cookies.load(response.headers.get("set-cookie", ""))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())


def _stuck(response: Response, page: str) -> NotSignedIn:
    title = page.partition("<h1>")[2].partition("</h1>")[0]
    words = foreign_text(unescape(_TAG.sub(" ", title))) or f"{response.status}"
    return NotSignedIn(
        f"The practice server answered with the page “{words}”.",
        next_step="To read that page, open the sign-in's address in a browser. Or begin again.",
    )
