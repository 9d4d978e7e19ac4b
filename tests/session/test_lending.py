"""Other people's clients that take a function for the token, as the recipes of the docs use it."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from ..helpers.mint import Mint
from ..helpers.rigged import Rigged, answer, as_json, rigged

with warnings.catch_warnings():
    # pyiceberg's own parser uses names that pyparsing has renamed
    warnings.simplefilter("ignore")
    from pyiceberg.catalog import load_catalog
    from pyiceberg.catalog.rest.auth import AuthManager, AuthManagerFactory


@pytest.fixture
def elsewhere() -> Iterator[Rigged]:
    with rigged(as_json({"namespaces": [["stolen"]]})) as server:
        yield server


def test_a_token_provider_returns_fresh_tokens_that_print_as_dots(mint: Mint) -> None:
    provider = mint.session(seconds=5).token_provider
    token = provider()
    assert token == "access-2"
    assert "access-2" not in repr(token)


def catalog(session: Any, uri: str) -> Any:
    class SessionAuth(AuthManager):
        def auth_header(self) -> str:
            return f"Bearer {session.token_provider()}"

    AuthManagerFactory.register("session", SessionAuth)
    return load_catalog("lake", type="rest", uri=uri, auth={"type": "session"})


def test_pyiceberg_asks_its_catalog_with_a_fresh_token(mint: Mint) -> None:
    mint.pages["/api/v1/config"] = as_json({"defaults": {}, "overrides": {}})
    mint.pages["/api/v1/namespaces"] = as_json({"namespaces": [["orders"]]})
    tables = catalog(mint.session(seconds=5), mint.api)
    assert tables.list_namespaces() == [("orders",)]
    (sent,) = mint.asked("/api/v1/namespaces")
    assert sent.token is not None
    assert int(sent.token.removeprefix("access-")) > 1


@pytest.mark.check(id="bearer/redirect")
@pytest.mark.parametrize("hops", [0, 1, 3])
def test_pyiceberg_leaves_the_token_behind_on_a_redirect(
    mint: Mint, elsewhere: Rigged, hops: int
) -> None:
    mint.pages["/api/v1/config"] = as_json({"defaults": {}, "overrides": {}})
    moves = ["/api/v1/namespaces", *(f"/api/{hop}" for hop in range(hops))]
    for start, end in itertools.pairwise([*moves, f"{elsewhere.origin}/ns"]):
        mint.pages[start] = answer(status=307, location=end)
    catalog(mint.session(), mint.api).list_namespaces()
    assert mint.asked(moves[-1])[-1].token == "access-1"
    assert [sent.headers.get("authorization") for sent in elsewhere.sent] == [None]
