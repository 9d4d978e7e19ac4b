"""Ways to sign in that need no browser here."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.rigged import as_json
from ..helpers.twins import awaited, both
from ..protocol.builders import CLIENT, claims
from ..protocol.keys import rsa_key
from ..relying_party.server import running

GRANTS = (ow.client_credentials, ow.aclient_credentials, ow.device_login, ow.adevice_login)


@both
@pytest.mark.check(id="device/polling")
def test_a_person_is_shown_the_code_and_where_to_enter_it(call: Any) -> None:
    with running() as server:
        pending = call(ow, "device_login", ow.discover(server.origin), CLIENT, scope="openid")
    assert "BCDF-GHJK" in repr(pending)
    assert f"{server.origin}/enter" in repr(pending)
    assert (pending.user_code, pending.verification_uri) == (
        "BCDF-GHJK",
        f"{server.origin}/enter",
    )


@both
@pytest.mark.check(id="device/polling")
def test_after_the_person_has_allowed_it_a_failure_does_not_say_to_try_again(call: Any) -> None:
    raw = rsa_key("one").sign(claims()).reveal()
    allowed = as_json({"access_token": "a", "token_type": "Bearer", "id_token": raw})
    with running(instead={"/token": allowed}) as server:
        described = ow.discover(server.origin)
        # Nothing listens there.
        described = replace(described, jwks_uri="http://127.0.0.1:9/jwks")
        device = call(ow, "device_login", described, CLIENT, scope="openid")
        object.__setattr__(vars(device)["_answer"], "interval", 0.01)
        with pytest.raises(errors.ServerUnreachable) as failed:
            call(device, "finish")
    assert not failed.value.retry_may_help
    assert failed.value.next_step == "This sign-in has already been used. Start a new one."


def test_O5_a_scope_off_the_whitelist_is_refused_before_anything_is_sent() -> None:  # noqa: N802 - the row's name
    sandbox = ow.sandbox.start("playground")
    for begin in (ow.client_credentials, ow.device_login):
        with pytest.raises(errors.ConfigurationError, match=r"evnts\.read"):
            begin(sandbox.server, sandbox.client, scope="openid evnts.read")


@pytest.mark.parametrize("grant", GRANTS)
def test_a_grant_shows_its_arguments_by_name(grant: Any) -> None:
    shown = inspect.signature(grant).parameters
    assert list(shown) == ["server", "client", "scope", "api", "api_origins", "extra"]
    assert shown["scope"].default == ()
    assert inspect.iscoroutinefunction(grant) == grant.__name__.startswith("a")


@both
@pytest.mark.parametrize("grant", ["client_credentials", "device_login"])
def test_a_wrong_argument_is_refused_in_the_name_of_the_grant(call: Any, grant: str) -> None:
    with pytest.raises(TypeError, match=rf"^a?{grant}\(\) .*'scop'"):
        call(ow, grant, "server", "client", scop="openid")


def test_a_device_login_that_is_awaited_says_which_card_shows_its_code() -> None:
    sandbox = ow.sandbox.start("playground")
    device = ow.device_login(sandbox.server, sandbox.client, scope="openid")
    session = sandbox.sign_in(device)
    for begun in (device, session.ask_for("profile")):
        with pytest.raises(errors.ConfigurationError, match=r"await ow\.DeviceCode\(device\)"):
            asyncio.run(awaited(begun))


def test_more_for_a_client_can_be_awaited_like_a_card() -> None:
    sandbox = ow.sandbox.start()
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="cells.read")
    wider = asyncio.run(awaited(session.ask_for("cells.read")))
    assert wider is not session
    assert wider.scope == session.scope
