"""Attackers' moves, played for real on this machine: against a naive client and this package.

moves     what the attackers do, one short script each
naive     a client of some 50 lines that trusts everyone
careful   this package behind the same calls
stage     the sandbox, the people's browsers and the attackers' servers
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from oauth_widgets.errors import OAuthError
from oauth_widgets.errors.members import unknown
from oauth_widgets.sandbox.attacks import moves
from oauth_widgets.sandbox.attacks.careful import CarefulClient
from oauth_widgets.sandbox.attacks.naive import NaiveClient
from oauth_widgets.sandbox.attacks.stage import BACK, Make, Practice, Stage
from oauth_widgets.secret.table import as_table

_APPS = {"client_id": "evil-app", "type": "public", "redirect_uris": [BACK]}
_KINDS: tuple[Make, Make] = (NaiveClient, CarefulClient)


@dataclass(frozen=True)
class Outcome:
    """What an attacker got from each client, "" if nothing, and the check that was in the way.

    `evidence` is what was seen of that check: the message of the `error` that the package raised,
    or, if it raised none, what the attacker ran into.
    """

    attack: str
    from_naive: str
    from_package: str
    check: str
    evidence: str
    error: OAuthError | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return (
            f"{self.attack}\n  naive client: {self.from_naive or 'nothing'}\n"
            f"  this package: {self.from_package or 'nothing'}, stopped by {self.check}\n"
            f"  {self.evidence}"
        )


@dataclass(frozen=True)
class Attack:
    """One attacker's move: `play` it to see what the attacker gets from whom."""

    name: str
    check: str
    profile: str
    client_id: str
    move: Callable[[Stage], str] = field(repr=False)
    start: Callable[[str], Practice] = field(repr=False)

    @property
    def story(self) -> str:
        """What happens, in a sentence."""
        return (self.move.__doc__ or "").strip()

    def play(self) -> Outcome:
        """Play the move against both clients, at a new sandbox that ends with it."""
        sandbox = self.start(self.profile)
        try:
            if self.profile == "onewelcome":
                sandbox.register({**_APPS, "scope": moves.SCOPE, "grant_types": ["implicit"]})
            client = sandbox.clients[self.client_id]
            naive, careful = (Stage(sandbox, client, make) for make in _KINDS)
            loot, error = self.move(naive), None
            try:
                kept = self.move(careful)
            except OAuthError as refusal:
                kept, error = "", refusal
        finally:
            sandbox.stop()
        evidence = careful.evidence if error is None else error.message
        return Outcome(self.name, loot, kept, self.check, evidence, error)


class Attacks(Mapping[str, Attack]):
    """All attacks by name: `sandbox.attacks["login CSRF"].play()`.

    An unknown name raises ConfigurationError.
    """

    def __init__(self, start: Callable[[str], Practice]) -> None:
        self._attacks = {
            name: Attack(name, check, profile, client_id, move, start)
            for name, check, profile, client_id, move in _MOVES
        }

    def __getitem__(self, name: str) -> Attack:
        if name not in self._attacks:
            raise unknown("There is no attack with that name.", str(name), list(self._attacks))
        return self._attacks[name]

    def __contains__(self, name: object) -> bool:
        return name in self._attacks

    def __iter__(self) -> Iterator[str]:
        return iter(self._attacks)

    def __len__(self) -> int:
        return len(self._attacks)

    def __repr__(self) -> str:
        return "\n".join(f"{attack.name}: {attack.story}" for attack in self.values())

    def _repr_html_(self) -> str:
        rows = ((one.name, one.story, one.check) for one in self.values())
        return as_table(("Attack", "What happens", "Stopped by"), rows)


_MOVES = (
    ("stolen code", "request/pkce", "onewelcome", "browser-app", moves.stolen_code),
    ("login CSRF", "answer/state", "wgtwo", "notebook", moves.login_csrf),
    ("code injection", "request/pkce", "wgtwo", "notebook", moves.code_injection),
    ("mix-up", "answer/iss", "playground", "notebook", moves.mix_up),
    ("redirect abuse", "bearer/redirect", "wgtwo", "notebook", moves.redirect_abuse),
    (
        "token for another audience",
        "id-token/at-hash",
        "onewelcome",
        "browser-app",
        moves.other_audience,
    ),
    ("replay at a second API", "bearer/origin", "wgtwo", "notebook", moves.second_api),
    (
        "refresh token used twice",
        "secrets/hidden",
        "onewelcome",
        "browser-app",
        moves.refresh_twice,
    ),
    ("ID token swapped", "id-token/aud", "onewelcome", "browser-app", moves.swapped_id_token),
    ("device phishing", "device/polling", "playground", "terminal", moves.device_phishing),
    ("PKCE downgrade", "request/pkce", "wgtwo", "notebook", moves.pkce_downgrade),
)
