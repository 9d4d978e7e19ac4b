"""The text of an answer, in UTF-8 whatever it was written in."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.secret.quoting import Secrets, quoted

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
# The longer one first, which begins like the shorter one.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Python decodes these, too, but no text is written in them.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
_MARK = "\ufeff"
_OWN_MARKS = re.compile(rb"(?:\xef\xbb\xbf)+")


def json_in_utf8(body: bytes, content_type: str, *, page: int) -> bytes:
    """Return JSON in UTF-8, which it should be in (RFC 8259 8.1), without byte order marks.

    Another charset is believed only if it is not; what is in neither stays as it is.
    """
    if _marked(body) or (_said(content_type) not in {"", "utf-8"} and not _is_utf8(body)):
        with suppress(UnexpectedAnswer):
            return in_utf8(body, content_type, page=page)
    return _unmarked(body)


def in_utf8(body: bytes, content_type: str, *, page: int, secrets: Secrets = ()) -> bytes:
    """Return text in UTF-8, without byte order marks.

    Raises UnexpectedAnswer if it is not in the charset that it says it is in.
    """
    said = _said(content_type)
    charset = _marked(body) or said or "utf-8"
    try:
        text = body.decode(_known(charset))
        return _unmarked(body) if charset == "utf-8" else text.lstrip(_MARK).encode()
    except LookupError:
        problem = f"says that its text is in {quoted(charset, secrets)}, an unknown encoding"
    except UnicodeError:
        problem = f"has text that is not in {quoted(charset, secrets)}"
        problem += ", although it says it is" if said else ", and it names no other encoding"
    raise UnexpectedAnswer(
        f"Page {page} {problem}.",
        next_step="Read it with pandas, and pass its encoding: "
        "pd.read_csv(io.BytesIO(session.http().get(…).content), encoding=…).",
    )


def _said(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    charset = found[1].lower() if found else ""
    return "utf-8" if charset == "utf8" else charset


def _marked(body: bytes) -> str | None:
    return next((name for mark, name in _MARKS.items() if body.startswith(mark)), None)


def _unmarked(body: bytes) -> bytes:
    marks = _OWN_MARKS.match(body)
    return body[marks.end() :] if marks else body


def _known(charset: str) -> str:
    """Return the name that Python has for a charset. Raises LookupError if it is none."""
    name = codecs.lookup(charset).name
    if name.replace("_", "-") in _NO_CHARSETS:
        raise LookupError
    return name


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
