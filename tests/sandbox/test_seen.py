"""What the sandbox saw, for lessons to judge."""

from __future__ import annotations

from typing import Any


def test_each_request_is_remembered_with_its_status_and_without_a_secret(
    fresh: Any, browse: Any
) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    tokens = browser.tokens()
    browser.get("/api/events", tokens["access_token"], page="2")
    browser.refresh("made-up")
    seen = {(one["path"], one["method"]): one for one in sandbox.seen}
    asked = seen["/oauth2/auth", "GET"]
    assert asked["sent"]["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= set(asked["names"])
    token = seen["/oauth2/token", "POST"]
    assert (token["client_id"], token["status"]) == ("notebook", 400)
    assert token["sent"] == {"grant_type": "refresh_token"}
    assert seen["/api/events", "GET"]["sent"] == {"page": "2"}
    secrets = [tokens[name] for name in ("access_token", "refresh_token", "id_token")]
    secrets += ["wonderland", browser.verifier, "made-up"]
    secrets.append(sandbox.clients["notebook"]["client_secret"])
    assert not [one for one in secrets if one in str(sandbox.seen)]
    sandbox.reset()
    assert sandbox.seen == []


def test_what_nobody_can_read_is_remembered_too(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    headers = {"Authorization": "Basic é", "Content-Type": "application/x-www-form-urlencoded"}
    encoded = {name: value.encode() for name, value in headers.items()}
    browser.http.post("/oauth2/token", content=b"grant_type=%FF&grant_type=x", headers=encoded)
    (one,) = [one for one in sandbox.seen if one["path"] == "/oauth2/token"]
    assert (one["client_id"], one["status"]) == (None, 401)


def test_a_request_of_any_length_takes_little_space(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    form = {f"{number}{'x' * 500}": "y" for number in range(100)} | {"scope": "z" * 5000}
    browser.http.post("/oauth2/token", data=form)
    browser.http.post("/oauth2/token", data={"scope": "z" * 5000})
    long, last = sandbox.seen[-2:]
    assert (len(long["names"]), max(map(len, long["names"]))) == (50, 200)
    assert last["sent"] == {"scope": "z" * 200}
