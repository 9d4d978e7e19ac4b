"""What a secret looks like, in any spelling: pure functions over bytes, linear in their length.

Recognized are JWTs, authorization headers, OAuth's parameters in addresses, forms, JSON, tables,
prose and source code, PEM private keys, and tokens of GitHub, GitLab, Slack, Google, Hugging Face
and DigitalOcean by their prefixes. A secret made of plain words is recognized if it is quoted and
has a parameter's name; elsewhere it looks like any other text, and only a search for its value
finds it.
"""

from __future__ import annotations

import binascii
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

_DEPTH = 4
"""How many spellings may be nested, such as base64 of gzip of a form."""
_UNPACKED = 16 * 2**20
"""How many bytes are read of one compressed stream inside something else."""
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"x\x01", b"x^", b"x\x9c", b"x\xda")
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", _GZIP)
"""How embedded files begin. Data that begins so was decoded from its first character."""
_STREAMS, _PIECE = 16, 2**16
_HEADER = 8192
_TRIES = 32
_BASE64 = 24
"""The shortest base64 that can hold a parameter with its value."""


@dataclass(frozen=True)
class Hit:
    """A secret in some bytes: its kind, its value, and where it starts.

    If it is encoded (`spelled`), `start` is where the outermost encoding starts.
    """

    kind: str
    secret: bytes
    start: int
    spelled: bool = False


