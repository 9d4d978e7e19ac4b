"""Pages of the sandbox and of the way back: axe finds nothing, and nothing is cut off."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from oauth_widgets.sandbox.server import serve, serve_classroom
from oauth_widgets.sandbox.server.pages import host
from oauth_widgets.signing_in import callback
from oauth_widgets.signing_in.callback.loopback import LoopbackListener

from ..helpers.words import SERVER_BUTTON
from .axe import colours_found_right, load_axe, nothing_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page, Route

    from .conftest import TakePicture

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "forced-dark": {"color_scheme": "dark", "forced_colors": "active"},
}
SIZES = {"wide": (1000, 900), "narrow": (320, 640)}
CALLBACK = "http://127.0.0.1:49152/callback"
CALLBACK_FOLDER = Path(callback.__file__).parent / "static" / "v1"
EVERYTHING = "openid profile email phone offline_access events.read subscribers.read usage.read"


class Visit:
    """A person at the sandbox `playground`, on the way to one of its pages."""

    def __init__(self, page: Page, sandbox: Any) -> None:
        self.page = page
        self.issuer = sandbox.issuer
        self._metadata = httpx.get(sandbox.discovery, trust_env=False).json()

    def open(self, name: str, **params: str) -> None:
        query = f"?{urlencode(params)}" if params else ""
        self.page.goto(self._metadata[f"{name}_endpoint"] + query)

    def ask(self, **changes: str) -> None:
        """Open an authorization request."""
        digest = hashlib.sha256(b"v" * 64).digest()
        params = {
            "client_id": "notebook",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": EVERYTHING,
            "state": "state",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        self.open("authorization", **{**params, **changes})

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def sign_in(self, password: str = "wonderland") -> None:
        self.page.get_by_label("Username").fill("alice")
        self.page.get_by_label("Password").fill(password)
        self.press(SERVER_BUTTON)

    def come_back(self) -> None:
        self.ask()
        self.sign_in()
        self.ask()

    def someone_else(self) -> None:
        self.come_back()
        self.press("Use another account")

    def consent(self) -> None:
        self.ask()
        self.sign_in()

    def leave(self) -> None:
        self.consent()
        self.open("end_session")

    def left(self) -> None:
        self.leave()
        self.press("Sign out")

    def device(self, code: str = "") -> None:
        """Open the page for a device's code, filled in when there is one."""
        asked = httpx.post(
            self._metadata["device_authorization_endpoint"],
            data={"client_id": "terminal", "scope": "openid phone"},
            trust_env=False,
        ).json()
        self.page.goto(asked["verification_uri" + ("" if code else "_complete")])
        if code:
            self.page.get_by_label("Code").fill(code)
            self.press("Continue")

    def device_consent(self) -> None:
        self.device()
        self.press("Continue")
        self.sign_in()

    def device_decided(self, decision: str) -> None:
        self.device_consent()
        self.press(decision)


def way_back(visit: Visit) -> None:
    """Open the callback page as if it were the sandbox's."""
    folder = f"{visit.issuer}/way-back/"

    def answer(route: Route) -> None:
        route.fulfill(path=CALLBACK_FOLDER / file_of(route))

    visit.page.route(f"{folder}*", answer)
    visit.page.goto(f"{folder}callback.html?state=a&code=b")


def answer_heard(visit: Visit) -> None:
    """Let the callback page hear that a notebook has the answer."""
    way_back(visit)
    visit.page.evaluate("new BroadcastChannel('oauth_widgets a').postMessage({kind: 'heard'})")
    expect(visit.page.locator("h1")).not_to_have_text("Returning to your notebook…")


def file_of(route: Route) -> str:
    return urlsplit(route.request.url).path.rpartition("/")[2]


def listener(visit: Visit, query: str) -> None:
    """Open the page of a listener on this machine."""
    here = LoopbackListener(
        "http://127.0.0.1/callback", fits=lambda state: state == "a", on_answer=lambda _: None
    )
    try:
        visit.page.goto(f"{here.redirect_uri}{query}")
    finally:
        here.close()


def listener_failed(visit: Visit) -> None:
    """Open that page with neither a code nor an error, and then with an error."""
    listener(visit, "?state=a")
    expect(visit.page.locator("h1")).to_have_text("✗ Sign-in failed")
    listener(visit, "?state=a&error=server_error")


def front(visit: Visit, path: str = "/") -> None:
    visit.page.goto(visit.issuer + path)


