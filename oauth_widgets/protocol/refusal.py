"""What a server's refusal says, in the standard's form or the server's."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from oauth_widgets._net.document import Document

_CODES = ("error", "errorType", "errorCode", "errcode", "type", "status", "code")
_WORDS = (
    *("error_description", "message", "errorSummary", "detail", "msg", "errmsg"),
    *("title", "resource", "field", "error"),
)
_DEEPEST = 3


def reason_of(document: Document, known: AbstractSet[str]) -> tuple[str, str]:
    """Return the code and the words of a refusal, each "" if there is none.

    Besides RFC 6749 5.2 there are `{"error": {…}}` (Facebook, Google), `{"errors": [{…}]}` (Fitbit,
    Strava), `errorCode` (Okta), RFC 9457 problems and lists of sentences. The code is the first one
    of the `known`, since a program decides by it, else the first that is no number.
    """
    codes, words = list(_texts(document, _CODES)), list(dict.fromkeys(_texts(document, _WORDS)))
    # The type of a problem is an address, whose last part may be a code (RFC 9457 3.1.1).
    parts = (text.rpartition("/")[2] for text in (*codes, *words))
    code = next((part for part in parts if part in known), "")
    code = code or next(
        (text for text in codes if not text.isdigit() and text != "about:blank"), ""
    )
    return code, ", ".join(text for text in words if text != code)


def _texts(part: object, names: tuple[str, ...], depth: int = 0) -> Iterator[str]:
    """Yield the texts of these members, the outer ones first; `error` and `errors` contain more."""
    if isinstance(part, list) and depth < _DEEPEST:
        for inner in part:
            yield from _texts(inner, names, depth + 1)
    if not isinstance(part, dict) or depth > _DEEPEST:
        return
    for name in names:
        values = part.get(name)
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                yield str(value)
    for name in ("error", "errors"):
        yield from _texts(part.get(name), names, depth + 1)
