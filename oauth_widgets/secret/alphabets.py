"""Bytes that are written as text: base16, base32, base64, base85 and lists of numbers."""

from __future__ import annotations

import binascii
import re
import sys
from array import array
from collections.abc import Iterator
from contextlib import suppress
from string import ascii_lowercase, ascii_uppercase, digits

from oauth_widgets.secret.streams import GZIP

_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", GZIP)
"""How embedded files begin. Data that begins so was decoded from its first character."""
SHORTEST_BASE64 = 24
"""The shortest base64 that can hold a parameter with its value."""
_OF_BASE64 = (digits + ascii_uppercase + ascii_lowercase + "+/-_").encode()
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BETWEEN_LINES = b"\r\n\t \"',\\"
_RUN = re.compile(
    rb"""[A-Za-z0-9+/_-]{24,}+
    (?:["',\\]{0,3}(?:(?:\\r)?\\n|\r?\n)[\ \t]{0,40}["']?[A-Za-z0-9+/_-]++)*+""",
    re.VERBOSE,
)
_SHORT_RUN = re.compile(_RUN.pattern.replace(b"{24,}", b"{5,}"), re.VERBOSE)
"""Base64, and base64 that may hold a short value that is searched for."""
_RUN_OF_32 = re.compile(
    b"|".join(
        _RUN.pattern.replace(b"A-Za-z0-9+/_-", letters).replace(b"24", b"29")
        for letters in (b"A-Z0-9", b"a-z0-9")
    ),
    re.VERBOSE,
)
_FROM_BASE32 = str.maketrans(ascii_uppercase + "234567", (digits + ascii_uppercase)[:32])
_RUNS_OF_85 = [
    (
        bytes.maketrans(alphabet.encode(), bytes(range(85))),
        re.compile(rb"[%b]{23,}+(?:\r?\n[%b]++)*+" % ((re.escape(alphabet + more).encode(),) * 2)),
    )
    for alphabet, more in {
        digits + ascii_uppercase + ascii_lowercase + "!#$%&()*+-;<=>?@^_`{|}~": "",
        digits + ascii_lowercase + ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#": "",
        bytes(range(33, 118)).decode(): "yz",
    }.items()
]
"""Base85 of RFC 1924, of ZeroMQ, and of Adobe with its two abbreviations."""
_AFTER_85 = b"\"'`,;)]}>"
_HEX = re.compile(rb"""[0-9A-Fa-f]+(?:(?:\\n|\r?\n)[\ \t]{0,40}[0-9A-Fa-f]++)*+""", re.VERBOSE)
_NUMBERS = re.compile(rb"[0-9]{1,3}(?:,\s{0,40}[0-9]{1,3}){8,}+(?![0-9.])")
"""Bytes as a list of numbers."""
_IS_HEX = bytes(
    97 if byte in b"0123456789ABCDEFabcdef" else 98 if byte in b" :" else 0 for byte in range(256)
)
_IN_LIST = bytes(97 if byte in b"0123456789, \n" else 0 for byte in range(256))


def regions(mask: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of `needle` in `mask`, each up to the next zero."""
    start = mask.find(needle)
    while start >= 0:
        end = mask.find(b"\0", start)
        end = len(mask) if end < 0 else end
        yield start, end
        start = mask.find(needle, end)


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


def _base64(data: bytes, shortest: int) -> Iterator[tuple[int, bytes]]:
    for run in (_RUN if shortest >= SHORTEST_BASE64 else _SHORT_RUN).finditer(data):
        text = _joined(run[0])
        for offset in range(4):
            plain = from_base64(text[offset:])
            yield run.start(), plain
            if plain.startswith(_BEGINNINGS):
                break


def _base32(data: bytes, _shortest: int) -> Iterator[tuple[int, bytes]]:
    for run in _RUN_OF_32.finditer(data):
        text = _joined(run[0]).decode().upper()
        for written in (text.translate(_FROM_BASE32), text):
            with suppress(ValueError):
                number = int(written, 32)
                for bits in range(8):
                    yield run.start(), (number >> bits).to_bytes(len(text), "big").lstrip(b"\0")


def _base85(data: bytes, _shortest: int) -> Iterator[tuple[int, bytes]]:
    for numbers, form in _RUNS_OF_85:
        for run in form.finditer(data):
            for block in _blocks(run[0].split()):
                # Base64 would be decoded in vain: of base85, a fourth are other signs
                if len(block.translate(None, _OF_BASE64)) * 12 < len(block):
                    continue
                short = numbers[ord("z")] == ord("z")
                text = block.replace(b"z", b"!!!!!").replace(b"y", b"+<VdL") if short else block
                for end in _ends(text):
                    for offset in range(5):
                        yield run.start(), _from_base85(text[offset:end].translate(numbers))


def _blocks(lines: list[bytes]) -> Iterator[bytes]:
    """Join lines of one length, without and with the other one after them."""
    first = 0
    for at in range(1, len(lines) + 1):
        other = len(lines[at - 1]) != len(lines[first])
        if other:
            yield b"".join(lines[first : at - 1])
        if other or at == len(lines):
            yield b"".join(lines[first:at])
            first = at


def _ends(text: bytes) -> Iterator[int]:
    """Yield where base85 may end: its last group may be short, and a quote may be a digit too."""
    yield len(text)
    for cut in range(1, min(4, len(text))):
        if text[-cut] not in _AFTER_85:
            return
        yield len(text) - cut


def _from_base85(numbers: bytes) -> bytes:
    missing = -len(numbers) % 5
    groups = numbers + b"\x54" * missing
    words = array(
        "I",
        (
            (a * 85**4 + b * 85**3 + c * 85**2 + d * 85 + e) & 0xFFFFFFFF
            for a, b, c, d, e in zip(*(groups[at::5] for at in range(5)), strict=True)
        ),
    )
    if sys.byteorder == "little":
        words.byteswap()
    return words.tobytes()[: len(words) * 4 - missing]


def _numbers(data: bytes, shortest: int) -> Iterator[tuple[int, bytes]]:
    """Yield what is written as hexadecimal or decimal numbers."""
    mask, size = data.translate(_IS_HEX), shortest * 3 // 4
    after = 0
    for start, _ in regions(mask, b"a" * 2 * size):
        run = _HEX.match(data, start) if start >= after else None
        if not run:
            continue
        after = run.end()
        written = run[0].replace(b"\\n", b"").translate(None, b"\r\n\t ")
        for offset in range(2):
            part = written[offset:]
            yield start, binascii.a2b_hex(part[: len(part) // 2 * 2])
    for start, end in regions(mask, b"aab" * (size - 1)):
        with suppress(ValueError):
            yield start, binascii.a2b_hex(data[start:end].translate(None, b": "))
    for start, end in regions(data.translate(_IN_LIST), b"a" * 2 * size):
        for run in _NUMBERS.finditer(data, start, end):
            with suppress(ValueError):
                yield run.start(), bytes(map(int, run[0].split(b",")))


COMMON = (_base64, _numbers)
ALPHABETS = (*COMMON, _base32, _base85)
"""What reads each way of writing bytes: of some data and the shortest base64 that matters."""
