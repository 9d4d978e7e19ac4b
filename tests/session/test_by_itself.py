"""A client that signs in by itself, without a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.rigged import as_json, rigged
from ..helpers.twins import both


@both
def test_a_client_signs_in_by_itself(call: Any) -> None:
    sandbox = ow.sandbox.start()
    session = call(
        ow, "client_credentials", sandbox.server, sandbox.client, scope="events.read phone"
    )
    assert session.id_token is None
    assert session.refresh_token is None
    assert session.expires_at > datetime.now(UTC)


@pytest.mark.check(id="token/scope")
def test_a_scope_granted_in_part_is_reported_and_not_fatal() -> None:
    sandbox = ow.sandbox.start()
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="events.read phone")
    assert session.requested_scope == ow.Scope("events.read phone")
    assert session.scope == ow.Scope("events.read")
    assert session.missing_scope == ow.Scope("phone")
    assert not session.extra_scope


def test_a_wrong_secret_is_named_as_the_servers_no() -> None:
    sandbox = ow.sandbox.start()
    client = ow.ClientMetadata(client_id="notebook", client_secret="a wrong one: %+é")
    with pytest.raises(errors.InvalidClient, match="client_secret"):
        ow.client_credentials(sandbox.server, client, scope="events.read")


def test_a_public_client_cannot_sign_in_by_itself(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="public client"):
        ow.client_credentials(mint.server, ow.ClientMetadata(client_id="notebook"))
    assert mint.asked("/") == []


@pytest.mark.parametrize("wrong", [{"api": "/events"}, {"api_origins": "https://api.example"}])
def test_an_api_that_cannot_be_one_is_said_before_anything_is_sent(
    wrong: dict[str, Any], mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError):
        ow.client_credentials(mint.server, CLIENT, **wrong)
    assert mint.asked("/") == []


@both
def test_a_client_by_itself_gets_a_new_token_when_the_old_one_ends(call: Any) -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = call(ow, "client_credentials", sandbox.server, sandbox.client, scope="cells.read")
    first = session.access_token
    call(session, "refresh")
    assert session.access_token != first
    assert len(call(session, "frame", "/cells")) > 0


def test_asking_for_what_takes_a_person_is_refused_with_the_way_to_one() -> None:
    sandbox = ow.sandbox.start("wgtwo")
    session = ow.client_credentials(sandbox.server, sandbox.client, scope="events.read")
    with pytest.raises(errors.ConfigurationError, match="phone") as told:
        session.request("phone")
    assert "ow.login" in told.value.next_step


MORE = 'Bearer error="insufficient_scope", scope="cells.read"'


@both
@pytest.mark.parametrize("use", ["frame", "userinfo"])
@pytest.mark.parametrize(
    "refusal",
    [as_json({}, status=401), as_json({}, status=403, www_authenticate=MORE)],
    ids=["refused", "not enough"],
)
def test_a_client_by_itself_is_never_told_to_sign_in(
    call: Any, use: str, refusal: bytes, mint: Mint
) -> None:
    session = by_itself(mint)
    with rigged(refusal) as api:
        session.server = replace(mint.server, userinfo_endpoint=f"{api.origin}/userinfo")
        with pytest.raises(errors.ResourceError) as refused:
            call(session, use, *([f"{api.origin}/events"] if use == "frame" else []))
    assert "client" in refused.value.next_step
    assert "sign in" not in refused.value.next_step.lower()


def test_an_ended_session_of_a_client_by_itself_is_not_told_to_sign_in(mint: Mint) -> None:
    session = by_itself(mint)
    mint.refusal = None
    session.revoke()
    with pytest.raises(errors.NotSignedIn, match=r"Call ow\.client_credentials"):
        session.userinfo()


@pytest.mark.parametrize("code", ["access_denied", "invalid_grant", "login_required"])
def test_a_client_by_itself_that_is_refused_is_told_nothing_of_a_person(
    code: str, mint: Mint
) -> None:
    mint.refusal = as_json({"error": code}, status=400)
    with pytest.raises(errors.ErrorResponse) as refused:
        ow.client_credentials(mint.server, CLIENT, scope="events.read")
    for words in (str(refused.value), refused.value.own_words):
        assert "sign" not in words.lower()
        assert "person" not in words
        assert code in words


def by_itself(mint: Mint) -> ow.Session:
    """Return the session of a client that signed in as itself, at a server that rotates nothing."""
    first = as_json({"access_token": "access-1", "token_type": "Bearer"})
    mint.refusal = first
    server = replace(mint.server, api=None)
    return ow.client_credentials(server, CLIENT, scope="events.read")
