"""OAuth's parameters with their values, in every notation that separates the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from oauth_widgets.secret.streams import places


@dataclass(frozen=True)
class Hit:
    """A secret in some bytes: its kind, its value and its start.

    If it is encoded (`spelled`), `start` is that of the outermost encoding.
    """

    kind: str
    secret: bytes
    start: int
    spelled: bool = False


_KEYS = {
    b"token": re.compile(
        rb"(?:access|refresh|subject|actor|bearer|(?<![a-z])id)[ _-]?token$|(?<![\w -])token$"
    ),
    b"secret": re.compile(rb"client[ _-]?secret$"),
    b"verifier": re.compile(rb"code[ _-]?verifier$"),
    b"assertion": re.compile(rb"(?:client[ _-]?|(?<![\w-]))assertion$"),
    b"code": re.compile(rb"(?:device|auth|authorization)[ _-]?code$|(?<![\w-])code$"),
}
"""Names of parameters by the word they end in, which is quick to find."""
_GAP = re.compile(
    rb"""(?:s|_?[0-9]{1,2}|_(?i:hint|value|prod|dev|test|old|new))?(?![a-z0-9_])
    [*_]{0,2}\\{0,3}(?P<closed>["'`])?[\])]{0,2}[*_]{0,2}\s{0,8}
    (?::\s{0,8}[A-Za-z_.][\w.]{0,39}(?:\[[\w.\[\], |"'()]{0,60}\])?\s{0,8}(?:\|\s{0,8}None\s{0,8})?
       =(?=[\s"'])
     | :\s{0,8}["']str["']\s{0,8}=
     | [:=-]>|:=|<-|={1,3}| :[ ]?[|>][+-]?(?=\s) | :[*_]{0,2}
     | \xe2\x86\x92|\xe2\x80[\x93\x94]|\xef\xbc\x9a
     | ,\s{0,8}(?:["']\w{1,20}["']\s{0,8}:\s{0,8}["'][\w /-]{0,40}["']\s{0,8},\s{0,8})?
       ["']value["']\s{0,8}:
     | (?P<comma>,) | (?<=\s)(?:is|was|or)(?=[\s:])
     | (?P<cell></(?:t[hd]|dt)>\s{0,80}<(?:t[hd]|dd)[^>]{0,80}> | [^<>]{0,200}?\bvalue= | >
        | \s{0,80}(?:\||\xe2\x94\x82) | ; | (?<=\s)))
    \s{0,80}(?:<!\[CDATA\[)?
    (?:[\w.]{0,40}(?:Secret|SecretStr|str|bytes|Some)\(\s{0,80}(?:\w{1,20}=)?)?
    (?:[\[({]\s{0,80}(?:["']?[0-9]{1,9}["']?\s{0,8}:\s{0,8})?){0,2}
    (?:[rbfuRBFU]{0,2}\\{0,3}(?P<quote>"{3}|'{3}|["'`]))?""",
    re.VERBOSE,
)
"""What may separate a name from its value: a sign, a call, brackets, markup up to the next cell."""
_QUOTED = re.compile(rb"""([^\s"'`<>\\]{8,16384}+)\\{0,3}["'`]""")
BARE = re.compile(rb"[A-Za-z0-9._~+/%=!*$:@-]{16,16384}+")
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


def parameters(data: bytes) -> Iterator[Hit]:
    """Yield the values of OAuth's parameters that look like secrets."""
    lowered = data.lower()
    for word, form in _KEYS.items():
        for start in places(lowered, word):
            end = start + len(word)
            name = form.search(lowered[max(0, start - 16) : end])
            if not name:
                continue
            alone = name[0] in {b"code", b"token"}
            if not alone:
                yield from _column_below(data, end - len(name[0]), end, kind_of(name[0]))
            gap = _GAP.match(data, end)
            # In prose a code is followed by anything, and HTML has an element of that name
            if not gap or (alone and _PROSE.match(gap[0])):
                continue
            if secret := _value(data, gap, strict=alone or word == b"code"):
                yield Hit(kind_of(name[0]), secret, gap.end())
    if b"<table" in lowered:
        yield from _columns(data, lowered)
    yield from _redirects(data)


_REDIRECT = re.compile(rb"(?P<value>[\w.~%/+*!$-]{6,4096}+)(?P<rest>[^\s\"'<>]{0,600}+)")
_MARKS = (b"?", b"&", b"#", b";")
_WITH_STATE = re.compile(rb"[?&#;]state=")


def _redirects(data: bytes) -> Iterator[Hit]:
    """Find codes of any form in an address that has a state too."""
    for start in places(data, b"code="):
        found = _REDIRECT.match(data, start + 5) if data[start - 1 : start] in _MARKS else None
        numbers = found and len(found["value"]) >= 12 and found["value"].isdigit()
        if found and (numbers or not is_placeholder(found["value"])):
            before = (data[max(0, start - 600) : start].split() or [b""])[-1]
            if _WITH_STATE.search(before) or _WITH_STATE.search(found["rest"]):
                yield Hit("authorization code", found["value"], found.start())


_PROSE = re.compile(rb"(?:\s?|>\W*|\s*(?:is|was|or)\s*|;\s*|\xe2.*)$")


_CALLED = re.compile(rb"(?<![a-z])(?:name|key|id|field|param|parameter)\b\W{1,12}")
_PAIR_VALUE = rb"""(?i:(?<![a-z])(?:value|val|content|string|text)\b[^\w{}]{1,12})
    (?P<value>[^\s"'`<>\\]{8,16384}+)"""
_BETWEEN = rb"(?:</(?i:name|key)>)?(?:(?!(?i:name|key))[^{}]){0,160}?"
_AFTER_NAME = re.compile(_BETWEEN + _PAIR_VALUE, re.VERBOSE)
_BEFORE_NAME = re.compile(_PAIR_VALUE + rb"(?P<between>[^{}]{0,160})\Z", re.VERBOSE)
_LONGEST_PAIR = 4096


def pairs(data: bytes) -> Iterator[Hit]:
    """Yield the values of pairs that call a name `name` and a value `value`, in either order."""
    lowered, last = data.lower(), 0
    for called in _CALLED.finditer(lowered):
        begin, last = max(last, called.start() - _LONGEST_PAIR), called.end()
        name = TABLE_NAME.match(lowered, called.end())
        if not name or _INSIDE_NAME.match(lowered, name.end()):
            continue
        after = _AFTER_NAME.match(data, name.end())
        before = _BEFORE_NAME.search(data[begin : called.start()])
        for found, start in ((after, 0), (before, begin)):
            if found and looks_secret(found["value"], strict=False):
                yield Hit(kind_of(name[0]), found["value"], start + found.start("value"))


_INSIDE_NAME = re.compile(rb"[\w-]")


def kind_of(name: bytes) -> str:
    name = name.removesuffix(b"s")
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
        if found is None or is_placeholder(found[1]):
            return None
        strict = strict or bool(_ATTRIBUTE.fullmatch(found[1]))
        return found[1] if not strict or _looks_random(found[1]) else None
    # Without quotes and blanks, a comma separates two cells
    found = None if gap["comma"] and gap[0] != b"," else BARE.match(data, gap.end())
    if not found:
        return None
    # Source code has names too: after a blank, with dots, or before a bracket or a comma
    named = gap[0][-1:].isspace() or _ATTRIBUTE.fullmatch(found[0])
    strict = strict or bool(named) or not _FORM_END.match(data, found.end())
    return found[0] if looks_secret(found[0], strict=strict) else None


def is_placeholder(value: bytes) -> bool:
    """Tell whether `value` stands for a secret in an example."""
    if len(set(value)) < 6 or _PLACEHOLDER.search(value):
        return True
    pieces = _PIECES.findall(value)
    return all(piece.lower() in _VOCABULARY or piece.isdigit() for piece in pieces)


def _looks_random(value: bytes) -> bool:
    """Tell whether `value` is more than words, a placeholder or a name in code."""
    return (
        len(value) >= 16
        and not is_placeholder(value)
        and len(value) < 3.5 * len(_PIECES.findall(value))
    )


def looks_secret(value: bytes, *, strict: bool) -> bool:
    """Tell whether `value` looks random, or unless `strict`, has a digit and is no placeholder."""
    numbered = not strict and any(48 <= byte < 58 for byte in value)
    return _looks_random(value) or (numbered and not is_placeholder(value))


# Tables, in which a value is below its name

TABLE_NAME = re.compile(
    rb"(?:(?:access|refresh|id|bearer)[ _-]?token|client[ _-]?secret|code[ _-]?verifier"
    rb"|device[ _-]?code|(?:client[ _-]?)?assertion)s?"
)
_ROWS, _LINE = 8, 2000
"""How many lines below a name are looked at, and how much of each."""
_CELL = re.compile(rb"<t[hd]\b[^<>]{0,200}>\s{0,80}([^<>]{0,16384}?)\s{0,80}</t[hd]>")


def _columns(data: bytes, lowered: bytes) -> Iterator[Hit]:
    for begin, end in pairwise([*places(lowered, b"<table"), len(data)]):
        names: dict[int, str] | None = None
        for row, next_row in pairwise([*places(lowered[begin:end], b"<tr"), end - begin]):
            cells = list(_CELL.finditer(data, begin + row, begin + next_row))
            if names is None:
                found = [TABLE_NAME.fullmatch(cell[1].lower()) for cell in cells]
                names = {at: kind_of(name[0]) for at, name in enumerate(found) if name}
            for at, kind in names.items():
                if at < len(cells) and looks_secret(cells[at][1], strict=True):
                    yield Hit(kind, cells[at][1], cells[at].start(1))


_ENDS_A_CELL = re.compile(rb"s?(?:\s|\||\xe2\x94\x82|$)")


def _column_below(data: bytes, start: int, end: int, kind: str) -> Iterator[Hit]:
    # A text may begin in the middle of a line of JSON
    line = max(data.rfind(sign, max(0, start - _LINE), start) for sign in (b"\n", b'"')) + 1
    whole = _ENDS_A_CELL.match(data, end) and (start == line or data[start - 1] in b"\t |\x82")
    if not whole or (not line and start > _LINE):
        return
    left, right = start - line, end - line - 1
    for _ in range(_ROWS):
        line = data.find(b"\n", line, line + _LINE) + 1
        end = data.find(b"\n", line, line + _LINE)
        row = data[line : end if end >= 0 else line + _LINE]
        if not line or not row.strip():
            return
        # Numbers are aligned at their right, and so is text in pandas
        for place in {left, right}:
            found = _word_at(row, place)
            if BARE.fullmatch(found) and looks_secret(found, strict=True):
                yield Hit(kind, found, line + row.find(found))
                break


def _word_at(row: bytes, place: int) -> bytes:
    before, after = row[:place], row[place:]
    return (b"" if before[-1:].isspace() else (before.split() or [b""])[-1]) + (
        b"" if after[:1].isspace() else (after.split() or [b""])[0]
    )
