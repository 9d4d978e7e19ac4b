"""An API that puts the token into its answers: no way to fetch shows or stores it.

Rows are the caller's: the token may be in a value or in the name of a column, and nowhere else.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets.resource import gate
from tests.helpers.leaks import secrets_in
from tests.helpers.rigged import Sent, answer, as_json, rigged
from tests.helpers.tracebacks import with_locals

pytestmark = pytest.mark.usefixtures("impatient")

TOKEN = "a-token-that-no-one-may-show"
ROWS = [{"id": 1, "at": "2026-01-01T00:00:00Z"}]


@dataclass(frozen=True)
class Way:
    """A way to fetch: `use` takes a session, a folder and options; the `page` has the token."""

    use: Callable[..., Any]
    page: int = 1


def _to_parquet(session: ow.Session, folder: Path, **options: Any) -> Any:
    return session.to_parquet("/x", folder / "x.parquet", **options)


def _to_dataset(session: ow.Session, folder: Path, **options: Any) -> Any:
    return session.to_dataset("/x", folder / "x", **options)


def _to_dataset_of_each(session: ow.Session, folder: Path, **options: Any) -> Any:
    return session.to_dataset("/{n}", folder / "x", each={"n": ["x"]}, **options)


WAYS: dict[str, Way] = {
    "frame": Way(lambda s, _, **o: s.frame("/x", **o)),
    "frame, second page": Way(lambda s, _, **o: s.frame("/x", **o), page=2),
    "arrow": Way(lambda s, _, **o: s.arrow("/x", **o), page=2),
    "to_parquet": Way(_to_parquet, page=2),
    "to_dataset": Way(_to_dataset),
    "to_dataset, second page": Way(_to_dataset, page=2),
    "preview": Way(lambda s, _, **o: s.preview("/x", **o)),
    "frame, each": Way(lambda s, _, **o: s.frame("/{n}", each={"n": ["x"]}, **o)),
    "to_dataset, each": Way(_to_dataset_of_each),
    "open": Way(lambda s, _: s.open("/x").close()),
    "filesystem": Way(lambda s, _: s.filesystem().cat_file("/x", 0, 9)),
}
"""Every public way to fetch from an API, but for awaitable twins, which run the same."""

HEADERS: dict[str, tuple[int, dict[str, str]]] = {
    "type": (200, {"content_type": "text/{}"}),
    "charset": (200, {"content_type": "text/csv; charset={}"}),
    "charset of JSON": (200, {"content_type": "application/json; charset={}"}),
    "encoding": (200, {"content_encoding": "{}"}),
    "range": (206, {"content_range": "{} 0-1/9"}),
    "range of bytes": (206, {"content_range": "bytes {}"}),
    "request id": (200, {"x_request_id": "{}"}),
    "retry after": (429, {"retry_after": "{}"}),
    "cookie": (200, {"set_cookie": "{0}={0}"}),
    "total": (200, {"x_total_count": "{}"}),
    "next page": (200, {"x_next_page": "{}"}),
    "link": (200, {"link": '<https://{}.example>; rel="next"'}),
    "own header": (200, {"x_{}": "{}"}),
    "realm": (401, {"www_authenticate": 'Bearer realm="{}"'}),
    "scope": (403, {"www_authenticate": 'Bearer error="insufficient_scope", scope="{}"'}),
    "error": (401, {"www_authenticate": 'Bearer error="{}"'}),
    "description": (401, {"www_authenticate": 'Bearer error="x", error_description="{}"'}),
    "scheme of a challenge": (401, {"www_authenticate": "{} x"}),
}
ADDRESSES = {
    "host": "https://{}.example/x",
    "user": "https://{}@a.example/x",
    "port": "https://a.example:{}/x",
    "scheme": "{}://a.example/x",
    "no scheme": "//{}/x",
    "path": "/api/{}",
    "query": "/api/x?a={}",
    "name of a parameter": "/api/x?{}=1",
    "fragment": "/api/x#{}",
    "broken": "https://[{}/x",
}
BODIES: dict[str, Any] = {
    "path of the records": {"{}": ROWS},
    "inner path of the records": {"{}": {"{}": ROWS}},
    "two lists": {"{}": ROWS, "b{}": ROWS},
    "left out": {"items": ROWS, "{}": 3},
    "cursor": {"items": ROWS, "next_cursor": "{}"},
    "cursor elsewhere": {"items": ROWS, "meta": {"{}": {"next_cursor": "a"}}},
    "more": {"items": ROWS, "has_more": True, "{}": "{}"},
    "total": {"items": ROWS, "total": "{}"},
    "value": {"items": [{"id": "{}"}]},
    "column": {"items": [{"{}": 1, "id": 1}]},
    "inner column": {"items": [{"{}": {"{}": 1}, "id": 1}]},
    "columns of one name": {"items": [{"{}": {"a": 1}, "{}.a": 2}]},
    "header of rows": {"columns": ["id", "{}"], "rows": [[1]]},
    "header of rows twice": {"columns": ["{}", "{}"], "rows": [[1, 2]]},
    "type of rows": {"columns": [{"name": "id", "type": "{}"}], "rows": [[1]]},
    "no records": {"{}": "{}"},
    "text": "{}",
    "errors": {"errors": [{"message": "{}", "path": ["{}"]}], "data": None},
    "cube": {"class": "{}", "dimension": {"{}": {}}, "id": ["{}"], "size": [1], "value": [1]},
    "sheet": {"range": "{}", "majorDimension": "{}", "values": [["{}", "{}"], [1]]},
}
TEXTS = {
    "cut": ("application/json", '{{"items": [{{"{}": 1'),
    "twice": ("application/json", '[{{"{0}": 1, "{0}": 2}}]'),
    "line": ("application/x-ndjson", '{{"{0}": 1, "{0}": 2}}\n'),
    "line cut": ("application/x-ndjson", '{{"{0}": 1}}\n{{"{0}"'),
    "not a number": ("application/json", '[{{"{}": NaN}}]'),
    "not JSON": ("application/json", "{}"),
    "CSV": ("text/csv", "{0},{0}\n1,2\n"),
    "CSV of other lengths": ("text/csv", "{},b\n1,2,3\n"),
    "CSV quoted": ("text/csv", 'a,b\n1,"{}\n'),
    "page": ("text/html", "<title>{}</title>"),
    "XML": ("application/xml", "<{}/>"),
    "Parquet": ("application/vnd.apache.parquet", "PAR1{}PAR1"),
}
DATA = {
    "value",
    "column",
    "inner column",
    "header of rows",
    "CSV",
    "cube",
    "sheet",
    "two lists",
    "no records",
    "header of rows twice",
    "CSV quoted",
}
"""Places of which rows are made: files have to hold the token as the API gave it."""

REFUSALS = {400: "detail", 403: "message", 404: "error", 422: "error_description", 500: "{}"}
COLUMNS: dict[str, dict[str, Any]] = {
    "no such time": {"timestamps": ["when"]},
    "no time": {"timestamps": ["id"]},
    "no such records": {"records": "when"},
    "no such cursor": {"paging": {"next": "when"}},
    "no such last": {"paging": {"last": "when", "parameter": "a"}},
    "no such key": {"key": "when"},
    "no such since": {"key": "id", "since": {"parameter": "a", "column": "when"}},
    "no since": {"key": "id", "since": {"parameter": "a", "column": "id"}},
}


def planted(template: Any, secret: str) -> Any:
    """Return JSON with a secret in each place that is left open for one."""
    if isinstance(template, str):
        return template.replace("{}", secret)
    if isinstance(template, dict):
        return {planted(name, secret): planted(inner, secret) for name, inner in template.items()}
    if isinstance(template, list):
        return [planted(inner, secret) for inner in template]
    return template


def answers(secret: str) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield the name of each place, the answer that has the secret there, and the options."""
    good = json.dumps({"items": ROWS, "next": None}).encode()
    for name, (status, headers) in HEADERS.items():
        filled = {key.format(secret): value.format(secret) for key, value in headers.items()}
        kind = filled.pop("content_type", "application/json")
        yield f"header: {name}", answer(good, kind=kind, status=status, **filled), {}
    yield "reason", answer(status=500).replace(b"500 so", b"500 " + secret.encode(), 1), {}
    yield "length", b"HTTP/1.1 200 so\r\ncontent-length: " + secret.encode() + b"\r\n\r\n", {}
    yield "version", b"HTTP/" + secret.encode() + b" 200 so\r\n\r\n", {}
    for name, address in ADDRESSES.items():
        url = address.format(secret)
        yield f"redirect: {name}", answer(status=302, location=url), {}
        yield f"next: {name}", as_json({"items": ROWS, "next": url}), {}
    for name, body in BODIES.items():
        yield name, as_json(planted(body, secret)), {}
    for name, (kind, text) in TEXTS.items():
        yield name, answer(text.format(secret).encode(), kind=kind), {}
    for status, member in REFUSALS.items():
        yield f"refusal: {status}", as_json(planted({member: "{}"}, secret), status=status), {}
    for name, options in COLUMNS.items():
        body = {"items": [{"id": secret, secret: {secret: 1}}]}
        yield f"columns: {name}", as_json(body), options


