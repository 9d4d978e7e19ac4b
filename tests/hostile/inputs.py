"""Where text of strangers is read, by kind: each takes bytes, and raises our errors alone."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as paq

import oauth_widgets as ow
from oauth_widgets._net.challenge import bearer_challenge
from oauth_widgets._net.document import object_of
from oauth_widgets._net.message import Response
from oauth_widgets._net.retry_after import patience
from oauth_widgets.errors import OAuthError
from oauth_widgets.flows.id_token import validated
from oauth_widgets.frames.link import links
from oauth_widgets.protocol.authorization import authorization_response
from oauth_widgets.protocol.authorization_server import from_metadata
from oauth_widgets.protocol.device_authorization import device_authorization_response
from oauth_widgets.protocol.id_token import header_of
from oauth_widgets.protocol.introspection import introspection
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.token import token_response
from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.protocol.userinfo import plain_claims, userinfo_of
from oauth_widgets.resource.content_range import content_range
from oauth_widgets.resource.resource import Resource, declared_api
from oauth_widgets.signing_in.callback.pasted import check_pasted
from tests.bench.signed_in import signed_in
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    ISSUER,
    METADATA,
    NONCE,
    NOW,
    SERVER,
    STATE,
    asked,
    claims,
    come_back,
)
from tests.protocol.keys import jwks_answer, rsa_key

PAGE = {"verification_uri": "https://as.example/d", "expires_in": 600, "interval": 5}
API = "https://api.example/v1/events"
CORPUS = Path(__file__).with_name("corpus")


def _text(data: bytes) -> str:
    # as httpx hands out headers
    return data.decode("latin-1")


def _answer(kind: str, data: bytes, status: int = 200, **headers: str) -> Response:
    return Response(status, {"content-type": kind, **headers}, data, API)


def _document(data: bytes) -> None:
    """Read it as each answer of an authorization server."""
    response = _answer("application/json", data)
    readers: list[Callable[[], object]] = [
        lambda: from_metadata(object_of(response, error=ow.errors.InvalidMetadata), issuer=ISSUER),
        lambda: key_set(object_of(response, error=ow.errors.InvalidKeySet)),
        lambda: token_response(response, SERVER),
        lambda: token_response(_answer("application/json", data, status=400), SERVER),
        lambda: introspection(response),
        lambda: device_authorization_response(response, now=NOW),
        lambda: userinfo_of(plain_claims(response), subject="person-7"),
    ]
    for read in readers:
        with suppress(OAuthError):
            repr(read())


def _token(data: bytes) -> None:
    """Look at it, and hold it against a sign-in, as what the token endpoint gave."""
    raw = ow.Secret(_text(data) or " ")
    with suppress(OAuthError):
        repr(unverified_token(raw))
    with suppress(OAuthError):
        header_of(raw, "RS256")
    given = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": _text(data)}
    request = asked()
    with suppress(OAuthError):
        answer = _answer("application/json", json.dumps(given).encode())
        tokens = token_response(answer, request.server)
        exchange = validated(request.server, CLIENT, tokens, request.expected(NOW))
        with suppress(StopIteration):
            next(exchange)
            exchange.send(jwks_answer(rsa_key("one")))


def _challenge(data: bytes) -> None:
    repr(bearer_challenge(_text(data)))


def _link(data: bytes) -> None:
    links(_text(data), API)


def _headers(data: bytes) -> None:
    header = _text(data)
    patience(Response(503, {"retry-after": header}), now=NOW)
    content_range({"content-range": header})


def _callback(data: bytes) -> None:
    authorization_response(asked(), _text(data), now=NOW)


def _pasted(data: bytes) -> None:
    check_pasted(asked(), ow.Secret(data.decode("utf-8", "replace") or " "))


class _Answering(Resource):
    """An API that has one answer, whatever is asked."""

    def __init__(self, source: ow.Session, answer: Response) -> None:
        super().__init__(source, declared_api(source.server, None, ()))
        self._only = answer

    async def get(self, *_: Any, **__: Any) -> Response:
        return self._only


def _page(kind: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        session = signed_in(API)
        session._resource = _Answering(session, _answer(kind, data))  # noqa: SLF001
        session.frame(API, paging="none", progress=False)

    return read


KINDS: dict[str, Callable[[bytes], None]] = {
    "document": _document,
    "token": _token,
    "challenge": _challenge,
    "link": _link,
    "headers": _headers,
    "callback": _callback,
    "pasted": _pasted,
    "json": _page("application/json"),
    "lines": _page("application/x-ndjson"),
    "csv": _page("text/csv"),
    "parquet": _page("application/vnd.apache.parquet"),
}
"""What reads each kind. A gzip file of any of the last four is one of them."""


def feed(kind: str, data: bytes) -> None:
    """Have `data` read. What is not one of our errors comes out."""
    with suppress(OAuthError):
        KINDS[kind](data)


def honest() -> dict[str, list[bytes]]:
    """Return right inputs by kind, for a fuzzer to begin with."""
    records = [{"id": 1, "at": {"x": 1.5, "y": [1, 2]}, "name": "é"}, {"id": None, "tags": ["a"]}]
    enveloped = {"items": records, "next": f"{API}?page=2", "total": 7}
    lines = b"\n".join(json.dumps(record).encode() for record in records)
    table = b'id,name\n1,one\n2,"two\nand more"\n'
    return {
        "document": [
            json.dumps(METADATA).encode(),
            jwks_answer(rsa_key("one")).body,
            json.dumps(
                {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "scope": "a b"}
            ).encode(),
            b'{"error": "invalid_grant", "error_description": "no"}',
            b'{"active": true, "scope": "a", "exp": 1800000000, "sub": "person-7"}',
            json.dumps({"device_code": "a", "user_code": "B", **PAGE}).encode(),
        ],
        "token": [rsa_key("one").sign(claims(nonce=NONCE)).reveal().encode()],
        "challenge": [b'Basic realm="a\\"b", Bearer error="insufficient_scope", scope="a b"'],
        "link": [
            b'<https://api.example/v1/events?page=2>; rel="next last"; title="a\\"b", </>; rel=a'
        ],
        "headers": [b"120", b"Fri, 31 Dec 2027 23:59:59 GMT", b"items 0-9/100", b"bytes */7"],
        "callback": [come_back().encode(), come_back(iss=ISSUER, error="access_denied").encode()],
        "pasted": [
            come_back(state=STATE).encode(),
            b"https://as.example/authorize?state=a",
            b"code",
        ],
        "json": [json.dumps(records).encode(), json.dumps(enveloped).encode()],
        "lines": [lines, gzip.compress(lines, mtime=0)],
        "csv": [table, b"\xef\xbb\xbf" + table.replace(b",", b";"), gzip.compress(table, mtime=0)],
        "parquet": [parquet()],
    }


def parquet() -> bytes:
    """Return a small Parquet file, nested columns in it."""
    file = io.BytesIO()
    table = pa.table({"id": [1, None], "at": [{"x": 1, "y": [1]}, None], "name": ["a", "b"]})
    paq.write_table(table, file, compression="snappy")
    return file.getvalue()
