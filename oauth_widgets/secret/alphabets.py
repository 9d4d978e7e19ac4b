"""Bytes that are written as text: base16, base32, base64, base85 and lists of numbers."""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from string import ascii_lowercase, ascii_uppercase, digits

from oauth_widgets.secret.sieve import SHORTEST_BASE64, Sieve, regions
from oauth_widgets.secret.streams import GZIP, MARKS

_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", GZIP)
"""How embedded files begin. Data that begins so was decoded from its first character."""
_SHORTEST_PART = 5
"""How long its first line is at least, if a short value is searched for."""
_SURELY_BASE64 = 200
_SHORTEST_BASE32, _SHORTEST_BASE85, _LONG_BASE85 = 29, 23, 80
_NEXT_LINE = rb"""["',\\]{0,3}(?:(?:\\r)?\\n|\r?\n)[ \t]{0,40}["']?"""
_BETWEEN_LINES = b"\r\n\t \"',\\"


def _mask(letters: str, others: str = "") -> bytes:
    """Return a table that turns letters into `a`, others into `b`, and anything else into zero."""
    return bytes(97 if chr(at) in letters else 98 if chr(at) in others else 0 for at in range(256))


def _lines(letters: str, between: bytes = _NEXT_LINE) -> bytes:
    """Return a pattern of letters in one line or in several."""
    line = b"[%b]++" % re.escape(letters.encode())
    return b"%b(?:%b%b)*+" % (line, between, line)


