"""An API of one's own: its records, and who may read them."""

from __future__ import annotations

from typing import Any

import oauth_widgets as ow

from ..helpers.people import sign_in

PENGUINS = [
    {"species": "Adelie", "bill.mm": 39.1, "island": {"name": "Torgersen"}, "sex": "male"},
    {"species": "Gentoo", "bill.mm": 46, "island": {"name": "Biscoe"}, "sex": None},
    {"species": "Chinstrap", "bill.mm": 48.7, "island": None, "tags": ["a", "b"]},
]
USERS = {"ada": {"password": "engine", "name": "Ada"}}
SCOPES = {"penguins.read": "See the penguins"}
SERVICE = {"records": PENGUINS, "requires": "penguins.read"}
CIRCLE: dict[str, Any] = {}
CIRCLE["itself"] = CIRCLE


def start(records: Any = PENGUINS, profile: str = "wgtwo", **options: Any) -> ow.sandbox.Sandbox:
    services = {"penguins": {**SERVICE, "records": records}}
    chosen = {"users": USERS, "scopes": SCOPES, "services": services, **options}
    return ow.sandbox.start(profile, restart=True, **chosen)


def session_at(sandbox: ow.sandbox.Sandbox, scope: str = "openid penguins.read") -> ow.Session:
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=scope)
    return pending.finish(sign_in(pending.url, "ada", password="engine"))
