"""The browsers in front of us: who is signed in where, and what each is in the middle of."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.expiring import Expiring
from oauth_widgets._sandbox.refusals import PageRefusal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.asked import Asked
    from oauth_widgets._sandbox.wire import Params

SIGN_IN_LIFETIME = 12 * 3600  # seconds
PENDING_LIFETIME = 1800  # seconds
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%@+-]+)+/?")


@dataclass(eq=False)
class SignIn:
    """Somebody's sign-in in one browser; `sid` names it in ID tokens and opens nothing."""

    username: str
    auth_time: int
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(12))


@dataclass(eq=False)
class Browser:
    """One browser, known by its cookie; `form_token` proves a form came from our own page."""

    sign_in: SignIn | None = None
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def enter(self, sign_in: SignIn) -> None:
        """Take over a new sign-in; forms shown before it are worthless from now on."""
        self.sign_in = sign_in
        self.form_token = secrets.token_urlsafe(16)

    def check_form(self, form: Params) -> None:
        """Raise PageRefusal unless `form` came from a page of ours shown in this browser."""
        given = form.get("form_token") or ""
        if not hmac.compare_digest(given.encode(errors="replace"), self.form_token.encode()):
            raise PageRefusal(
                "This form is not ours",
                "It was sent from another page, or from one opened before you signed in. "
                "Go back to where you came from and start again.",
                status=403,
            )


@dataclass(eq=False)
class Pending:
    """A question that waits for a person in `browser`.

    `sign_in` is set once the person has said, for this question, who they are.
    """

    asked: Asked
    browser: Browser
    sign_in: SignIn | None = None


class Browsers:
    """Every browser and every pending request.

    Cookies ignore ports, so the cookie carries the port in its name: two sandboxes on one
    machine would sign each other out otherwise. So would the two ways to one sandbox, directly
    and through a proxy: a browser sends the cookie of the first along on the second.
    """

    def __init__(self, port: int, *, secure: bool = False) -> None:
        self._secure = secure
        self._name = f"oauth_widgets_sandbox_{port}"
        self._browsers: Expiring[Browser] = Expiring(SIGN_IN_LIFETIME)
        self._pending: Expiring[Pending] = Expiring(PENDING_LIFETIME)

    def of(self, request: Request) -> Browser | None:
        """Return the browser that sent `request`, if it was here before."""
        return self._browsers.get(request.cookies.get(self._cookie(request)))

    def remember(self, browser: Browser, request: Request, response: Response) -> None:
        """Give `browser` a new cookie in `response`.

        New at every sign-in too: a handle planted beforehand then opens nothing.
        """
        response.set_cookie(
            self._cookie(request),
            self._browsers.add(browser),
            path=_prefix(request) or "/",
            httponly=True,
            samesite="lax",
            secure=self._secure or _arrived_by_tls(request),
        )

    def forget(self, request: Request) -> None:
        """Make the cookie that `request` came with worthless."""
        self._browsers.pop(request.cookies.get(self._cookie(request), ""))

    def sign_out(self, sid: str) -> None:
        """End the sign-in that ID tokens name `sid`, in whichever browser it is."""
        for browser in self._browsers.values():
            if browser.sign_in is not None and browser.sign_in.sid == sid:
                browser.sign_in = None

    def begin(self, asked: Asked, browser: Browser) -> str:
        """Keep a request that waits for the person in `browser`; return its handle."""
        return self._pending.add(Pending(asked, browser))

    def pending(self, handle: str | None, request: Request) -> Pending:
        """Return the pending request, which must belong to the browser that asks.

        Raises PageRefusal when it was answered, has lapsed or is another browser's.
        """
        pending = self._pending.get(handle)
        if pending is None or pending.browser is not self.of(request):
            raise PageRefusal(
                "This sign-in is over",
                "It was already answered, has waited too long, began before the sandbox was "
                "restarted, or your browser does not keep cookies for this page. Go back to where "
                "you came from and start again.",
            )
        return pending

    def finish(self, handle: str) -> None:
        """Forget a pending request: it is answered once."""
        self._pending.pop(handle)

    def _cookie(self, request: Request) -> str:
        return f"{self._name}_proxied" if _prefix(request) else self._name


def _prefix(request: Request) -> str:
    """Return the start of the path that a proxy has taken off, or nothing."""
    # jupyter-server-proxy says here what it was
    prefix = request.headers.get("x-forwarded-context", "")
    return prefix if _PREFIX.fullmatch(prefix) else ""


def _arrived_by_tls(request: Request) -> bool:
    # each proxy adds its own word; the browser spoke to the first
    return request.headers.get("x-forwarded-proto", "").partition(",")[0].strip() == "https"
