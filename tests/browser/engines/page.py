"""A page of a browser that Playwright can't drive as it is installed, used as a person would."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 60.0  # seconds

# What a person sees of a selector's elements whose name or text contains `text`.
VISIBLE = """(selector, text) => [...document.querySelectorAll(selector)].find((one) => {
  const box = one.getBoundingClientRect();
  const named = [one.textContent, one.value, one.getAttribute("aria-label")].join(" ");
  const shown = box.width && box.height && getComputedStyle(one).visibility === "visible";
  return shown && named.includes(text);
})"""
# Its middle, once it has been scrolled to and laid out.
MIDDLE = f"""async (selector, text) => {{
  const found = ({VISIBLE})(selector, text);
  if (!found) return null;
  found.scrollIntoView({{ block: "center" }});
  await new Promise((done) => setTimeout(done, 100));
  const {{ x, y, width, height }} = found.getClientRects()[0];
  return [Math.round(x + width / 2), Math.round(y + height / 2)];
}}"""


class PageGone(Exception):
    """The page is closed, or is just being left for another."""


class Page:
    """An open page; the two things that a driver has to do are in its subclasses."""

    url: str

    def run(self, function: str, *arguments: Any) -> Any:
        """Return what a JavaScript function returns, after its promise if it is asynchronous."""
        raise NotImplementedError

    def act(self, *actions: dict[str, Any]) -> None:
        """Do what the actions of WebDriver say; both drivers know them in one form."""
        raise NotImplementedError

    def press_at(self, x: int, y: int) -> None:
        """Press and release the main mouse button there."""
        moves: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": x, "y": y, "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.act({"type": "pointer", "id": "mouse", "actions": moves})

    def type(self, text: str) -> None:
        """Press a key for each character."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keys", "actions": keys})

    def wait_for(self, function: str, *arguments: Any) -> Any:
        """Return what a function returns as soon as that is true; AssertionError if it never is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if found := self.run(function, *arguments):
                    return found
            except PageGone:
                pass
            time.sleep(0.1)
        raise AssertionError(f"Not within {PATIENCE} s: {function} {arguments}")

    def press(self, selector: str, text: str = "") -> None:
        """Press what a person sees there, once it is there."""
        self.press_at(*self.wait_for(MIDDLE, selector, text))

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.press(selector)
        self.type(text)

    def shows(self, selector: str, text: str) -> None:
        """Wait until a person sees this text there."""
        self.wait_for(f"(...what) => Boolean(({VISIBLE})(...what))", selector, text)


class Engine(Protocol):
    """A running browser. `console` has the errors that its pages reported."""

    console: list[str]

    def pages(self) -> Sequence[Page]:
        """All open pages."""
        ...

    def open(self, url: str) -> Page:
        """Open an address in a new page."""
        ...

    def picture(self, page: Page) -> bytes:
        """What the page looks like, as PNG."""
        ...

    def stop(self) -> None:
        """End the browser."""
        ...


def opened_by(engine: Engine, page: Page, selector: str, text: str) -> Page:
    """Press something, and return the page that opens."""
    before = list(engine.pages())
    page.press(selector, text)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for other in engine.pages():
            if other not in before:
                return other
        time.sleep(0.1)
    raise AssertionError(f"No page opened within {PATIENCE} s.")


def closed(engine: Engine, page: Page) -> None:
    """Wait until a page has closed itself."""
    deadline = time.monotonic() + PATIENCE
    while page in engine.pages():
        assert time.monotonic() < deadline, "The page stays open."
        time.sleep(0.1)