def test_every_public_way_to_fetch_is_tried() -> None:
    fetching = {
        name
        for name, method in inspect.getmembers(ow.Session, inspect.isfunction)
        if not name.startswith("_") and "url_or_path" in inspect.signature(method).parameters
    }
    # It sends nothing. An HTTP client hands out answers as they are.
    fetching -= {"headers"} | {name for name in fetching if name[1:] in fetching}
    assert fetching | {"filesystem"} == {name.partition(",")[0] for name in WAYS}


SAID = ("attrs", "address", "records", "paging", "total", "left_out", "damaged")
"""What results say of themselves."""


def shown_by(way: Way, session: ow.Session, folder: Path, options: dict[str, Any]) -> str:
    """Return all that a fetch shows, whether it succeeds or fails."""
    told: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            made = way.use(session, folder, **options)
        except (ow.OAuthError, OSError) as problem:
            partial = getattr(problem, "partial", None)
            told += [repr(problem), str(problem), repr(vars(problem)), with_locals(problem)]
            told += [repr(getattr(partial, "attrs", None))]
            told += [repr(getattr(getattr(partial, "schema", None), "metadata", None))]
        else:
            told += [repr(getattr(made, name, "")) for name in SAID]
            told += [repr(getattr(getattr(made, "schema", None), "metadata", None))]
    told += [repr(session), repr(session.unfinished), repr(session.answered)]
    told += [str(one.message) for one in caught]
    return "\n".join(told)


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.check(id="secrets/hidden")
def test_a_token_at_any_place_of_an_answer_is_neither_shown_nor_stored(
    name: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "TRIES", 1)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    caplog.set_level(logging.DEBUG)
    way, found, pages, blotted = WAYS[name], list[str](), dict[str, bytes](), 0
    pages["/api/x"] = as_json({"items": ROWS, "next": "/api/second"})
    allowed = inspect.signature(getattr(ow.Session, name.partition(",")[0])).parameters

    def respond(sent: Sent) -> bytes:
        status = 206 if "range" in sent.headers else 200
        other = as_json({"items": ROWS}, status=status, content_range="bytes 5-9/20")
        return pages.get(sent.target, other)

    with rigged(respond) as api:
        server = ow.AuthorizationServer(issuer=api.origin, api=f"{api.origin}/api")
        session = ow.Session.from_token(server, TOKEN)
        for place, planted_answer, options in answers(TOKEN):
            if not options.keys() <= allowed.keys():
                continue
            pages["/api/x" if way.page == 1 else "/api/second"] = planted_answer
            folder = tmp_path / re.sub(r"\W", "-", place)
            folder.mkdir()
            caplog.clear()
            shown = shown_by(way, session, folder, options) + caplog.text
            found += [f"{place}: {form}" for form in secrets_in(shown.encode(), {"token": TOKEN})]
            blotted += "***" in shown
            if place in DATA or place.startswith("columns"):
                continue
            for file in (one for one in folder.rglob("*") if one.is_file()):
                leak = secrets_in(file.read_bytes(), {"token": TOKEN})
                found += [f"{place}: {file.name} {form}" for form in leak]
    assert "\n".join(found) == ""
    # It was there to be shown.
    assert blotted
