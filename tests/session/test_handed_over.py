"""A session made of a token from elsewhere, and how long a session lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import create_autospec

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.mint import CLIENT, Mint
from ..helpers.tracebacks import with_locals

SOON = datetime.now(UTC) + timedelta(minutes=5)


def test_a_token_from_elsewhere_reads_the_api_and_nothing_else(mint: Mint) -> None:
    session = ow.Session.from_token(
        mint.server, ow.Secret("access-1"), scope="events.read", expires_at=SOON
    )
    assert len(session.frame("/events")) == 1
    assert session.scope == {"events.read"}
    assert session.lasts.until == SOON
    assert not session.lasts.renewable
    with pytest.raises(errors.ForeignOrigin):
        session.frame("https://elsewhere.example/events")
    mint.revoke()
    with pytest.raises(errors.InvalidToken):
        session.frame("/events")


def test_where_the_token_goes_can_be_said(mint: Mint) -> None:
    session = ow.Session.from_token(mint.server, "access-1", api=f"{mint.origin}/other")
    session.frame("events")
    assert [sent.target for sent in mint.asked("/other")] == ["/other/events"]


def test_a_client_that_is_not_known_is_never_named_to_the_server(mint: Mint) -> None:
    session = ow.Session.from_token(mint.server, "access-1")
    for ask in (session.introspect, session.revoke):
        with pytest.raises(errors.ConfigurationError, match="client=…"):
            ask()
    assert session.logout().confirmed is None
    assert mint.asked("/revoke") == []
    known = ow.Session.from_token(mint.server, "access-1", client=CLIENT)
    known.revoke()
    assert len(mint.asked("/revoke")) == 1


def test_it_cannot_be_asked_for_more(mint: Mint) -> None:
    session = ow.Session.from_token(mint.server, "access-1")
    with pytest.raises(errors.ConfigurationError, match="can't be extended to more"):
        session.ask_for("more")
    with pytest.raises(errors.ConfigurationError, match="no refresh token"):
        session.refresh()


@pytest.mark.parametrize(
    ("token", "more"),
    [(7, {}), ("", {}), ("a", {"expires_at": 7}), ("a", {"expires_at": datetime.now()})],  # noqa: DTZ005 - the subject
)
def test_what_is_no_token_or_no_time_is_refused(mint: Mint, token: Any, more: Any) -> None:
    with pytest.raises(errors.ConfigurationError):
        ow.Session.from_token(mint.server, token, **more)


@pytest.mark.parametrize(
    "token", ["access-1\n", " access-1", "access 1", "accéss-1", "access\0001"]
)
@pytest.mark.check(id="token/access-token")
def test_a_token_that_fits_no_header_is_refused_and_not_shown(mint: Mint, token: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="not allowed in headers") as refused:
        ow.Session.from_token(mint.server, ow.Secret(token))
    assert token.strip() not in with_locals(refused.value)


def test_how_long_a_session_lasts_is_said_in_words(mint: Mint) -> None:
    renewable = mint.session()
    assert renewable.lasts.renewable
    assert str(renewable.lasts).startswith("Until the server ends it")
    ends = mint.session(refreshable=False)
    assert ends.lasts.until == ends.expires_at
    assert "After that, someone has to sign in" in str(ends.lasts)
    assert not ends.lasts.covers(datetime.now(UTC) + timedelta(days=1))
    for moment in (None, 7, datetime(2030, 1, 1)):  # noqa: DTZ001 - what is refused
        with pytest.raises(errors.ConfigurationError, match="with a time zone"):
            ends.lasts.covers(moment)  # type: ignore[arg-type]
    endless = mint.session(refreshable=False, seconds=None)
    assert "didn't say" in str(endless.lasts)


def test_request_is_another_name_of_ask_for(mint: Mint) -> None:
    session = mint.session()
    assert session.request("more") == session.ask_for("more") == {"events.read", "more"}


def test_what_reads_can_stand_for_a_session(mint: Mint) -> None:
    def latest(session: ow.Reads) -> int:
        return len(session.frame("/events", limit=3))

    class Records:
        def frame(self, _: str, params: Any = None, /, **how: Any) -> pd.DataFrame:
            return pd.DataFrame([{"params": params, **how}])

    assert latest(mint.session()) == latest(Records()) == 1
    stand_in = create_autospec(ow.Session, instance=True)
    stand_in.frame.return_value = pd.DataFrame()
    assert latest(stand_in) == 0
    for one in (mint.session(), Records(), stand_in):
        assert isinstance(one, ow.Reads)
