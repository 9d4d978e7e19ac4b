"""What a secret looks like, in any spelling: pure functions over bytes, linear in their length.

Recognized are JWTs, authorization headers, OAuth's parameters in addresses, forms, JSON, tables,
prose and source code, a client's name and secret in one, private keys as PEM and JWK, and tokens of
GitHub, GitLab, Slack, Google, Hugging Face, DigitalOcean, Databricks and Microsoft by their marks.
A secret made of plain words is recognized if it is quoted and has a parameter's name; elsewhere it
looks like any other text, and only a search for its value finds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from oauth_widgets.secret.alphabets import from_base64
from oauth_widgets.secret.parameters import (
    Hit,
    is_placeholder,
    looks_secret,
    names,
    pairs,
    parameters,
)
from oauth_widgets.secret.sieve import Sieve
from oauth_widgets.secret.spellings import DEPTH, broken, decoded
from oauth_widgets.secret.streams import places
from oauth_widgets.secret.tables import tables

_HEADER = 8192
_TRIES = 32
_KNOWN = "value of this session"
_JWK_SIZE = 4096


def hits(data: bytes, values: Sequence[bytes] = ()) -> Iterator[Hit]:
    """Yield the secrets in `data` in any encoding, first those in `values`."""
    return _Search(data, values).hits(data, DEPTH)


class _Search:
    """The search of one text, in all that is encoded in it."""

    def __init__(self, data: bytes, values: Sequence[bytes]) -> None:
        self._values = values
        self._sieve = Sieve(len(data), values)

    def hits(self, data: bytes, depth: int) -> Iterator[Hit]:
        """Yield the secrets in `data`, under at most `depth` spellings."""
        yield from self._plain(data)
        for start, inner in decoded(data, self._sieve, depth) if depth else ():
            if self._sieve.is_new(inner, depth):
                for hit in self.hits(inner, depth - 1):
                    yield Hit(hit.kind, hit.secret, start, spelled=True)

    def _plain(self, data: bytes) -> Iterator[Hit]:
        for value in self._values:
            for start in places(data, value):
                yield Hit(_KNOWN, value, start)
        lowered = data.lower()
        named = sorted(names(lowered))
        for known in (parameters, pairs, tables):
            yield from known(data, lowered, named)
        for marked in (_schemes, _pairs):
            yield from marked(data, lowered)
        for begun in (_prefixed, _jwts, _private_keys):
            yield from begun(data)
        if self._values or _may_hold_jwt(data):
            for start, text in broken(data):
                found = (Hit(_KNOWN, one, start) for one in self._values if one in text)
                for hit in (*found, *_jwts(text)):
                    yield Hit(hit.kind, hit.secret, start, spelled=True)


# Headers and tokens that are known by how they begin

_TOKEN = re.compile(
    rb"""(?::?[ \t+]{1,8}|=)(?P<joined>(?:\{\w{0,20}\}|%s)?\\?["'][ \t]{0,8}
        (?:[+,%]|\.format\()?[ \t]{0,8}\(?[rbfu]?\\?["'])?
    (?P<value>[A-Za-z0-9._~+/-]{8,16384}+=*)""",
    re.VERBOSE,
)
_SCHEME = re.compile(
    rb"""\\?["']?\]?\s{0,8}[:=,]\s{0,8}[rbfu]?\\?["']?
    (?!(?:bearer|dpop|basic)\b)[a-z]{3,20}(?=[ +])""",
    re.VERBOSE,
)


def _schemes(data: bytes, lowered: bytes) -> Iterator[Hit]:
    """Find what follows the name of a scheme, and in an Authorization header of any scheme."""
    for scheme in (b"bearer", b"dpop", b"basic"):
        for start in _beginnings(lowered, scheme):
            yield from _credentials(data, start + len(scheme), basic=scheme == b"basic")
    for start in places(lowered, b"authorization"):
        if found := _SCHEME.match(lowered, start + len(b"authorization")):
            yield from _credentials(data, found.end(), basic=False)


def _credentials(data: bytes, start: int, *, basic: bool) -> Iterator[Hit]:
    found = _TOKEN.match(data, start)
    if not found:
        return
    value, joined = found["value"], found["joined"]
    if basic:
        pair = from_base64(value)
        if b":" in pair and pair.isascii() and pair.decode().isprintable():
            yield Hit("client secret (Basic)", value, found.start("value"))
    elif (joined and not is_placeholder(value)) or (
        len(value) >= 16 and looks_secret(value, strict=False)
    ):
        yield Hit("bearer token", value, found.start("value"))


_PAIRS: dict[bytes, re.Pattern[bytes]] = {
    b"://": re.compile(rb"""[^\s/?#@:"'<>]{1,256}+:(?P<value>[^\s/?#@:"'<>]{8,4096}+)@"""),
    b" -u": re.compile(rb"""[ =]?["']?[^\s"':]{1,256}+:(?P<value>[^\s"']{8,4096}+)"""),
    b"--user": re.compile(rb"""[ =]["']?[^\s"':]{1,256}+:(?P<value>[^\s"']{8,4096}+)"""),
    b"auth": re.compile(
        rb"""["']?\s{0,4}[=(:]\s{0,20}\(?\s{0,20}(?:\w{1,16}=)?\\?["'][^\s"'\\]{1,256}+\\?["']
        ,\s{0,40}(?:\w{1,16}=)?\\?["'](?P<value>[^\s"'\\]{8,4096}+)\\?["']""",
        re.VERBOSE,
    ),
}
"""A name and its secret in an address, after an option of curl, and in calls of HTTP libraries."""


def _pairs(data: bytes, lowered: bytes) -> Iterator[Hit]:
    for sign, form in _PAIRS.items():
        for start in places(lowered, sign):
            found = form.match(data, start + len(sign))
            if found and looks_secret(found["value"], strict=True):
                yield Hit("client secret", found["value"], found.start("value"))


_INSIDE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-")


def _beginnings(data: bytes, needle: bytes) -> Iterator[int]:
    """Yield the places of `needle` at the beginning of a word, not inside base64."""
    # Base64 has these signs or a slash, not both
    inside = _INSIDE - set(b"/+") if set(needle) & set(b"_-.") else _INSIDE
    for start in places(data, needle):
        # A plus is a blank in a form
        if not start or data[start - 1] not in inside or data[start - 2 : start] in (b":+", b"=+"):
            yield start


_PREFIXES: dict[bytes, tuple[str, re.Pattern[bytes]]] = {
    prefix: (f"{owner} token", re.compile(re.escape(prefix) + rest))
    for owner, rest, prefixes in (
        ("GitHub", rb"[A-Za-z0-9]{36,255}", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_")),
        ("GitHub", rb"[A-Za-z0-9_]{22,255}", (b"github_pat_",)),
        ("GitLab", rb"[\w.-]{20,255}", (b"glpat-", b"gloas-", b"glrt-", b"gldt-")),
        ("Slack", rb"[A-Za-z0-9-]{10,255}", (b"xoxa-", b"xoxb-", b"xoxe-", b"xoxp-", b"xoxs-")),
        ("Slack", rb"[A-Za-z0-9.-]{10,255}", (b"xoxe.", b"xoxo-", b"xoxr-", b"xapp-")),
        ("Google", rb"[\w-]{20,2048}", (b"ya29.", b"GOCSPX-")),
        ("Google", rb"[\w-]{30,512}", (b"1//0",)),
        ("Databricks", rb"[a-f0-9]{32}(?![a-z0-9])", (b"dapi", b"dose")),
        ("Hugging Face", rb"[A-Za-z0-9]{30,255}", (b"hf_", b"hf_oauth_", b"hf_app_")),
        ("DigitalOcean", rb"[a-f0-9]{64}", (b"dop_v1_", b"doo_v1_", b"dor_v1_")),
    )
    for prefix in prefixes
}


_MICROSOFT = re.compile(rb"[\w.~-]{31,34}(?![\w.~-])")


def _prefixed(data: bytes) -> Iterator[Hit]:
    for at in places(data, b"Q~"):
        # Three letters and a digit are in front of this mark
        start = max(0, at - 4)
        found = _MICROSOFT.match(data, at + 2)
        if found and data[at - 1 : at].isdigit() and len(set(found[0])) > 9:
            yield Hit("Microsoft client secret", data[start : found.end()], start)
    for prefix, (kind, form) in _PREFIXES.items():
        for start in _beginnings(data, prefix):
            found = form.match(data, start)
            if found and len(set(found[0])) > 9:
                yield Hit(kind, found[0], start)


_HEADERS = (b"eyJ", b"eyA", b"ewo", b"ew0", b"ewk")
"""How base64url of an object begins, with and without whitespace in it."""
_NO_LETTER = re.compile(rb"[^A-Za-z0-9_-]")
_AFTER_HEADER = re.compile(rb"={0,2}\.[\w-]*+={0,2}\.[\w-]*+(?:\.[\w-]*+\.[\w-]++)?+={0,2}")


def _may_hold_jwt(data: bytes) -> bool:
    # By chance, other base64 has such letters too
    starts = (start for begin in _HEADERS for start in places(data, begin))
    return any(from_base64(data[start : start + 16]).isascii() for start in starts)


def _jwts(data: bytes) -> Iterator[Hit]:
    """Find what is a JWT or JWE by its header: base64url of a JSON object with `alg`."""
    for begin in _HEADERS:
        end, tries, rest = 0, 0, None
        for start in places(data, begin):
            if start >= end:
                other = _NO_LETTER.search(data, start)
                end, tries, rest = len(data), 0, None
                if other:
                    end, rest = other.start(), _AFTER_HEADER.match(data, other.start())
            # Other letters may stand before a header, and few beginnings are tried
            tries += 1
            if rest and tries <= _TRIES and end - start <= _HEADER and _is_header(data[start:end]):
                yield Hit("JWT", data[start : rest.end()], start)


def _is_header(part: bytes) -> bool:
    try:
        header = json.loads(from_base64(part))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


_JWK = re.compile(
    rb"""\\{0,3}["'](?:d|k)\\{0,3}["']\s{0,8}:\s{0,8}\\{0,3}["'](?P<value>[\w-]{32,4096}+)"""
)
_PEM = re.compile(
    rb"-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=,:\s-]|\\n){64,8192}"
)


def _private_keys(data: bytes) -> Iterator[Hit]:
    for start in places(data, b"-----BEGIN "):
        if found := _PEM.match(data, start):
            yield Hit("private key", found[0], start)
    end = 0
    for start in places(data, b"kty"):
        # Members come in any order
        begin, end = max(end, start - _JWK_SIZE), start + _JWK_SIZE
        for found in _JWK.finditer(data, begin, end):
            if not is_placeholder(found["value"]):
                yield Hit("private key", found["value"], found.start("value"))
