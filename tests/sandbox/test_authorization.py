from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

STATE = "s t/a&t=e"


def test_the_answer_carries_code_and_state_only(browser: Any) -> None:
    answer = browser.authorize()
    assert set(answer) == {"code", "state"}
    assert answer["state"] == STATE


def test_state_goes_back_byte_for_byte_even_when_it_is_no_text(browser: Any) -> None:
    query = urlencode(browser.request(state=None, prompt="none")) + "&state=%FF%00%C3%A9+x"
    location = browser.http.get(f"/oauth2/auth?{query}").headers["location"]
    state = dict(parse_qsl(location.partition("?")[2], encoding="latin-1"))["state"]
    assert state.encode("latin-1") == b"\xff\x00\xc3\xa9 x"


def test_without_state_none_is_invented(browser: Any) -> None:
    assert set(browser.authorize(state=None)) == {"code"}


@pytest.mark.parametrize(
    "uri",
    [
        "http://evil.example/callback",
        "https://127.0.0.1/callback",
        "http://127.0.0.1:1234/other",
        "http://127.0.0.1:1234/callback?more=1",
        "http://127.0.0.1:1234/callback#fragment",
        "http://127.0.0.1:1234@evil.example/callback",
        "http://127.0.0.1:1234\\@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:٣/callback",
        "http://[::1]:1234/callback",
        "javascript:alert(1)",
        "//127.0.0.1/callback",
        "",
        None,
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(
    browser: Any, uri: str | None
) -> None:
    response = browser.open(redirect_uri=uri)
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "not registered" in response.text
    assert "<li><code>http://localhost/callback</code></li>" in response.text
    assert (f"<code>{escape(uri)}</code>" if uri else "has no address") in response.text


def test_a_page_repeats_little_of_a_request_and_as_text(browser: Any) -> None:
    page = browser.open(redirect_uri="http://evil.example/<b>\u202e" + "x" * 10_000).text
    assert "http://evil.example/&lt;b&gt;\ufffdx" in page
    assert "x" * 200 not in page


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1/callback", "http://localhost:9/callback", "http://127.0.0.1:65535/callback"],
)
def test_a_loopback_address_may_have_any_port(browser: Any, uri: str) -> None:
    response = browser.submit(browser.sign_in(redirect_uri=uri), decision="allow")
    assert response.headers["location"].startswith(f"{uri}?code=")


@pytest.mark.parametrize("client", ["nobody", "", None, "\x00", "\udcff"])
def test_an_unknown_client_gets_a_page(browser: Any, client: str | None) -> None:
    query = urlencode(browser.request(client_id=client), errors="surrogateescape")
    response = browser.http.get(f"/oauth2/auth?{query}")
    assert response.status_code == 400
    assert "not registered here" in response.text
    assert "<code>session = await ow.login(sandbox.server, sandbox.client)</code>" in response.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid  profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://x.example"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_wrong_request_goes_back_to_the_client_with_its_error(
    browser: Any, answer_of: Any, changes: dict[str, str | None], error: str
) -> None:
    answer = answer_of(browser.open(**changes))
    assert answer["error"] == error
    assert answer["state"] == STATE
    assert answer["error_description"]


def test_a_parameter_given_twice_is_refused(browser: Any, answer_of: Any) -> None:
    query = urlencode(browser.request())
    twice = browser.http.get(f"/oauth2/auth?{query}&scope=openid")
    assert answer_of(twice)["error"] == "invalid_request"
    two_states = answer_of(browser.http.get(f"/oauth2/auth?{query}&state=b&response_type=x"))
    assert two_states["error"] == "invalid_request"
    assert "state" not in two_states
    two_clients = browser.http.get(f"/oauth2/auth?{query}&client_id=partner")
    assert two_clients.status_code == 400
    assert "more than once" in two_clients.text


def test_the_request_may_come_as_a_form(browser: Any) -> None:
    page = browser.follow(browser.http.post("/oauth2/auth", data=browser.request()))
    assert "<h1>Sign in</h1>" in page.text


def test_prompt_none_answers_at_once_after_consent(browser: Any, answer_of: Any) -> None:
    browser.authorize(scope="openid")
    again = answer_of(browser.open(prompt="none", scope="openid"))
    assert browser.redeem(again["code"]).status_code == 200
    more = answer_of(browser.open(prompt="none", client_id="partner", scope="openid usage.read"))
    assert more["error"] == "consent_required"


def test_consent_is_asked_every_time_and_the_sign_in_is_offered_again(browser: Any) -> None:
    browser.authorize()
    page = browser.open()
    assert "Continue as alice" in page.text
    assert "Use another account" in page.text
    consent = browser.submit(page, who="same")
    assert "to access your account?" in consent.text


def test_someone_else_may_sign_in(browser: Any) -> None:
    browser.authorize("alice")
    tokens = browser.tokens("bob")
    assert browser.verified(tokens["id_token"])["phone_number"] == "+447700900102"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_fresh_sign_in_can_be_demanded(browser: Any, changes: dict[str, str]) -> None:
    browser.authorize()
    assert "<h1>Sign in</h1>" in browser.open(**changes).text


def test_a_hint_fills_in_the_name(browser: Any) -> None:
    assert 'value="bob"' in browser.open(login_hint="bob").text
    assert 'value=""' in browser.open(login_hint='"><script>').text
