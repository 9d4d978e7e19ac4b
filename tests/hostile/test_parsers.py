"""Any text at the parsers that stand between an API and a person: read, or a typed refusal."""

from __future__ import annotations

import codecs
import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauth_widgets._net.address import origin
from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    ConfigurationError,
    ForeignOrigin,
    ServerUnreachable,
    UnexpectedAnswer,
)
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.link import links
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.resource import Api, Resource
from oauth_widgets.secret import Secret

API = "https://api.example/v1"
TEXT = st.text(st.characters())
ADDRESSES = TEXT | st.text("htps:/@[]#?.%0aA1é\\ ").map("https://".__add__)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


class Nobody:
    """Hands out a token that goes nowhere."""

    scope = Scope()

    async def fresh_token(self) -> Secret:
        return Secret("a-token")

    async def renewed_token(self, _: Secret) -> None:
        return None


@given(TEXT | st.text('<>;,="\\ nextrlpv/?#:[]@%'))
def test_where_a_link_header_leads_is_judged_before_anyone_goes_there(header: str) -> None:
    resource = Resource(Nobody(), Api(API, frozenset([origin(API)])))
    for target in links(header, f"{API}/events").values():
        with suppress(ForeignOrigin):
            assert origin(resource.check(target)) == "https://api.example"


@given(ADDRESSES, st.none() | st.dictionaries(st.text(), st.text(), max_size=2))
def test_any_address_of_an_api_is_its_own_or_is_refused(
    url: str, params: dict[str, str] | None
) -> None:
    resource = Resource(Nobody(), Api(API, frozenset([origin(API)])))
    with suppress(ConfigurationError, ForeignOrigin):
        assert origin(resource.check(resource.address(url, params))) == "https://api.example"


KINDS = st.sampled_from(
    ["application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.parquet"]
)
CHARSETS = st.sampled_from(
    [
        *("", "utf-8", "latin-1", "utf-16", "utf-7", "nonsense", "idna", "punycode", "undefined"),
        *("unicode_escape", "raw_unicode_escape", "zip", "rot13", "cp037", "utf-8-sig"),
    ]
)
MARKS = st.sampled_from([b"", codecs.BOM_UTF8 * 2, codecs.BOM_UTF16, codecs.BOM_UTF16 * 2])
CELLS = st.lists(st.text(st.characters()), min_size=1).map(",".join)
BODIES = (
    st.binary()
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.lists(CELLS).map(lambda lines: "\n".join(lines).encode(errors="surrogatepass"))
    | st.text().map(lambda text: text.encode("utf-16", "surrogatepass"))
)


@given(BODIES, KINDS, CHARSETS, MARKS, st.none() | st.integers(1, 3))
# a gzip file that is cut off after its mark: the rest of the answer is missing
@example(b"\x1f\x8b", "application/json", "", b"", None)
@example(b"a\n1", "text/csv", "", codecs.BOM_UTF8 * 2, None)
@example(rb'{"next": "\ud800", "items": [{"a": 1}]}', "application/json", "", b"", None)
def test_any_page_is_records_or_is_refused(
    body: bytes, kind: str, charset: str, mark: bytes, rows: int | None
) -> None:
    said = f"{kind}; charset={charset}" if charset else kind
    response = Response(200, {"content-type": said}, mark + body, API)
    with suppress(UnexpectedAnswer, ServerUnreachable):
        page = Decoder(None, ruled=False).decode(response, page=1, rows=rows).page
        assert all(len(array) == page.rows for array in page.arrays.values())
        assert rows is None or page.rows <= rows
        Columns().grown(page).table([page])


def test_a_gzip_file_that_is_cut_off_after_its_mark_never_came_whole() -> None:
    response = Response(200, {"content-type": "application/json"}, b"\x1f\x8b", API)
    with pytest.raises(ServerUnreachable, match="only part"):
        Decoder(None, ruled=False).decode(response, page=1)


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/x-ndjson"])
@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        *(("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", "utf-16-le"), ("utf-32", "")),
        *(("latin-1", "latin-1"), ("cp1252", "windows-1252"), ("utf-8", "utf8")),
    ],
)
def test_a_page_is_read_in_the_charset_that_it_is_in(kind: str, encoding: str, said: str) -> None:
    text = "navn\nblåbær\n" if kind == "text/csv" else '{"navn": "blåbær"}'
    type_ = f"{kind}; charset={said}" if said else kind
    response = Response(200, {"content-type": type_}, text.encode(encoding), API)
    page = Decoder(None, ruled=False).decode(response, page=1).page
    assert {path: array.to_pylist() for path, array in page.arrays.items()} == {
        ("navn",): ["blåbær"]
    }
