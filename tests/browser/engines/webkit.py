"""WebKitGTK, close to Safari's engine, driven by WebKitWebDriver on an X display."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ..process import Process, free_port
from .page import PATIENCE, Page, PageGone

# The browser that comes with the library
BROWSER = "webkit2gtk-4.*/MiniBrowser"


class WebKit:
    """A MiniBrowser with a fresh profile; its driver doesn't report what is in the console."""

    def __init__(self, folder: Path) -> None:
        if not os.environ.get("DISPLAY"):
            raise RuntimeError("WebKit needs an X display: run the tests under xvfb-run.")
        binary = max(str(one) for one in Path("/usr/lib").glob(f"*/{BROWSER}"))
        self.console: list[str] = []
        self.current = ""
        port = free_port()
        # Its settings and its storage are in folders named by these variables.
        homes = {
            name: str(folder) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
        }
        command = ["WebKitWebDriver", f"--port={port}"]
        self._process = Process(command, folder / "webkit.log", os.environ | homes)
        self._process.until_it_answers(f"http://127.0.0.1:{port}/status")
        self._driver = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/", trust_env=False, timeout=PATIENCE
        )
        options = {"binary": binary, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = ""
        self._session = "session/" + self.send("POST", "session", capabilities=wanted)["sessionId"]

    def pages(self) -> list[WebKitPage]:
        """All open pages."""
        return [WebKitPage(self, one) for one in self.send("GET", "/window/handles")]

    def open(self, url: str) -> WebKitPage:
        """Open an address in the first window: behind another one, JupyterLab never gets ready."""
        page = self.pages()[0]
        page.send("POST", "/window/rect", width=1200, height=1400)
        page.send("POST", "/url", url=url)
        return page

    def picture(self, page: Page) -> bytes:
        """What the page looks like, as PNG."""
        assert isinstance(page, WebKitPage)
        return base64.b64decode(page.send("GET", "/screenshot"))

    def send(self, method: str, path: str, **content: Any) -> Any:
        """Return the value of a command's answer; PageGone if it has no page any more."""
        body = None if method == "GET" else content
        answer = self._driver.request(method, self._session + path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise PageGone(f"{path}: {value['message']}")
        return value

    def stop(self) -> None:
        """End the browser with its driver."""
        self._driver.delete(self._session)
        self._driver.close()
        self._process.stop()


@dataclass(frozen=True)
class WebKitPage(Page):
    """A page of it, by the driver's name for its window."""

    browser: WebKit
    handle: str

    @property
    def url(self) -> str:  # type: ignore[override]
        """The address in the address bar."""
        address: str = self.send("GET", "/url")
        return address

    def send(self, method: str, path: str, **content: Any) -> Any:
        """Send a command that concerns this page."""
        if self.browser.current != self.handle:
            self.browser.send("POST", "/window", handle=self.handle)
            self.browser.current = self.handle
        return self.browser.send(method, path, **content)

    def run(self, function: str, *arguments: Any) -> Any:
        """Return what a JavaScript function returns, after its promise if it is asynchronous."""
        script = (
            "const done = arguments[1]; const given = JSON.parse(arguments[0]);"
            f"(async () => JSON.stringify((await ({function})(...given)) ?? null))()"
            ".then((found) => done({ found }), (problem) => done({ problem: String(problem) }));"
        )
        answer = self.send("POST", "/execute/async", script=script, args=[json.dumps(arguments)])
        if "problem" in answer:
            raise PageGone(answer["problem"])
        return json.loads(answer["found"])

    def act(self, *actions: dict[str, Any]) -> None:
        """Do what the actions of WebDriver say."""
        self.send("POST", "/actions", actions=list(actions))