_LETTERS = digits + ascii_uppercase + ascii_lowercase
_BASE64 = (_mask(_LETTERS + "+/_-"), re.compile(_lines(_LETTERS + "+/_-")))
_BASE64_SIGNS = (_LETTERS + "+/_-").encode()
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BASE32 = [
    (_mask(letters), re.compile(_lines(letters)))
    for letters in (digits + ascii_uppercase, digits + ascii_lowercase)
]
_FROM_BASE32 = str.maketrans(ascii_uppercase + "234567", (digits + ascii_uppercase)[:32])
_BASE85 = [
    (
        bytes.maketrans(alphabet.encode(), bytes(range(85))),
        (_mask(alphabet + more), re.compile(_lines(alphabet + more, rb"\r?\n"))),
    )
    for alphabet, more in {
        _LETTERS + "!#$%&()*+-;<=>?@^_`{|}~": "",
        digits + ascii_lowercase + ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#": "",
        bytes(range(33, 118)).decode(): "yz",
    }.items()
]
"""Base85 of RFC 1924, of ZeroMQ, and of Adobe with its two abbreviations."""
_BEFORE_85, _AFTER_85 = b"\"'`(<~", b"\"'`,;)]}>"
_TEXT = frozenset(b"\0\t\n\r\x1b") | frozenset(range(32, 127))
_PAIR_OF_TEXT = bytes(
    97 * any(two >> 8 in _TEXT and two & 255 in _TEXT for two in range(low >> 16, (low >> 16) + 11))
    for low in range(0, 85**5, 85**3)
)
"""For the first two digits of a group of base85, whether two bytes of text may begin with them."""
_FIRST_OF_TEXT = bytes(
    97 * any(_PAIR_OF_TEXT[85 * at : 85 * at + 85]) if at < 85 else 0 for at in range(256)
)
_STREAM_IN_85 = re.compile(
    b"|".join(
        re.escape(bytes([word // 85**4, word // 85**3 % 85]))
        for mark in sorted({one[:2] for one in MARKS})
        for word in (int.from_bytes(mark + rest, "big") for rest in (b"\0\0", b"\xff\xff"))
    )
)
_DIGITS = digits + "ABCDEFabcdef"
_HEX = (_mask(_DIGITS), re.compile(rb"[0-9A-Fa-f]++(?:(?:\\n|\r?\n)[ \t]{0,40}[0-9A-Fa-f]++)*+"))
_OF_NUMBERS = (_DIGITS + "-.,:").encode()
_HEX_IN_PAIRS = _mask(_DIGITS, " :")
_LIST_OF_NUMBERS = re.compile(rb"[0-9]{1,3}(?:,\s{0,40}[0-9]{1,3}){8,}+(?![0-9.])")
"""Bytes as a list of numbers."""
_IN_LIST = _mask(digits + ", \n")


def _runs(
    data: bytes, kind: tuple[bytes, re.Pattern[bytes]], shortest: int
) -> Iterator[tuple[int, bytes]]:
    """Yield what is written in some letters, if its first line is at least that long."""
    mask, form = kind
    after = 0
    # To look for long lines in a mask is much quicker than to try the pattern at each letter
    for start, _ in regions(data.translate(mask), b"a" * shortest):
        if start >= after and (run := form.match(data, start)):
            after = run.end()
            yield start, run[0]


def from_base64(text: bytes) -> bytes:
    """Return what `text` encodes, in either alphabet, padded or not; b"" if nothing."""
    text = text.translate(_STANDARD).rstrip(b"=")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _joined(run: bytes) -> bytes:
    return run.replace(b"\\r", b"").replace(b"\\n", b"").translate(None, _BETWEEN_LINES)


# Text in front may use the same alphabet, so the first group of characters is not known


def _base64(data: bytes, sieve: Sieve, depth: int) -> Iterator[tuple[int, bytes]]:
    least = SHORTEST_BASE64 if sieve.shortest >= SHORTEST_BASE64 else _SHORTEST_PART
    for start, run in _runs(data, _BASE64, least):
        text = _joined(run) if sieve.is_new(run, depth, _base64) else b""
        for offset in range(4):
            plain = from_base64(text[offset:])
            if sieve.may_hold_text(plain):
                yield start, plain
            if plain.startswith(_BEGINNINGS):
                break


def _base32(data: bytes, sieve: Sieve, depth: int) -> Iterator[tuple[int, bytes]]:
    for kind in _BASE32:
        for start, run in _runs(data, kind, _SHORTEST_BASE32):
            text = _joined(run)
            # Hashes have such letters alone, and base32 of text does not
            if not text.translate(None, _DIGITS.encode()) or not sieve.is_new(text, depth, _base32):
                continue
            capital = text.decode().upper()
            for written in (capital.translate(_FROM_BASE32), capital):
                with suppress(ValueError):
                    number = int(written, 32)
                    for bits in range(8):
                        plain = (number >> bits).to_bytes(len(text), "big").lstrip(b"\0")
                        if sieve.may_hold_text(plain):
                            yield start, plain


def _base85(data: bytes, sieve: Sieve, depth: int) -> Iterator[tuple[int, bytes]]:
    data = _without_base64(data)
    for numbers, kind in _BASE85:
        short = numbers[ord("z")] == ord("z")
        for start, run in _runs(data, kind, _SHORTEST_BASE85):
            for block in _blocks(run):
                if not sieve.is_new(block, depth, numbers):
                    continue
                text = block.replace(b"z", b"!!!!!").replace(b"y", b"+<VdL") if short else block
                written = text.translate(numbers)
                every = sieve.shortest < SHORTEST_BASE64 or len(written) >= _LONG_BASE85
                for offset in range(5) if every else _likely(text, written):
                    for end in _ends(text):
                        plain = _from_base85(written[offset:end])
                        # Another end makes no text of what is none
                        if not sieve.may_hold_text(plain):
                            break
                        yield start, plain


def _without_base64(data: bytes) -> bytes:
    """Return `data` with zeros for long base64, which looks like very many pieces of base85."""
    found = bytearray(data)
    for start, end in regions(data.translate(_BASE64[0]), b"a" * _SURELY_BASE64):
        found[start:end] = bytes(end - start)
    return bytes(found)


def _likely(text: bytes, written: bytes) -> set[int]:
    """Return where groups of base85 may begin that are text, or begin with a compressed stream."""
    first = written.translate(_FIRST_OF_TEXT)
    found = {one.start() % 5 for one in _STREAM_IN_85.finditer(written)}
    # Deflate has no mark, so it is looked for at the beginning alone
    found.add((len(text) - len(text.lstrip(_BEFORE_85))) % 5)
    for offset in range(5):
        # Sixteen letters are three whole groups at least
        if b"aaa" in first[offset::5]:
            pairs = zip(written[offset::5], written[offset + 1 :: 5], strict=False)
            if b"aaa" in bytes([_PAIR_OF_TEXT[85 * one + two] for one, two in pairs]):
                found.add(offset)
    return found


def _blocks(run: bytes) -> Iterator[bytes]:
    """Join lines of one length, without and with the other one after them."""
    lines, first = run.split(), 0
    for at in range(1, len(lines) + 1):
        other = len(lines[at - 1]) != len(lines[first])
        for last in (at - 1, at):
            block = b"".join(lines[first:last]) if other or at == last == len(lines) else b""
            if block and _is_mixed(block):
                yield block
        if other:
            first = at


def _is_mixed(block: bytes) -> bool:
    """Tell base85 from base64 and from hashes and numbers, which would be decoded in vain."""
    others = len(block.translate(None, _BASE64_SIGNS))
    return others * 12 >= len(block) and len(block.translate(None, _OF_NUMBERS)) * 4 >= len(block)


def _ends(text: bytes) -> Iterator[int]:
    """Yield where base85 may end: its last group may be short, and a quote may be a digit too."""
    yield len(text)
    for cut in range(1, min(4, len(text))):
        if text[-cut] not in _AFTER_85:
            return
        yield len(text) - cut


def _from_base85(written: bytes) -> bytes:
    missing = -len(written) % 5
    digits = iter(written + b"\x54" * missing)
    words = [
        (((((a * 85 + b) * 85 + c) * 85) + d) * 85 + e) & 0xFFFFFFFF
        for a, b, c, d, e in zip(digits, digits, digits, digits, digits, strict=True)
    ]
    return struct.pack(f">{len(words)}I", *words)[: 4 * len(words) - missing]


def _numbers(data: bytes, sieve: Sieve, depth: int) -> Iterator[tuple[int, bytes]]:
    """Yield what is written as hexadecimal or decimal numbers."""
    size = sieve.shortest * 3 // 4
    for start, run in _runs(data, _HEX, 2 * size):
        written = run.replace(b"\\n", b"").translate(None, b"\r\n\t ")
        for offset in range(2) if sieve.is_new(run, depth, _numbers) else ():
            plain = _from_hex(written[offset:])
            if sieve.may_hold_text(plain):
                yield start, plain
    for start, end in regions(data.translate(_HEX_IN_PAIRS), b"aab" * (size - 1)):
        yield start, _from_hex(data[start:end].translate(None, b": "))
    for start, end in regions(data.translate(_IN_LIST), b"a" * 2 * size):
        for listed in _LIST_OF_NUMBERS.finditer(data, start, end):
            with suppress(ValueError):
                yield listed.start(), bytes(map(int, listed[0].split(b",")))


def _from_hex(written: bytes) -> bytes:
    return binascii.a2b_hex(written[: len(written) // 2 * 2])


COMMON = (_base64, _numbers)
ALPHABETS = (*COMMON, _base32, _base85)
"""What reads each way of writing bytes."""
