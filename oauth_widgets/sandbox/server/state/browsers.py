"""Browsers: who is signed in, and which questions wait for an answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.refusals import PageRefusal
from oauth_widgets.sandbox.server.state.expiring import Expiring
from oauth_widgets.sandbox.server.state.question import Question
from oauth_widgets.sandbox.server.wire import Params, same

SIGN_IN_LIFETIME = 12 * 3600  # seconds
PENDING_LIFETIME = 1800  # seconds
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%@+-]+)+/?")


@dataclass(eq=False)
class SignIn:
    """A person's sign-in in one browser; its `key` never leaves the server."""

    username: str
    auth_time: int
    key: bytes = field(default_factory=lambda: secrets.token_bytes(16))


@dataclass(eq=False)
class Browser:
    """One browser, recognized by its cookie; forms from our own pages have its `form_token`."""

    sign_in: SignIn | None = None
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def enter(self, sign_in: SignIn) -> None:
        """Store a new sign-in; forms from earlier pages are refused from now on."""
        self.sign_in = sign_in
        self.form_token = secrets.token_urlsafe(16)

    def check_form(self, form: Params) -> None:
        """Raise PageRefusal unless `form` is from a page that this browser was shown."""
        if not same(form.get("form_token") or "", self.form_token):
            raise PageRefusal(
                "This form cannot be accepted",
                "It was sent from another site, or from a page opened before you signed in. "
                "Go back to your notebook, or to the application, and start again.",
                status=403,
            )


@dataclass(eq=False)
class Pending:
    """A question that waits for a person in `browser`.

    `sign_in` is set once the person has signed in, or confirmed who they are, for this question.
    """

    question: Question
    browser: Browser
    sign_in: SignIn | None = None


class Browsers:
    """Every browser and every pending request.

    Cookies ignore ports, so two sandboxes on one machine would sign each other out if the
    cookie's name didn't include the port. The name also says whether a proxy was used, because a
    browser sends the cookie of the direct address through the proxy too.
    """

    def __init__(self, port: int, *, secure: bool = False) -> None:
        self._secure = secure
        self._name = f"oauth_widgets_sandbox_{port}"
        self._browsers: Expiring[Browser] = Expiring(SIGN_IN_LIFETIME)
        self._pending: Expiring[Pending] = Expiring(PENDING_LIFETIME)

    def of(self, request: Request) -> Browser | None:
        """Return the browser that sent `request`, or None if it has not been here before."""
        return self._browsers.get(request.cookies.get(self._cookie(request)))

    def remember(self, browser: Browser, request: Request, response: Response) -> None:
        """Give `browser` a new cookie in `response`.

        It also changes at every sign-in, so a cookie planted beforehand gives no access.
        """
        response.set_cookie(
            self._cookie(request),
            self._browsers.add(browser),
            path=prefix_of(request) or "/",
            httponly=True,
            samesite="lax",
            secure=self._secure or _arrived_by_tls(request),
        )

    def forget(self, request: Request) -> None:
        """Forget the browser under the cookie in `request`."""
        self._browsers.pop(request.cookies.get(self._cookie(request), ""))

    def sign_out(self, meant: Callable[[SignIn], bool]) -> None:
        """End every sign-in that is `meant`, in any browser."""
        for browser in self._browsers.values():
            if browser.sign_in is not None and meant(browser.sign_in):
                browser.sign_in = None

    def begin(self, question: Question, browser: Browser) -> str:
        """Keep a question until the person in `browser` answers it, and return its handle."""
        return self._pending.add(Pending(question, browser))

    def pending(self, handle: str | None, request: Request) -> Pending:
        """Return the pending question, which must belong to the browser that sent `request`.

        Raises PageRefusal if it was answered, has expired or is another browser's.
        """
        pending = self._pending.get(handle)
        if pending is None or pending.browser is not self.of(request):
            raise PageRefusal(
                "This sign-in has ended",
                "It was already finished, took too long, or began before the sandbox was "
                "restarted. Or your browser blocks cookies for this page. Go back to your "
                "notebook, or to the application, and start again.",
            )
        return pending

    def finish(self, handle: str) -> None:
        """Forget a pending question, which is answered only once."""
        self._pending.pop(handle)

    def _cookie(self, request: Request) -> str:
        return f"{self._name}_proxied" if prefix_of(request) else self._name


def prefix_of(request: Request) -> str:
    """Return the path prefix that a proxy has removed, or an empty string."""
    # This is the header of jupyter-server-proxy.
    prefix = request.headers.get("x-forwarded-context", "")
    return prefix if _PREFIX.fullmatch(prefix) else ""


def _arrived_by_tls(request: Request) -> bool:
    # Each proxy appends a value; the first is the one that the browser connected to.
    return request.headers.get("x-forwarded-proto", "").partition(",")[0].strip() == "https"
