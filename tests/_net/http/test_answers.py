"""What a server answers arrives whole, as it was sent, or not at all."""

from __future__ import annotations

import errno
import gzip
import logging
import socket

import httpx
import pytest

from oauth_widgets._net import http, target
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request
from oauth_widgets._net.unreachable import unreachable
from oauth_widgets.errors import AnswerTooLarge, ConfigurationError, ServerUnreachable

from ...helpers.rigged import answer, rigged, zipped
from .asking import get


def test_an_answer_arrives_whole() -> None:
    body = "Gdańsk".encode()
    with rigged(answer(body, status=418, Link='<a>; rel="next"')) as server:
        response = get(f"{server.origin}/path?q=1")
    assert (response.status, response.body, response.media_type) == (418, body, "text/plain")
    assert response.headers["link"] == '<a>; rel="next"'
    assert response.url == f"{server.origin}/path?q=1"
    assert server.sent[0].target == "/path?q=1"


def test_headers_that_come_twice_are_joined() -> None:
    twice = answer().replace(b"connection:", b"link: <a>\r\nLink: <b>\r\nconnection:")
    with rigged(twice) as server:
        assert get(server.origin).headers["link"] == "<a>, <b>"


def test_a_form_is_sent_as_one() -> None:
    with rigged(answer()) as server:
        run(http.send(Request("POST", server.origin, form=(("code", "a b&c"), ("ø", "1")))))
    assert server.sent[0].method == "POST"
    assert server.sent[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert server.sent[0].form == {"code": "a b&c", "ø": "1"}


def test_a_compressed_answer_is_unpacked() -> None:
    with rigged(zipped(b"[1, 2]")) as server:
        assert get(server.origin).body == b"[1, 2]"
    assert server.sent[0].headers["accept-encoding"] == "gzip"


def test_an_answer_compressed_in_pieces_is_unpacked_to_its_end() -> None:
    pieces = gzip.compress(b"[1,") + gzip.compress(b" 2") + gzip.compress(b"]")
    with rigged(answer(pieces, content_encoding="gzip")) as server:
        assert get(server.origin).body == b"[1, 2]"
        with pytest.raises(AnswerTooLarge):
            get(server.origin, max_body=5)
    with (
        rigged(answer(pieces[:-9], content_encoding="gzip")) as server,
        pytest.raises(ServerUnreachable, match="only part"),
    ):
        get(server.origin)


def test_what_is_behind_a_compressed_answer_is_no_part_of_it() -> None:
    with rigged(answer(gzip.compress(b"[]") + b"\0\0", content_encoding="gzip")) as server:
        assert get(server.origin).body == b"[]"


def test_an_empty_answer_need_not_be_compressed() -> None:
    with rigged(answer(content_encoding="gzip")) as server:
        assert get(server.origin).body == b""


def test_a_refused_connection_is_named_with_the_origin_alone() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ServerUnreachable) as refused:
            get(f"{where}/path?code=very-secret")
    assert refused.value.message == f"{where} could not be reached (no connection)."
    assert "network" in refused.value.next_step


def test_a_host_that_cannot_exist_is_unreachable() -> None:
    with pytest.raises(ServerUnreachable):
        get("https://xn--a.example/")


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "[::1]8443"])
def test_an_address_that_senders_read_differently_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError):
        get(f"https://{host}/")


@pytest.mark.check(id="bearer/origin")
def test_what_would_be_sent_elsewhere_than_judged_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # as if two readers of addresses differed after all
    monkeypatch.setattr(target, "origin", lambda _: "https://api.example")
    # httpx takes every address apart, and a lane only hands it those with unusual characters
    path = "^" if http.send.keywords["lane"] == 0 else ""  # type: ignore[attr-defined]
    with rigged(answer()) as server, pytest.raises(ConfigurationError, match="is ambiguous"):
        get(f"{server.origin}/{path}")
    assert server.sent == []


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200 so\r\ncontent-le",
        b"HTTP/1.1 200 so\r\ncontent-length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 so\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=["nothing", "in the headers", "in the body", "in a chunk", "not HTTP"],
)
def test_a_cut_answer_is_no_answer(cut: bytes) -> None:
    with rigged(cut) as server, pytest.raises(ServerUnreachable, match="the connection was cut"):
        get(server.origin)


@pytest.mark.parametrize(
    "broken",
    [
        gzip.compress(b"x" * 1000)[:-12],
        gzip.compress(b"x" * 1000)[:5] + b"?" * 20,
        b"not compressed at all",
    ],
    ids=["truncated", "damaged", "plain"],
)
def test_an_answer_that_cannot_be_unpacked_is_no_answer(broken: bytes) -> None:
    wrong = answer(broken, content_encoding="gzip")
    with rigged(wrong) as server, pytest.raises(ServerUnreachable, match=r"sent (an|only)"):
        get(server.origin)


def test_a_compression_nobody_asked_for_is_no_answer() -> None:
    with (
        rigged(answer(b"\x0b\x02\x80abc\x03", content_encoding="br")) as server,
        pytest.raises(ServerUnreachable, match="can't be decompressed"),
    ):
        get(server.origin)


@pytest.mark.check(id="transport/no-redirects")
def test_a_redirect_is_an_answer_and_nobody_goes_there() -> None:
    with (
        rigged(answer()) as elsewhere,
        rigged(answer(status=307, location=elsewhere.origin)) as server,
    ):
        assert get(server.origin).status == 307
    assert elsewhere.sent == []


def test_a_cookie_of_one_answer_never_goes_with_a_later_request() -> None:
    with rigged(answer(set_cookie="who=alice; Path=/")) as server:
        get(server.origin)
        get(server.origin)
    assert [sent for sent in server.sent if "cookie" in sent.headers] == []


def test_the_logs_of_others_who_use_httpx_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with rigged(answer()) as server:
        get(server.origin)
        assert "HTTP Request" not in caplog.text
        httpx.get(f"{server.origin}/mine", trust_env=False)
    assert f"HTTP Request: GET {server.origin}/mine" in caplog.text
    assert "receive_response_headers" in caplog.text


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_a_process_with_too_many_open_files_is_told_so(number: int) -> None:
    problem = httpx.ConnectError("All connection attempts failed")
    problem.__cause__ = OSError(number, "Too many open files")
    failed = unreachable(problem, "https://id.example", proxied=False)
    assert "too many files or connections" in failed.message
    assert failed.next_step.startswith("Close some")
    assert not failed.sent
