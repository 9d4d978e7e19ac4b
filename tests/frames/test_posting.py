"""Searches by POST: their bodies, cursors in them, headers, and what is never sent twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets.frames.body import body_of, carried, with_body, with_member
from tests.helpers.rigged import Answer, Rigged, Sent, answer, api, as_json

QUERY = "query($after: String) { items(first: 2, after: $after) { nodes { n } } }"


def sent_json(rigged: Rigged) -> list[Any]:
    return [json.loads(sent.body) if sent.body else None for sent in rigged.sent]


def test_a_search_is_posted_with_its_body_and_headers() -> None:
    with api(lambda _: as_json([{"n": 1}])) as (session, rigged):
        frame = session.frame(
            "/search", {"v": 1}, method="POST", json={"q": "ø"}, headers={"Notion-Version": "1"}
        )
    (sent,) = rigged.sent
    assert (sent.method, sent.target) == ("POST", "/api/search?v=1")
    assert json.loads(sent.body) == {"q": "ø"}
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["notion-version"] == "1"
    assert sent.token == "a-token"
    assert list(frame["n"]) == [1]
    assert frame.attrs["source"] == f"{rigged.origin}/api/search"


def test_a_connection_of_graphql_is_followed_to_its_end() -> None:
    def reply(sent: Sent) -> Answer:
        after = json.loads(sent.body)["variables"].get("after")
        at = int(after or 0)
        info = {"hasNextPage": at < 4, "endCursor": str(at + 2)}
        nodes = [{"n": at}, {"n": at + 1}]
        return as_json({"data": {"items": {"nodes": nodes, "pageInfo": info}}})

    with api(reply) as (session, rigged):
        frame = session.frame(
            "/graphql",
            method="POST",
            json={"query": QUERY, "variables": {"x": 1}},
            records="data.items.nodes",
        )
    assert list(frame["n"]) == list(range(6))
    assert [body["variables"] for body in sent_json(rigged)] == [
        {"x": 1},
        {"x": 1, "after": "2"},
        {"x": 1, "after": "4"},
    ]


def test_the_errors_of_graphql_are_an_error_and_no_empty_frame() -> None:
    said = {"data": None, "errors": [{"message": "No field a-token"}]}
    with (
        api(lambda _: as_json(said)) as (session, _),
        pytest.raises(errors.UnexpectedAnswer, match="No field") as caught,
    ):
        session.frame("/graphql", method="POST", json={"query": QUERY, "variables": {}})
    assert "a-token" not in str(caught.value)


def test_a_next_link_of_stac_is_posted_with_its_own_body() -> None:
    def reply(sent: Sent) -> Answer:
        at = json.loads(sent.body).get("token", 0)
        link = {"rel": "next", "href": "/api/search", "method": "POST", "merge": True}
        links = [link | {"body": {"token": at + 1}}] if at < 2 else [{"rel": "self", "href": "x"}]
        return as_json({"features": [{"n": at}], "links": links})

    with api(reply) as (session, rigged):
        frame = session.frame("/search", method="POST", json={"limit": 1}, records="features")
    assert list(frame["n"]) == [0, 1, 2]
    assert sent_json(rigged)[1:] == [{"limit": 1, "token": 1}, {"limit": 1, "token": 2}]


def test_pages_in_the_query_are_posted_with_the_same_body() -> None:
    def reply(sent: Sent) -> Answer:
        more = "page=2" not in sent.target
        return as_json({"items": [{"n": more}], "next": "/api/s?page=2" if more else None})

    with api(reply) as (session, rigged):
        session.frame("/s", method="POST", json={"q": 1})
    assert sent_json(rigged) == [{"q": 1}, {"q": 1}]


@pytest.mark.parametrize("status", [500, 503, 429, 502])
def test_a_post_is_not_sent_again_after_a_failure(status: int) -> None:
    with (
        api(lambda _: answer(status=status)) as (session, rigged),
        pytest.raises(errors.ResourceError),
    ):
        session.frame("/s", method="POST", json={})
    assert len(rigged.sent) == 1


def test_a_post_whose_answer_is_lost_is_not_sent_again() -> None:
    with (
        api(lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[") as (session, rigged),
        pytest.raises(errors.TransportError),
    ):
        session.frame("/s", method="POST", json={})
    assert len(rigged.sent) == 1


def test_a_post_is_sent_again_when_the_api_says_when() -> None:
    def reply(_: Sent) -> Answer:
        return answer(status=429, retry_after="0") if len(rigged.sent) < 2 else as_json([{"n": 1}])

    with api(reply) as (session, rigged):
        assert len(session.frame("/s", method="POST", json={})) == 1
    assert len(rigged.sent) == 2


@pytest.mark.parametrize(("status", "methods"), [(307, ["POST"] * 2), (303, ["POST", "GET"])])
def test_a_post_follows_a_redirect_that_says_what_becomes_of_it(
    status: int, methods: list[str]
) -> None:
    def reply(sent: Sent) -> Answer:
        there = sent.target.endswith("there")
        return as_json([{"n": 1}]) if there else answer(status=status, location="/api/there")

    with api(reply) as (session, rigged):
        session.frame("/s", method="POST", json={"q": 1})
    assert [sent.method for sent in rigged.sent] == methods
    assert bool(rigged.sent[1].body) is (status == 307)


def test_a_redirect_that_would_lose_what_is_posted_is_refused() -> None:
    with (
        api(lambda _: answer(status=302, location="/api/there")) as (session, _),
        pytest.raises(errors.UnexpectedAnswer, match="redirect"),
    ):
        session.frame("/s", method="POST", json={"q": 1})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        *(({"headers": {name: "x"}}, name) for name in ("Authorization", "HOST", "Cookie")),
        ({"headers": {"Content-Length": "1"}}, "Content-Length"),
        ({"headers": {"a b": "x"}}, "a b"),
        ({"headers": {"X-A": "x\r\nHost: y"}}, "X-A"),
        ({"headers": {"X-A": "x", "x-a": "y"}}, "x-a"),
        ({"headers": {"X-A": 1}}, "X-A"),
        ({"headers": "X-A: 1"}, "headers"),
        ({"method": "DELETE"}, "neither GET nor POST"),
        ({"json": {"a": 1}}, "json"),
        ({"method": "POST", "json": {"a": object()}}, "json"),
        ({"method": "POST", "json": float("nan")}, "json"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_name(options: Any, words: str) -> None:
    with api(lambda _: as_json([])) as (session, rigged):
        with pytest.raises(errors.ConfigurationError, match=words):
            session.frame("/s", **options)
        assert rigged.sent == []


def test_a_fragment_that_an_api_links_to_makes_no_post_of_a_get() -> None:
    with api(lambda _: as_json({"items": [{"n": 1}], "next": "/api/b#%7B%7D"})) as (
        session,
        rigged,
    ):
        with pytest.raises(errors.ForeignOrigin, match="fragment"):
            session.frame("/a")
        assert [sent.method for sent in rigged.sent] == ["GET"]


def test_an_address_names_the_body_and_keeps_it() -> None:
    address = with_body("https://api.example/s?a=1", {"q": "a&b#c?", "deep": {"x": 1}})
    assert body_of(address) == {"q": "a&b#c?", "deep": {"x": 1}}
    moved = with_member(address, "deep.after", "é")
    assert body_of(moved) == {"q": "a&b#c?", "deep": {"x": 1, "after": "é"}}
    assert body_of(address) != body_of(moved)
    assert carried(address, "https://api.example/t") == address.replace("/s?a=1", "/t")
    assert carried("https://api.example/t", "https://api.example/u") == "https://api.example/u"
