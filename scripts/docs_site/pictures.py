"""The pictures of the documentation and the README: real cards, in light and dark.

They are taken in a real JupyterLab at the practice server, and kept in docs/images, as small as
they can be without losing a pixel.
"""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from string import Template

import pandas as pd
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import oauth_widgets as ow
from tests.browser.jupyter_server import JupyterServer
from tests.helpers.people import session_of

FOLDER = Path(__file__).parents[2] / "docs" / "images"
THEMES = ("light", "dark")
_WIDTH = 640
_SCOPE = "openid phone events.read"
_SHARPNESS = 1.5
"""Pixels of a picture for each of the page."""

SETUP = """
import time, httpx, oauth_widgets as ow
from tests.helpers.people import session_of, sign_in
wgtwo, onewelcome, playground = map(ow.sandbox.start, ["wgtwo", "onewelcome", "playground"])
alice = session_of("alice", "openid profile email phone offline_access", "playground")
def traced():
    card = ow.LoginCard(wgtwo.server, wgtwo.client, scope="openid phone events.read")
    trace = ow.Trace(card)
    httpx.get(sign_in(card.url), trust_env=False, timeout=30)
    while card.phase in {"ready", "finishing"}:
        time.sleep(0.01)
    card.session.frame("/events", progress=False)
    return trace
"""

CELLS = {
    "login": "ow.login(wgtwo.server, wgtwo.client, scope='openid phone events.read')",
    "picker": "ow.ScopePicker(onewelcome.server, onewelcome.client,"
    " services=onewelcome.services, scope='cells.read')",
    "tokens": "ow.TokenView(alice)",
    "claims": "ow.ClaimsView(alice)",
    "session": "ow.SessionCard(alice)",
    "form": "ow.ClientForm(register=onewelcome.register, server=onewelcome.server)",
    "trace": "traced()",
    "steps": "ow.StepByStep(playground.server, playground.client, scope='openid')",
    "doctor": "ow.doctor()",
}
"""What each picture shows, by the name of its file."""

_HERO = Template("""<!doctype html><meta charset=utf-8><style>
body { margin: 0; padding: 20px; background: $page; color: $ink; width: 1020px;
  font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { display: grid; grid-template-columns: 1fr .95fr 1fr; gap: 34px; align-items: start; }
h2 { font-size: 16px; display: flex; gap: 8px; align-items: center; margin: 0 0 10px; }
h2 i { font-style: normal; width: 26px; height: 26px; border-radius: 50%; background: $accent;
  color: #fff; display: grid; place-items: center; font-size: 14px; }
section { position: relative; }
section + section::before { content: "→"; position: absolute; left: -28px; top: 180px;
  font-size: 24px; color: $faint; }
pre { font: 12.5px/20px "DejaVu Sans Mono", monospace; background: $sunk; padding: 10px 12px;
  border: 1px solid $line; border-radius: 8px; margin: 0 0 12px; }
img { width: 100%; display: block; border-radius: 8px; }
.window { border: 1px solid $faint; border-radius: 8px; overflow: hidden; }
p { color: $faint; margin: 8px 0 0; font-size: 13px; }
table { border-collapse: collapse; width: 100%; font-size: 12px; }
th, td { text-align: right; padding: 4px 5px; border-bottom: 1px solid $line; white-space: nowrap; }
.bar { display: grid; grid-template-columns: 66px 1fr 60px; gap: 8px; font-size: 12px;
  align-items: center; margin-top: 6px; }
.bar b { display: block; height: 16px; border-radius: 3px; background: $accent; }
h3 { font-size: 14px; margin: 14px 0 0; }
</style><main>
<section><h2><i>1</i>Ask, from a cell</h2><pre>session = await ow.login(
    server, client, scope=…)</pre><img src="$card"></section>
<section><h2><i>2</i>Say yes, on their page</h2><div class=window><img src="$consent"></div>
<p>The password goes to them. The notebook never sees it.</p></section>
<section><h2><i>3</i>Take the data</h2><pre>events = session.frame("/events")
events[["started_at", …]]</pre>$table
<h3>Data used in each city</h3>$bars</section></main>""")
_COLORS = {
    "light": {"page": "#fff", "ink": "#1b1f24", "accent": "#1668c7", "faint": "#656d76",
              "line": "#d0d7de", "sunk": "#f6f8fa"},
    "dark": {"page": "#0d1117", "ink": "#e6edf3", "accent": "#3b82d8", "faint": "#8b949e",
             "line": "#30363d", "sunk": "#161b22"},
}  # fmt: skip


