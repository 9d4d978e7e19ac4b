"""Where an exercise takes place: the services, scopes and people of a practice server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from string import Template
from typing import Any
from urllib.parse import urlsplit

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.authorization_server import AuthorizationServer

_PAGES = 4
_MOST_PER_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The words for an exercise: `open` is a service that a client reads without a person.

    `closed` is one that the scope openid doesn't open. Either is "" if there is none. `rows` is
    the length of `open`, to fetch in `pages` pages of `size`.
    """

    person: str
    open: str
    open_scope: str
    rows: int
    closed: str
    closed_scope: str
    token_path: str
    revocation_path: str

    @property
    def size(self) -> int:
        """How many records to fetch at a time."""
        return max(1, min(-(-self.rows // _PAGES), _MOST_PER_PAGE))

    @property
    def pages(self) -> int:
        """How many pages of that size there are."""
        return -(-self.rows // self.size)

    def told(self, text: str) -> str:
        """Return `text` with the words of this scene."""
        return Template(text).substitute(asdict(self), size=self.size, pages=self.pages)

    def check(self, name: str, needs: str) -> None:
        """Raise ConfigurationError if the exercise `name` can't take place here.

        `needs` names the service that it is about: "open", "closed" or "pages".
        """
        reason = {
            "open": "" if self.open else "a service that a client can read without a person",
            "pages": ""
            if self.rows > 1
            else "a service with at least two records that a client can read without a person",
            "closed": "" if self.closed else "a service that requires more than openid",
        }.get(needs)
        if reason:
            raise ConfigurationError(
                f"The exercise {name!r} needs {reason}, and this sandbox has none.",
                next_step="Add one that requires a scope of your own, or choose another exercise.",
            )


def scene_of(
    server: AuthorizationServer,
    users: Sequence[Mapping[str, Any]],
    services: Sequence[Mapping[str, Any]],
) -> Scene:
    """Return the scene at a practice server with these users and services."""
    first: Mapping[str, Any] = {"name": "", "scopes": (), "rows": 0}
    opened = [one for one in services if not one["needs_a_person"]]
    # Of the sample API, the service whose records are the easiest to understand.
    read = next((one for one in opened if one["name"] == "cells"), (*opened, first)[0])
    closed = [one for one in services if not set(one["scopes"]) <= {"openid"}]
    # One that two scopes open, or that needs a person, is the better lesson.
    chosen = next((one for one in closed if one["needs_a_person"]), (*closed, first)[0])
    person = users[0]
    return Scene(
        person=f"{person['username']} / {person['password']}",
        open=read["name"],
        open_scope=" ".join(read["scopes"]),
        rows=read["rows"],
        closed=chosen["name"],
        closed_scope=" ".join(dict.fromkeys(("openid", *chosen["scopes"]))),
        token_path=urlsplit(server.token_endpoint or "").path,
        revocation_path=urlsplit(server.revocation_endpoint or "").path,
    )
