"""A profile owns the services of its API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets.sandbox.server import PROFILES
from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning
from oauth_widgets.sandbox.server.profiles.wgtwo import WGTWO


def device(network: Network, number: int) -> dict[str, Any]:
    return {"id": f"device-{number}", "maker": network.dice("device", number).pick(("A", "B"))}


DEVICES = Service(
    name="devices",
    gives="Phones by maker",
    scope=ScopeMeaning(name="devices.read", gives="Read the list of phones"),
    count=3,
    fields={"id": "Name of the phone", "maker": "A or B"},
    record=device,
)


@pytest.fixture
def _with_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(WGTWO, services=(*WGTWO.services, DEVICES))
    monkeypatch.setitem(PROFILES, "wgtwo", changed)


@pytest.mark.usefixtures("_with_devices")
def test_a_service_of_one_profile_is_served_listed_and_asked_for_there_alone(
    fresh: Any, browse: Any
) -> None:
    browser = browse(fresh())
    page = browser.sign_in(scope="openid devices.read")
    assert "Read the list of phones" in page.text
    token = browser.tokens(scope="openid devices.read")["access_token"]
    rows = browser.get("/api/devices", token).json()
    assert [row["id"] for row in rows] == ["device-0", "device-1", "device-2"]
    assert browser.get("/api/cells", token).status_code == 403
    described = browser.http.get("/api").json()["services"]
    assert described[-1]["scopes"] == ["devices.read"]
    metadata = browser.http.get("/.well-known/openid-configuration").json()
    assert metadata["scopes_supported"][-1] == "devices.read"
    assert browser.sandbox.scopes["devices.read"] == "Read the list of phones."
    others = (PROFILES[name].scope_names for name in ("onewelcome", "playground"))
    assert not any("devices.read" in names for names in others)
