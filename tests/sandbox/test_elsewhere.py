"""A sandbox seen from another machine, through a real jupyter-server-proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets.signing_in.callback import front_channel

from ..helpers.leaks import leaks
from ..helpers.people import PASSWORDS, sign_in_with, submit, visit
from .proxying import ProxyingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILES = ("wgtwo", "onewelcome", "playground")
SCOPE = "openid phone offline_access events.read"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxyingServer]:
    server = ProxyingServer(tmp_path_factory.mktemp("proxying"))
    yield server
    server.stop()


@pytest.fixture
def person(jupyter: ProxyingServer) -> Iterator[httpx.Client]:
    """The browser of the person who owns the notebook server."""
    with httpx.Client(trust_env=False, timeout=20) as browser:
        jupyter.admit(browser)
        yield browser


class Elsewhere:
    """A sandbox in this kernel, for a person who reaches it through the proxy."""

    def __init__(self, profile: str, base: str) -> None:
        self.sandbox = ow.sandbox.start(profile, restart=True, opener_policy=True)
        self.base = base
        self.callback = f"{base}lab/extensions/some/static/callback.html"
        channel = front_channel.of(self.sandbox.server.authorization_endpoint or "")
        assert channel is not None
        self.channel = channel
        channel.register("notebook", self.callback)

    def seen(self, url: str | None) -> str:
        assert url is not None
        return self.channel.seen_from(self.base, url)

    def begin(self) -> ow.PendingLogin:
        return ow.begin_login(
            self.sandbox.server, self.sandbox.client, scope=SCOPE, redirect_uri=self.callback
        )


@pytest.fixture
def elsewhere(jupyter: ProxyingServer, profile: str) -> Iterator[Elsewhere]:
    one = Elsewhere(profile, jupyter.base)
    yield one
    one.sandbox.stop()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_person_signs_in_and_the_notebook_server_learns_no_secret(
    elsewhere: Elsewhere, jupyter: ProxyingServer, person: httpx.Client
) -> None:
    pending = elsewhere.begin()
    visited: list[httpx.Response] = []
    person.event_hooks = {"response": [visited.append]}
    answer = sign_in_with(person, elsewhere.seen(pending.url))
    assert answer.startswith(f"{elsewhere.callback}?")
    session = pending.finish(answer)
    assert len(session.frame("/events", {"page": "1"}))

    own = f"{jupyter.base}proxy/{elsewhere.channel.port}/"
    assert len(visited) == 5
    assert all(str(page.url).startswith(own) for page in visited)
    # The proxy would rewrite and log an address that begins with a slash.
    onward = [page.headers["location"] for page in visited if page.has_redirect_location]
    assert [place.startswith(("sign-in?", "consent?", "http://")) for place in onward] == [True] * 3

    state, code = (parse_qs(urlsplit(answer).query)[name][0] for name in ("state", "code"))
    assert state in pending.url
    secrets = {
        "state": state,
        "code": code,
        "password": PASSWORDS["alice"],
        "notebook server's token": jupyter.token,
        "access token": session.access_token.reveal(),
        **{name: value or "" for name, value in cookies_of(person).items()},
    }
    logged = jupyter.log.read_text()
    assert f"303 POST {urlsplit(own).path}" in logged
    assert leaks(secrets, [jupyter.log]) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_the_pages_come_as_strict_as_they_were_sent(
    elsewhere: Elsewhere, person: httpx.Client
) -> None:
    page = visit(person, elsewhere.seen(elsewhere.begin().url))
    policy = page.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none'; style-src 'sha256-")
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("profile", ["wgtwo"])
def test_its_cookie_is_for_its_pages_alone_and_the_notebook_servers_stay(
    elsewhere: Elsewhere, jupyter: ProxyingServer, person: httpx.Client
) -> None:
    before = cookies_of(person)
    sign_in_with(person, elsewhere.seen(elsewhere.begin().url))
    after = {cookie.name: cookie for cookie in person.cookies.jar}
    (name,) = after.keys() - before.keys()
    port = elsewhere.channel.port
    assert name == f"oauth_widgets_sandbox_{port}_proxied"
    assert after[name].path == f"{urlsplit(jupyter.base).path}proxy/{port}"
    assert {key: after[key].value for key in before} == before


@pytest.mark.parametrize("profile", ["wgtwo"])
def test_one_browser_may_come_directly_and_through_the_proxy(
    elsewhere: Elsewhere, person: httpx.Client
) -> None:
    for _ in range(2):
        for address in (lambda url: url, elsewhere.seen):
            pending = elsewhere.begin()
            page = visit(person, address(pending.url))
            if "Welcome back" in page.text:
                page = submit(person, page, who="other")
            page = submit(person, page, username="alice", password=PASSWORDS["alice"])
            answer = submit(person, page, decision="allow")
            assert pending.finish(answer.headers["location"])


@pytest.mark.parametrize("profile", ["wgtwo"])
def test_what_goes_wrong_is_a_page_here_too(
    elsewhere: Elsewhere, jupyter: ProxyingServer, person: httpx.Client
) -> None:
    pending = elsewhere.begin()
    page = visit(person, elsewhere.seen(pending.url))
    form = {"username": "alice", "password": "not wonderland"}
    # The notebook server's cookie alone is not enough.
    forged = person.post(page.url, data=form)
    assert (forged.status_code, "cannot be accepted" in forged.text) == (403, True)
    wrong = submit(person, page, **form)
    assert (wrong.status_code, "Wrong username or password" in wrong.text) == (400, True)
    unregistered = pending.url.replace("callback.html", "elsewhere.html")
    refused = person.get(elsewhere.seen(unregistered))
    assert (refused.status_code, "not registered" in refused.text) == (400, True)
    state = parse_qs(urlsplit(pending.url).query)["state"][0]
    assert leaks({"state": state, "password": form["password"]}, [jupyter.log]) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_person_signs_out(elsewhere: Elsewhere, person: httpx.Client) -> None:
    leave = elsewhere.seen(elsewhere.sandbox.server.end_session_endpoint)
    onward = "http://127.0.0.1/signed-out"

    def signed_in() -> bool:
        return "Welcome back" in visit(person, elsewhere.seen(elsewhere.begin().url)).text

    sign_in_with(person, elsewhere.seen(elsewhere.begin().url))
    assert signed_in()
    parameters = {"client_id": "notebook", "post_logout_redirect_uri": onward, "state": "x"}
    asked = person.post(leave, data=parameters)
    assert asked.headers["location"].startswith("logout?client_id=notebook&")
    page = visit(person, str(asked.next_request.url)) if asked.next_request else asked
    assert "Sign out?" in page.text
    assert submit(person, page).headers["location"] == f"{onward}?state=x"
    assert not signed_in()


@pytest.mark.parametrize("profile", ["wgtwo"])
def test_a_session_signs_its_person_out(
    elsewhere: Elsewhere, jupyter: ProxyingServer, person: httpx.Client
) -> None:
    pending = elsewhere.begin()
    session = pending.finish(sign_in_with(person, elsewhere.seen(pending.url)))
    assert session.id_token is not None
    hint = session.id_token.raw.reveal()
    url = f"{elsewhere.sandbox.server.end_session_endpoint}?id_token_hint={hint}"
    onward = "&post_logout_redirect_uri=http://127.0.0.1/signed-out"
    assert visit(person, elsewhere.seen(url + onward)).headers["location"].startswith("http://")
    assert "You are signed out" in visit(person, elsewhere.seen(url)).text
    assert leaks({"ID token": hint}, [jupyter.log]) == []


@pytest.mark.parametrize("profile", ["playground"])
def test_a_device_is_connected(elsewhere: Elsewhere, person: httpx.Client) -> None:
    sandbox = elsewhere.sandbox
    waiting = ow.device_login(sandbox.server, sandbox.clients["terminal"], scope="openid phone")
    page = visit(person, elsewhere.seen(waiting.verification_uri_complete))
    assert waiting.user_code in page.text
    page = submit(person, page, user_code=waiting.user_code)
    page = submit(person, page, username="alice", password=PASSWORDS["alice"])
    assert "Your device is connected" in submit(person, page, decision="allow").text
    assert waiting.finish().userinfo().claims["phone_number"]


def cookies_of(browser: httpx.Client) -> dict[str, Any]:
    return {cookie.name: cookie.value for cookie in browser.cookies.jar}
