"""An API of one's own in the practice server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.sandbox.server.api.paging import STYLES

from .own_api import CIRCLE, PENGUINS, SCOPES, SERVICE, USERS, session_at, start


@pytest.fixture
def sandbox() -> Iterator[ow.sandbox.Sandbox]:
    running = start()
    yield running
    running.stop()


@pytest.mark.parametrize("profile", ["wgtwo", "onewelcome", "playground"])
def test_ones_own_records_are_read_with_ones_own_scope(profile: str) -> None:
    running = start(profile=profile)
    frame = session_at(running).frame("/penguins")
    assert list(frame["species"]) == ["Adelie", "Gentoo", "Chinstrap"]
    assert [one.name for one in running.services] == ["penguins"]
    assert running.server.scope_meanings["penguins.read"] == "See the penguins."
    assert [user["username"] for user in running.users] == ["ada"]
    with pytest.raises(errors.InsufficientScope) as refused:
        session_at(running, "openid").frame("/penguins")
    assert refused.value.missing == ("penguins.read",)
    running.stop()


def test_a_frame_comes_back_as_it_went() -> None:
    sent = pd.DataFrame(
        {
            "name": ["a", "b", None],
            "count": np.array([1, 2, 3], dtype="int64"),
            "size": [0.1, float("nan"), 1e-20],
            "seen": pd.to_datetime(["2026-01-01T12:00:00Z", None, "2026-01-03T00:00:00Z"]),
            "good": pd.array([True, None, False], dtype="boolean"),
            "group": pd.Categorical(["x", "y", "x"]),
        }
    )
    running = start(sent)
    frame = session_at(running).frame("/penguins")
    assert list(frame["count"]) == [1, 2, 3]
    assert frame["size"].fillna(-1).tolist() == [0.1, -1, 1e-20]
    assert list(frame["group"]) == ["x", "y", "x"]
    assert frame["good"].isna().tolist() == [False, True, False]
    assert str(pd.to_datetime(frame["seen"][0])) == "2026-01-01 12:00:00+00:00"
    running.stop()


@pytest.mark.parametrize("paging", [*STYLES, "none"])
def test_it_pages_like_the_built_in_ones(sandbox: ow.sandbox.Sandbox, paging: str) -> None:
    styles = httpx.get(sandbox.api_docs, trust_env=False).json()["paging"]
    size = styles[paging].get("size")
    params = {"paging": paging, "rows": "7", **({size: "2"} if size else {})}
    frame = session_at(sandbox).frame("/penguins", params)
    assert len(frame) == 7
    # JSON:API puts the fields of a record into its attributes.
    (species,) = [column for column in frame if column.rpartition(".")[2] == "species"]
    assert frame[species][:3].tolist() == ["Adelie", "Gentoo", "Chinstrap"]
    assert set(frame[species][3:]) <= {"Adelie", "Gentoo", "Chinstrap"}


@pytest.mark.parametrize("paging", ["link", "cursor", "page"])
def test_few_records_fill_many_pages_that_differ(sandbox: ow.sandbox.Sandbox, paging: str) -> None:
    """Pages that are all alike look as if the API ignored which one it is asked for."""
    params = {"paging": paging, "rows": "300", "per_page": "30", "limit": "30"}
    frame = session_at(sandbox).frame("/penguins", params)
    assert (len(frame), frame.attrs["pages"]) == (300, 10)


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_it_has_the_formats_of_the_built_in_ones(sandbox: ow.sandbox.Sandbox, form: str) -> None:
    frame = session_at(sandbox).frame("/penguins", {"format": form})
    assert list(frame["species"]) == ["Adelie", "Gentoo", "Chinstrap"]
    assert frame["bill.mm"].tolist() == [39.1, 46, 48.7]


def test_it_has_the_trouble_of_the_built_in_ones(sandbox: ow.sandbox.Sandbox) -> None:
    session = session_at(sandbox)
    fails = {"fail": "503", "times": "1", "retry_after": "0"}
    assert len(session.frame("/penguins", fails)) == 3
    with pytest.raises(errors.OAuthError):
        session.frame("/penguins", {"fail": "500", "times": "1000"})


def test_it_is_documented_like_the_built_in_ones(sandbox: ow.sandbox.Sandbox) -> None:
    described = httpx.get(sandbox.api_docs, trust_env=False).json()
    (service,) = described["services"]
    assert service["address"] == f"{sandbox.api}/penguins"
    assert service["scopes"] == ["penguins.read"]
    assert service["gives"] == "3 records"
    assert service["fields"] == {
        "species": "Text",
        "bill.mm": "Number",
        "island.name": "Text",
        "sex": "Text; may be null or left out",
        "tags": "List; may be null or left out",
    }
    assert "mobile operator" not in described["title"]


def test_running_the_cell_again_returns_the_running_one(sandbox: ow.sandbox.Sandbox) -> None:
    services = {"penguins": {**SERVICE, "records": list(PENGUINS)}}
    again = ow.sandbox.start(users=USERS, scopes=SCOPES, services=services)
    assert again is sandbox
    with pytest.raises(errors.ConfigurationError, match="different options"):
        ow.sandbox.start(users=USERS, scopes=SCOPES, services={"p": SERVICE})
    assert ow.sandbox.start("wgtwo") is sandbox


def test_scopes_alone_are_added_to_the_sample_api() -> None:
    running = ow.sandbox.start("wgtwo", restart=True, scopes={"photos": "See your photos"})
    assert running.client.scope is not None
    assert {"photos", "events.read"} <= set(running.client.scope)
    assert "cells" in {one.name for one in running.services}
    running.stop()


def test_every_kind_of_value_that_json_can_hold_is_sent() -> None:
    when = datetime(2026, 1, 2, tzinfo=UTC)
    record = {
        "n": Decimal("1.5"),
        "t": when,
        "d": when.date(),
        7: np.float32(0.5),
        "x": np.arange(2),
    }
    running = start([record])
    with session_at(running).http(running.api) as http:
        sent = http.get("penguins").json()
    assert sent == [
        {"n": 1.5, "t": "2026-01-02T00:00:00+00:00", "d": "2026-01-02", "7": 0.5, "x": [0, 1]}
    ]
    running.stop()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"services": {"p": {"requires": "penguins.read"}}}, "p records: a DataFrame or a list"),
        ({"services": {"p": {**SERVICE, "records": [CIRCLE]}}}, "it contains itself, or is nested"),
        ({"services": {"p": {**SERVICE, "records": [{1: 1, "1": 2}]}}}, "have the same name"),
        (
            {"services": {"p": {**SERVICE, "records": [{"a": pd.DataFrame({"x": [1]})}]}}},
            "DataFrame can't be written as JSON",
        ),
        ({"services": {"p": {**SERVICE, "gives": "\ud800"}}}, "what the service p gives"),
        ({"services": {"p": {**SERVICE, "records": []}}}, "p has no records"),
        ({"services": {"p": {**SERVICE, "records": pd.DataFrame()}}}, "p has no records"),
        ({"services": {"p": {**SERVICE, "records": {"a": 1}}}}, "p records: a DataFrame or"),
        ({"services": {"p": {**SERVICE, "records": ["a"]}}}, "Record 1 of p is str, not a dict"),
        ({"services": {"p": {**SERVICE, "records": [{"a": 1j}]}}}, "Record 1 of p .* complex"),
        ({"services": {"p": {**SERVICE, "records": [{"a": 9e999}]}}}, "Record 1 of p cannot"),
        ({"services": {"p": {**SERVICE, "records": [{"a": "\ud800"}]}}}, "half a character"),
        (
            {"services": {"p": {**SERVICE, "requires": "penguins.raed"}}},
            "'penguins.raed', which isn't one",
        ),
        ({"services": {"p": {"records": PENGUINS}}}, "which scope the service p requires"),
        ({"services": {"p": {**SERVICE, "scope": "x"}}}, "p has no field 'scope'; its fields are"),
        ({"services": {"p": {**SERVICE, "gives": 7}}}, 'p: "gives" is int, not text'),
        ({"services": {"p q": SERVICE}}, "'p q' can't be the name of a service"),
        ({"services": {"p": PENGUINS}}, "Describe the service p as"),
        ({"services": {}}, "Describe the services by name"),
        ({"services": [SERVICE]}, "Describe the services by name"),
        ({"scopes": ["penguins.read"]}, "Describe the scopes by name"),
        ({"scopes": {"a b": "x"}}, "'a b' cannot be a scope"),
        ({"scopes": {"a": "\ud800"}}, "Say in a few words what the scope a allows"),
        ({"scopes": {"a": ""}}, "Say in a few words what the scope a allows"),
        ({"scopes": {"openid": "x"}}, "openid already has a meaning here"),
        ({"users": {"Ada": {"password": "x"}, "ada": {"password": "y"}}}, "same username, ada"),
        ({"users": {"ada": {}}}, "The user ada has no password"),
        (
            {"users": {"ada": {"password": 7}}},
            "The user ada: the password is int, not text. Put it in",
        ),
        ({"users": {"ada": "engine"}}, "Describe the user 'ada' as"),
        ({"users": ["ada"]}, "User 1 is str, not a dict"),
        ({"users": {"a\ud800": {"password": "x"}}}, "User 1: the username is not a line"),
        ({"users": {"a\nb": {"password": "x"}}}, "User 1: the username is not a line"),
        ({"users": {"a" * 201: {"password": "x"}}}, "User 1: the username is not a line"),
        ({"users": {"a": {"password": "x", "name": "\0"}}}, "The user a: the name is not a line"),
        ({"users": [{"username": " ", "password": "x"}]}, "User 1 has no username"),
        ({"users": [{"username": "a", "shoe": "42"}]}, "'shoe'; the fields are username"),
        ({"users": "ada"}, "Describe the users by username"),
        ({"users": {}}, "1 to 1000 users"),
    ],
)
def test_what_cannot_be_is_refused_by_name(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=reason):
        start(**options)


def test_a_named_index_is_a_field_too() -> None:
    indexed = pd.DataFrame({"year": [2007], "n": [3]}).set_index("year")
    running = start(indexed)
    assert session_at(running).frame("/penguins").to_dict("records") == [{"year": 2007, "n": 3}]
    running.stop()


def test_what_turns_itself_into_dicts_is_taken() -> None:
    class Frame:
        columns = ("species",)

        def to_dicts(self) -> list[dict[str, str]]:
            return [{"species": "Adelie"}]

    running = start(Frame())
    assert len(session_at(running).frame("/penguins")) == 1
    running.stop()


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="two columns with the same name"):
        start(pd.DataFrame([[1, 2]], columns=["a", "a"]))


STATIONS = [
    {"id": number, "region": ["coast", "ridge"][number % 2], "at": {"m": number * 0.5}, "on": True}
    for number in range(40)
]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"region": "coast"}, range(0, 40, 2)),
        ({"region": "sea"}, []),
        ({"id": "7"}, [7]),
        ({"id": "7.0"}, [7]),
        ({"id": "seven"}, []),
        ({"at.m": "2.5"}, [5]),
        ({"region": "coast", "id": "3"}, []),
        ({"region": "ridge", "on": "true", "per_page": "5", "paging": "next"}, range(1, 40, 2)),
        ({"region": "ridge", "format": "csv", "limit": "7"}, range(1, 40, 2)),
        ({"region": "ridge", "paging": "none"}, range(1, 40, 2)),
    ],
)
def test_it_filters_by_a_field(filters: dict[str, str], ids: list[int]) -> None:
    session = session_at(start(STATIONS))
    assert session.frame("/penguins", filters).get("id", pd.Series()).tolist() == list(ids)


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"regoin": "coast"}, "regoin here"),
        ({"paging": "cursor", "page": "2"}, "page here"),
        ({"paging": "none", "per_page": "5"}, "per_page here"),
        ({"secret value": "x"}, "with that name here"),
    ],
)
def test_a_parameter_that_would_do_nothing_is_refused(params: dict[str, str], named: str) -> None:
    """A filter that filters nothing would give wrong data."""
    with pytest.raises(errors.ResourceError, match=named) as refused:
        session_at(start(STATIONS)).frame("/penguins", params)
    assert "region" in str(refused.value)


@pytest.mark.parametrize("paging", ["link", "cursor", "page", "offset", "next", "odata", "jsonapi"])
def test_the_size_of_a_page_has_one_name_for_every_way(
    sandbox: ow.sandbox.Sandbox, paging: str
) -> None:
    for name in ("per_page", "limit"):
        frame = session_at(sandbox).frame("/penguins", {"paging": paging, name: "2"})
        assert (len(frame), frame.attrs["pages"]) == (3, 2)


NAMES = {"server_name": "Weather stations", "client_name": "Weather notebook"}


def test_its_author_names_the_server_and_the_notebook() -> None:
    named = start(**NAMES)
    card = ow.login(named.server, named.client, scope="openid penguins.read")
    assert card.server == "Weather stations"
    page = httpx.get(card.url, trust_env=False, follow_redirects=True).text
    assert "to continue to <strong>Weather notebook</strong>" in page
    assert ow.sandbox.start("wgtwo", **NAMES) is named
    named.reset()
    page = httpx.get(card.url, trust_env=False, follow_redirects=True).text
    assert "to continue to <strong>Weather notebook</strong>" in page
    card.close()
    named.stop()
    for option in NAMES:
        with pytest.raises(errors.ConfigurationError, match=f"{option} must be a few words"):
            start(**{option: "two\nlines"})


def test_a_restart_with_a_wrong_option_stops_nothing(sandbox: ow.sandbox.Sandbox) -> None:
    with pytest.raises(errors.ConfigurationError):
        start(records="none")
    assert not sandbox.stopped
    assert len(session_at(sandbox).frame("/penguins")) == 3