PAGES: dict[str, tuple[str, Callable[[Visit], None]]] = {
    "front": ("Practice signing in", front),
    "documentation": (
        "Sample API of a mobile operator",
        lambda visit: front(visit, "/api"),
    ),
    "sign-in": (SERVER_BUTTON, Visit.ask),
    "wrong-password": (SERVER_BUTTON, lambda visit: (visit.ask(), visit.sign_in("x"))),
    "welcome-back": ("Welcome back", Visit.come_back),
    "someone-else": (SERVER_BUTTON, Visit.someone_else),
    "consent": ("Allow Acme Notebook to access your account?", Visit.consent),
    "error": (
        "This application is not registered here",
        lambda visit: visit.ask(client_id="nobody"),
    ),
    "long-error": (
        "The return address is not registered",
        lambda visit: visit.ask(redirect_uri="https://elsewhere.example/"),
    ),
    "sign-out": ("Sign out?", Visit.leave),
    "signed-out": ("You are signed out", Visit.left),
    "device": ("Connect a device", Visit.device),
    "wrong-code": ("Connect a device", lambda visit: visit.device("FQKK-KTRW")),
    "device-consent": ("Allow Acme Terminal to access your account?", Visit.device_consent),
    "device-connected": ("Your device is connected", lambda visit: visit.device_decided("Allow")),
    "device-refused": ("Nothing was shared", lambda visit: visit.device_decided("Don't allow")),
    "answer-heard": ("✓ The server approved your sign-in", answer_heard),
    "listener-heard": (
        "✓ The server approved your sign-in",
        lambda visit: listener(visit, "?state=a&code=b"),
    ),
    "listener-failed": (
        "✗ Sign-in failed",
        listener_failed,
    ),
    "listener-strange": (
        "Your notebook isn\u2019t waiting for this sign-in",
        lambda visit: listener(visit, "?state=b&code=c"),
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    running = serve("playground")
    yield running
    running.stop()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_right_for_everyone(
    context: BrowserContext, sandbox: Any, take_picture: TakePicture, name: str
) -> None:
    page = context.new_page()
    title, reach = PAGES[name]
    reach(Visit(page, sandbox))
    assert page.locator("h1").inner_text() == title
    assert urlsplit(page.url).hostname == urlsplit(sandbox.issuer).hostname
    check(page, take_picture)


def test_a_callback_page_that_no_notebook_answers_is_right_for_everyone(
    fresh_context: BrowserContext, sandbox: Any, take_picture: TakePicture
) -> None:
    # A clock that is set stays set in a profile.
    page = fresh_context.new_page()
    page.clock.install()
    way_back(Visit(page, sandbox))
    page.clock.run_for(11_000)
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    assert page.locator("h1").inner_text() == "Your notebook hasn\u2019t answered yet"
    check(page, take_picture)


def test_allow_and_where_one_goes_back_to_are_always_in_view(
    context: BrowserContext, sandbox: Any, take_picture: TakePicture
) -> None:
    page = context.new_page()
    Visit(page, sandbox).consent()
    for width, height in [(560, 760), (420, 500), (320, 640)]:
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        for shown in (
            page.get_by_role("button", name="Allow", exact=True),
            page.get_by_role("button", name="Don't allow"),
            page.get_by_text("You'll go back to http://127.0.0.1:49152"),
        ):
            expect(shown).to_be_in_viewport(ratio=1)
        take_picture(page, f"window-{width}")


def test_a_button_signs_a_person_in_and_another_account_can_be_used(
    context: BrowserContext, sandbox: Any
) -> None:
    page = context.new_page()
    visit = Visit(page, sandbox)
    visit.ask()
    visit.press("Sign in as bob")
    expect(page.get_by_text("Bob Marlow")).to_be_visible()
    page.get_by_role("link", name="Not you?").click()
    visit.sign_in("wrong")
    expect(page.get_by_role("alert")).to_have_text("Wrong username or password.")
    visit.press("Sign in as alice")
    expect(page.get_by_text("Alice Liddell")).to_be_visible()


def test_a_whole_class_can_be_listed(context: BrowserContext, take_picture: TakePicture) -> None:
    users = [{"username": f"student-{n}", "password": f"p{n}"} for n in range(40)]
    sandbox = serve("playground", users=users)
    page = context.new_page()
    Visit(page, sandbox).ask()
    check(page, take_picture)
    page.set_viewport_size({"width": 1000, "height": 900})
    assert page.evaluate("document.documentElement.scrollHeight") <= 950
    page.get_by_label("Sign in as one of these people").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("student-39", exact=True)).to_be_in_viewport()
    sandbox.stop()


def test_the_hosts_page_shows_the_class_and_acts(
    context: BrowserContext, take_picture: TakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The page must stay while it is looked at.
    monkeypatch.setattr(host, "REFRESH", 600)
    room = serve_classroom("wgtwo", spaces=3)
    for name in ("Ada", "Grace", "<b>Eve</b> שלום 🦄 " + "W" * 40):
        document = {"version": version("oauth-widgets"), "name": name}
        httpx.post(f"{room.address}/join", json=document, trust_env=False).raise_for_status()
    page = context.new_page()
    page.goto(room.host_page)
    page.get_by_label("The host's key").fill("guessed")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the host's key.")
    page.get_by_label("The host's key").fill(room.host_key)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Your class: 3 of 3 spaces")).to_be_visible()
    page.get_by_role("button", name="Pause: Grace").click()
    expect(page.get_by_role("row", name="Grace (paused)")).to_be_visible()
    page.get_by_role("button", name="Remove: Ada").click()
    expect(page.get_by_role("row", name="Ada")).to_have_count(0)
    check(page, take_picture)
    room.stop()


def check(page: Page, take_picture: TakePicture) -> None:
    """In every look and size axe finds nothing, and nothing is wider than the window."""
    load_axe(page)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        nothing_found(page)
        take_picture(page, f"light-{size}")
    for look, media in LOOKS.items():
        page.emulate_media(**media)
        colours_found_right(page)
        if look == "dark":
            take_picture(page, look)
