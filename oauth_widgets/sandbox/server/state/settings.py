"""What a sandbox was started with, and goes back to at a reset."""

from __future__ import annotations

from dataclasses import dataclass

from oauth_widgets._sandbox.person import PEOPLE, Person
from oauth_widgets._sandbox.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The seed of a sandbox's state; `token_lifetime` is that of access tokens, in seconds.

    `opener_policy` sends Cross-Origin-Opener-Policy with every page.
    """

    profile: Profile
    issuer: str
    port: int
    seed: int = 1
    token_lifetime: int = 3600
    people: tuple[Person, ...] = PEOPLE
    opener_policy: bool = False
