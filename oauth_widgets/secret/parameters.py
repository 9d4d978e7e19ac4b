"""OAuth's parameters with their values, in every notation that separates the two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


Named = tuple[int, bytes]
"""The place of a parameter's name, and the name in small letters."""

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
_EXPRESSION = re.compile(
    rb"[A-Za-z_]\w*+(?:(?:\.[A-Za-z_]\w*+)++|(?:\.[A-Za-z_]\w*+)*+[(\[][\w.,=-]*+[)\]]?)"
)
"""An attribute, a call or an item: what code says in the place of a value."""
_FORM_END = re.compile(rb"[\s;&#\"'<>\\]|$")


def parameters(data: bytes, _lowered: bytes, named: Sequence[Named]) -> Iterator[Hit]:
    """Yield the values of OAuth's parameters that look like secrets."""
    for start, name in named:
        alone = name in {b"code", b"token"}
        gap = _GAP.match(data, start + len(name))
        # In prose a code is followed by anything, and HTML has an element of that name
        if not gap or (alone and _PROSE.match(gap[0])):
            continue
        # What is below one of several cells belongs to the first of them
        if data[start - 1 : start] in _SEPARATORS and gap[0].isspace() and b"\n" in gap[0]:
            continue
        if secret := _value(data, gap, strict=alone or name.endswith(b"code")):
            yield Hit(kind_of(name), secret, gap.end())
    yield from _redirects(data)


def names(lowered: bytes) -> Iterator[Named]:
    """Yield the places of parameters' names in text in small letters, and the names."""
    for word, form in _KEYS.items():
        for start in places(lowered, word):
            end = start + len(word)
            if name := form.search(lowered[max(0, start - 16) : end]):
                yield end - len(name[0]), name[0]


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


_SEPARATORS = (b",", b";", b"\t", b"|", b"&")
_PROSE = re.compile(rb"(?:\s?|>\W*|\s*(?:is|was|or)\s*|;\s*|\xe2.*)$")


def kind_of(name: bytes) -> str:
    """Return what to call the value of a parameter."""
    name = name.removesuffix(b"s")
    if name == b"code":
        return "authorization code"
    words = re.sub(rb"[ _-]?(token|secret|verifier|assertion|code)$", rb" \1", name)
    return words.decode().strip().replace("id ", "ID ").replace("auth ", "authorization ")


def _value(data: bytes, gap: re.Match[bytes], *, strict: bool) -> bytes | None:
    strict = strict or bool(gap["cell"] or gap["comma"])
    if gap["comma"] and b"]" in gap[0]:
        return None
    if gap["quote"]:
        if gap["comma"] and not gap["closed"]:
            return None
        found = _QUOTED.match(data, gap.end())
        if found is None or is_placeholder(found[1]):
            return None
        strict = strict or bool(_EXPRESSION.fullmatch(found[1]))
        return found[1] if not strict or _looks_random(found[1]) else None
    # Without quotes and blanks, a comma separates two cells
    found = None if gap["comma"] and gap[0] != b"," else BARE.match(data, gap.end())
    if not found:
        return None
    # Source code has names too: after a blank, with dots, or before a bracket or a comma
    named = gap[0][-1:].isspace() or _EXPRESSION.fullmatch(found[0])
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


# Pairs that call a name `name` and a value `value`, in either order

NAME = re.compile(
    rb"(?:(?:access|refresh|id|bearer)[ _-]?token|client[ _-]?secret|code[ _-]?verifier"
    rb"|device[ _-]?code|(?:client[ _-]?)?assertion)s?"
)
"""The names that nothing else has, so that what surrounds them need not be looked at."""
_CALLED = re.compile(rb"(?<![\w-])(?:name|key|id|field|param|parameter)\b\W{1,12}")
_JUST_CALLED = re.compile(_CALLED.pattern + rb"\Z")
_BEFORE_NAME = 24
_INSIDE_NAME = re.compile(rb"[\w-]")
_NAMED_VALUE = re.compile(
    rb"""(?<![a-zA-Z])(?i:value|val|content|string|text)\b[^\w{}<.~+/-]{1,12}
    (?P<value>[^\s"'`<>\\]{8,16384}+)""",
    re.VERBOSE,
)
_APART = re.compile(rb"(?i)[{}]|(?<!/)(?:name|key)|<(?!/|value|\Z)")
"""What separates two pairs."""
_FAR, _LONGEST = 160, 4096


def pairs(data: bytes, lowered: bytes, named: Sequence[Named]) -> Iterator[Hit]:
    """Yield the values of pairs that call a name `name` and a value `value`, in either order."""
    last = 0
    for place, _ in named:
        name = NAME.match(lowered, place)
        called = name and _JUST_CALLED.search(lowered, max(0, place - _BEFORE_NAME), place)
        if not name or not called or _INSIDE_NAME.match(lowered, name.end()):
            continue
        begin = max(last, called.start() - _LONGEST)
        # What another name was given is not this one's
        others = [one.end() for one in _CALLED.finditer(lowered, begin, called.start())]
        begin, last = max([begin, *others]), called.end()
        before = list(_NAMED_VALUE.finditer(data, begin, called.start()))[-1:]
        after = _NAMED_VALUE.search(data, name.end(), name.end() + _LONGEST)
        for found, start, end in (
            *((one, one.end(), called.start()) for one in before),
            *((one, name.end(), one.start()) for one in [after] if one),
        ):
            near = end - start <= _FAR and not _APART.search(data, start, end)
            if near and looks_secret(found["value"], strict=False):
                yield Hit(kind_of(name[0]), found["value"], found.start("value"))
