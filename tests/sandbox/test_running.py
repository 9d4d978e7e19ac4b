from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import time
from typing import Any

import httpx
import pytest

from oauth_widgets.sandbox.server import PortInUseError, serve


def test_the_description_is_all_a_client_needs(sandbox: Any) -> None:
    told = json.loads(json.dumps(sandbox.description()))
    assert set(told) == {"issuer", "discovery", "api", "clients", "users", "admin"}
    assert told["issuer"] == f"http://127.0.0.1:{sandbox.port}"
    assert next(iter(told["clients"])) == "notebook"
    for client in told["clients"].values():
        assert client["client_secret"].startswith("toy-secret-")
        assert client["token_endpoint_auth_method"] == "client_secret_basic"
        assert "http://127.0.0.1/callback" in client["redirect_uris"]
        assert "events.read" in client["scope"].split()
        assert "authorization_code" in client["grant_types"]
    assert [user["username"] for user in told["users"]] == ["alice", "bob"]


def test_the_repr_shows_no_secret(sandbox: Any) -> None:
    assert repr(sandbox) == f"<sandbox wgtwo at {sandbox.issuer}>"


def test_the_same_seed_gives_the_same_clients_and_another_seed_others() -> None:
    servers = [serve("wgtwo", seed=seed) for seed in (7, 7, 8)]
    clients = [server.clients for server in servers]
    for server in servers:
        server.stop()
    assert clients[0] == clients[1] != clients[2]


def test_a_taken_port_is_said_clearly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} on 127.0.0.1 is taken"):
            serve("wgtwo", port=port)


def test_it_starts_while_an_event_loop_runs_and_stops_twice() -> None:
    async def start_and_ask() -> Any:
        server = serve("wgtwo")
        async with httpx.AsyncClient(trust_env=False) as http:
            return server, (await http.get(server.discovery)).status_code

    server, status = asyncio.run(start_and_ask())
    server.stop()
    server.stop()
    assert status == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.discovery, trust_env=False)


def test_nothing_of_a_request_is_logged(
    browser: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, logger="httpx")
    tokens = browser.tokens()
    browser.get("/api/events", tokens["access_token"])
    out, err = capfd.readouterr()
    assert (caplog.text, out, err) == ("", "", "")


def test_a_connection_stays_open_longer_than_clients_keep_an_idle_one(sandbox: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    for pause in (0, 6):
        time.sleep(pause)
        connection.request("GET", "/api")
        assert connection.getresponse().read()
    connection.close()
