# ruff: noqa: N802 - rows keep the names they have in the documents
"""The practice server in a notebook: in the client's own values, once a kernel."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox.server.profiles.wgtwo import WGTWO

from .helpers.people import EVERYTHING, PASSWORDS, session_of, sign_in

CALLBACK = "http://127.0.0.1/callback"


@pytest.fixture
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    """A sandbox for one test, stopped afterwards."""
    running = ow.sandbox.start("wgtwo", restart=True)
    yield running
    running.stop()


def test_it_describes_itself_in_the_clients_own_values() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    assert isinstance(sandbox.server, ow.AuthorizationServer)
    assert isinstance(sandbox.client, ow.ClientMetadata)
    assert sandbox.clients[sandbox.client.client_id] == sandbox.client
    assert sandbox.server.api == sandbox.api
    assert sandbox.server.title == "Practice server (wgtwo)"
    assert {user["username"]: user["password"] for user in sandbox.users} == PASSWORDS


def test_everything_of_it_is_on_this_machine() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    addresses = [value for value in vars(sandbox.server).values() if str(value).startswith("http")]
    assert len(addresses) >= 7
    assert {urlsplit(address).hostname for address in [*addresses, sandbox.api]} == {"127.0.0.1"}


@pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
def test_W7_its_services_name_the_scopes_that_open_them_and_every_scope_says_what_it_gives(
    profile: str,
) -> None:
    sandbox = ow.sandbox.start(profile)
    described = httpx.get(sandbox.api, trust_env=False).json()["services"]
    assert [one.name for one in sandbox.services] == [one["name"] for one in described]
    for service, told in zip(sandbox.services, described, strict=True):
        assert service.scopes == ow.Scope(told["scopes"])
        assert service.address == told["address"]
        assert service.gives == told["gives"]
    assert sandbox.client.scope is not None
    assert sandbox.server.scope_meanings.keys() == set(sandbox.client.scope)
    assert all(gives.endswith(".") for gives in sandbox.server.scope_meanings.values())
    assert "Adds an ID token." in sandbox.server.scope_meanings["openid"]


@pytest.mark.parametrize("name", [service.name for service in WGTWO.services])
def test_W7_what_a_service_says_it_requires_is_what_opens_it(name: str) -> None:
    sandbox = ow.sandbox.start()
    service = next(one for one in sandbox.services if one.name == name)
    wanted = ow.Scope([*service.scopes, "openid"])
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=wanted)
    session = pending.finish(sign_in(pending.url))
    assert len(session.frame(f"/{name}", limit=1))
    for needed in service.scopes:
        lacking = ow.begin_login(sandbox.server, sandbox.client, scope=wanted - {needed})
        with pytest.raises(errors.InsufficientScope) as refused:
            lacking.finish(sign_in(lacking.url)).frame(f"/{name}")
        assert refused.value.missing == (needed,)


def test_O6_a_client_knows_its_default_scopes() -> None:
    assert ow.sandbox.start("onewelcome").client.default_scope == ow.Scope("usage.read")
    assert ow.sandbox.start("wgtwo").client.default_scope == ow.Scope()


@pytest.mark.parametrize("username", sorted(PASSWORDS))
def test_everybody_in_it_can_sign_in(username: str) -> None:
    assert session_of(username).userinfo().claims["phone_number"]


def test_every_client_in_it_can_be_used() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    assert len(sandbox.clients) > 1
    for client in sandbox.clients.values():
        pending = ow.begin_login(sandbox.server, client, scope=EVERYTHING)
        assert len(pending.finish(sign_in(pending.url)).frame("/events", {"page": "7"}))
        by_itself = ow.client_credentials(sandbox.server, client, scope="events.read")
        assert by_itself.scope == ow.Scope("events.read")


@pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
def test_a_mistyped_scope_is_refused_before_anything_is_sent(profile: str) -> None:
    sandbox = ow.sandbox.start(profile)
    for client in sandbox.clients.values():
        assert client.scope
        with pytest.raises(errors.ConfigurationError, match=r"evnts\.read") as told:
            ow.begin_login(sandbox.server, client, scope="evnts.read", redirect_uri=CALLBACK)
        assert "events.read" in told.value.next_step


def test_the_server_itself_refuses_it_from_a_client_that_does_not_know_its_scope() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    known = sandbox.client
    client = ow.ClientMetadata(client_id=known.client_id, client_secret=known.client_secret)
    with pytest.raises(errors.InvalidScope, match=r"Not registered .*: evnts\.read\. It may"):
        ow.client_credentials(sandbox.server, client, scope="evnts.read")


def test_tab_offers_what_is_meant_for_people_and_start_names_the_profiles() -> None:
    assert dir(ow.sandbox) == ["Sandbox", "connect", "leave_running", "start"]
    for name in importlib.import_module("oauth_widgets.sandbox.server").PROFILES:
        assert f"`{name}`" in (ow.sandbox.start.__doc__ or "")


@pytest.mark.parametrize(
    "options",
    [
        *({"seed": seed} for seed in ("x", 1.5, True)),
        *({"token_lifetime": lifetime} for lifetime in ("5", 5.5, 0)),
    ],
)
def test_options_of_the_wrong_kind_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(errors.ConfigurationError, match=f"{name} must be a whole number"):
        ow.sandbox.start("wgtwo", restart=True, **options)


def test_its_repr_says_where_it_is_and_who_can_sign_in() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    assert repr(sandbox) == f"<Sandbox wgtwo at {sandbox.server.issuer}, with alice and bob>"


def test_its_html_has_the_people_their_passwords_and_the_address(
    sandbox: ow.sandbox.Sandbox,
) -> None:
    html = sandbox._repr_html_()
    for words in (
        f'href="{sandbox.server.issuer}/"',
        "Alice Liddell",
        "alice",
        "wonderland",
        "await ow.login",
    ):
        assert words in html
    assert "script" not in html
    assert (
        str(sandbox.client.client_secret.reveal() if sandbox.client.client_secret else 0)
        not in html
    )
    sandbox.stop()
    assert "stopped" in sandbox._repr_html_()


def test_a_second_start_returns_the_running_one(sandbox: ow.sandbox.Sandbox) -> None:
    assert ow.sandbox.start("wgtwo") is sandbox
    assert ow.sandbox.start() is sandbox


def test_two_starts_at_once_make_one(sandbox: ow.sandbox.Sandbox) -> None:
    sandbox.stop()
    with ThreadPoolExecutor(8) as threads:
        started = set(threads.map(lambda _: ow.sandbox.start("wgtwo"), range(8)))
    assert len(started) == 1
    started.pop().stop()


def test_stop_ends_it_and_the_next_start_makes_a_new_one(sandbox: ow.sandbox.Sandbox) -> None:
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.server.issuer, trust_env=False)
    again = ow.sandbox.start("wgtwo")
    assert again is not sandbox
    again.stop()


def test_restart_signs_everybody_out(sandbox: ow.sandbox.Sandbox) -> None:
    session = session_of("alice")
    again = ow.sandbox.start("wgtwo", restart=True)
    assert again is not sandbox
    with pytest.raises(errors.ServerUnreachable):
        session.userinfo()
    # Stopping the old one again doesn't affect the new one.
    sandbox.stop()
    assert ow.sandbox.start("wgtwo") is again
    again.stop()


@pytest.mark.parametrize("start", [ow.sandbox.start, ow.sandbox.serve])
def test_an_unknown_profile_is_told_those_there_are(start: object) -> None:
    assert callable(start)
    with pytest.raises(
        errors.ConfigurationError, match=r"no sandbox profile with that name.*wgtwo"
    ):
        start("wgtoo")


def test_a_port_that_is_taken_is_named(sandbox: ow.sandbox.Sandbox) -> None:
    port = urlsplit(sandbox.server.issuer).port
    assert port is not None
    with pytest.raises(errors.ConfigurationError, match=f"Port {port} .* is taken"):
        ow.sandbox.serve("wgtwo", port=port)


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_extra_names_its_install_command(package: str) -> None:
    script = f"import sys; sys.modules[{package!r}] = None; import oauth_widgets as ow; "
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", script + "ow.sandbox.start()"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"ConfigurationError: The sandbox needs the package {package}" in ended.stderr
    assert "pip install 'oauth-widgets[sandbox]'" in ended.stderr


@pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
def test_W2_its_endpoints_and_the_credentials_of_each_are_a_table(profile: str) -> None:
    sandbox = ow.sandbox.start(profile)
    table = {row["endpoint"]: row for row in sandbox.endpoints}
    metadata = httpx.get(
        f"{sandbox.server.issuer}/.well-known/openid-configuration", trust_env=False
    ).json()
    named = {name for name in metadata if name.endswith(("_endpoint", "jwks_uri"))}
    assert {name: metadata[name] for name in named} == {
        name: row["address"] for name, row in table.items()
    }
    assert table["authorization_endpoint"]["credentials"] == "none"
    assert "HTTP Basic" in table["token_endpoint"]["credentials"]
    assert ("the form" in table["token_endpoint"]["credentials"]) == (profile != "wgtwo")
    assert "access token" in table["userinfo_endpoint"]["credentials"]


def test_W8_it_names_the_sector_of_each_client() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    assert sandbox.sectors == {"notebook": "acme", "dashboard": "acme", "partner": "partner"}
    subjects = {}
    for client_id, client in sandbox.clients.items():
        pending = ow.begin_login(sandbox.server, client, scope="openid")
        id_token = pending.finish(sign_in(pending.url)).id_token
        assert id_token is not None
        subjects[client_id] = id_token.claims["sub"]
    assert subjects["notebook"] == subjects["dashboard"] != subjects["partner"]


def test_W9_after_a_rotation_of_keys_people_sign_in_and_out(sandbox: ow.sandbox.Sandbox) -> None:
    session = session_of("alice")
    sandbox.rotate_keys()
    assert session_of("alice").id_token
    sandbox.rotate_keys(keep_old=False)
    request = session.logout().request
    assert request is not None
    page = httpx.get(request.url.reveal(), trust_env=False)
    assert "You are signed out" in page.text
    assert session_of("bob").id_token


def test_O1_a_client_changed_by_its_record_keeps_name_sector_and_grants() -> None:
    sandbox = ow.sandbox.start("onewelcome", restart=True)
    before = sandbox.client
    record = ow.ClientRegistration.of(before, scope_whitelist="openid usage.read email")
    after = sandbox.register(record)
    assert after.scope == ow.Scope("openid usage.read email")
    assert (after.client_secret, after.redirect_uris) == (
        before.client_secret,
        before.redirect_uris,
    )
    assert sandbox.sectors[before.client_id] == "acme"
    pending = ow.begin_login(sandbox.server, after, scope="openid")
    assert pending.finish(sign_in(pending.url)).scope == ow.Scope("openid usage.read")
    sandbox.stop()
