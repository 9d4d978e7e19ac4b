"""Notebooks with a secret in any place, and the cells that they are made of."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from oauth_widgets.secret.guard import scan

from .secrets_to_plant import opaque, planted

ROOT = Path(__file__).parents[2]
TEXTS = {name: (text, secret) for name, text, secret in planted()}
STATE = "application/vnd.jupyter.widget-state+json"


def code(source: Any = "1 + 1", *outputs: Any, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": "c0ffee",
        "metadata": {},
        "outputs": list(outputs),
        "source": source,
        **more,
    }


def data(mime: str, content: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {mime: content}, "metadata": {}}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def notebook(*cells: Any, **metadata: Any) -> dict[str, Any]:
    usual = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": list(cells), "metadata": usual | metadata, "nbformat": 4, "nbformat_minor": 5}


def states(*models: dict[str, Any]) -> dict[str, Any]:
    return {
        STATE: {
            "version_major": 2,
            "version_minor": 0,
            "state": {
                f"{n:032x}": {"model_name": "TextModel", "state": s} for n, s in enumerate(models)
            },
        }
    }


def png(dice: random.Random, text: str = "", size: int = 40) -> str:
    """Return a real image of random pixels, with a comment, as base64."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
    rows = b"".join(b"\0" + dice.randbytes(3 * size) for _ in range(size))
    comment = chunk(b"tEXt", b"Comment\0" + text.encode())
    body = b"\x89PNG\r\n\x1a\n" + head + comment + chunk(b"IDAT", zlib.compress(rows))
    return base64.b64encode(body + chunk(b"IEND", b"")).decode()


def shown(mime: str, content: Any) -> dict[str, Any]:
    """Return a notebook with one output."""
    return notebook(code("1", data(mime, content)))


def failed(words: str, *lines: str) -> dict[str, Any]:
    """Return a notebook with an error."""
    error = {"output_type": "error", "ename": "E", "evalue": words, "traceback": list(lines)}
    return notebook(code("1", error))


def attached(kind: str, name: str, mime: str, content: str) -> dict[str, Any]:
    """Return a notebook with an attachment."""
    files = {name: {mime: content}}
    return notebook({"cell_type": kind, "metadata": {}, "source": "", "attachments": files})


DICE = random.Random(7)
JPEG = b"\xff\xd8\xff\xe0"
PLACES: dict[str, Callable[[str], Any]] = {
    "source": lambda text: notebook(code(text)),
    "source in lines": lambda text: notebook(
        code(["import os\n", *text.splitlines(keepends=True)])
    ),
    "markdown": lambda text: notebook({"cell_type": "markdown", "metadata": {}, "source": text}),
    "stream": lambda text: notebook(code("1", stream(text))),
    "traceback": lambda text: failed("", "\x1b[31mE\x1b[39m", text),
    "error": failed,
    "output metadata": lambda text: notebook(
        code("1", {**data("text/plain", "x"), "metadata": {"note": text}})
    ),
    "widget state": lambda text: notebook(code(), widgets=states({"value": "x"}, {"value": text})),
    "attachment": lambda text: attached("markdown", "a.png", "image/png", png(DICE, text)),
    "attachment as text": lambda text: attached("raw", "a.txt", "text/plain", text),
    "cell metadata": lambda text: notebook(code(metadata={"tags": [text]})),
    "notebook metadata": lambda text: notebook(code(), papermill={"parameters": {"a": text}}),
    "third format": lambda text: {"nbformat": 3, "worksheets": [{"cells": [{"input": text}]}]},
    "no cells": lambda text: {"cells": {"a": text}},
    **{
        mime: partial(shown, mime)
        for mime in (
            *("text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml"),
            *("application/javascript", "application/x-whatever"),
        )
    },
    "application/json": lambda text: shown("application/json", {"a": [text]}),
    "text/html in lines": lambda text: shown("text/html", text.splitlines(keepends=True)),
    "image/png": lambda text: shown("image/png", png(DICE, text) + "\n"),
    "image/jpeg": lambda text: shown(
        "image/jpeg", base64.b64encode(JPEG + text.encode() + DICE.randbytes(99)).decode()
    ),
}
CLEARED = {"stream", "traceback", "error", "output metadata", "widget state"} | {
    place for place in PLACES if "/" in place
}


def save(file: Path, content: Any, **form: Any) -> Path:
    form = {"indent": 1, "ensure_ascii": False} | form
    file.write_text(json.dumps(content, **form) + "\n", encoding="utf-8")
    return file


def missed_in(folder: Path, place: str) -> list[str]:
    missed = []
    # Each place has every notation, with one of the parameters or two
    for name, (text, secret) in list(TEXTS.items())[list(PLACES).index(place) % 7 :: 7]:
        found = scan([save(folder / "a.ipynb", PLACES[place](text))])
        if not found:
            missed.append(name)
        assert not any(secret in str(one) for one in found)
        assert {one.clearable for one in found} <= {place in CLEARED}
    return missed


def leaky() -> dict[str, Any]:
    token = f"access_token={opaque(DICE)}"
    return notebook(
        code(
            f"# {token}", data("text/plain", "é 1.0"), data("text/plain", token), data("x/y", token)
        ),
        code("b", data("text/plain", token), data("text/plain", "kept"), data("text/html", token)),
        widgets=states({"value": "kept"}, {"value": token}),
    )
