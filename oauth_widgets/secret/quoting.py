"""Words of another party, made safe to show: they contain no secret in any spelling."""

from __future__ import annotations

import html
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from string import ascii_lowercase, ascii_uppercase
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from oauth_widgets.errors import OAuthError, ResourceError, foreign_text
from oauth_widgets.secret import Secret

_BLOT = "***"
_LAYERS = 6
"""How many spellings may be nested, such as a form inside JSON inside HTML."""
_SHOWN_FROM = 4096
"""Words from here on are never shown, however many before them are blotted out."""
_LOOKED_AT = 16_384
"""How far an encoded secret that begins before that may extend."""
_STEP, _PIECE = 8, 12
"""A piece of a secret is always found from 2 * _STEP characters on, and never below _PIECE."""

_ESCAPED = re.compile(
    r"(?P<bytes>(?:%[0-9A-Fa-f]{2})+)|(?P<units>(?:\\u[0-9A-Fa-f]{4})+)|\\x(?P<byte>[0-9A-Fa-f]{2})"
    r"|\\(?P<plain>.)|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,32});)"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{2,}")
_HEX = re.compile(r"[0-9A-Fa-f]{2,}")
# Case, and a space as forms write it, make no difference.
_ALIKE = str.maketrans(ascii_uppercase + "+", ascii_lowercase + " ")

E = TypeVar("E", bound=OAuthError)
Span = tuple[int, int]
Secrets = Iterable[str | Secret]


def quoted(words: str, secrets: Secrets = ()) -> str:
    """Return `words` on one line, printable, at most 300 characters, with `secrets` blotted out.

    A secret, or a long piece of it, is found as it is, percent- and form-encoded, with the escapes
    of JSON and HTML, in base64 and hexadecimal, and in one of these inside another. If `words`
    contain one in a rarer encoding, they are not shown at all.
    """
    plain = [secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets]
    known = {
        # A backslash at its end may look like the escape of the next character.
        layer.translate(_ALIKE).rstrip("\\") or layer
        for secret in plain
        for layer in _layers(secret)
        if layer
    }
    shown, end = "", 0
    for start, stop in sorted(_hidden(words[:_LOOKED_AT], known, _LAYERS)) if known else ():
        if start >= _SHOWN_FROM:
            break
        if start > end or not end:
            shown += words[end:start] + _BLOT
        end = max(end, stop)
    shown += words[end : max(end, _SHOWN_FROM)]
    return _BLOT if _is_spelled_otherwise(shown, plain) else foreign_text(shown)


def without(words: str, secrets: Secrets) -> str:
    """Return words as they are, unless there is a secret in them."""
    shown = quoted(words, secrets)
    return words if shown == quoted(words) else shown


def quoted_problem(problem: E, secrets: Secrets) -> E:
    """Return an error without secrets, which an API or a caller may have given as names."""
    if isinstance(problem, ResourceError):
        problem.quoting(without(problem.said, secrets))
    problem.message = without(problem.message, secrets)
    problem.next_step = without(problem.next_step, secrets)
    return problem


def shown_names(names: str, secrets: Secrets = ()) -> tuple[str, ...]:
    """Return those of the scope `names` that can be shown as they are, so none that is a secret."""
    known = tuple(secrets)
    return tuple(name for name in names[:_LOOKED_AT].split() if quoted(name, known) == name)


def _layers(text: str) -> Iterator[str]:
    for _ in range(_LAYERS):
        yield text
        text, places = _unescaped(text)
        if not places:
            return


def _hidden(text: str, known: set[str], layers: int) -> Iterator[Span]:
    """Yield the places of known secrets in `text`, under at most that many layers of spelling."""
    alike = text.translate(_ALIKE)
    for secret in known:
        start = alike.find(secret)
        while start >= 0:
            yield start, start + len(secret)
            start = alike.find(secret, start + 1)
        yield from _pieces(alike, secret)
    if layers == 0:
        return
    plain, places = _unescaped(text)
    if places:
        for start, stop in _hidden(plain, known, layers - 1):
            yield places[start][0], places[stop - 1][1]
    shortest = min(_PIECE, *map(len, known))
    for run in (*_BASE64.finditer(text), *_HEX.finditer(text)):
        decoded = _decoded(run[0]) if len(run[0]) > shortest else ()
        if any(next(_hidden(inner, known, layers - 2), None) for inner in decoded if layers > 1):
            yield run.span()


def _pieces(text: str, secret: str) -> Iterator[Span]:
    """Yield the places of long pieces of a secret, which a server may have cut off or wrapped."""
    stop = 0
    for at in range(0, len(text) - _STEP + 1 if len(secret) >= _PIECE else 0, _STEP):
        if at < stop or text[at : at + _STEP] not in secret:
            continue
        start, stop = at, at + _STEP
        while start and text[start - 1 : start - 1 + _STEP] in secret:
            start -= 1
        while stop < len(text) and text[stop + 1 - _STEP : stop + 1] in secret:
            stop += 1
        if stop - start >= _PIECE:
            yield start, stop


def _is_spelled_otherwise(words: str, secrets: list[str]) -> bool:
    """Tell whether `words` contain a secret in another encoding that `ow.scan` recognizes."""
    values = [one.encode("utf-8", "surrogatepass") for one in secrets if len(one) >= _STEP]
    if len(words) < min(map(len, values), default=len(words) + 1):
        return False
    from oauth_widgets.secret.shapes import hits  # noqa: PLC0415 - heavy

    found = hits(words.encode("utf-8", "surrogatepass"), values)
    return any(one.secret in values for one in found)


def _unescaped(text: str) -> tuple[str, list[Span]]:
    """Return `text` with one layer of escapes undone, and the original place of each character.

    The places are empty if nothing was escaped.
    """
    found = list(_ESCAPED.finditer(text))
    plain: list[str] = []
    places: list[Span] = []
    end = 0
    for one in found:
        between, undone = range(end, one.start()), _undone(one)
        plain += [text[end : one.start()], undone]
        places += [(at, at + 1) for at in between] + [one.span()] * len(undone)
        end = one.end()
    if found:
        places += [(at, at + 1) for at in range(end, len(text))]
    return "".join(plain) + text[end:], places


def _undone(escape: re.Match[str]) -> str:
    if escape["bytes"]:
        return unquote_to_bytes(escape["bytes"]).decode(errors="replace")
    if escape["units"]:
        units = bytes.fromhex(escape["units"].replace("\\u", ""))
        return units.decode("utf-16-be", errors="replace")
    if escape["byte"]:
        return chr(int(escape["byte"], 16))
    return escape["plain"] or html.unescape(escape["entity"])


def _decoded(run: str) -> Iterator[str]:
    """Yield what `run` may encode, for each possible start of the encoded part."""
    standard = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = standard[start:]
        # One character beyond whole groups of four encodes nothing
        part = part[:-1] if len(part) % 4 == 1 else part
        yield b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", errors="replace")
    if _HEX.fullmatch(run):
        for start in range(2):
            part = run[start:]
            yield bytes.fromhex(part[: len(part) // 2 * 2]).decode("utf-8", errors="replace")
