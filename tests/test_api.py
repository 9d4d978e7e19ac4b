from __future__ import annotations

from dataclasses import replace

import pytest

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.resource.resource import Api, declared_api

from .protocol.builders import SERVER, refuses

API = "https://api.example/v1"
OFFERING = replace(SERVER, api=API)


@pytest.mark.check(id="bearer/origin")
def test_the_servers_api_is_the_one_origin_that_gets_the_token() -> None:
    assert declared_api(OFFERING, None, ()) == Api(API, frozenset({"https://api.example"}))


@pytest.mark.check(id="bearer/origin")
def test_the_callers_word_stands_before_the_servers() -> None:
    declared = declared_api(OFFERING, "https://other.example:8443/x", ())
    assert declared == Api(
        "https://other.example:8443/x", frozenset({"https://other.example:8443"})
    )


@pytest.mark.check(id="bearer/origin")
def test_further_origins_are_added_by_name() -> None:
    declared = declared_api(OFFERING, None, iter(["https://Files.example/a", "https://b:443"]))
    assert declared.origins == {"https://api.example", "https://files.example", "https://b"}


@pytest.mark.check(id="bearer/origin")
def test_nothing_is_declared_where_nobody_named_any() -> None:
    assert declared_api(SERVER, None, ()) == Api(None, frozenset())


@pytest.mark.parametrize(
    "address", ["http://api.example", "/v1", "api.example", "https://a@api.example", "", "*"]
)
@pytest.mark.check(id="transport/https")
def test_and_80_what_cannot_be_an_api_is_refused(address: str) -> None:
    with refuses(ConfigurationError):
        declared_api(SERVER, address, ())


@pytest.mark.parametrize("origins", ["https://api.example", [""], ["api.example"], ["*"]])
@pytest.mark.check(id="bearer/origin")
def test_what_cannot_be_an_origin_is_refused(origins: object) -> None:
    with refuses(ConfigurationError):
        declared_api(SERVER, None, origins)  # type: ignore[arg-type]
