"""Firefox with the settings that people have, driven by WebDriver BiDi."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from dataclasses import dataclass
from queue import Queue
from typing import TYPE_CHECKING, Any

import websocket

from ..process import Process
from .page import PATIENCE, Page, PageGone

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, object] = {
    # Otherwise the remote control turns off the pop-up blocker, among other things.
    "remote.prefs.recommended": False,
    # Nothing leaves this machine, and nothing stands between a test and its page.
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "termsofuse.bypassNotification": True,
    "toolkit.telemetry.enabled": False,
}
# What a page's policy blocks is in the console for people only, so every page repeats it.
REPEAT = """() => addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`policy: ${violatedDirective} ${blockedURI}`))"""


class Firefox:
    """A headless Firefox with a fresh profile."""

    def __init__(self, folder: Path) -> None:
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in SETTINGS.items()]
        (profile / "user.js").write_text("".join(lines))
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]
        command += ["--remote-debugging-port", "0", "about:blank"]
        # It doesn't start in another user's home, such as a container's.
        home = os.environ | {"HOME": str(folder)}
        self._process = Process(command, folder / "firefox.log", home)
        self.console: list[str] = []
        self._answers: dict[int, Queue[dict[str, Any]]] = {}
        address = self._process.until(self._announced)
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True)
        threading.Thread(target=self._read, daemon=True).start()
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.send("script.addPreloadScript", functionDeclaration=REPEAT)

    def pages(self) -> list[FirefoxPage]:
        """All open pages."""
        tree = self.send("browsingContext.getTree", maxDepth=0)
        return [FirefoxPage(self, one["context"]) for one in tree["contexts"]]

    def open(self, url: str) -> FirefoxPage:
        """Open an address in a new page."""
        page = FirefoxPage(self, self.send("browsingContext.create", type="tab")["context"])
        size = {"width": 1200, "height": 1400}
        self.send("browsingContext.setViewport", context=page.context, viewport=size)
        self.send("browsingContext.navigate", context=page.context, url=url, wait="none")
        return page

    def picture(self, page: Page) -> bytes:
        """What the page looks like, as PNG."""
        assert isinstance(page, FirefoxPage)
        taken = self.send("browsingContext.captureScreenshot", context=page.context)
        return base64.b64decode(taken["data"])

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the result of a command; PageGone if it has no page any more."""
        number = len(self._answers)
        answers = self._answers[number] = Queue()
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        answer = answers.get(timeout=PATIENCE)
        if answer["type"] == "error":
            raise PageGone(f"{method}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def stop(self) -> None:
        """End the browser with its helpers."""
        self._socket.close()
        self._process.stop()

    def _announced(self) -> str | None:
        said = self._process.log.read_text(errors="replace")
        found = re.search(r"BiDi listening on (ws://\S+)", said)
        return found and found[1]

    def _read(self) -> None:
        try:
            while message := json.loads(self._socket.recv()):
                if "id" in message:
                    self._answers[message["id"]].put(message)
                elif message["params"].get("level") == "error":
                    entry = message["params"]
                    frames = (entry.get("stackTrace") or {}).get("callFrames") or [{}]
                    self.console.append(f"{entry['text']} {frames[0].get('url', '')}".strip())
        except (OSError, ValueError, websocket.WebSocketException):
            # The socket ends with the browser.
            return


@dataclass(frozen=True)
class FirefoxPage(Page):
    """A page of it, by BiDi's name for it."""

    browser: Firefox
    context: str

    @property
    def url(self) -> str:  # type: ignore[override]
        """The address in the address bar."""
        tree = self.browser.send("browsingContext.getTree", root=self.context)
        address: str = tree["contexts"][0]["url"]
        return address

    def run(self, function: str, *arguments: Any) -> Any:
        """Return what a JavaScript function returns, after its promise if it is asynchronous."""
        answer = self.browser.send(
            "script.callFunction",
            functionDeclaration="async (source) => JSON.stringify("
            f"(await ({function})(...JSON.parse(source))) ?? null)",
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise PageGone(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def act(self, *actions: dict[str, Any]) -> None:
        """Do what the actions of WebDriver say."""
        self.browser.send("input.performActions", context=self.context, actions=list(actions))
