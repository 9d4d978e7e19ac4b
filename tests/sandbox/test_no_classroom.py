"""What says it is a classroom, and isn't one that may be joined."""

from __future__ import annotations

import json
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import http
from oauth_widgets._net.message import Request, Response
from tests.helpers.rigged import as_json, rigged


@pytest.mark.parametrize("place", ["http://169.254.169.254/x", "https://127.0.0.1:9/x"])
@pytest.mark.parametrize("named", ["space", "issuer", "pages"])
@pytest.mark.check(id="transport/https")
def test_a_classroom_elsewhere_leads_to_no_address_in_a_private_network(
    named: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    here = "https://class.example"
    told: dict[str, Any] = dict.fromkeys(("space", "issuer", "api"), here) | {
        "key": "k",
        "profile": "wgtwo",
    }
    told |= {name: {} for name in ("users", "scopes", "endpoints", "services", "misbehaviours")}
    told |= dict.fromkeys(("server_name", "pages", "redirect_uri_ignores_query"), "")

    async def send(request: Request, **_: Any) -> Response:
        called.append(request.url)
        kind = {"content-type": "application/json"}
        said = {**told, named: [place] if named == "pages" else place}
        return Response(200, kind, json.dumps(said).encode(), request.url)

    monkeypatch.setattr(http, "send", send)
    with pytest.raises(errors.ConfigurationError, match="There is no classroom at https"):
        ow.sandbox.connect(here)
    assert [url for url in called if not url.startswith(here)] == []


def test_what_is_no_classroom_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="not https"):
        ow.sandbox.connect("http://class.example")
    with pytest.raises(errors.ConfigurationError, match="name is int"):
        ow.sandbox.connect("http://127.0.0.1:9", name=7)  # type: ignore[arg-type]
    with pytest.raises(errors.ServerUnreachable):
        ow.sandbox.connect("http://127.0.0.1:9")
    refusal = {"error": "invalid_request", "error_description": "What is that?"}
    for body, status in (
        ({}, 200),
        ({"error": "invalid_token", "key": "x"}, 200),
        ({"key": "x"}, 200),
        (refusal, 400),
    ):
        with (
            rigged(lambda _, body=body, status=status: as_json(body, status=status)) as other,
            pytest.raises(errors.ConfigurationError, match=r"There is no classroom at http"),
        ):
            ow.sandbox.connect(other.origin)
