"""The settings that a sandbox starts with, and that a reset restores."""

from __future__ import annotations

from dataclasses import dataclass

from oauth_widgets.sandbox.server.profiles.own_api import OwnApi
from oauth_widgets.sandbox.server.profiles.people import PEOPLE, Person
from oauth_widgets.sandbox.server.profiles.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to start a sandbox; access tokens expire after `token_lifetime` seconds.

    `own` is what its author added, which `profile` includes.
    `opener_policy` sends Cross-Origin-Opener-Policy with every page. `server_name` and
    `client_name` are what cards and pages call the server and the first client, if given.
    """

    profile: Profile
    issuer: str
    port: int
    seed: int = 1
    token_lifetime: int = 3600
    people: tuple[Person, ...] = PEOPLE
    own: OwnApi = OwnApi()  # noqa: RUF009 - it is frozen
    opener_policy: bool = False
    server_name: str = ""
    client_name: str = ""
