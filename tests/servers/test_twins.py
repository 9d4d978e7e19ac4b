"""A sign-in at the twin of each server that is known by name, from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets._net.message import Pause
from oauth_widgets.flows import device_authorization
from oauth_widgets.servers.preset import Preset

from .twins.habits import HABITS
from .twins.twin import PERSON, Twin, running

PRESETS = {one.name: one for one in ow.servers.PRESETS}
WITH_DEVICE = [name for name, one in PRESETS.items() if "device" in one.ways]
AS_CLIENT = [
    name for name, one in PRESETS.items() if "program" in one.ways and not HABITS[name].public
]


@pytest.fixture
def twin(request: pytest.FixtureRequest) -> Iterator[Twin]:
    with running(PRESETS[request.param], HABITS[request.param]) as found:
        yield found


every = pytest.mark.parametrize("twin", PRESETS, indirect=True)


PUBLIC = [
    name
    for name, one in PRESETS.items()
    if "none" in one.describes.get("token_endpoint_auth_methods_supported", ())
]


def signed_in(twin: Twin) -> ow.Session:
    scope = twin.habits.scope
    pending = ow.begin_login(twin.server, twin.client, scope=scope, redirect_uri=here(twin.preset))
    return pending.finish(twin.visit(pending.url))


def here(preset: Preset) -> str:
    """Return the address that a sign-in on this computer has the answer sent to."""
    register = preset.redirects.register()
    if not register:
        return "https://jupyter.example/callback"
    free = f"{preset.redirects.hosts[0]}:51234"
    return (
        register.replace(preset.redirects.hosts[0], free) if register.count(":") == 1 else register
    )


def test_every_preset_has_a_twin_and_no_other() -> None:
    assert HABITS.keys() == PRESETS.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_preset_and_twin_agree_on_what_both_say(name: str) -> None:
    preset, habits = PRESETS[name], HABITS[name]
    assert habits.unverified == (preset.pkce == "ignored")
    assert (habits.refresh is None) == preset.refresh.startswith("none")
    names = {preset.describes.get("scope_aliases", {}).get(one, one) for one in preset.scopes}
    assert set(habits.scope.split()) <= names
    methods = preset.describes.get("token_endpoint_auth_methods_supported")
    if habits.method not in {"either", "none"} and methods:
        assert set(methods) - {"none"} == {habits.method}


@every
def test_signing_in_by_code_brings_all_that_was_asked_for(twin: Twin) -> None:
    session = signed_in(twin)
    assert session.missing_scope == ow.Scope()
    assert set(twin.habits.scope.split()) <= set(session.scope)
    asks_openid = "openid" in twin.habits.scope.split()
    assert (session.id_token is not None) == asks_openid
    if session.id_token is not None:
        assert session.id_token.claims["sub"] == PERSON
    if twin.server.userinfo_endpoint is not None and asks_openid:
        assert session.userinfo().claims["sub"] == PERSON
    assert (session.refresh_token is not None) == (twin.habits.refresh is not None)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_client_without_a_secret_signs_in_if_the_server_has_such_clients(name: str) -> None:
    with running(PRESETS[name], replace(HABITS[name], public=True, method="none")) as twin:
        assert signed_in(twin).missing_scope == ow.Scope()


@every
def test_the_token_opens_the_api_of_the_server(twin: Twin) -> None:
    session = signed_in(twin)
    if twin.server.api is not None:
        frame = session.frame(f"{twin.server.api}/things")
        assert list(frame["token"]) == [session.access_token.reveal()]


@every
def test_a_refresh_brings_a_new_token_and_keeps_or_replaces_the_refresh_token(twin: Twin) -> None:
    session = signed_in(twin)
    before = session.access_token.reveal()
    if twin.habits.refresh is None:
        with pytest.raises(ow.errors.ConfigurationError, match="no refresh token"):
            session.refresh()
        return
    for _ in range(2):
        session.refresh()
        assert session.access_token.reveal() != before
        assert session.refresh_token is not None
        assert session.refresh_token.reveal() == twin.renews
    assert session.missing_scope == ow.Scope()


@every
def test_signing_out_ends_the_tokens_if_the_server_can(twin: Twin) -> None:
    session = signed_in(twin)
    token = session.access_token.reveal()
    done = session.logout()
    revokes = twin.server.revocation_endpoint is not None
    assert done.confirmed is (True if revokes else None)
    assert (token in twin.good) != revokes
    assert (done.request is not None) == (twin.server.end_session_endpoint is not None)


@every
def test_the_servers_own_refusal_is_shown_in_its_words(twin: Twin) -> None:
    said, kind = twin.habits.refused
    pending = ow.begin_login(
        twin.server, twin.client, scope=twin.habits.scope, redirect_uri=here(twin.preset)
    )
    answer = twin.visit(pending.url)
    twin.refuses = True
    with pytest.raises(kind) as refusal:
        pending.finish(answer)
    assert said in str(refusal.value)


@pytest.mark.parametrize("twin", WITH_DEVICE, indirect=True)
def test_signing_in_on_another_device(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_authorization, "Pause", lambda _: Pause(0.0))
    scope = " ".join(one for one in twin.habits.scope.split() if one != "offline_access")
    more: dict[str, Any] = {}
    if twin.habits.device_scope != "scope":
        more["extra"] = {twin.habits.device_scope: scope}
    waiting = ow.device_login(twin.server, twin.client, scope=scope, **more)
    assert waiting.user_code == "WDJB-MJHT"
    assert waiting.verification_uri.endswith("/device")
    session = waiting.finish()
    assert session.missing_scope == ow.Scope()


@pytest.mark.parametrize("twin", AS_CLIENT, indirect=True)
def test_signing_in_as_the_client_itself(twin: Twin) -> None:
    session = ow.client_credentials(twin.server, twin.client)
    assert session.access_token.reveal() in twin.good
