"""The data behind the sample API. A module makes the records of one service and describes it."""

from __future__ import annotations

from oauth_widgets.sandbox.server.profiles.network.cells import CELLS
from oauth_widgets.sandbox.server.profiles.network.events import EVENTS
from oauth_widgets.sandbox.server.profiles.network.subscribers import SUBSCRIBERS
from oauth_widgets.sandbox.server.profiles.network.usage import USAGE

SERVICES = (EVENTS, SUBSCRIBERS, USAGE, CELLS)
