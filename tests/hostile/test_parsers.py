"""Any text at the parsers that stand between an API and a person: read, or a typed refusal."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError, ForeignOrigin, UnexpectedAnswer
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.link import links
from oauth_widgets.protocol.address import origin
from oauth_widgets.protocol.message import Response
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource import Api, Resource
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


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_page_is_records_or_is_refused(body: bytes) -> None:
    response = Response(200, {"content-type": "application/json"}, body, API)
    with suppress(UnexpectedAnswer):
        decoded = Decoder(None, told=False).decode(response, page=1)
        assert all(len(array) == decoded.page.rows for array in decoded.page.arrays.values())