def take(browser: Browser, server: JupyterServer) -> None:
    """Take every picture, and print what they weigh."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Texts that name a time are those of the same zone wherever the pictures are taken
    context = browser.new_context(device_scale_factor=_SHARPNESS, timezone_id="UTC")
    file = server.write("docs.ipynb", SETUP, *CELLS.values())
    notebook = server.open(context, file)
    notebook.page.set_viewport_size({"width": 1280, "height": 12_000})
    notebook.run_all()
    notebook.wait_until_ran(len(CELLS))
    notebook.wait_until_idle()
    cards = {name: notebook.output(place) for place, name in enumerate(CELLS, 1)}
    for card in cards.values():
        card.locator(".ow-card").first.wait_for(timeout=60_000)
    notebook.page.wait_for_timeout(1500)
    narrow: dict[str, bytes] = {}
    for theme in THEMES:
        notebook.theme(theme)
        for name, card in cards.items():
            _keep(_shot(card, _WIDTH), f"{name}-{theme}")
        narrow[theme] = _shot(cards["login"], 400)
    _heroes(browser, narrow, _consent(browser))
    print(f"{sum(one.stat().st_size for one in FOLDER.iterdir()) / 1e6:.2f} MB in all")


def _shot(output: Locator, width: int) -> bytes:
    card = output.locator(".ow-card:not(.ow-card .ow-card)").first
    card.evaluate(f"node => {{ node.style.cssText = 'width: {width}px; max-width: none'; }}")
    return card.screenshot(animations="disabled")


def _consent(browser: Browser) -> dict[str, bytes]:
    """Take the page that asks for consent, in both themes."""
    sandbox = ow.sandbox.start("wgtwo")
    shots = {}
    for theme in THEMES:
        context = browser.new_context(
            viewport={"width": 380, "height": 580},
            device_scale_factor=_SHARPNESS,
            color_scheme=theme,
        )
        page = context.new_page()
        page.goto(ow.begin_login(sandbox.server, sandbox.client, scope=_SCOPE).url)
        page.get_by_label("Username").fill("alice")
        page.get_by_label("Password").fill("wonderland")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
        shots[theme] = page.screenshot(animations="disabled")
        context.close()
    return shots


def _heroes(browser: Browser, card: dict[str, bytes], consent: dict[str, bytes]) -> None:
    """Join the card, the consent page and the data into the picture of three steps."""
    events = session_of("alice").frame("/events", progress=False)
    page = browser.new_page(viewport={"width": 1060, "height": 400}, device_scale_factor=1.5)
    for theme in THEMES:
        markup = _HERO.substitute(
            _COLORS[theme],
            card=_data(card[theme]),
            consent=_data(consent[theme]),
            table=_table(events),
            bars=_bars(events),
        )
        _keep(_whole(page, markup), f"hero-{theme}")


def _whole(page: Page, markup: str) -> bytes:
    page.set_content(markup)
    page.wait_for_function("[...document.images].every(one => one.complete)")
    return page.locator("body").screenshot()


def _data(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


def _table(events: pd.DataFrame) -> str:
    rows = events[["started_at", "cell.location.city"]]
    short = pd.concat([rows.head(3), rows.tail(2)]).astype(str)
    short.loc["…"] = "…"
    order = [*short.index[:3], "…", *short.index[3:5]]
    return short.loc[order].to_html(border=0)


def _bars(events: pd.DataFrame) -> str:
    used = events.groupby("cell.location.city")["bytes"].sum().sort_values(ascending=False) / 1e9
    return "".join(
        f"<div class=bar><span>{html.escape(str(city))}</span>"
        f'<span><b style="width: {100 * amount / used.max():.0f}%"></b></span>'
        f"<span>{amount:.0f} GB</span></div>"
        for city, amount in used.items()
    )


def _keep(shot: bytes, name: str) -> None:
    """Keep a picture in whichever way is smaller: exact, or hardly to be told apart."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    exact, close = io.BytesIO(), io.BytesIO()
    image.save(exact, "webp", lossless=True, method=6)
    image.save(close, "webp", quality=88, method=6)
    smaller = min(exact, close, key=lambda one: one.tell())
    (FOLDER / f"{name}.webp").write_bytes(smaller.getvalue())
    print(f"{name}: {smaller.tell() / 1000:.0f} kB")
