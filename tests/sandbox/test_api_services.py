"""What the API gives to whom, and how it describes itself."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from oauth_widgets.sandbox.server.profiles.network.cells import cell
from oauth_widgets.sandbox.server.profiles.network.events import event
from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.network.subscribers import phone_number, subscriber
from oauth_widgets.sandbox.server.profiles.network.usage import usage
from oauth_widgets.sandbox.server.profiles.people import PEOPLE
from oauth_widgets.sandbox.server.profiles.wgtwo import WGTWO

NETWORK = Network(1, PEOPLE)
SERVICES = WGTWO.services
every_service = pytest.mark.parametrize("service", SERVICES, ids=[one.name for one in SERVICES])


def named(value: Any, prefix: str = "") -> set[str]:
    """Return the dotted names of all values that are not objects."""
    if not isinstance(value, dict):
        return {prefix}
    return {
        name
        for key, each in value.items()
        for name in named(each, f"{prefix}.{key}" if prefix else key)
    }


@every_service
def test_each_service_needs_its_own_scope_and_phone_where_phone_numbers_are(
    browser: Any, service: Service
) -> None:
    token = browser.tokens(scope=" ".join(service.scopes))["access_token"]
    answer = browser.get(f"/api/{service.name}", token)
    assert answer.status_code == 200
    assert ("phone" in service.scopes) == (re.search(r'"\+\d', answer.text) is not None)
    for missing in service.scopes:
        others = [name for name in service.scopes if name != missing] or ["openid"]
        token = browser.tokens(scope=" ".join(others))["access_token"]
        refused = browser.get(f"/api/{service.name}", token)
        assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
        assert f'scope="{" ".join(service.scopes)}"' in refused.headers["www-authenticate"]


def test_a_program_without_a_person_reads_no_phone_numbers(browser: Any) -> None:
    scopes = " ".join(one.scope.name for one in SERVICES)
    token = browser.alone(scope=scopes).json()["access_token"]
    status = {one.name: browser.get(f"/api/{one.name}", token).status_code for one in SERVICES}
    assert status == {one.name: 403 if "phone" in one.scopes else 200 for one in SERVICES}
    assert status["cells"] == 200


def test_an_expired_token_gets_a_challenge(fresh: Any, browse: Any) -> None:
    browser = browse(fresh(token_lifetime=1))
    token = browser.alone(scope="cells.read").json()["access_token"]
    assert browser.get("/api/cells", token).status_code == 200
    # The token expires during the delay: this request is answered, the next one refused.
    assert browser.get("/api/cells", token, delay="1.1").status_code == 200
    refused = browser.get("/api/cells", token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


def test_the_documentation_needs_no_token_and_is_true(browser: Any) -> None:
    told = browser.http.get(browser.sandbox.api).json()
    assert browser.http.get(f"{browser.sandbox.api}/").json() == told
    assert [one["name"] for one in told["services"]] == [one.name for one in SERVICES]
    for one in told["services"]:
        token = browser.tokens(scope=" ".join(one["scopes"]))["access_token"]
        page = browser.get(one["address"], token, per_page=1)
        assert int(page.headers["x-total-count"]) == one["rows"]
    for name, example in {
        "rows": "0",
        "paging": "odata",
        "per_page": "5",
        "format": "csv",
        "delay": "0.01",
        "fail": "503",
        "fail_at": "2",
        "times": "1",
        "retry_after": "0",
        "retry_as": "date",
        "rate": "1000",
    }.items():
        assert told["parameters"].pop(name)
        assert browser.get(one["address"], token, **{name: example}).status_code in {200, 503}
        assert browser.get(one["address"], token, **{name: "x"}).status_code == 400
    assert told["parameters"] == {}
    assert "name of any field" in told["filters"]
    field, value = next(iter(browser.get(one["address"], token, per_page=1).json()[0].items()))
    assert browser.get(one["address"], token, **{field: value}).json()[0][field] == value
    assert browser.get(one["address"], token, nothing="x").status_code == 400


@every_service
def test_the_fields_documented_are_the_fields_there_are(service: Service) -> None:
    rows = [service.record(NETWORK, number) for number in range(2000)]
    found = {name for row in rows for name in named(row)}
    documented = set(service.fields)
    # If a whole object is null, its own name is found; if a value may be an object, the names of
    # its members are found too.
    parents = {name.rpartition(".")[0] for name in documented}
    assert documented <= found
    assert found - documented <= parents | {"charge.amount", "charge.currency"}


@every_service
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(service: Service) -> None:
    again, other = Network(1, PEOPLE), Network(2, PEOPLE)
    rows = [
        json.dumps([service.record(one, n) for n in (0, 7, 199_999)])
        for one in (NETWORK, again, other)
    ]
    assert rows[0] == rows[1] != rows[2]


def test_the_services_speak_of_the_same_things() -> None:
    for number in range(500):
        seen = event(NETWORK, number)
        mast = cell(NETWORK, int(seen["cell"]["id"][5:]))
        assert mast["technology"] == seen["cell"]["technology"]
        assert seen["cell"]["location"] in (None, mast["location"])
        who = subscriber(NETWORK, int(seen["subscriber"]["id"][4:]) - 1)
        assert who["phone_number"] == seen["subscriber"]["phone_number"]
        assert who["plan"]["name"] == seen["subscriber"]["plan"]["name"]
        used = usage(NETWORK, number)
        assert used["subscriber"]["phone_number"] == phone_number(NETWORK, number % 200)


def test_whoever_can_sign_in_is_a_subscriber(fresh: Any, browse: Any) -> None:
    browser = browse(fresh())
    token = browser.tokens(scope="subscribers.read phone")["access_token"]
    rows = browser.get("/api/subscribers", token, per_page=2).json()
    assert [(row["name"], row["phone_number"]) for row in rows] == [
        (user["name"], user["phone_number"]) for user in browser.sandbox.users
    ]


def test_dice_never_run_dry() -> None:
    dice = NETWORK.dice("test", 1)
    thrown = [dice.roll(6) for _ in range(6000)]
    assert all(900 < thrown.count(side) < 1100 for side in range(6))


def test_every_subscriber_has_a_number_of_their_own() -> None:
    numbers = {phone_number(NETWORK, number) for number in range(200_000)}
    assert len(numbers) == 200_000


def test_usage_is_as_awkward_as_documented() -> None:
    rows = [usage(NETWORK, number) for number in range(2000)]
    assert {type(row["minutes"]) for row in rows} == {int, float, str, type(None)}
    assert {type(row["charge"]) for row in rows} == {float, dict}
    assert {type(row["roaming"]) for row in rows} == {bool, list}
    assert {len(row["apps"]) for row in rows} == {0, 1, 2, 3}
    assert {"note" in row for row in rows} == {"messages" in row for row in rows} == {True, False}
    assert any(row["data"]["counter"] > 2**53 for row in rows)
    for row in rows:
        day = datetime.fromisoformat(f"{row['day']}T00:00:00+00:00")
        first = datetime.fromisoformat(row["first_use"])
        assert first.utcoffset() is not None
        assert 0 <= (first - day).total_seconds() < 86_400
        assert row["last_use"] is None or row["last_use"] / 1000 >= first.timestamp()
        stored = datetime.fromisoformat(row["stored_at"])
        assert stored.timestamp() == row["received"]
        assert parsedate_to_datetime(row["reported"]) == stored.replace(microsecond=0)
