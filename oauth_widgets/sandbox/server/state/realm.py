"""One running authorization server: its facts, people, clients, keys and grants."""

from __future__ import annotations

import threading
from dataclasses import replace

from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.state.browsers import Browsers
from oauth_widgets.sandbox.server.state.devices import Devices
from oauth_widgets.sandbox.server.state.grants import Grants
from oauth_widgets.sandbox.server.state.keys import Keys
from oauth_widgets.sandbox.server.state.log import Log
from oauth_widgets.sandbox.server.state.misbehaviour import Switches
from oauth_widgets.sandbox.server.state.question import Question
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.sandbox.server.state.trouble import Troubles


class Realm:
    """Everything the endpoints share, made from settings.

    The same seed gives the same people, clients, secrets and data. Keys, codes, tokens and
    sign-ins are random and exist in memory only.
    """

    def __init__(self, settings: Settings) -> None:
        self.profile = settings.profile
        self.seed = settings.seed
        self.issuer = settings.issuer
        self.api = f"{settings.issuer}/api"
        # The table is replaced and never changed, so any thread may read it.
        first, *others = settings.profile.clients(settings.profile, settings.seed)
        clients = [replace(first, name=settings.client_name or first.name), *others]
        self.clients = {client.client_id: client for client in clients}
        # Hold this lock while you look a client up and change it.
        self.registering = threading.RLock()
        self.people = {person.username: person for person in settings.people}
        self.network = Network(settings.seed, settings.people)
        self.troubles = Troubles()
        self.seen = Log()
        self.keys = Keys()
        self.grants = Grants(settings.token_lifetime)
        self.devices = Devices()
        self.browsers = Browsers(settings.port, secure=settings.issuer.startswith("https:"))
        self.switches = Switches()
        if settings.opener_policy:
            self.switches.turn("opener_policy", on=True)
        # Earlier consent counts for `prompt=none` only; every other request asks again.
        self._consents: dict[tuple[str, str], frozenset[str]] = {}

    def add(self, client: Client) -> None:
        """Register `client`, or replace the client with the same client_id."""
        self.clients = {**self.clients, client.client_id: client}

    def agreed(self, username: str, question: Question) -> bool:
        """Return whether the person has agreed to everything in `question` before."""
        before = self._consents.get((username, question.client.client_id), frozenset())
        return {*question.scope, *question.single_claims} <= before

    def agree(self, username: str, question: Question) -> None:
        """Remember that the person agreed to everything in `question`."""
        key = (username, question.client.client_id)
        before = self._consents.get(key, frozenset())
        self._consents[key] = before | {*question.scope, *question.single_claims}
