"""A server is found by its issuer."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from ..helpers.rigged import Sent, answer, as_json, rigged
from ..helpers.twins import both


@both
def test_a_server_is_found_by_its_issuer(call: Any) -> None:
    issuer = ow.sandbox.start().server.issuer
    found = call(ow, "discover", issuer, api="http://127.0.0.1:9/api")
    assert found.issuer == issuer
    assert found.token_endpoint == f"{issuer}/oauth2/token"
    assert found.api == "http://127.0.0.1:9/api"


@both
@pytest.mark.check(id="metadata/issuer")
def test_a_server_that_names_another_issuer_is_refused(call: Any) -> None:
    other_name = ow.sandbox.start().server.issuer.replace("127.0.0.1", "localhost")
    with pytest.raises(errors.InvalidMetadata, match="another server"):
        call(ow, "discover", other_name)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(status=404),
        answer(status=500),
        answer(b"<html>", kind="text/html"),
        as_json(["issuer"]),
        answer(status=302, location="http://127.0.0.1:9/"),
    ],
    ids=["missing", "failing", "html", "list", "redirect"],
)
@pytest.mark.check(id="documents/shape")
def test_what_is_no_description_of_a_server_is_refused(wrong: bytes) -> None:
    with rigged(wrong) as server, pytest.raises(errors.InvalidMetadata):
        ow.discover(server.origin)


@pytest.mark.check(id="transport/no-redirects")
def test_discovery_follows_no_redirect() -> None:
    with (
        rigged(answer()) as elsewhere,
        rigged(answer(status=307, location=elsewhere.origin)) as server,
    ):
        with pytest.raises(errors.InvalidMetadata):
            ow.discover(server.origin)
        assert elsewhere.sent == []


@both
def test_a_server_that_is_not_there_is_unreachable(call: Any) -> None:
    with rigged(answer()) as server:
        gone = server.origin
    with pytest.raises(errors.ServerUnreachable, match=gone):
        call(ow, "discover", gone)


@pytest.mark.check(id="transport/https")
def test_a_server_elsewhere_must_use_https() -> None:
    with pytest.raises(errors.ConfigurationError, match="https"):
        ow.discover("http://server.example")


def test_many_who_look_at_once_ask_the_server_once() -> None:
    def slowly(sent: Sent) -> bytes:
        time.sleep(0.3)
        return as_json({"issuer": f"http://{sent.headers['host']}"})

    with rigged(slowly) as server:

        async def look() -> None:
            await asyncio.gather(*(ow.adiscover(server.origin) for _ in range(16)))

        asyncio.run(look())
        assert len({sent.target for sent in server.sent}) == len(server.sent) == 2
