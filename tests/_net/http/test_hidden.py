"""Nothing that was sent or received is in a traceback or a log."""

from __future__ import annotations

import gzip
import logging
from typing import Any

import pytest

from oauth_widgets._net import http
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request
from oauth_widgets.errors import OAuthError, ServerUnreachable, TransportError

from ...helpers.rigged import answer, drip, rigged, zipped
from ...helpers.tracebacks import with_locals


@pytest.mark.parametrize("token", ["very\r\nsecret: 1", "vëry-secret", "very-secret\0"])
@pytest.mark.check(id="secrets/hidden")
def test_a_token_that_fits_no_header_is_not_repeated(token: str) -> None:
    with rigged(answer()) as server, pytest.raises(OAuthError) as refused:
        run(http.send(Request("GET", server.origin, {"authorization": f"Bearer {token}"})))
    assert server.sent == []
    assert "secret" not in with_locals(refused.value)


@pytest.mark.parametrize(
    "respond",
    [
        b"",
        b"HTTP/1.1 200 so\r\n\r\n" + b"very-secret" * 200,
        answer(b"very-secret", content_encoding="gzip"),
        zipped(b"very-secret" * 200),
        answer(gzip.compress(b"very-secret")[:-5], content_encoding="gzip"),
        lambda _: drip(b"HTTP/1.1 200 so\r\n\r\nvery-secret"),
    ],
    ids=["cut", "too large", "not packed", "too large unpacked", "in part", "too slow"],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_shows_what_was_sent_or_came(respond: Any) -> None:
    headers = {"authorization": "Bearer very-secret-token"}
    form = (("code", "very-secret-code"), ("client_secret", "very-secret"))
    with rigged(respond) as server, pytest.raises(TransportError) as failed:
        run(
            http.send(
                Request("POST", server.origin, headers, form=form), deadline=1.0, max_body=1000
            )
        )
    assert server.sent[0].token == "very-secret-token"
    assert "http.py" in with_locals(failed.value)
    assert "very-secret" not in with_locals(failed.value)


@pytest.mark.check(id="secrets/hidden")
def test_no_traceback_shows_what_could_not_be_sent() -> None:
    with rigged(answer()) as gone:
        url = gone.origin
    headers = {"authorization": "Bearer very-secret-token"}
    with pytest.raises(ServerUnreachable) as failed:
        run(http.send(Request("POST", url, headers, form=(("code", "very-secret-code"),))))
    assert "http.py" in with_locals(failed.value)
    assert "very-secret" not in with_locals(failed.value)


@pytest.mark.check(id="secrets/hidden")
def test_no_log_says_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with rigged(answer(b"very-secret-body", set_cookie="id=very-secret-cookie")) as server:
        headers = {"authorization": "Bearer very-secret-token"}
        url = f"{server.origin}/events?phone=very-secret-number"
        run(http.send(Request("POST", url, headers, form=(("code", "very-secret-code"),))))
    assert server.sent[0].token == "very-secret-token"
    assert f"POST {server.origin}/events: 200" in caplog.text
    assert "very-secret" not in caplog.text
