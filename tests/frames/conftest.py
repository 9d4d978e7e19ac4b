"""The API of the peer, and a session for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import oauth_widgets as ow

from .peer_api.formats import FORMATS
from .peer_api.paging import STYLES, TOLD
from .peer_api.server import CLIENT_ID, CLIENT_SECRET, Peer, running_peer
from .peer_api.traps import TRAPS


@pytest.fixture
def peer() -> Iterator[Peer]:
    """An API that shares no code with us; whatever a test did, no token got anywhere else."""
    with running_peer({**STYLES, **TOLD, **FORMATS, **TRAPS}) as running:
        yield running
        assert running.asked_of_the_foreigner == []
        assert not [one for one in running.asked if "peer-token" in str(one.query)]


@pytest.fixture
def session(peer: Peer) -> ow.Session:
    """A session of the program that the peer knows."""
    server = ow.AuthorizationServer(
        issuer=peer.issuer, token_endpoint=peer.token_endpoint, api=peer.api
    )
    client = ow.ClientMetadata(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    return ow.client_credentials(server, client, scope="sales.read")
