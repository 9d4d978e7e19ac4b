"""A real JupyterHub signs people in with oauthenticator, and hands their token to the kernel."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import hub_provider
from .foreign import ForeignServer
from .hub import Hub
from .hub_provider import PATIENCE, Alice

# A hub, a server and kernels take half a minute, so this isn't for every run.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.environ.get("SOAK") != "1", reason="scripts/test soak runs it"),
]

LIFE, READING = 60, int(os.environ.get("READING", "180"))  # seconds

CONNECTION = """
[acme]
server = "{issuer}"
api = "{api}"
scope = "openid cells.read"
from = "jupyterhub"
"""
ONCE = """
import oauth_widgets as ow
session = ow.session("acme")
print(len(session.frame("/cells", limit=2)), session.userinfo().claims["preferred_username"])
"""
READS = f"""
import json, time
import oauth_widgets as ow
session = ow.session("acme")
begun, tokens, reads = time.time(), [], 0
while time.time() < begun + {READING}:
    reads += len(session.frame("/cells", limit=1))
    if session.access_token.reveal() not in tokens:
        tokens.append(session.access_token.reveal())
    time.sleep(0.2)
print(json.dumps([reads, len(tokens)]))
"""


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[ForeignServer]:
    server = ForeignServer(tmp_path, token_lifetime=LIFE)
    yield server
    server.stop()


@pytest.fixture
def hub(provider: ForeignServer, tmp_path: Path) -> Iterator[Hub]:
    file = tmp_path / "connections.toml"
    file.write_text(CONNECTION.format(issuer=provider.issuer, api=provider.api))
    made = Hub(
        tmp_path,
        lambda url: hub_provider.configuration(provider, url),
        OAUTH_WIDGETS_CONNECTIONS=str(file),
    )
    yield made
    made.stop()


def test_a_hub_hands_out_tokens_that_it_renews_once_it_has_the_lines_that_errors_name(
    hub: Hub,
) -> None:
    alice = Alice(hub)
    for missing, source in (
        ("let this server see", ONCE),
        ("keep an access token", ONCE),
        ("still hands out this token", READS),
    ):
        alice.sign_in()
        refused = alice.run(source, READING + PATIENCE)
        assert missing in refused
        line = re.search("jupyterhub_config.py and restart the hub:\n(c[.].*)\n?", refused)
        assert line is not None, refused
        with hub.configuration.open("a") as file:
            file.write(f"{line[1]}\n")
        hub.restart()
    alice.sign_in()
    assert alice.run(ONCE, PATIENCE) == "2 alice\n"
    reads, tokens = json.loads(alice.run(READS, READING + PATIENCE))
    assert reads > READING
    assert tokens >= READING // LIFE
    assert "Received fresh access_token" in hub.log.read_text() or tokens > 1
