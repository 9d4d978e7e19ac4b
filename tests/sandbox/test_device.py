from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from oauth_widgets.sandbox.server.profiles import policy
from oauth_widgets.sandbox.server.state import devices

PROFILE = "playground"
GRANT = policy.DEVICE_GRANT


def begin(browser: Any, client_id: str = "terminal", scope: str = "openid phone") -> Any:
    response = browser.post(browser.paths["device_authorization"], client_id, scope=scope)
    assert response.status_code == 200, response.text
    return response.json()


def poll(browser: Any, device: Any, client_id: str = "terminal") -> httpx.Response:
    response: httpx.Response = browser.post(
        browser.paths["token"], client_id, grant_type=GRANT, device_code=device["device_code"]
    )
    return response


def decide(browser: Any, device: Any, decision: str, typed: str | None = None) -> httpx.Response:
    page = browser.http.get("/device")
    page = browser.submit(page, user_code=typed or device["user_code"])
    if "<h1>Sign in</h1>" in page.text:
        page = browser.submit(page, username="alice", password="wonderland")
    elif "Welcome back" in page.text:
        page = browser.submit(page, who="same")
    assert f"<code>{device['user_code']}</code>" in page.text
    decided: httpx.Response = browser.submit(page, decision=decision)
    return decided


@pytest.mark.parametrize("client_id", ["terminal", "notebook", "dashboard"])
def test_a_device_gets_its_tokens_once_the_person_allows(browser: Any, client_id: str) -> None:
    device = begin(browser, client_id, "openid phone offline_access")
    assert set(device) == {
        *("device_code", "user_code", "verification_uri", "verification_uri_complete"),
        *("expires_in", "interval"),
    }
    assert re.fullmatch("[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", device["user_code"])
    assert "Your device is connected" in decide(browser, device, "allow").text
    tokens = poll(browser, device, client_id).json()
    claims = browser.verified(tokens["id_token"], client_id)
    assert claims["phone_number"] == "+447700900101"
    assert "nonce" not in claims
    assert browser.refresh(tokens["refresh_token"], client_id).status_code == 200
    again = poll(browser, device, client_id).json()
    assert again["error"] == "invalid_grant"


def test_a_device_is_told_to_wait_and_to_slow_down(browser: Any) -> None:
    device = begin(browser)
    assert poll(browser, device).json()["error"] == "authorization_pending"
    hasty = poll(browser, device).json()
    assert hasty["error"] == "slow_down"
    assert "7 seconds" in hasty["error_description"]


def test_a_device_that_keeps_the_pace_is_not_slowed(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = begin(browser)
    for call in range(3):
        now = 1000 + call * device["interval"]
        clock = SimpleNamespace(time=time.time, monotonic=lambda now=now: now)
        monkeypatch.setattr(devices, "time", clock)
        assert poll(browser, device).json()["error"] == "authorization_pending"


def test_a_refusal_reaches_the_device(browser: Any) -> None:
    device = begin(browser)
    assert "Nothing was shared" in decide(browser, device, "refuse").text
    assert poll(browser, device).json()["error"] == "access_denied"


def test_a_code_may_be_typed_carelessly(browser: Any) -> None:
    device = begin(browser)
    typed = " " + device["user_code"].lower().replace("-", " ") + "."
    assert "connected" in decide(browser, device, "allow", typed).text


def test_a_link_only_fills_the_code_in(browser: Any) -> None:
    device = begin(browser)
    page = browser.http.get(device["verification_uri_complete"])
    assert f'value="{device["user_code"]}"' in page.text
    assert "Continue only if your notebook or device shows this code" in page.text
    assert poll(browser, device).json()["error"] == "authorization_pending"


@pytest.mark.parametrize(
    "typed", ["BBBB-BBBB", "", "<script>", "\ud800".encode("utf-8", "replace")]
)
def test_an_unknown_code_is_said_to_be_so(browser: Any, typed: Any) -> None:
    page = browser.http.get("/device")
    answer = browser.submit(page, user_code=typed)
    assert answer.status_code == 400
    assert "No device is waiting for this code" in answer.text
    assert "<script" not in answer.text


def test_a_decided_code_is_over(browser: Any) -> None:
    device = begin(browser)
    decide(browser, device, "allow")
    page = browser.submit(browser.http.get("/device"), user_code=device["user_code"])
    assert "No device is waiting for this code" in page.text


def test_a_foreign_form_connects_nothing(browser: Any) -> None:
    device = begin(browser)
    browser.http.get("/device")
    form = {"user_code": device["user_code"], "form_token": "guess"}
    assert browser.http.post("/device", data=form).status_code == 403


def test_without_a_cookie_the_form_is_shown_again(browser: Any) -> None:
    response = browser.http.post("/device", data={"user_code": "x"})
    assert "<h1>Connect a device</h1>" in response.text


@pytest.mark.parametrize(
    ("client_id", "form", "error"),
    [
        ("terminal", {"scope": "nope"}, "invalid_scope"),
        ("terminal", {}, "invalid_scope"),
        ("operator-api", {"scope": "events.read"}, "unauthorized_client"),
    ],
)
def test_a_wrong_device_request_gets_the_standards_error(
    browser: Any, client_id: str, form: dict[str, str], error: str
) -> None:
    response = browser.post(browser.paths["device_authorization"], client_id, **form)
    assert (response.status_code, response.json()["error"]) == (400, error)


def test_an_unknown_client_starts_no_device(browser: Any) -> None:
    form = {"client_id": "nobody", "scope": "openid"}
    response = browser.http.post(browser.paths["device_authorization"], data=form)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_device_code_is_good_for_its_own_client_only(browser: Any) -> None:
    device = begin(browser)
    assert poll(browser, device, "notebook").json()["error"] == "invalid_grant"


def test_a_device_code_expires(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "LIFETIME", 0)
    assert poll(browser, begin(browser)).json()["error"] == "expired_token"
