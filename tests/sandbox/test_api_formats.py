"""JSON, NDJSON and CSV, compressed or not, page by page or all at once."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from oauth_widgets.sandbox.server.profiles.network import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = "phone events.read subscribers.read usage.read cells.read"
NAMES = [service.name for service in SERVICES]


@pytest.fixture
def get(browser: Any) -> Callable[..., Any]:
    token = browser.tokens(scope=EVERY)["access_token"]

    def get(service: str, accept: str | None = None, encoding: str = "gzip", **params: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
        if accept is not None:
            headers["Accept"] = accept
        return browser.http.get(f"/api/{service}", params=params, headers=headers)

    return get


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/jsonl, */*;q=0.1", "application/x-ndjson"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv;q=0, application/json;q=0.1", "application/json"),
        ("image/png", "application/json"),
        (";;,q=", "application/json"),
    ],
)
def test_the_format_is_what_accept_likes_best(
    get: Any, accept: str | None, media_type: str
) -> None:
    answer = get("cells", accept)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


def test_the_parameter_weighs_more_than_accept(get: Any) -> None:
    assert get("cells", "text/csv", format="json").headers["content-type"] == "application/json"
    assert get("cells", format="xml").status_code == 400


@pytest.mark.parametrize("service", NAMES)
def test_ndjson_has_the_rows_of_json(get: Any, service: str) -> None:
    lines = get(service, format="ndjson").text.split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == get(service).json()


@pytest.mark.parametrize("service", NAMES)
def test_csv_has_the_rows_of_json(get: Any, service: str) -> None:
    rows = list(csv.DictReader(io.StringIO(get(service, format="csv").text, newline="")))
    expected = get(service).json()
    assert len(rows) == len(expected)
    for row, whole in zip(rows, expected, strict=True):
        for name, cell in row.items():
            value = whole
            for part in name.split("."):
                value = None if value is None else value.get(part)
            if value is None:
                assert cell == ""
            elif isinstance(value, str):
                assert cell == value
            else:
                assert json.loads(cell) == value


def test_each_csv_page_has_its_header_and_its_links(get: Any) -> None:
    pages = [get("cells", format="csv", page=page, per_page=300) for page in (1, 2)]
    assert len({page.text.partition("\r\n")[0] for page in pages}) == 1
    assert "format=csv" in pages[0].links["next"]["url"]
    assert "next" not in pages[1].links


@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_rows_alone_have_no_room_for_an_envelope(get: Any, format: str) -> None:  # noqa: A002
    answer = get("cells", format=format, paging="hal")
    assert answer.status_code == 400
    assert "paging link or none" in answer.json()["error_description"]


@pytest.mark.parametrize("format", ["json", "ndjson", "csv"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_all_at_once_are_the_pages_together(get: Any, format: str, encoding: str) -> None:  # noqa: A002
    for rows in (0, 1, 1700):
        answer = get("usage", None, encoding, format=format, rows=rows, paging="none")
        assert "link" not in answer.headers
        assert answer.headers["x-total-count"] == str(rows)
        count = {
            "json": lambda text: len(json.loads(text)),
            "ndjson": lambda text: text.count("\n"),
            "csv": lambda text: len(list(csv.reader(io.StringIO(text, newline="")))) - 1,
        }[format](answer.text)
        assert count == rows
        assert answer.headers.get("content-encoding", "identity") == encoding


def test_gzip_comes_when_asked_for(browser: Any) -> None:
    token = browser.alone(scope="cells.read").json()["access_token"]
    sizes = {}
    for encoding in ("gzip", "gzip;q=0", "identity", "br", "br, *;q=0.5"):
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
        for paging in ("link", "none"):
            address = f"/api/cells?paging={paging}"
            with browser.http.stream("GET", address, headers=headers) as answer:
                sent = b"".join(answer.iter_raw())
            packed = answer.headers.get("content-encoding") == "gzip"
            assert packed == (encoding in {"gzip", "br, *;q=0.5"})
            assert len(json.loads(gzip.decompress(sent) if packed else sent)) == 400
            sizes[packed] = len(sent)
    assert sizes[True] < sizes[False] / 3


def test_what_is_small_is_sent_as_it_is(get: Any) -> None:
    assert "content-encoding" not in get("cells", per_page=1).headers
