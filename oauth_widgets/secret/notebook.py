"""What a saved notebook consists of: sources, outputs, widget states, metadata."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_SEAM = 4096
"""How far into two outputs a secret may reach that is in both."""
_MIME = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}")
"""What is shown of the name of some data, which may be a secret itself."""


@dataclass(frozen=True)
class Part:
    """Text in a file, and its first line.

    What starts at `until` or later belongs to the next part. `output` are the keys that lead to the
    output or widget state that the text belongs to. `pieces` are the two texts that it joins, which
    are searched elsewhere too.
    """

    where: str
    text: bytes
    line: int = 1
    until: int = sys.maxsize
    output: tuple[str | int, ...] = ()
    pieces: tuple[bytes, ...] = ()


def as_notebook(raw: bytes) -> dict[str, Any] | None:
    """Return the notebook; None for a file that is not JSON and is read as text."""
    try:
        notebook = json.loads(raw, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    return notebook if isinstance(notebook, dict) else None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    object_ = dict(members)
    # Only one of them would be searched
    if len(object_) < len(members):
        raise ValueError("two members have the same name")
    return object_


def notebook_parts(notebook: dict[str, Any]) -> Iterator[Part]:
    """Yield all text of a notebook, each piece with its place."""
    rest = dict(notebook)
    if isinstance(notebook.get("cells"), list):
        for index, cell in enumerate(rest.pop("cells")):
            yield from _cell_parts(index, cell)
    states = _states(notebook)
    for number, (model, state) in enumerate(states.items(), 1):
        place = ("metadata", "widgets", _WIDGET_STATE, "state", model)
        yield Part(f"widget state {number}", _text({model: state}), output=place)
    if states:
        metadata = rest["metadata"]
        widgets = metadata["widgets"]
        other = {**widgets, _WIDGET_STATE: {**widgets[_WIDGET_STATE], "state": {}}}
        rest["metadata"] = {**metadata, "widgets": other}
    yield Part("notebook metadata", _text(rest))


def _states(notebook: dict[str, Any]) -> dict[str, Any]:
    node: Any = notebook
    for name in ("metadata", "widgets", _WIDGET_STATE, "state"):
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def _cell_parts(index: int, cell: object) -> Iterator[Part]:
    where = f"cell {index + 1}"
    rest = dict(cell) if isinstance(cell, dict) else {"cell": cell}
    source = b""
    if "source" in rest:
        source = _text(rest.pop("source"))
        yield Part(where, source)
    outputs: Any = rest.get("outputs")
    if isinstance(outputs, list):
        del rest["outputs"]
        pieces = [Part(where, b"%b\n" % source)]
        for number, output in enumerate(outputs):
            place = ("cells", index, "outputs", number)
            for name, text in _output_texts(output):
                part = Part(f"{where}, output {number + 1}, {name}", text, output=place)
                yield part
                # Only the pieces of a stream follow one another on a line
                if name == "text":
                    pieces.append(part)
                elif name == "text/plain":
                    pieces.append(replace(part, text=b"%b\n" % text))
        for before, after in pairwise(pieces):
            yield from _seam(before, after)
    if "attachments" in rest:
        yield Part(f"{where}, attachments", _text(rest.pop("attachments")))
    yield Part(f"{where}, metadata", _text(rest))


def _seam(before: Part, after: Part) -> Iterator[Part]:
    """Yield the end of one output with the beginning of the next, for both."""
    tail = before.text[before.text.rfind(b"\n", -_SEAM, -1) + 1 :][-_SEAM:]
    head = after.text[: max(0, after.text.find(b"\n", 0, _SEAM)) or _SEAM]
    line = before.text.count(b"\n", 0, -len(tail)) if tail else 0
    for part, first in ((before, line + 1), (after, 1)):
        if part.output and tail and head:
            yield replace(part, text=tail + head, line=first, pieces=(tail, head))


def _output_texts(output: object) -> Iterator[tuple[str, bytes]]:
    rest = dict(output) if isinstance(output, dict) else {"output": output}
    data: Any = rest.get("data")
    if isinstance(data, dict):
        rest["data"] = list(data)
        for mime, content in data.items():
            where = mime if _MIME.fullmatch(mime) else "data"
            yield where, _text(content)
            # A list of strings may be the lines of a text, or JSON itself
            if mime.endswith("json") and isinstance(content, list):
                yield where, _as_json(content)
    for name in ("text", "traceback"):
        if name in rest:
            yield name, _text(rest.pop(name), "\n" if name == "traceback" else "")
    yield "metadata", _text(rest)


def _text(content: object, between: str = "") -> bytes:
    """Return text unchanged, its lines joined, and anything else as JSON."""
    if isinstance(content, list) and all(isinstance(one, str) for one in content):
        content = between.join(content)
    if not isinstance(content, str):
        return _as_json(content)
    return content.encode("utf-8", "surrogatepass")


def _as_json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def formatted(notebook: dict[str, Any], like: bytes) -> bytes:
    """Write a notebook with the indent, the separators and the line ends of `like`."""
    body = like.removeprefix(codecs.BOM_UTF8)
    indent = re.match(rb"\s*\{\r?\n([ \t]+)", body)
    compact = not indent and b'": ' not in body[:200]
    text = json.dumps(
        notebook,
        indent=indent[1].decode() if indent else None,
        # Half a character can be saved as an escape only
        ensure_ascii=body.isascii() or _HALF.search(body) is not None,
        separators=(",", ":") if compact else (",", ": ") if indent else None,
    ).encode("utf-8", "surrogatepass")
    if b"\r\n" in body:
        text = text.replace(b"\n", b"\r\n")
    mark = like[: len(like) - len(body)]
    return mark + text + body[len(body.rstrip()) :]
