from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PROFILE = "playground"


@pytest.fixture
def wrong(browser: Any) -> Any:
    """Turn a switch on for one test."""
    turned: list[Any] = []

    def turn(name: str) -> None:
        turned.append(browser.sandbox.misbehave(name))

    yield turn
    for one in turned:
        one.stop()


def claims_of(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


def test_every_switch_has_one_line_that_says_what_it_shows(sandbox: Any) -> None:
    for name, line in sandbox.misbehaviours.items():
        assert 30 < len(line) < 100, name
        assert "\n" not in line
        assert line.endswith(("?", "."))
        assert repr(sandbox.misbehave(name, on=False)) == f"<misbehaving: {name}. {line}>"


def test_an_unknown_switch_is_said_to_be_so(sandbox: Any) -> None:
    with pytest.raises(ValueError, match=r"no switch with that name\. Choose one of state, nonce"):
        sandbox.misbehave("nonse")


def test_a_switch_ends_with_its_block(browser: Any) -> None:
    with browser.sandbox.misbehave("state"):
        assert browser.authorize(scope="openid")["state"] != "s t/a&t=e"
    assert browser.authorize(scope="openid")["state"] == "s t/a&t=e"


def test_a_switch_can_be_turned_off(browser: Any) -> None:
    browser.sandbox.misbehave("nonce")
    browser.sandbox.misbehave("nonce", on=False)
    assert browser.verified(browser.tokens()["id_token"])["nonce"] == "once"


def test_nonce(browser: Any, wrong: Any) -> None:
    wrong("nonce")
    assert browser.verified(browser.tokens()["id_token"])["nonce"] != "once"


@pytest.mark.parametrize(
    ("switch", "claim", "value"),
    [("issuer", "iss", "https://elsewhere.example"), ("audience", "aud", "another-client")],
)
def test_issuer_and_audience(browser: Any, wrong: Any, switch: str, claim: str, value: str) -> None:
    wrong(switch)
    token = browser.tokens()["id_token"]
    assert claims_of(token)[claim] == value
    # The faulty token doesn't break the server that made it.
    sign_out = {"id_token_hint": token}
    assert browser.http.get(browser.paths["end_session"], params=sign_out).status_code == 400


def test_issuer_parameter(browser: Any, wrong: Any, answer_of: Any) -> None:
    wrong("issuer_parameter")
    assert browser.authorize()["iss"] == "https://elsewhere.example"
    assert answer_of(browser.open(scope="x"))["iss"] == "https://elsewhere.example"


def test_signature(browser: Any, wrong: Any) -> None:
    wrong("signature")
    with pytest.raises(jwt.InvalidSignatureError):
        browser.verified(browser.tokens()["id_token"])


def test_algorithm_none(browser: Any, wrong: Any) -> None:
    wrong("algorithm_none")
    token = browser.tokens()["id_token"]
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith(".")
    assert claims_of(token)["nonce"] == "once"


def test_algorithm_hs256_is_signed_with_the_public_key(browser: Any, wrong: Any) -> None:
    wrong("algorithm_hs256")
    content, _, signature = browser.tokens()["id_token"].rpartition(".")
    header = jwt.get_unverified_header(f"{content}.{signature}")
    assert header["alg"] == "HS256"
    keys = jwt.PyJWKSet.from_dict(browser.http.get(browser.paths["jwks_uri"]).json())
    public = keys[header["kid"]].key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    expected = hmac.digest(public, content.encode(), "sha256")
    assert base64.urlsafe_b64decode(signature + "=") == expected


def test_expiry(browser: Any, wrong: Any) -> None:
    wrong("expiry")
    assert claims_of(browser.tokens()["id_token"])["exp"] < time.time() - 3000


def test_at_hash(browser: Any, wrong: Any) -> None:
    right = browser.tokens()
    wrong("at_hash")
    assert len(claims_of(browser.tokens()["id_token"])["at_hash"]) == len(
        claims_of(right["id_token"])["at_hash"]
    )


def test_user(browser: Any, wrong: Any) -> None:
    wrong("user")
    tokens = browser.tokens()
    told = browser.get(browser.paths["userinfo"], tokens["access_token"]).json()
    assert told["sub"] != browser.verified(tokens["id_token"])["sub"]


def test_refresh_user(browser: Any, wrong: Any) -> None:
    wrong("refresh_user")
    first = browser.tokens()
    second = browser.refresh(first["refresh_token"]).json()
    assert claims_of(first["id_token"])["sub"] != claims_of(second["id_token"])["sub"]


def test_rotation(browser: Any, wrong: Any) -> None:
    wrong("rotation")
    tokens = [browser.tokens()["id_token"] for _ in range(2)]
    assert len({jwt.get_unverified_header(token)["kid"] for token in tokens}) == 2
    for token in tokens:
        browser.verified(token)


def test_rotation_dropped(browser: Any, wrong: Any) -> None:
    wrong("rotation_dropped")
    first, second = (browser.tokens()["id_token"] for _ in range(2))
    browser.verified(second)
    with pytest.raises(KeyError):
        browser.verified(first)


@pytest.mark.parametrize(("keep_old", "stays"), [(True, True), (False, False)])
def test_keys_can_be_rotated_once(browser: Any, keep_old: bool, stays: bool) -> None:
    before = jwt.get_unverified_header(browser.tokens()["id_token"])["kid"]
    browser.sandbox.rotate_keys(keep_old=keep_old)
    assert jwt.get_unverified_header(browser.tokens()["id_token"])["kid"] != before
    published = {key["kid"] for key in browser.http.get(browser.paths["jwks_uri"]).json()["keys"]}
    assert (before in published) == stays
    assert len(published) <= 4


def test_downtime(browser: Any, wrong: Any) -> None:
    token = browser.tokens()["access_token"]
    wrong("downtime")
    for path in (browser.paths["jwks_uri"], browser.paths["userinfo"], "/api/events"):
        response = browser.get(path, token)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    page = browser.open()
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert page.text.startswith("<!doctype html>")


def test_throttling(browser: Any, wrong: Any) -> None:
    token = browser.tokens(scope="openid phone events.read")["access_token"]
    wrong("throttling")
    for path in (browser.paths["userinfo"], "/api/events"):
        answers = [browser.get(path, token) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [429, 200, 429, 200]
        assert answers[0].headers["retry-after"] == "1"
    assert browser.open().status_code == 200


def test_opener_policy(browser: Any, wrong: Any) -> None:
    header = "cross-origin-opener-policy"
    assert header not in browser.open().headers
    wrong("opener_policy")
    for response in (
        browser.open(),
        browser.http.get(browser.paths["authorization"], params=browser.request()),
        browser.http.get("/device"),
    ):
        assert response.headers[header] == "same-origin"
    assert header not in browser.http.get(browser.sandbox.discovery).headers


def test_the_opener_policy_may_be_there_from_the_start(fresh: Any, browse: Any) -> None:
    sandbox = fresh(opener_policy=True)
    sandbox.reset()
    assert browse(sandbox).open().headers["cross-origin-opener-policy"] == "same-origin"


def admin(
    sandbox: Any, action: str = "", key: str | bytes | None = None, **sent: Any
) -> httpx.Response:
    door = sandbox.admin
    key = door["key"] if key is None else key
    headers = [(door["header"].encode(), key if isinstance(key, bytes) else key.encode())]
    with httpx.Client(trust_env=False, headers=headers) as http:
        if not action:
            return http.get(door["address"])
        return http.post(f"{door['address']}/{action}", **sent)


def test_the_admin_key_opens_the_switches(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    assert admin(sandbox).json() == {"switches": sandbox.misbehaviours, "on": []}
    assert admin(sandbox, "misbehave", json={"name": "nonce"}).json() == {"on": ["nonce"]}
    assert browse(sandbox).verified(browse(sandbox).tokens()["id_token"])["nonce"] != "once"
    off = {"name": "nonce", "on": False}
    assert admin(sandbox, "misbehave", json=off).json() == {"on": []}


def test_the_admin_key_rotates_registers_and_resets(fresh: Any) -> None:
    sandbox = fresh()
    keys = admin(sandbox, "rotate-keys", json={"keep_old": False}).json()["keys"]
    assert len(keys) == 1
    client = admin(sandbox, "register", json={"client_id": "x", "scope": "events.read"}).json()
    assert client["client_id"] == "x"
    assert "x" in sandbox.clients
    assert admin(sandbox, "reset").json() == {}
    assert "x" not in sandbox.clients


def test_a_reset_by_http_keeps_the_addresses_of_open_notebooks(fresh: Any) -> None:
    sandbox = fresh()
    client_id = next(iter(sandbox.clients))
    uri = "http://127.0.0.1:4711/"
    added = {"client_id": client_id, "uri": uri}
    assert admin(sandbox, "add-redirect-uri", json=added).json() == {}
    assert admin(sandbox, "reset").json() == {}
    assert uri in sandbox.clients[client_id]["redirect_uris"]
    assert admin(sandbox, "add-redirect-uri", json={"uri": uri}).status_code == 400


@pytest.mark.parametrize("key", ["", "guess", "ключ".encode()])
@pytest.mark.parametrize("action", ["", "misbehave", "nowhere"])
def test_without_the_key_nothing_opens(sandbox: Any, action: str, key: str | bytes) -> None:
    response = admin(sandbox, action, key)
    assert (response.status_code, response.json()["error"]) == (403, "access_denied")


@pytest.mark.parametrize(
    ("action", "sent", "status"),
    [
        ("nowhere", {}, 404),
        ("misbehave", {}, 400),
        ("misbehave", {"json": {"name": "nonse"}}, 400),
        ("misbehave", {"json": {"name": []}}, 400),
        ("misbehave", {"json": {"name": "nonce", "on": "no"}}, 400),
        ("misbehave", {"content": b"{"}, 400),
        ("misbehave", {"content": b"\xff"}, 400),
        ("misbehave", {"content": b"[" * 60_000}, 400),
        ("misbehave", {"content": b" " * 70_000}, 413),
        ("register", {"json": {"redirect_uris": ["*"], "scope": "openid"}}, 400),
    ],
)
def test_a_wrong_order_is_refused(
    sandbox: Any, action: str, sent: dict[str, Any], status: int
) -> None:
    response = admin(sandbox, action, **sent)
    assert response.status_code == status
    assert response.json()["error"].startswith("invalid_")


def test_a_reset_turns_every_switch_off(fresh: Any) -> None:
    sandbox = fresh()
    sandbox.misbehave("downtime")
    sandbox.reset()
    assert json.loads(admin(sandbox).text)["on"] == []
