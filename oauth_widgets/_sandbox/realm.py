"""One running authorization server: its facts, people, clients, keys and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox.browsers import Browsers
from oauth_widgets._sandbox.grants import Grants
from oauth_widgets._sandbox.keys import Keys
from oauth_widgets._sandbox.person import PEOPLE

if TYPE_CHECKING:
    from oauth_widgets._sandbox.grants import Scope
    from oauth_widgets._sandbox.profile import Profile


class Realm:
    """Everything the endpoints share, made from a profile, a port and a seed.

    The same seed gives the same people, clients, secrets and data; keys, codes, tokens and
    sign-ins are random and live in memory only.
    """

    def __init__(self, profile: Profile, port: int, seed: int, token_lifetime: int) -> None:
        self.profile = profile
        self.seed = seed
        self.issuer = f"http://127.0.0.1:{port}"
        self.api = f"{self.issuer}/api"
        self.clients = {client.client_id: client for client in profile.clients(seed)}
        self.people = {person.username: person for person in PEOPLE}
        self.keys = Keys()
        self.grants = Grants(token_lifetime)
        self.browsers = Browsers(port)
        # What a person once agreed to, for `prompt=none`; nothing else skips the question.
        self.consents: dict[tuple[str, str], frozenset[str]] = {}

    def agreed(self, username: str, client_id: str, scope: Scope) -> bool:
        """Tell whether the person has agreed to all of `scope` for this client before."""
        return set(scope) <= self.consents.get((username, client_id), frozenset())

    def agree(self, username: str, client_id: str, scope: Scope) -> None:
        """Remember that the person agreed to `scope` for this client."""
        before = self.consents.get((username, client_id), frozenset())
        self.consents[username, client_id] = before | set(scope)
