"""A person who uses no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_FAR = 80  # stops on the way, at most


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until the keyboard is at `wanted`; fails if it never gets there."""
    for _ in range(_FAR):
        page.keyboard.press(key)
        if wanted.evaluate("node => node === node.getRootNode().activeElement"):
            return
    raise AssertionError(f"Tab never gets to {wanted}")


def has_focus_ring(wanted: Locator) -> bool:
    """Tell whether it is to be seen that the keyboard is at `wanted`."""
    style: str = wanted.evaluate("node => getComputedStyle(node).outlineStyle")
    return style != "none"
