"""Nothing is stored: the same seed gives the same state again."""

from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.state.keys import Keys

pytestmark = pytest.mark.parametrize("profile", PROFILES, scope="module")


def keys(browser: Any) -> set[str]:
    published = browser.http.get(browser.paths["jwks_uri"]).json()["keys"]
    return {key[part] for key in published for part in ("kid", "n")}


def test_a_reset_brings_back_users_clients_secrets_and_data(fresh: Any, browse: Any) -> None:
    sandbox = fresh(seed=7)
    browser = browse(sandbox)
    before = (sandbox.users, sandbox.clients)
    token = browser.tokens(scope="phone events.read")["access_token"]
    data = browser.get("/api/events", token).json()
    sandbox.register({"client_id": "more", "scope": "events.read"})
    sandbox.reset()
    assert (sandbox.users, sandbox.clients) == before
    again = browser.tokens(scope="phone events.read")["access_token"]
    assert browser.get("/api/events", again).json() == data


def test_a_restart_with_the_same_seed_brings_the_same(fresh: Any, browse: Any) -> None:
    told = []
    for seed in (7, 7, 8):
        browser = browse(fresh(seed=seed))
        tokens = browser.tokens(scope="openid phone events.read")
        data = browser.get("/api/events", tokens["access_token"]).json()
        subject = browser.verified(tokens["id_token"])["sub"]
        told.append((browser.sandbox.users, browser.sandbox.clients, data, subject))
    assert told[0] == told[1]
    for one, other in zip(told[0][1:], told[2][1:], strict=True):
        assert one != other


def test_signing_keys_are_fresh_after_a_reset_and_the_next_sign_in_works(
    fresh: Any, browse: Any, real_keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keys, "__init__", real_keys)
    browser = browse(fresh())
    before = keys(browser)
    browser.sandbox.reset()
    assert before.isdisjoint(keys(browser))
    assert browser.verified(browser.tokens()["id_token"])["sub"]


def test_sign_ins_from_before_a_reset_are_gone_with_a_clear_error(
    fresh: Any, browse: Any, answer_of: Any
) -> None:
    browser = browse(fresh())
    tokens, code, page = browser.tokens(), browser.authorize()["code"], browser.open()
    browser.sandbox.reset()
    late = browser.get(browser.paths["userinfo"], tokens["access_token"])
    assert late.status_code == 401
    assert "before a restart" in late.json()["error_description"]
    for response in (browser.refresh(tokens["refresh_token"]), browser.redeem(code)):
        assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
        assert "before the sandbox was restarted" in response.json()["error_description"]
    assert "before the sandbox was restarted" in browser.http.get(page.url).text
    hint = {"id_token_hint": tokens["id_token"]}
    page = browser.http.get(browser.paths["end_session"], params=hint)
    assert "before it was restarted" in page.text
    assert answer_of(browser.open(prompt="none"))["error"] == "login_required"


def test_token_lifetime_is_in_seconds(fresh: Any, browse: Any) -> None:
    sandbox = fresh(token_lifetime=5)
    assert browse(sandbox).tokens()["expires_in"] == 5
    sandbox.reset()
    assert browse(sandbox).tokens()["expires_in"] == 5


def test_other_people_may_sign_in(fresh: Any, browse: Any) -> None:
    people = [{"username": "Carol", "password": "p w", "phone_number": "+447700900555"}]
    sandbox = fresh(users=people)
    (carol,) = sandbox.users
    assert carol["username"] == "carol"
    tokens = browse(sandbox).tokens("carol", scope="openid phone")
    assert browse(sandbox).verified(tokens["id_token"])["phone_number"] == "+447700900555"
