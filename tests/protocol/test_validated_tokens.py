from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.protocol.validated_tokens import ValidatedTokens, validated_tokens
from oauth_widgets.secret import Secret

from .builders import ACCESS_TOKEN, NOW, REFRESH_TOKEN


def answer(**members: Any) -> TokenResponse:
    return TokenResponse(access_token=Secret(ACCESS_TOKEN), **members)


def joined(response: TokenResponse, refresh_token: Secret | None = None) -> ValidatedTokens:
    return validated_tokens(
        response,
        id_token=None,
        requested_scope=Scope("openid phone"),
        granted_before=Scope("openid"),
        refresh_token=refresh_token,
        now=NOW,
    )


@pytest.mark.check(id="token/scope")
def test_asked_and_granted_scope_are_kept_apart() -> None:
    tokens = joined(answer(scope=Scope("openid events.read")))
    assert tokens.requested_scope == Scope("openid phone")
    assert tokens.scope == Scope("openid events.read")
    assert joined(answer(scope=Scope())).scope == Scope()


@pytest.mark.check(id="token/scope")
def test_where_no_scope_is_named_the_one_before_holds() -> None:
    assert joined(answer()).scope == Scope("openid")


@pytest.mark.check(id="token/scope")
def test_offline_access_is_not_granted_where_no_refresh_token_came() -> None:
    asked = Scope("openid offline_access")

    def scope(refresh_token: str | None, **named: Any) -> Scope:
        return validated_tokens(
            answer(refresh_token=refresh_token and Secret(refresh_token), **named),
            id_token=None,
            requested_scope=asked,
            granted_before=asked,
            refresh_token=None,
            now=NOW,
        ).scope

    assert scope(None) == Scope("openid")
    assert scope(REFRESH_TOKEN) == asked
    assert scope(None, scope=asked) == asked


@pytest.mark.parametrize("seconds", [0, 59.5, 3600])
@pytest.mark.check(id="token/expires-in")
def test_a_lifetime_ends_at_an_aware_moment(seconds: float) -> None:
    ends = joined(answer(expires_in=seconds)).expires_at
    assert ends == datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=seconds)
    assert ends.tzinfo is UTC


@pytest.mark.check(id="token/expires-in")
def test_without_a_lifetime_there_is_no_end() -> None:
    assert joined(answer()).expires_at is None


@pytest.mark.check(id="token/expires-in")
def test_a_lifetime_beyond_the_calendar_ends_with_it() -> None:
    ends = joined(answer(expires_in=999_999_999_999_999)).expires_at
    assert ends is not None
    assert ends.year == 9999


@pytest.mark.check(id="refresh/rotation")
def test_a_new_refresh_token_replaces_the_old_and_none_keeps_it() -> None:
    old, new = Secret("old"), Secret("new")
    assert joined(answer(refresh_token=new), old).refresh_token is new
    assert joined(answer(), old).refresh_token is old
    assert joined(answer()).refresh_token is None


@pytest.mark.check(id="secrets/hidden")
def test_validated_tokens_show_no_token() -> None:
    shown = repr(joined(answer(), Secret(REFRESH_TOKEN)))
    assert ACCESS_TOKEN not in shown
    assert REFRESH_TOKEN not in shown
