"""One page of a service, or all its rows in one answer."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from oauth_widgets.sandbox.server.api import formats
from oauth_widgets.sandbox.server.api.filters import filters_in, fits
from oauth_widgets.sandbox.server.api.paging import STYLES, Page, Window
from oauth_widgets.sandbox.server.endpoints.bearer import bearer
from oauth_widgets.sandbox.server.profiles.network.service import Row, Service
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state import trouble
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import NO_STORE, Params, query_of, refuse

MOST_ROWS = 200_000
UNPAGED = "none"
PARAMETERS = {
    "rows": f"The length of the list, 0 to {MOST_ROWS}",
    "paging": "How the list is split into pages: see paging",
    "format": "json; with paging link or none, also ndjson or csv. Accept works too",
}
_CARRIED = (*PARAMETERS, *trouble.PARAMETERS)
_PIECE = 500  # rows made at a time if all are asked for at once
_GZIP = 31  # zlib's value for output with a gzip header
_HEADERS = {**NO_STORE, "Vary": "Accept, Accept-Encoding"}


def endpoint(service: Service) -> Callable[[Realm, Request], Awaitable[Response]]:
    """Return the ASGI endpoint of `service`."""

    async def rows(realm: Realm, request: Request) -> Response:
        token = bearer(realm, request, *service.scopes)
        rows_request = _RowsRequest(service, realm, request, query_of(request))
        caller = trouble.Caller(
            token=request.headers["authorization"], grant=token.grant, place=str(request.url)
        )
        try:
            await realm.troubles.meet(rows_request.trouble, caller, rows_request.page_number)
        except trouble.TroubleRefusal as refusal:
            response = refuse(refusal)
            response.headers.update(refusal.headers)
            return response
        return rows_request.everything() if rows_request.paging == UNPAGED else rows_request.page()

    return rows


class _RowsRequest:
    """A request for rows, read and checked; raises Refusal if it cannot be answered."""

    def __init__(self, service: Service, realm: Realm, request: Request, query: Params) -> None:
        self._service, self._realm, self._request = service, realm, request
        self.paging = query.one_of("paging", "link", (*STYLES, UNPAGED))
        self._style = STYLES.get(self.paging, STYLES["link"])
        self._format = formats.format_of(request, query)
        if self._format != "json" and self.paging not in {"link", UNPAGED}:
            description = "NDJSON and CSV contain rows only: use paging link or none."
            raise Refusal("invalid_request", description)
        places = () if self.paging == UNPAGED else self._style.parameters
        self._filters = filters_in(query, (*places, *_CARRIED), service.fields)
        self._numbers = self._matching(query.whole("rows", service.count, 0, MOST_ROWS))
        self._window = self._style.window(query, len(self._numbers))
        self.trouble = trouble.Trouble.read(query)
        carried = {name: query.get(name) for name in _CARRIED if query.get(name)}
        self._carried = {**carried, **self._filters}

    @property
    def page_number(self) -> int:
        return self._window.page

    def page(self) -> Response:
        """Return one page, with links to the others."""
        page = Page(
            service=self._service.name,
            rows=self._rows(self._window.numbers),
            window=self._window,
            address=self._address,
        )
        headers = dict(_HEADERS)
        if self.paging == "link":
            links = page.links.items()
            headers["Link"] = ", ".join(f'<{link}>; rel="{name}"' for name, link in links)
            headers["X-Total-Count"] = str(self._window.total)
        return self._response(page, headers)

    def everything(self) -> Response:
        """Return all rows in one streamed answer."""
        headers = {**_HEADERS, "X-Total-Count": str(self._window.total)}
        pieces = self._pieces()
        if formats.takes_gzip(self._request):
            headers["Content-Encoding"] = "gzip"
            pieces = _packed(pieces)
        media_type = formats.MEDIA_TYPES[self._format]
        return StreamingResponse(pieces, headers=headers, media_type=media_type)

    def _response(self, page: Page, headers: dict[str, str]) -> Response:
        media_type = formats.MEDIA_TYPES[self._format]
        if self._format == "json":
            media_type, body = self._style.media_type, formats.as_json(self._style.body(page))
        elif self._format == "ndjson":
            body = formats.as_ndjson(page.rows)
        else:
            body = formats.as_csv(page.rows, self._service.fields, header=True)
        body = formats.packed(self._request, body, headers)
        return Response(body, headers={**headers, "Content-Type": media_type})

    async def _pieces(self) -> AsyncIterator[bytes]:
        total = self._window.total
        if self._format == "json":
            yield b"["
        for first in range(0, max(total, 1), _PIECE):
            rows = self._rows(range(first, min(first + _PIECE, total)))
            if self._format == "ndjson":
                yield formats.as_ndjson(rows)
            elif self._format == "csv":
                yield formats.as_csv(rows, self._service.fields, header=first == 0)
            else:
                yield (b"," if first else b"") + formats.as_json(rows)[1:-1]
            # Other requests get a turn between two pieces.
            await asyncio.sleep(0)
        if self._format == "json":
            yield b"]"

    def _matching(self, total: int) -> Sequence[int]:
        """Return the numbers of the rows that fit the filters."""
        if not self._filters:
            return range(total)
        return [number for number in range(total) if fits(self._record(number), self._filters)]

    def _record(self, number: int) -> Row:
        return self._service.record(self._realm.network, number)

    def _rows(self, places: range) -> list[Row]:
        return [self._record(self._numbers[place]) for place in places]

    def _address(self, window: Window) -> str:
        query = urlencode({**self._style.written(window), **self._carried})
        return f"{self._realm.api}/{self._service.name}?{query}"


async def _packed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    async for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
