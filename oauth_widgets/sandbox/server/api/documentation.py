"""The API's description of itself, for people and programs."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.api import endpoint, formats, paging
from oauth_widgets.sandbox.server.pages.front import documentation_page, front_page
from oauth_widgets.sandbox.server.state import trouble
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import answer, reads_pages

_SAMPLE = "Sample API of a mobile operator"
_OWN = "API of this practice server, with records that its author chose"
_PAGES = {
    "per_page": f"Records per page, 1 to {paging.MOST_PER_PAGE}; {paging.PER_PAGE} by default. "
    '"limit" means the same',
}
_FILTERS = (
    "The name of any field is a parameter too, and selects the records with that value. "
    "Other parameters are refused"
)
_FACTS = ("says", "place", "size", "media_type")
_UNPAGED = "All rows in one response, which is streamed"
_ANSWERS = {
    "400": "A parameter is out of bounds; error_description names it and the bounds",
    "401": "The token is missing, expired or revoked; see WWW-Authenticate",
    "403": "insufficient_scope: the token lacks a scope; WWW-Authenticate has the scopes needed",
    "429": "Too many requests; Retry-After says when to try again",
    "503": "Down for now; Retry-After says when to try again",
}


async def documentation(realm: Realm, request: Request) -> Response:
    """Describe services, scopes and parameters, as a page or as JSON; needs no token."""
    if reads_pages(request):
        return documentation_page(_described(realm))
    text = json.dumps(_described(realm), ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json")


async def front(realm: Realm, request: Request) -> Response:
    """List the people and the addresses, as a page; a program gets the addresses as JSON."""
    if not reads_pages(request):
        discovery = f"{realm.issuer}/.well-known/openid-configuration"
        return answer({"issuer": realm.issuer, "discovery": discovery, "api": realm.api})
    return front_page(
        realm.profile.name,
        realm.issuer,
        people=realm.people.values(),
        endpoints=realm.profile.endpoints,
        services=services(realm),
        misbehaviours={name: SWITCHES[name] for name in realm.switches.on},
    )


def services(realm: Realm) -> list[dict[str, Any]]:
    """Describe each service: address, what it gives, the scopes it requires, and its fields."""
    return [
        {
            "name": service.name,
            "address": f"{realm.api}/{service.name}",
            "gives": service.gives,
            "scopes": list(service.scopes),
            "needs_a_person": any(map(realm.profile.is_personal, service.scopes)),
            "rows": service.count,
            "fields": dict(service.fields),
        }
        for service in realm.profile.services
    ]


def _described(realm: Realm) -> dict[str, Any]:
    return {
        "title": _SAMPLE if realm.profile.sample else _OWN,
        "authorization": "Sign in to get an access token. Send it in the header "
        "`Authorization: Bearer TOKEN`.",
        "services": services(realm),
        "parameters": {**endpoint.PARAMETERS, **_PAGES, **trouble.PARAMETERS},
        "paging": {
            name: {fact: getattr(style, fact) for fact in _FACTS}
            for name, style in paging.STYLES.items()
        }
        | {endpoint.UNPAGED: {"says": _UNPAGED}},
        "filters": _FILTERS,
        "per_page": {"default": paging.PER_PAGE, "most": paging.MOST_PER_PAGE},
        "formats": formats.MEDIA_TYPES,
        "compression": "gzip, for a request with Accept-Encoding: gzip",
        "answers": _ANSWERS,
    }
