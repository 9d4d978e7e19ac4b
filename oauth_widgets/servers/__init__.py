"""Servers known by name: one file a server, facts only."""

from __future__ import annotations

from oauth_widgets.servers.onewelcome import onewelcome
from oauth_widgets.servers.wgtwo import wgtwo

__all__ = ["onewelcome", "wgtwo"]


def __dir__() -> list[str]:
    return __all__
