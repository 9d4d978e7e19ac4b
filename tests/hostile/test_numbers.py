"""A number of very many digits, which Python refuses to read, ends in no error but ours."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import OAuthError
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.plan import MAX_BYTES, Plan
from oauth_widgets.frames.rules import paging_rule
from oauth_widgets.frames.so_far import SoFar

ROWS = "https://api.example/rows"
MANY = "1" * 5_000
PAGES: dict[str, list[tuple[dict[str, Any], str]]] = {
    "a last page": [
        ({"items": [{"a": 1}]}, f'<{ROWS}?page=2>; rel="next", <{ROWS}?page={MANY}>; rel="last"')
    ],
    "a page before": [
        ({"items": [{"a": 1}], "next": f"?page={MANY}"}, ""),
        ({"items": [{"a": 2}], "next": "?page=3", "total": 9}, ""),
    ],
    "a page that is another": [
        ({"items": [{"a": 1}], "next": f"?page={MANY}"}, ""),
        ({"items": [{"a": 2}], "page": 2, "pages": 9}, ""),
    ],
    "an offset": [
        ({"features": [{"a": 1}], "next": f"?resultOffset={MANY}"}, ""),
        ({"features": [{"a": 2}], "exceededTransferLimit": True}, ""),
    ],
    "a place in a cube": [
        (
            {
                "structure": {
                    "dimensions": {"series": [], "observation": [{"id": "t", "values": [{}]}]}
                },
                "dataSets": [{"observations": {MANY: [1]}}],
            },
            "",
        )
    ],
    "pages and a total": [({"items": [{"a": 1}], "total": MANY, "page": MANY, "pages": MANY}, "")],
}


@pytest.mark.parametrize("by", [None, {"page": "page"}, {"offset": "resultOffset"}])
@pytest.mark.parametrize("case", PAGES)
def test_a_number_of_very_many_digits_is_none(case: str, by: Any) -> None:
    plan = Plan(ROWS, None, paging_rule(by), None, {}, MAX_BYTES)
    so_far = SoFar(ROWS, Decoder(None, ruled=by is not None), Columns())
    for document, link in PAGES[case]:
        headers = {"content-type": "application/json", "link": link, "x-total-count": MANY}
        body = json.dumps(document).encode()
        response = Response(200, headers, body, so_far.next or ROWS)
        # A refusal of ours is as good as a page
        with suppress(OAuthError):
            so_far, _, way = so_far.after(so_far.read(response, plan), plan, set())
            list(islice(way.ahead, 3))
    assert so_far.pages
