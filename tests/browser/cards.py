"""Notebooks whose cells show our cards: opened, looked at in every look, listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .axe import colours_found_right, load_axe, nothing_found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, TakePicture
    from .notebook import Notebook, Theme

# Each card is shown in both, and each promise about it in one.
in_notebook7 = pytest.mark.parametrize("front_end", ["notebook7"], indirect=True)
in_lab = pytest.mark.parametrize("front_end", ["lab"], indirect=True)

THEMES: tuple[Theme, ...] = ("dark", "light")


def open_with(front_end: FrontEnd, context: BrowserContext, *cells: str) -> Notebook:
    """Open a new notebook of these cells."""
    return front_end.open(context, front_end.write("cards.ipynb", *cells))  # type: ignore[return-value]


def complaints(notebook: Notebook) -> list[str]:
    """What the page's console has complained about, but for what Notebook 7 does to itself."""
    own = "reading 'schema'"  # settings asked for before they have come
    return [error for error in notebook.errors if own not in error]


def nothing_found_in_any_look(
    notebook: Notebook, cells: Iterable[int], take_picture: TakePicture, name: str = ""
) -> None:
    """Fail with what axe finds in these outputs: dark, light, in forced colours, or at 200 %."""
    page = notebook.page
    load_axe(page)
    for cell in cells:
        notebook.output(cell).evaluate("(node, id) => { node.id = id; }", f"part-{cell}")
    part = ", ".join(f"#part-{cell}" for cell in cells)
    for theme in THEMES:
        notebook.theme(theme)
        colours_found_right(page, part)
        take_picture(page, f"{name}{theme}")
    nothing_found(page, part)
    page.emulate_media(forced_colors="active")
    colours_found_right(page, part)
    take_picture(page, f"{name}forced")
    page.emulate_media(forced_colors="none")
    nothing_found_at_twice_the_size(notebook, part, take_picture, name)


def nothing_found_at_twice_the_size(
    notebook: Notebook, part: str, take_picture: TakePicture, name: str
) -> None:
    """Fail with what axe finds, or what is cut off, at 200 %: a page of 1280 pixels has 640."""
    page = notebook.page
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 640, "height": size["height"]})
    nothing_found(page, part)
    for card in page.locator(".ow-card:visible").all():
        assert is_whole(card), card.inner_text()
    take_picture(page, f"{name}200")
    page.set_viewport_size(size)


def tells(session: str, file: Path) -> str:
    """Return a line of code that writes what must be found nowhere else of `session` to a file."""
    tokens = {
        "access token": "access_token.reveal()",
        "refresh token": "refresh_token.reveal()",
        "ID token": "id_token.raw.reveal()",
    }
    claims = {"sub": "sub", "mail": "email", "phone": "phone_number"}
    named = tokens | {name: f"id_token.claims[{claim!r}]" for name, claim in claims.items()}
    told = ", ".join(f"{name!r}: {session}.{what}" for name, what in named.items())
    return f"import json, pathlib; pathlib.Path({str(file)!r}).write_text(json.dumps({{{told}}}))"


def is_whole(card: Locator) -> bool:
    """Whether no part of a card is cut off at its side."""
    whole: bool = card.evaluate("node => node.scrollWidth <= node.clientWidth")
    return whole


def nothing_cut_off_when_narrow(notebook: Notebook, take_picture: TakePicture) -> None:
    """Fail if a card 320 px wide hides a part of itself."""
    for card in notebook.page.locator(".ow-card").all():
        card.evaluate("node => { node.style.width = '320px'; }")
        assert is_whole(card)
    take_picture(notebook.page, "narrow")
