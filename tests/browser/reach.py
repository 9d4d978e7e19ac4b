"""What a browser can reach, when the kernel is on another machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route


def only_reaches(context: BrowserContext, *addresses: str) -> None:
    """Let pages reach these addresses' hosts and ports, and nothing else of this machine."""
    places = "|".join(re.escape(urlsplit(address).netloc) for address in addresses)
    elsewhere = re.compile(rf"^https?://(?!(?:{places})/)")
    # A JupyterLab that other tests use, which would complain.
    others = [page for page in context.pages if elsewhere.match(page.url)]

    def meet(route: Route) -> None:
        request = route.request
        if not request.is_navigation_request() and request.frame.page in others:
            route.continue_()
        else:
            route.abort("addressunreachable")

    context.route(elsewhere, meet)
