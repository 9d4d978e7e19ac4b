"""An API whose rows and pages a test sets, and sessions for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.rigged import Answer, Rigged, Sent, answer, as_json

Row = dict[str, Any]


class Scripted:
    """Gives `rows` in pages of `size`: by a cursor at /rows, by number at /numbered.

    With `updated_since` it gives those with a later or the same `updated_at`, and at /of/N/rows
    those of `each[N]`. `trouble` may answer in place of it. `asked` has the addresses so far,
    `arrived` counts them, and `at_the_end` is set by the request for a last page.
    """

    def __init__(self, rows: list[Row], size: int = 10) -> None:
        self.rows = rows
        self.size = size
        self.each: dict[str, list[Row]] = {}
        self.trouble: Callable[[str], Answer | None] = lambda _: None
        self.arrived = threading.Semaphore(0)
        self.at_the_end = threading.Event()
        self._rigged = Rigged(self._answer)
        self.origin = self._rigged.origin

    @property
    def asked(self) -> list[str]:
        return [sent.target for sent in self._rigged.sent]

    def session(self, **more: Any) -> ow.Session:
        return session_for(self.origin, **more)

    def close(self) -> None:
        self._rigged.close()

    def _answer(self, sent: Sent) -> Answer:
        self.arrived.release()
        trouble = self.trouble(sent.target)
        if trouble is not None:
            return trouble
        place = urlsplit(sent.target)
        query = sent.query
        rows = self.rows
        if place.path.startswith("/of/"):
            number = place.path.split("/")[2]
            if number not in self.each:
                return answer(status=404)
            rows = self.each[number]
        if "updated_since" in query:
            rows = [row for row in rows if row["updated_at"] >= query["updated_since"]]
        if place.path == "/numbered":
            page = int(query.get("page", "1"))
            pages = -(-len(rows) // self.size)
            some = rows[(page - 1) * self.size :][: self.size]
            return as_json({"rows": some, "page": page, "total_pages": pages, "total": len(rows)})
        begins = int(query.get("cursor", "0"))
        ends = begins + self.size
        if ends >= len(rows):
            self.at_the_end.set()
        more = {"next_cursor": str(ends)} if ends < len(rows) else {"next_cursor": None}
        return as_json({"rows": rows[begins:ends], **more})


def session_for(origin: str, **more: Any) -> ow.Session:
    server = ow.AuthorizationServer(issuer=origin, api=origin)
    return ow.Session.from_token(server, "a-token-that-no-one-may-write", **more)


@contextmanager
def scripted(rows: list[Row], size: int = 10) -> Iterator[Scripted]:
    api = Scripted(rows, size)
    try:
        yield api
    finally:
        api.close()


def changing(count: int) -> list[Row]:
    """Return rows whose columns become wider, with one that the first rows don't have."""
    rows: list[Row] = []
    for at in range(count):
        row: Row = {"id": at, "n": at, "text": f"row {at}", "none": None, "tags": []}
        if at >= count * 2 // 3:
            row |= {"n": at + 0.5, "late": {"on": True}, "none": at, "tags": ["x"]}
        row["mixed"] = at if at < count // 2 else "text"
        row["updated_at"] = f"2026-01-01T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"
        rows.append(row)
    return rows


UPDATES: dict[str, Any] = {
    "since": {"parameter": "updated_since", "column": "updated_at"},
    "key": "id",
}
MANIFEST = ".oauth-widgets/manifest.json"


def fetched(api: Scripted, folder: Path, at: str = "/rows", **options: Any) -> Any:
    options = {"partition_rows": 30, "progress": False} | options
    return api.session().to_dataset(at, folder, **options)


def stopped(api: Scripted, folder: Path, after: int = 5, **options: Any) -> errors.OAuthError:
    """Fetch until the API fails for good."""
    api.trouble = lambda _: answer(status=400) if next(left) <= 0 else None
    left = iter(range(after, -1000, -1))
    with pytest.raises(errors.OAuthError) as failed:
        fetched(api, folder, **options)
    api.trouble = lambda _: None
    return failed.value


def same(
    api: Scripted, folder: Path, at: str = "/rows", *, in_order: bool = True, **options: Any
) -> None:
    """See that a dataset has what one whole fetch has, each row once."""
    whole = api.session().frame(at, progress=False, **options)
    found = pd.read_parquet(folder)
    if not in_order:
        found = found.sort_values("id").reset_index(drop=True)
    if "mixed" in whole:
        # In a file it is JSON text, and whatever that stands for here.
        found["mixed"] = pd.Series(map(json.loads, found["mixed"]), dtype=object)
    # A file has pandas read whole numbers as Int64, since one may be missing in another part.
    files = {name: "Int64" for name, kind in found.dtypes.items() if kind == "Int64"}
    pd.testing.assert_frame_equal(found, whole.astype(files))
