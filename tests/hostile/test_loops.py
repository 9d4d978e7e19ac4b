"""What is long takes time by its length alone: scopes, claims, traces, widgets and the sandbox."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets._net.challenge import challenges
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.watching import Exchanged
from oauth_widgets.errors import InvalidResponse
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.dataframe import dataframe
from oauth_widgets.frames.tabular import csv_page
from oauth_widgets.protocol.authorization import authorization_response
from oauth_widgets.protocol.authorization_server import from_metadata
from oauth_widgets.protocol.error_response import refusal
from oauth_widgets.protocol.id_token import Expected, Grounds, judged_claims
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import token_response
from oauth_widgets.sandbox.server.app import application
from oauth_widgets.sandbox.server.controls import ADMIN_PATH, KEY_HEADER, Controls
from oauth_widgets.sandbox.server.profiles.people import people_from
from oauth_widgets.sandbox.server.running import settings_of
from oauth_widgets.sandbox.server.state.site import Site
from oauth_widgets.secret.shapes import hits
from oauth_widgets.servers.onewelcome.registration import problems
from oauth_widgets.signing_in.connections import FILE
from oauth_widgets.signing_in.trace.reading import Reader
from oauth_widgets.widgets._claims import judged_rows

from .test_linear import is_linear

ORIGIN = "https://as.example"
SERVER = ow.AuthorizationServer(
    issuer=ORIGIN,
    authorization_endpoint=f"{ORIGIN}/authorize",
    token_endpoint=f"{ORIGIN}/token",
    device_authorization_endpoint=f"{ORIGIN}/device",
)
CLIENT = ow.ClientMetadata(client_id="notebook", redirect_uris=["http://127.0.0.1/callback"])
Use = Callable[[], object]


def names(size: int) -> list[str]:
    return [f"s{number}" for number in range(size)]


def a_response(document: Any) -> Response:
    body = json.dumps(document).encode()
    return Response(200, {"content-type": "application/json"}, body, SERVER.token_endpoint or "")


SITE, STRICT = (
    Site(replace(settings_of(profile), issuer="http://127.0.0.1:1", port=1))
    for profile in ("playground", "onewelcome")
)
PATHS = SITE.settings.profile.paths
FORM = {"content-type": "application/x-www-form-urlencoded"}


def api_token() -> str:
    client = SITE.realm.clients["operator-api"]
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "scope": "cells.read",
    }

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(application(Controls(SITE)))
        async with httpx.AsyncClient(transport=transport, base_url=SITE.settings.issuer) as web:
            return await web.post(PATHS.token, data=form)

    return str(asyncio.run(send()).json()["access_token"])


def served(path: str, site: Site = SITE, **given: Callable[[int], Any]) -> Callable[[int], Use]:
    """Return a request to the sandbox, in this thread; `given` are httpx's own arguments."""

    def using(size: int) -> Use:
        async def send() -> int:
            transport = httpx.ASGITransport(application(Controls(site)))
            async with httpx.AsyncClient(transport=transport, base_url=site.settings.issuer) as web:
                arguments = {name: value(size) for name, value in given.items()}
                method = "POST" if {"content", "json"} & given.keys() else "GET"
                return (await web.request(method, path, **arguments)).status_code

        return lambda: asyncio.run(send())

    return using


