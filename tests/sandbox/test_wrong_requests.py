"""Requests of every kind to every endpoint never cause a 500 or show a traceback."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauth_widgets.sandbox.server.app import application
from oauth_widgets.sandbox.server.controls import Controls
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.sandbox.server.state.site import Site

ISSUER = "http://127.0.0.1:8900"
FORM = b"application/x-www-form-urlencoded"
CALLBACK = "http://127.0.0.1:1/callback"
NAMES = (
    *("client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope"),
    *("state", "nonce", "code_challenge", "code_challenge_method", "code_verifier", "prompt"),
    *("max_age", "login_hint", "acr_values", "claims", "ui_locales", "id_token_hint", "request"),
    *("grant_type", "code", "refresh_token", "device_code", "token", "token_type_hint"),
    *("username", "password", "form_token", "who", "decision", "someone", "user_code"),
    *("post_logout_redirect_uri", "access_token", "client_assertion", "page", "per_page"),
)
VALUES = (
    *("notebook", "browser-app", "terminal", "dashboard", "operator-api", "nobody"),
    *("openid", "openid phone offline_access events.read", "usage.read", "a b  c", "*"),
    *("code", "token", "id_token token", "token id_token", "code id_token", "query", "fragment"),
    *("authorization_code", "refresh_token", "client_credentials", "password"),
    *("urn:ietf:params:oauth:grant-type:device_code", "S256", "plain", "x" * 43),
    *("none", "login", "consent", "select_account", "0", "99999", "-1", "alice", "wonderland"),
    *(
        CALLBACK,
        f"{CALLBACK}?a=b",
        f"{CALLBACK}#x",
        "http://[",
        "//",
        "http://127.0.0.1/signed-out",
    ),
    *("same", "other", "allow", "refuse", '{"userinfo": {"email": null}}', "{", "[" * 2000),
    *("a.b.c", "eyJhbGciOiJub25lIn0.e30.", "BBBB-BBBB"),
)
PATHS = (
    *("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
    *("/sandbox/admin", "/sandbox/admin/misbehave", "/sandbox/admin/register", "/nowhere", "//"),
    *("/api/events", "/api/usage", "/%00", "/%ff"),
)
HEADERS = ("Authorization", "Cookie", "Host", "Accept", "Content-Type", "X-Forwarded-Context")
PHRASES = (
    *(b"text/html", b"*/*", b"application/json", FORM, FORM + b";charset=UTF-8", b"multipart/x"),
    *(
        b"Bearer",
        b"Bearer x",
        b"Basic",
        b"Basic Og==",
        b"Basic /////",
        b"Digest a",
        b"[::1",
        b"a:b:c",
    ),
    *(b"oauth_widgets_sandbox_8900=x", b"=;=;;", b"/user/x", b"\xff\x00", b""),
)


class World:
    """A sandbox of one profile without a socket, and real handles from it."""

    def __init__(self, profile: str) -> None:
        self.site = Site(Settings(profile=PROFILES[profile], issuer=ISSUER, port=8900))
        self.app = application(Controls(self.site))
        routes = {route.path for route in self.app.routes}  # type: ignore[attr-defined]
        self.paths = sorted({*routes, *PATHS})
        self.real: list[str] = [
            client.client_secret
            for client in self.site.realm.clients.values()
            if client.client_secret is not None
        ]
        self.admin = self.site.admin_key.encode()
        self.cookie = b""
        asyncio.run(self._look_around())

    async def _look_around(self) -> None:
        for name in ("notebook", "dashboard"):
            secret = self.site.realm.clients[name].client_secret or ""
            basic = base64.b64encode(f"{name}:{secret}".encode())
            form = urlencode({"grant_type": "client_credentials", "scope": "events.read"})
            headers = [(b"Authorization", b"Basic " + basic), (b"Content-Type", FORM)]
            path = self.site.settings.profile.paths.token
            answer = await self.send("POST", path, headers, form.encode())
            self.real.extend(str(value) for value in answer.json().values())
        query = urlencode(
            {
                "client_id": "notebook",
                "redirect_uri": CALLBACK,
                "scope": "openid",
                "response_type": "code",
            }
        )
        path = self.site.settings.profile.paths.authorization
        answer = await self.send("GET", f"{path}?{query}", [], b"")
        self.cookie = answer.headers["set-cookie"].partition(";")[0].encode()
        self.real.append(answer.headers["location"].partition("request=")[2])
        browser = next(iter(self.site.realm.browsers._browsers.values()))  # noqa: SLF001
        self.real.append(browser.form_token)

    async def send(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> httpx.Response:
        # The client raises what the application doesn't catch, so a 500 shows its cause.
        transport = httpx.ASGITransport(self.app)
        url = httpx.URL(ISSUER).copy_with(raw_path=target.encode())
        given = {name.lower() for name, _ in headers}
        always = [] if b"host" in given else [(b"Host", b"127.0.0.1:8900")]
        request = httpx.Request(method, url, headers=[*always, *headers], content=body)
        async with asyncio.timeout(20):
            response = await transport.handle_async_request(request)
            await response.aread()
            return response


_worlds: dict[str, World] = {}


def world_of(profile: str) -> World:
    if profile not in _worlds:
        _worlds[profile] = World(profile)
    return _worlds[profile]


@st.composite
def requests(draw: st.DrawFn, world: World) -> tuple[str, str, list[tuple[bytes, bytes]], bytes]:
    text = st.one_of(st.sampled_from(VALUES), st.sampled_from(world.real), st.text(max_size=12))
    raw = st.one_of(text.map(lambda value: value.encode(errors="replace")), st.binary(max_size=6))
    params = st.lists(st.tuples(st.sampled_from(NAMES), raw), max_size=9)
    method = draw(st.sampled_from(("GET", "POST", "POST", "HEAD", "PUT", "OPTIONS", "X")))
    path = draw(st.sampled_from(world.paths))
    query, form = urlencode(draw(params)), urlencode(draw(params)).encode()
    body = draw(st.one_of(st.just(form), st.just(form), st.binary(max_size=40), _json()))
    headers = [
        (name.encode(), value)
        for name, value in draw(
            st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(PHRASES)), max_size=3)
        )
    ]
    if draw(st.booleans()):
        client_id, secret = draw(st.sampled_from(VALUES[:6])), draw(st.sampled_from(world.real))
        basic = base64.b64encode(f"{client_id}:{secret}".encode(errors="replace"))
        bearer = b"Bearer " + draw(st.sampled_from(world.real)).encode(errors="replace")
        headers.append((b"Authorization", draw(st.sampled_from((b"Basic " + basic, bearer)))))
    if draw(st.booleans()):
        headers += [(b"Cookie", world.cookie), (b"Content-Type", FORM)]
    if draw(st.integers(0, 9)) == 0:
        headers.append((b"X-Sandbox-Key", world.admin))
    return method, f"{path}?{query}", headers, body


def _json() -> st.SearchStrategy[bytes]:
    names = st.sampled_from(("name", "on", "client_id", "scope", "redirect_uris", "type", "x"))
    values = st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.lists(st.text(max_size=3)))
    return st.dictionaries(names, values, max_size=4).map(lambda value: json.dumps(value).encode())


@pytest.mark.parametrize("profile", sorted(PROFILES))
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_breaks_an_endpoint(profile: str, data: st.DataObject) -> None:
    world = world_of(profile)
    method, target, headers, body = data.draw(requests(world))
    response = asyncio.run(_answered(world, method, target, headers, body))
    assert response.status_code < 500
    for trace in ("Traceback", 'File "', "site-packages", "oauth_widgets/"):
        assert trace not in response.text
    location = response.headers.get("location", "")
    # Every redirect leads to a page of the sandbox or a registered address.
    assert location.startswith(("sign-in", "consent", "logout", CALLBACK, "http://127.0.0.1/")) or (
        not location
    )
    if response.status_code == 401:
        assert response.headers["www-authenticate"].startswith(("Basic ", "Bearer "))
    # RFC 6749 5.2 allows a description no other characters
    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*", description_of(response))


def test_a_host_that_is_no_address_breaks_no_endpoint() -> None:
    world = world_of("playground")
    secret = world.site.realm.clients["notebook"].client_secret or ""
    alone = urlencode({"grant_type": "client_credentials", "scope": "cells.read"}).encode()
    basic = b"Basic " + base64.b64encode(f"notebook:{secret}".encode())
    path = world.site.settings.profile.paths.token
    form = [(b"Authorization", basic), (b"Content-Type", FORM)]
    token = asyncio.run(world.send("POST", path, form, alone)).json()["access_token"].encode()
    headers = [(b"Host", b"[::1"), (b"Authorization", b"Bearer " + token)]
    for target in world.paths:
        for method in ("GET", "POST"):
            response = asyncio.run(world.send(method, target, headers, b""))
            assert response.status_code < 500, target
    page = asyncio.run(world.send("GET", "/api/cells?per_page=1", headers, b""))
    assert (page.status_code, len(page.json())) == (200, 1)


def description_of(response: httpx.Response) -> str:
    if response.content and response.headers.get("content-type") == "application/json":
        body = response.json()
        return str(body.get("error_description", "")) if isinstance(body, dict) else ""
    _, separator, brought = re.split(r"([?#]|$)", response.headers.get("location", ""), maxsplit=1)
    return dict(parse_qsl(brought)).get("error_description", "") if separator else ""


def test_a_refusal_that_quotes_keeps_to_the_characters_of_the_standard() -> None:
    world = world_of("playground")
    given = {"client_id": "notebook", "redirect_uri": CALLBACK, "response_type": "code"}
    query = urlencode(given | {"scope": "openid", "claims": "{"})
    path = world.site.settings.profile.paths.authorization
    response = asyncio.run(world.send("GET", f"{path}?{query}", [], b""))
    assert "{'userinfo': {'email': null}" in description_of(response)


async def _answered(
    world: World, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> httpx.Response:
    response = await world.send(method, target, headers, body)
    for name in world.site.realm.switches.on:
        world.site.realm.switches.turn(name, on=False)
    return response


@pytest.mark.parametrize("switch", sorted({*SWITCHES} - {"downtime", "throttling"}))
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_no_switch_breaks_a_profile(
    running_of: Any, browse: Any, profile: str, switch: str
) -> None:
    browser = browse(running_of(profile))
    hint = browser.tokens()["id_token"]
    with browser.sandbox.misbehave(switch):
        tokens = browser.tokens()
        assert browser.refresh(tokens["refresh_token"]).status_code == 200
        assert browser.get(browser.paths["userinfo"], tokens["access_token"]).status_code == 200
        for token in (hint, tokens["id_token"]):
            assert browser.open(id_token_hint=token).status_code == 200
            params = {"id_token_hint": token, "client_id": "notebook"}
            response = browser.http.get(browser.paths["end_session"], params=params)
            assert response.status_code in {200, 400}


def test_a_fault_of_ours_shows_no_trace() -> None:
    site = Site(Settings(profile=PROFILES["wgtwo"], issuer=ISSUER, port=8900))
    transport = httpx.ASGITransport(application(Controls(site)), raise_app_exceptions=False)
    site.realm.keys = None  # type: ignore[assignment]

    async def ask() -> tuple[httpx.Response, httpx.Response]:
        async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as http:
            path = site.settings.profile.paths.jwks
            return await http.get(path), await http.get(path, headers={"Accept": "text/html"})

    for response in asyncio.run(ask()):
        assert response.status_code == 500
        assert "bug in the sandbox" in response.text
        assert "NoneType" not in response.text