def hits(data: bytes, values: Sequence[bytes] = (), depth: int = _DEPTH) -> Iterator[Hit]:
    """Yield the secrets in `data` in any encoding, first those in `values`."""
    for value in values:
        for start in _places(data, value):
            yield Hit("value of this session", value, start)
    for known in (_parameters, _schemes, _prefixed, _jwts, _private_keys):
        yield from known(data)
    if depth:
        shortest = min([_BASE64, *(len(value) * 4 // 3 for value in values)])
        texts = _texts if all(map(bytes.isascii, values)) else _whole
        for start, inner in _unfolded(data, shortest, texts):
            for hit in hits(inner, values, depth - 1):
                yield Hit(hit.kind, hit.secret, start, spelled=True)


def _places(data: bytes, needle: bytes) -> Iterator[int]:
    start = data.find(needle)
    while start >= 0:
        yield start
        start = data.find(needle, start + len(needle))


# OAuth's parameters

_KEYS = {
    b"token": re.compile(rb"(?:access|refresh|subject|actor|(?<![a-z])id)[ _-]?token$"),
    b"secret": re.compile(rb"client[ _-]?secret$"),
    b"verifier": re.compile(rb"code[ _-]?verifier$"),
    b"assertion": re.compile(rb"(?:client[ _-]?|(?<![\w-]))assertion$"),
    b"code": re.compile(rb"(?:device|auth|authorization)[ _-]?code$|(?<![\w-])code$"),
}
"""Names of parameters by the word they end in, which is quick to find."""
_GAP = re.compile(
    rb"""(?:_hint)?\\{0,3}(?P<closed>["'`])?\]?\s{0,8}
    (?::\s{0,8}[A-Za-z_.]{1,20}\s{0,8}(?:\|\s{0,8}None\s{0,8})?=(?=[\s"'])
     | [:=-]>|:=|<-|={1,3}|: | ,\s{0,8}["']value["']\s{0,8}: | (?P<comma>,)
     | (?<=\s)(?:is|was)(?=[\s:])
     | (?P<cell></t[hd]>\s{0,80}<t[hd][^>]{0,80}> | [^<>]{0,200}?\bvalue= | >
        | \s{0,80}(?:\||\xe2\x94\x82) | (?<=\s)))
    \s{0,80}
    (?:[\w.]{0,40}(?:Secret|SecretStr|str|bytes)\(\s{0,80})?
    (?:[rbfuRBFU]{0,2}\\{0,3}(?P<quote>["'`]))?""",
    re.VERBOSE,
)
"""What may separate a name from its value: a sign, a call, or the markup up to the next cell."""
_QUOTED = re.compile(rb"""([^\s"'`<>\\]{8,16384}+)\\{0,3}["'`]""")
_BARE = re.compile(rb"[A-Za-z0-9._~+/%=!*$:@-]{16,16384}+")
_PLACEHOLDER = re.compile(
    rb"(?i)\b_*(?:your|example|placeholder|redacted)(?![a-z0-9])|x{6}|\.\.\.|\*\*\*|[{}\x80-\xff]"
)
_PIECES = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_VOCABULARY = frozenset(
    b"access actor api app application assertion auth authorization basic bearer bytes client code"
    b" credentials default demo device dummy empty env expired file foo from get has header hidden"
    b" hint id invalid is jwt key my name new none null oauth of old opaque optional param post"
    b" private query refresh required sample secret some str string subject test text the this"
    b" token type undefined unknown uri url valid value var variable verifier".split()
)
"""A value made of these words alone names something and is no secret."""
_ATTRIBUTE = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_FORM_END = re.compile(rb"[\s;&#\"'<>\\]|$")


def _parameters(data: bytes) -> Iterator[Hit]:
    lowered = data.lower()
    for word, form in _KEYS.items():
        for start in _places(lowered, word):
            end = start + len(word)
            gap = _GAP.match(data, end)
            name = gap and form.search(lowered[max(0, start - 16) : end])
            if not gap or not name:
                continue
            # In prose a code is followed by anything, and HTML has an element of that name
            if name[0] == b"code" and re.match(rb"\s?$|>", gap[0]):
                continue
            if secret := _value(data, gap, strict=word == b"code"):
                yield Hit(_kind(name[0]), secret, gap.end())


def _kind(name: bytes) -> str:
    if name == b"code":
        return "authorization code"
    words = re.sub(rb"[ _-]?(token|secret|verifier|assertion|code)$", rb" \1", name)
    return words.decode().strip().replace("id ", "ID ").replace("auth ", "authorization ")


def _value(data: bytes, gap: re.Match[bytes], *, strict: bool) -> bytes | None:
    strict = strict or bool(gap["cell"] or gap["comma"])
    if gap["quote"]:
        if gap["comma"] and not gap["closed"]:
            return None
        found = _QUOTED.match(data, gap.end())
        if found is None or _is_placeholder(found[1]):
            return None
        strict = strict or bool(_ATTRIBUTE.fullmatch(found[1]))
        return found[1] if not strict or _looks_random(found[1]) else None
    # Without quotes and blanks, a comma separates two cells
    found = None if gap["comma"] and gap[0] != b"," else _BARE.match(data, gap.end())
    if not found:
        return None
    # Source code has names too: after a blank, with dots, or before a bracket or a comma
    named = gap[0][-1:].isspace() or _ATTRIBUTE.fullmatch(found[0])
    strict = strict or bool(named) or not _FORM_END.match(data, found.end())
    return found[0] if _looks_secret(found[0], strict=strict) else None


def _is_placeholder(value: bytes) -> bool:
    if len(set(value)) < 6 or _PLACEHOLDER.search(value):
        return True
    pieces = _PIECES.findall(value)
    return all(piece.lower() in _VOCABULARY or piece.isdigit() for piece in pieces)


def _looks_random(value: bytes) -> bool:
    """Tell whether `value` is more than words, a placeholder or a name in code."""
    return (
        len(value) >= 16
        and not _is_placeholder(value)
        and len(value) < 3.5 * len(_PIECES.findall(value))
    )


def _looks_secret(value: bytes, *, strict: bool) -> bool:
    numbered = not strict and any(48 <= byte < 58 for byte in value)
    return _looks_random(value) or (numbered and not _is_placeholder(value))


# Headers and tokens that are known by how they begin

_TOKEN = re.compile(
    rb"""[ \t+]{1,8}(?P<joined>(?:\{\w{0,20}\}|%s)?\\?["'][ \t]{0,8}
        (?:[+,%]|\.format\()?[ \t]{0,8}\(?[rbfu]?\\?["'])?
    (?P<value>[A-Za-z0-9._~+/-]{8,16384}+=*)""",
    re.VERBOSE,
)
_SCHEME = re.compile(
    rb"""\\?["']?\]?\s{0,8}[:=,]\s{0,8}[rbfu]?\\?["']?
    (?!(?:bearer|dpop|basic)\b)[a-z]{3,20}(?=[ +])""",
    re.VERBOSE,
)


def _schemes(data: bytes) -> Iterator[Hit]:
    """Find what follows the name of a scheme, and in an Authorization header of any scheme."""
    lowered = data.lower()
    for scheme in (b"bearer", b"dpop", b"basic"):
        for start in _beginnings(lowered, scheme):
            yield from _credentials(data, start + len(scheme), basic=scheme == b"basic")
    for start in _places(lowered, b"authorization"):
        if found := _SCHEME.match(lowered, start + len(b"authorization")):
            yield from _credentials(data, found.end(), basic=False)


def _credentials(data: bytes, start: int, *, basic: bool) -> Iterator[Hit]:
    found = _TOKEN.match(data, start)
    if not found:
        return
    value, joined = found["value"], found["joined"]
    if basic:
        pair = _from_base64(value)
        if b":" in pair and pair.isascii() and pair.decode().isprintable():
            yield Hit("client secret (Basic)", value, found.start("value"))
    elif (joined and not _is_placeholder(value)) or (
        len(value) >= 16 and _looks_secret(value, strict=False)
    ):
        yield Hit("bearer token", value, found.start("value"))


_INSIDE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-")


def _beginnings(data: bytes, needle: bytes) -> Iterator[int]:
    """Yield where `needle` is the beginning of a word, not some letters of base64."""
    return (start for start in _places(data, needle) if not start or data[start - 1] not in _INSIDE)


_PREFIXES: dict[bytes, tuple[str, re.Pattern[bytes]]] = {
    prefix: (f"{owner} token", re.compile(re.escape(prefix) + rest))
    for owner, rest, prefixes in (
        ("GitHub", rb"[A-Za-z0-9]{36,255}", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_")),
        ("GitHub", rb"[A-Za-z0-9_]{22,255}", (b"github_pat_",)),
        ("GitLab", rb"[\w.-]{20,255}", (b"glpat-", b"gloas-")),
        ("Slack", rb"[A-Za-z0-9-]{10,255}", (b"xoxa-", b"xoxb-", b"xoxe-", b"xoxp-", b"xoxs-")),
        ("Slack", rb"[A-Za-z0-9.-]{10,255}", (b"xoxe.", b"xoxo-", b"xoxr-", b"xapp-")),
        ("Google", rb"[\w-]{20,2048}", (b"ya29.", b"GOCSPX-")),
        ("Google", rb"[\w-]{30,512}", (b"1//0",)),
        ("Hugging Face", rb"[A-Za-z0-9]{30,255}", (b"hf_", b"hf_oauth_")),
        ("DigitalOcean", rb"[a-f0-9]{64}", (b"dop_v1_", b"doo_v1_", b"dor_v1_")),
    )
    for prefix in prefixes
}


def _prefixed(data: bytes) -> Iterator[Hit]:
    for prefix, (kind, form) in _PREFIXES.items():
        for start in _beginnings(data, prefix):
            found = form.match(data, start)
            if found and len(set(found[0])) > 9:
                yield Hit(kind, found[0], start)


_NO_LETTER = re.compile(rb"[^A-Za-z0-9_-]")
_AFTER_HEADER = re.compile(rb"\.[\w-]*+\.[\w-]*+(?:\.[\w-]*+\.[\w-]++)?+")


def _jwts(data: bytes) -> Iterator[Hit]:
    """Find what is a JWT or JWE by its header: base64url of a JSON object with `alg`."""
    for begin in (b"eyJ", b"eyA", b"ewo", b"ew0"):
        end, tries, rest = 0, 0, None
        for start in _places(data, begin):
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
        header = json.loads(_from_base64(part))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


_PEM = re.compile(
    rb"-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=,:\s-]|\\n){64,8192}"
)


def _private_keys(data: bytes) -> Iterator[Hit]:
    for start in _places(data, b"-----BEGIN "):
        if found := _PEM.match(data, start):
            yield Hit("private key", found[0], start)


# Spellings

_STANDARD = bytes.maketrans(b"-_", b"+/")
_ESCAPE = re.compile(
    rb"""%[0-9A-Fa-f]{2}|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|["'/nrt])|&[#a-z]|\x1b\[|</?span"""
)
_BACKSLASHED = re.compile(
    rb"""(?P<units>(?:\\u[0-9A-Fa-f]{4})++)|\\(?:x(?P<byte>[0-9A-Fa-f]{2})|(?P<one>["'/nrt\\]))"""
)
_MARKUP = re.compile(rb"\x1b\[[0-9;]{0,40}m|</?span\b[^<>]{0,200}>")
"""Colours of a traceback or of highlighted code, which come between a name and its value."""
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}+(?:(?:\\n|\r?\n)[A-Za-z0-9+/_-]++)*+")
_SHORT_RUN = re.compile(rb"[A-Za-z0-9+/_-]{5,}+(?:(?:\\n|\r?\n)[A-Za-z0-9+/_-]++)*+")
"""Base64, and base64 that may hold a short value that is searched for."""
_NEAR = 200
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_SHORTEST = 16
_PRINTABLE = bytes(97 if 32 <= byte < 127 or byte in b"\t\n\r\x1b" else 0 for byte in range(256))


def _unfolded(
    data: bytes, shortest: int, texts: Callable[[bytes, int], bytes]
) -> Iterator[tuple[int, bytes]]:
    """Yield what `data` holds in another spelling, and where that starts."""
    for start, inner in _inflated(data):
        yield start, texts(inner, shortest)
    yield from _unescaped(data)
    runs = _RUN if shortest >= _BASE64 else _SHORT_RUN
    for run in runs.finditer(data):
        text = run[0].replace(b"\\n", b"").translate(_STANDARD, b"\r\n")
        # What comes before may be of the same alphabet, so that the first four are not known
        for offset in range(4):
            decoded = _from_base64(text[offset:])
            for inner in (decoded, *(unpacked for _, unpacked in _inflated(decoded))):
                if found := texts(inner, shortest):
                    yield run.start(), found
            if decoded.startswith(_BEGINNINGS):
                break


def _unescaped(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of `data` that hold escapes of URLs, JSON, Python or HTML, without them."""
    end = 0
    while found := _ESCAPE.search(data, end):
        start, end = data.rfind(b"\n", 0, found.start()) + 1, found.end()
        # Lines near one another stay together, as a name and its value may be on two
        while (end := _line_end(data, end)) < len(data) and _ESCAPE.search(data, end, end + _NEAR):
            end += 1
        text = data[start:end]
        plain = _BACKSLASHED.sub(_character, unquote_to_bytes(_MARKUP.sub(b"", text)))
        if b"&" in plain:
            plain = html.unescape(plain.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )
        if plain != text:
            yield start, plain


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _character(escape: re.Match[bytes]) -> bytes:
    if escape["units"]:
        units = bytes.fromhex(escape["units"].replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "replace").encode()
    if escape["byte"]:
        return bytes.fromhex(escape["byte"].decode())
    return _CONTROL.get(escape["one"], escape["one"])


def _from_base64(text: bytes) -> bytes:
    text = text.translate(_STANDARD).rstrip(b"=")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _inflated(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the beginnings of the gzip streams in `data`, or of a zlib stream, and their places."""
    starts = [0] if data.startswith(_ZLIB) else islice(_places(data, _GZIP), _STREAMS)
    for start in starts:
        stream, unpacked = zlib.decompressobj(47), bytearray()
        try:
            for at in range(start, len(data), _PIECE):
                unpacked += stream.decompress(data[at : at + _PIECE], _UNPACKED)
                if stream.eof or len(unpacked) >= _UNPACKED:
                    break
        except zlib.error:
            pass
        if unpacked:
            yield start, bytes(unpacked)


def _texts(data: bytes, shortest: int) -> bytes:
    """Return the stretches of text in what may be binary, such as an image, parted by NUL."""
    # Drawn tables part a name from its value by a line, which is not ASCII
    data = data.replace("│".encode(), b"|  ")
    mask = data.translate(_PRINTABLE)
    needle = b"a" * min(shortest * 3 // 4, _SHORTEST)
    found, start = [], mask.find(needle)
    while start >= 0:
        end = mask.find(b"\0", start)
        end = len(data) if end < 0 else end
        found.append(data[start:end])
        start = mask.find(needle, end)
    return b"\0".join(found)


def _whole(data: bytes, _shortest: int) -> bytes:
    """Return `data` as it is: a value beyond ASCII cannot be told from binary."""
    return data