def scopes(size: int) -> Use:
    some, others = Scope(names(size)), Scope(names(2 * size)[size // 2 :])
    return lambda: (some - others, some & others, some | others, some <= others, some == others)


def granted(size: int) -> Use:
    answer = a_response(
        {"access_token": "a-1", "token_type": "Bearer", "scope": " ".join(names(size))}
    )
    return lambda: (token_response(answer, SERVER).scope or Scope()) - Scope("s1 s2")


def picked(size: int) -> Use:
    server = ow.AuthorizationServer(
        issuer=ORIGIN,
        authorization_endpoint=f"{ORIGIN}/authorize",
        token_endpoint=f"{ORIGIN}/token",
        scopes_supported=names(size),
    )

    def use() -> object:
        picker = ow.ScopePicker(server, CLIENT, scope=names(size))
        picker.picks = names(size)
        return picker.scope

    return use


def claims(size: int) -> Use:
    return lambda: judged_rows(dict.fromkeys(names(size), "x"), ())


def wide_csv(size: int) -> Use:
    """Return the reading of many columns, half of them text."""
    rows = [",".join(names(size)), *[",".join(["1", "a"] * (size // 2))] * 5]
    body = "\n".join(rows).encode()

    def use() -> object:
        page = csv_page(body, "text/csv", page=1, rows=None, max_bytes=2**30)
        columns = Columns().grown(page)
        return dataframe(columns.table([page]), columns.rows, set(), None)

    return use


def token(size: int) -> Use:
    return lambda: ow.TokenView("a." * size).close()


def traced(document: Callable[[int], Any], kind: str = "token_endpoint") -> Callable[[int], Use]:
    def using(size: int) -> Use:
        url = getattr(SERVER, kind)
        sent = Request("POST", url, form=(("grant_type", "x"),))
        event = Exchanged(sent, a_response(document(size)), 0.0, 1.0)
        return lambda: list(Reader(SERVER, "notebook").exchanged(event))

    return using


def refused(use: Use) -> Use:
    """Return a use that ends in one of our errors."""

    def using() -> None:
        with pytest.raises(ow.OAuthError):
            use()

    return using


def refusal_of(document: Callable[[int], Any]) -> Callable[[int], Use]:
    def using(size: int) -> Use:
        answer = replace(a_response(document(size)), status=400, secrets=("s1", "s2"))
        return lambda: refusal(answer, what="token endpoint", error=InvalidResponse)

    return using


def described(size: int) -> Use:
    document = {"issuer": ORIGIN, "authorization_endpoint": f"{ORIGIN}/authorize"}
    document |= dict.fromkeys(names(size), "x")
    return lambda: from_metadata({**document, "scopes_supported": names(size)}, issuer=ORIGIN)


def keys(size: int) -> Use:
    document = {"keys": [{"kty": "RSA", "kid": name, "n": "AQAB"} for name in names(size)]}
    return refused(lambda: key_set(document))


def answered(parameters: Callable[[int], str]) -> Callable[[int], Use]:
    request = ow.begin_login(SERVER, CLIENT, scope="s1").request

    def using(size: int) -> Use:
        url = f"http://127.0.0.1/callback?state={request.state}&{parameters(size)}"
        return refused(lambda: authorization_response(request, url, now=time.time()))

    return using


def audiences(size: int) -> Use:
    expected = Expected(scope=Scope("openid"), now=time.time())
    grounds = Grounds(
        server=SERVER, client=CLIENT, expected=expected, access_token=ow.Secret("a-token")
    )
    return lambda: judged_claims({"iss": ORIGIN, "aud": names(size), "sub": "me"}, grounds)


def configured(size: int) -> Use:
    text = "".join(
        f'[{name}]\nserver = "{ORIGIN}"\nclient_id = "me"\nkeep = "file"\n'
        for name in names(size // 40)
    )

    def use() -> None:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            file = Path(folder, "connections.toml")
            file.write_text(text)
            patch.setenv(FILE, str(file))
            patch.setenv("XDG_DATA_HOME", folder)
            table = ow.connections()
            assert len(f"{table}{table._repr_html_()}") > len(table)

    return use


def people(size: int) -> Use:
    users = [{"username": name, "password": "engine"} for name in names(size // 8)]
    return lambda: people_from(users)


def registered(size: int) -> Use:
    uris = [f"https://app.example/{name}" for name in names(size)]
    return lambda: problems({"client_id": "me", "redirect_uris": [*uris, uris[0]]})


def long_line(size: int) -> Use:
    line = " ".join(f"access_token='aB3dE4fG7h{name}'" for name in names(size // 20))
    return lambda: list(hits(line.encode()))


CASES: dict[str, Callable[[int], Use]] = {
    "scopes": scopes,
    "a granted scope": granted,
    "a picker's scopes": picked,
    "claims": claims,
    "a token to read": token,
    "a wide CSV": wide_csv,
    "a trace of many members": traced(lambda size: dict.fromkeys(names(size), "x")),
    "a trace of a long scope": traced(lambda size: {"scope": " ".join(names(size))}),
    "a trace of an address in parts": traced(
        lambda size: {"verification_uri": f"{ORIGIN}/{'a/' * size}"},
        "device_authorization_endpoint",
    ),
    "a trace of an address among many members": traced(
        lambda size: {
            "verification_uri": f"{ORIGIN}/{'a/' * size}",
            **{name: name for name in names(size // 10)},
        },
        "device_authorization_endpoint",
    ),
    "challenges": lambda size: lambda: challenges('Bearer realm="x", ' * size),
    "parameters of a challenge": lambda size: (
        lambda: challenges("Bearer " + ", ".join(f'{name}="\\x"' for name in names(size)))
    ),
    "a description": described,
    "keys": keys,
    "the words of a refusal": refusal_of(
        lambda size: {"error": "x", "error_description": "a%41&amp;" * size}
    ),
    "many words of a refusal": refusal_of(
        lambda size: {"errors": [{"message": name} for name in names(size // 4)]}
    ),
    "an answer of parameters that come twice": answered(
        lambda size: "&".join(f"{name}=1" for name in names(size) * 2)
    ),
    "an answer with a long refusal": answered(
        lambda size: f"error=x&error_description={'a+%26' * size}"
    ),
    "audiences": audiences,
    "a file of connections": configured,
    "people of a practice server": people,
    "redirect URIs to register": registered,
    "a long line with many secrets": long_line,
}

BEARER = {"authorization": f"Bearer {api_token()}"}
SERVED: dict[str, Callable[[int], Use]] = {
    "a form of many fields": served(
        PATHS.token, headers=lambda _: FORM, content=lambda size: "a=1&" * size
    ),
    "a form of many names": served(
        PATHS.token,
        headers=lambda _: FORM,
        content=lambda size: "&".join(f"{name}=1" for name in names(size)),
    ),
    "a form of escapes": served(
        PATHS.token, headers=lambda _: FORM, content=lambda size: "grant_type=" + "%41%" * size
    ),
    "a scope": served(
        PATHS.authorization,
        params=lambda size: {
            "client_id": "notebook",
            "response_type": "code",
            "scope": " ".join(names(size)),
            "redirect_uri": "http://127.0.0.1/callback",
        },
    ),
    "a bearer token": served(
        PATHS.userinfo, headers=lambda size: {"authorization": f"Bearer {'a.' * size}"}
    ),
    "a client's name": served(
        PATHS.token,
        content=lambda _: "",
        headers=lambda size: {"authorization": "Basic " + "QUJD" * size, **FORM},
    ),
    "cookies": served(PATHS.page("sign-in"), headers=lambda size: {"cookie": "a=b; " * size}),
    "media types": served(
        "/api/cells", headers=lambda size: {**BEARER, "accept": "a/b;q=0.5," * size}
    ),
    "a cursor": served(
        "/api/cells", headers=lambda _: BEARER, params=lambda size: {"cursor": "QUJD" * size}
    ),
    "a filter": served(
        "/api/cells", headers=lambda _: BEARER, params=lambda size: {"id": "a*" * size}
    ),
    "a registration": served(
        f"{ADMIN_PATH}/register",
        STRICT,
        headers=lambda _: {KEY_HEADER: STRICT.admin_key},
        json=lambda size: {
            "client_id": "wide",
            "scope_whitelist": names(size // 3),
            "default_scopes": names(size // 3),
            "redirect_uris": [f"http://127.0.0.1/{name}" for name in names(size // 8)],
        },
    ),
    "a registration's scope": served(
        f"{ADMIN_PATH}/register",
        STRICT,
        headers=lambda _: {KEY_HEADER: STRICT.admin_key},
        json=lambda size: {"client_id": "wide", "scope_whitelist": "a " * size},
    ),
}


@pytest.mark.parametrize("case", SERVED)
def test_the_sandbox_reads_a_request_in_time_by_its_length_alone(case: str) -> None:
    assert is_linear(SERVED[case])


@pytest.mark.parametrize("case", CASES)
def test_what_is_long_takes_time_by_its_length_alone(case: str) -> None:
    assert is_linear(CASES[case])
