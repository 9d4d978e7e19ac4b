"""What a secret looks like, in any spelling: pure functions over bytes, linear in their length.

Recognized are JWTs, authorization headers, OAuth's parameters in addresses, forms, JSON, tables,
prose and source code, PEM private keys, and tokens of GitHub, GitLab, Slack, Google, Hugging Face
and DigitalOcean by their prefixes. A secret made of plain words is recognized if it is quoted and
has a parameter's name; elsewhere it looks like any other text, and only a search for its value
finds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oauth_widgets.secret.spellings import (
    SHORTEST_BASE64,
    decoded,
    from_base64,
    places,
    texts_in,
    whole,
)

_DEPTH = 4
"""How many spellings may be nested, such as base64 of gzip of a form."""
_HEADER = 8192
_TRIES = 32


@dataclass(frozen=True)
class Hit:
    """A secret in some bytes: its kind, its value and its start.

    If it is encoded (`spelled`), `start` is that of the outermost encoding.
    """

    kind: str
    secret: bytes
    start: int
    spelled: bool = False


def hits(data: bytes, values: Sequence[bytes] = (), depth: int = _DEPTH) -> Iterator[Hit]:
    """Yield the secrets in `data` in any encoding, first those in `values`."""
    for value in values:
        for start in places(data, value):
            yield Hit("value of this session", value, start)
    for known in (_parameters, _schemes, _prefixed, _jwts, _private_keys):
        yield from known(data)
    if depth:
        shortest = min([SHORTEST_BASE64, *(len(value) * 4 // 3 for value in values)])
        texts = texts_in if all(map(bytes.isascii, values)) else whole
        for start, inner in decoded(data, shortest, texts):
            for hit in hits(inner, values, depth - 1):
                yield Hit(hit.kind, hit.secret, start, spelled=True)


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
        for start in places(lowered, word):
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
    elif (joined and not _is_placeholder(value)) or (
        len(value) >= 16 and _looks_secret(value, strict=False)
    ):
        yield Hit("bearer token", value, found.start("value"))


_INSIDE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-")


def _beginnings(data: bytes, needle: bytes) -> Iterator[int]:
    """Yield the places of `needle` at the beginning of a word, not inside base64."""
    return (start for start in places(data, needle) if not start or data[start - 1] not in _INSIDE)


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


_PEM = re.compile(
    rb"-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=,:\s-]|\\n){64,8192}"
)


def _private_keys(data: bytes) -> Iterator[Hit]:
    for start in places(data, b"-----BEGIN "):
        if found := _PEM.match(data, start):
            yield Hit("private key", found[0], start)
