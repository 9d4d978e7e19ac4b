from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest


def test_a_page_runs_no_script_and_loads_nothing(browser: Any) -> None:
    page = browser.open()
    policy = page.headers["content-security-policy"]
    style = re.search(r"<style>(.*)</style>", page.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    for unwanted in ("<script", "<img", "style=", "src=", "http://", "https://"):
        assert unwanted not in page.text.replace(style[1], "")


def test_the_sign_in_page_shows_who_can_sign_in(browser: Any, sandbox: Any) -> None:
    page = browser.open().text
    assert "Acme Notebook" in page
    for user in sandbox.users:
        assert f"<code>{user['username']}</code>" in page
        assert f"<code>{user['password']}</code>" in page


def test_the_consent_page_names_the_client_the_person_and_what_is_asked(browser: Any) -> None:
    page = browser.sign_in().text
    for words in ("Acme Notebook", "Alice Liddell", "phone number", "http://127.0.0.1:51234"):
        assert words in page


def test_a_wrong_password_is_said_and_the_name_kept(browser: Any) -> None:
    page = browser.submit(browser.open(), username='<b>"alice', password="x")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "&lt;b&gt;&quot;alice" in page.text
    assert "<b>" not in page.text


def test_a_name_that_is_no_text_breaks_nothing(browser: Any) -> None:
    page = browser.open()
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    form = f"form_token={token[1]}&username=%FF%00&password=%FF".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.http.post(page.url, content=form, headers=headers).status_code == 400


def test_a_form_of_another_site_is_refused(browser: Any) -> None:
    page = browser.open()
    for form in ({"username": "alice"}, {"form_token": "guess", "username": "alice"}):
        response = browser.http.post(page.url, data=form)
        assert response.status_code == 403
        assert "cannot be accepted" in response.text


def test_another_browser_cannot_go_on_with_a_request(browser: Any, other_browser: Any) -> None:
    consent = browser.sign_in()
    stolen = other_browser.http.get(consent.url)
    assert stolen.status_code == 400
    assert "This sign-in has ended" in stolen.text


def test_a_request_is_answered_once(browser: Any, answer_of: Any) -> None:
    page = browser.sign_in()
    assert answer_of(browser.submit(page, decision="allow"))["code"]
    again = browser.submit(page, decision="allow")
    assert again.status_code == 400
    assert "This sign-in has ended" in again.text


def test_consent_needs_a_sign_in_first(browser: Any) -> None:
    page = browser.open()
    consent = browser.follow(browser.http.get(str(page.url).replace("sign-in?", "consent?")))
    assert "<h1>Sign in</h1>" in consent.text


def test_consent_needs_the_sign_in_that_holds_now(browser: Any) -> None:
    alices = browser.sign_in("alice")
    browser.sign_in("bob")
    assert "Continue as bob" in browser.follow(browser.http.get(alices.url)).text


def test_signing_in_changes_the_cookie(browser: Any) -> None:
    page = browser.open()
    (before,) = browser.http.cookies.jar
    browser.submit(page, username="alice", password="wonderland")
    (after,) = browser.http.cookies.jar
    assert before.value != after.value
    assert before.name == after.name == f"oauth_widgets_sandbox_{browser.sandbox.port}"
    browser.http.cookies.set(before.name, before.value or "", domain="127.0.0.1", path="/")
    assert "<h1>Sign in</h1>" in browser.open().text


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("/user/al%40x/proxy/8900", "/user/al%40x/proxy/8900"),
        ("", "/"),
        ("/x; Domain=evil", "/"),
        ("x", "/"),
    ],
)
def test_the_pages_are_right_under_a_path_prefix(browser: Any, prefix: str, path: str) -> None:
    headers = {"X-Forwarded-Context": prefix}
    response = browser.http.get("/oauth2/auth", params=browser.request(), headers=headers)
    assert response.headers["location"].startswith("sign-in?request=")
    cookie = response.headers["set-cookie"]
    assert cookie.endswith(f"; HttpOnly; Path={path}; SameSite=lax")


@pytest.mark.parametrize(
    ("protocol", "secure"), [("https", True), ("https,http", True), ("http, https", False)]
)
def test_a_proxy_that_ends_tls_makes_the_cookie_secure(
    browser: Any, protocol: str, secure: bool
) -> None:
    headers = {"X-Forwarded-Proto": protocol, "X-Forwarded-Context": "/user/x/proxy/8900"}
    response = browser.http.get("/oauth2/auth", params=browser.request(), headers=headers)
    assert response.headers["set-cookie"].endswith("; Secure") is secure


def test_no_redirect_loses_the_prefix_for_a_slash_too_many(browser: Any) -> None:
    assert browser.http.get("/oauth2/auth/").status_code == 404


def test_no_form_names_an_address(browser: Any) -> None:
    assert "action=" not in browser.open().text
    assert "action=" not in browser.sign_in().text


def test_an_unfinished_form_is_said_to_be_so(browser: Any) -> None:
    page = browser.sign_in()
    assert browser.submit(page, decision="perhaps").status_code == 400
    assert browser.http.get("/oauth2/sign-in").status_code == 400


def test_an_unknown_address_is_a_page_for_people_and_json_for_programs(browser: Any) -> None:
    page = browser.http.get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, "Page not found" in page.text) == (404, True)
    assert browser.http.get("/nowhere").json()["error"] == "invalid_request"


def test_the_front_page_says_who_can_sign_in_what_is_where_and_what_is_wrong(
    fresh: Any, browse: Any
) -> None:
    browser = browse(fresh())
    page = browser.http.get("/", headers={"Accept": "text/html"})
    for words in ("alice", "wonderland", "/oauth2/token", "HTTP Basic", "cells.read"):
        assert words in page.text
    assert 'href="api"' in page.text
    assert "No misbehavior is switched on" in page.text
    browser.sandbox.misbehave("nonce")
    page = browser.http.get("/", headers={"Accept": "text/html"})
    assert "Puts a wrong nonce into the ID token" in page.text
    assert browser.http.get("/").json() == {
        "issuer": browser.sandbox.issuer,
        "discovery": browser.sandbox.discovery,
        "api": browser.sandbox.api,
    }


def test_the_documentation_is_a_page_for_people_and_json_for_programs(browser: Any) -> None:
    page = browser.http.get("/api", headers={"Accept": "text/html,*/*;q=0.8"}).text
    for words in ("events: ", "retry_after", "JSON:API", "insufficient_scope"):
        assert words in page
    assert browser.http.get("/api").json()["services"]


def test_a_button_of_the_page_signs_in_and_a_foreign_form_does_not(browser: Any) -> None:
    page = browser.open()
    assert "Bob Marlow" in browser.submit(page, **{"as": "bob"}).text
    assert browser.http.post(page.url, data={"as": "alice"}).status_code == 403
    page = browser.submit(browser.open(), who="other")
    assert browser.submit(page, **{"as": "nobody"}).status_code == 400
