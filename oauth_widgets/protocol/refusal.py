"""What a server's refusal says, in the standard's form or the server's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

_CODES = ("error", "errors", "errortype", "errorcode", "errcode", "type", "status", "code")
_WORDS = (
    *("errordescription", "message", "errormessage", "errorsummary", "errormsg", "detail", "msg"),
    *("errmsg", "faultstring", "title", "resource", "field", "reason", "error", "errors"),
)
_INNER = ("error", "errors", "fault", "detail")
_DEEPEST = 3
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATH = re.compile(r"[/.]")


def reason_of(document: Mapping[str, object], known: AbstractSet[str]) -> tuple[str, str]:
    """Return the code and the words of a refusal, each "" if there is none.

    Besides RFC 6749 5.2 there are `{"error": {…}}` (Facebook, Google), `{"errors": [{…}]}` (Fitbit,
    Strava), `errorCode` (Okta), `fault` (Apigee), RFC 9457 problems and lists of sentences. The
    code is the first one of the `known`, since a program decides by it, else the first that is no
    number.
    """
    codes, words = list(_texts(document, _CODES)), list(dict.fromkeys(_texts(document, _WORDS)))
    code = next((one for one in map(_as_written, (*codes, *words)) if one in known), "")
    code = code or next(
        (text for text in codes if not text.isdigit() and text != "about:blank"), ""
    )
    # What only spells the code again explains nothing.
    spelled = (text for text in words if code and ": " not in text and _as_written(text) == code)
    again = {code, *spelled}
    return code, ", ".join(text for text in words if text not in again)


def _as_written(text: str) -> str:
    """Return a code as RFC 6749 writes it.

    It may be the last part of an address (RFC 9457 3.1.1) or a name, have capitals or hyphens, or
    be followed by a colon and an explanation.
    """
    part = _HUMP.sub("_", _PATH.split(text.partition(": ")[0])[-1])
    return part.strip().lower().replace("-", "_").removesuffix("_exception")


def _texts(part: object, names: tuple[str, ...], depth: int = 0) -> Iterator[str]:
    """Yield the texts of these members, the outer ones first; some members contain more."""
    if isinstance(part, list) and depth < _DEEPEST:
        for inner in part:
            yield from _texts(inner, names, depth + 1)
    if not isinstance(part, dict) or depth > _DEEPEST:
        return
    members = {name.lower().replace("_", ""): value for name, value in part.items()}
    for name in names:
        values = members.get(name)
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                yield str(value)
    for name in _INNER:
        yield from _texts(members.get(name), names, depth + 1)
