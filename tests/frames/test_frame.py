"""Pages of an API become one DataFrame, or a clear error."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.loop import run
from oauth_widgets.frames import decode, results
from tests.helpers.mint import Mint
from tests.helpers.people import session_of
from tests.helpers.rigged import answer, as_json, rigged
from tests.helpers.twins import both


def chain(mint: Mint, *pages: Any, link: str = "</api/{}>; rel=next") -> ow.Session:
    """Have the API give `pages` at /api/0, /api/1 and so on, each linking to the next."""
    for number, page in enumerate(pages):
        more = {"link": link.format(number + 1)} if number + 1 < len(pages) else {}
        mint.pages[f"/api/{number}"] = as_json(page, **more)
    return mint.session()


@both
def test_signing_in_and_fetching_gives_every_row_the_api_has(call: Any) -> None:
    session = session_of("alice")
    frame = call(session, "frame", "/events")
    api = httpx.get(
        f"{session.server.api}/events",
        headers={"authorization": f"Bearer {session.access_token.reveal()}"},
        trust_env=False,
    )
    assert len(frame) == int(api.headers["x-total-count"]) > 1000
    assert frame["id"].is_unique
    assert list(frame["id"][:500]) == [event["id"] for event in api.json()]


def test_nested_objects_become_dotted_columns(mint: Mint) -> None:
    record = {"id": 1, "cell": {"place": {"city": "Gdańsk"}, "tags": ["a", "b"]}}
    frame = chain(mint, [record, {"id": 2}]).frame("/0")
    assert list(frame.columns) == ["id", "cell.place.city", "cell.tags"]
    assert frame["cell.place.city"][0] == "Gdańsk"
    assert frame["cell.tags"][0] == ["a", "b"]
    assert frame["cell.place.city"].isna().tolist() == [False, True]


@both
def test_pages_are_joined_in_order(call: Any, mint: Mint) -> None:
    session = chain(mint, [{"n": 1}], [], [{"n": 2}, {"n": 3}])
    assert call(session, "frame", "/0")["n"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("page", [[], {"items": []}], ids=["list", "wrapped"])
def test_no_records_are_an_empty_frame(page: Any, mint: Mint) -> None:
    assert len(chain(mint, page).frame("/0")) == 0


def test_an_object_by_itself_is_one_record(mint: Mint) -> None:
    assert chain(mint, {"n": 1, "who": {"name": "a"}}).frame("/0")["who.name"].tolist() == ["a"]


@both
@pytest.mark.check(id="bearer/links")
def test_a_next_page_elsewhere_in_the_body_is_refused(call: Any, mint: Mint) -> None:
    with rigged(as_json([])) as elsewhere:
        mint.pages["/api/0"] = as_json({"next": f"{elsewhere.origin}/1", "data": [{"n": 1}]})
        with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin) as refused:
            call(mint.session(), "frame", "/0")
        assert elsewhere.sent == []
    assert refused.value.partial["n"].tolist() == [1]


@both
@pytest.mark.parametrize(
    ("records", "column"),
    [
        ([{"a.b": 5, "a": {"b": 6}}], "a.b"),
        ([{"a": {"b": 6}}, {"a.b": 5}], "a.b"),
        ([{"x": {"a": {"b.c": 1}, "a.b": {"c": 2}}}], "x.a.b.c"),
    ],
)
def test_members_that_would_share_a_column_are_named_and_neither_is_lost_unseen(
    call: Any, records: Any, column: str, mint: Mint
) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=f"share the column {column!r}"):
        call(chain(mint, records), "frame", "/0")


def test_a_dot_in_a_name_is_kept(mint: Mint) -> None:
    frame = chain(mint, [{"a.b": 5, "a": {"c": 6}}]).frame("/0")
    assert frame.to_dict("records") == [{"a.b": 5, "a.c": 6}]


@both
@pytest.mark.check(id="bearer/links")
def test_a_link_to_another_origin_is_refused_before_anything_is_sent_there(
    call: Any, mint: Mint
) -> None:
    with rigged(as_json([])) as elsewhere:
        session = chain(mint, [{"n": 1}], [], link=f"<{elsewhere.origin}/{{}}>; rel=next")
        with pytest.raises(errors.ForeignOrigin, match=elsewhere.origin):
            call(session, "frame", "/0")
        assert elsewhere.sent == []
    assert session.access_token.reveal() == "access-1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/2",
        "http://evil.example/2",
        "https://127.0.0.1/2",
        "http://user@127.0.0.1/2",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "/2#fragment",
        "http:\\\\evil.example",
    ],
)
@pytest.mark.check(id="bearer/links")
def test_a_link_that_cannot_be_the_apis_own_is_refused(target: str, mint: Mint) -> None:
    session = chain(mint, [{"n": 1}], [], link=f"<{target}>; rel=next")
    with pytest.raises(errors.ForeignOrigin):
        session.frame("/0")


@pytest.mark.check(id="bearer/origin")
def test_a_link_never_declares_an_origin(mint: Mint) -> None:
    with rigged(as_json([])) as elsewhere:
        session = chain(mint, [{"n": 1}], [], link=f"<{elsewhere.origin}/{{}}>; rel=next")
        for _ in range(2):
            with pytest.raises(errors.ForeignOrigin):
                session.frame("/0")
        with pytest.raises(errors.ForeignOrigin):
            session.frame(f"{elsewhere.origin}/1")
        assert elsewhere.sent == []


@both
@pytest.mark.parametrize("back_to", [0, 1])
def test_a_next_link_that_comes_round_again_ends(call: Any, back_to: int, mint: Mint) -> None:
    mint.pages["/api/0"] = as_json([{"n": 1}], link="</api/1>; rel=next")
    mint.pages["/api/1"] = as_json([{"n": 2}], link=f"</api/{back_to}>; rel=next")
    with pytest.raises(errors.UnexpectedAnswer, match="Page 2 points back"):
        call(mint.session(), "frame", "/0")
    assert len(mint.asked("/api")) == 2


@both
def test_a_token_that_ends_between_two_pages_is_renewed(call: Any, mint: Mint) -> None:
    session = chain(mint, [{"n": 1}], [{"n": 2}])
    first = mint.pages["/api/0"]

    def once() -> Iterator[bytes]:
        assert isinstance(first, bytes)
        yield first[:-1]
        mint.revoke()
        yield first[-1:]

    mint.pages["/api/0"] = once()
    assert call(session, "frame", "/0")["n"].tolist() == [1, 2]
    assert [sent.token for sent in mint.asked("/api/1")] == ["access-1", "access-2"]


def test_a_member_that_stands_twice_is_named_and_neither_is_lost_unseen(mint: Mint) -> None:
    mint.pages["/api/0"] = answer(b'[{"n": {"a.b": 1, "a.b": 2}}]', kind="application/json")
    with pytest.raises(errors.UnexpectedAnswer, match=r"share the column 'a\.b'"):
        mint.session().frame("/0")


@both
def test_a_record_nested_deeply_is_taken_or_refused_by_a_typed_error(call: Any, mint: Mint) -> None:
    deep = b"[" + b'{"a":' * 900 + b"1" + b"}" * 900 + b"]"
    mint.pages["/api/0"] = answer(deep, kind="application/json")
    # newer pandas takes it
    with contextlib.suppress(errors.UnexpectedAnswer):
        assert len(call(mint.session(), "frame", "/0")) == 1


@both
def test_pages_are_read_and_joined_apart_from_the_loop_that_all_share(
    call: Any, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[threading.Thread] = []

    def noting(work: Any) -> Any:
        def noted(*given: Any, **named: Any) -> Any:
            worked.append(threading.current_thread())
            return work(*given, **named)

        return noted

    async def loops_own() -> threading.Thread:
        return threading.current_thread()

    for owner, name in ((decode.Decoder, "decode"), (results.AsFrame, "made")):
        monkeypatch.setattr(owner, name, noting(getattr(owner, name)))
    # Short pages are read on the loop, since a thread would take longer.
    assert len(call(chain(mint, [{"n": 1}] * 9999, [{"n": 2}] * 9999), "frame", "/0")) == 19998
    assert len(worked) == 3
    assert run(loops_own()) not in worked
