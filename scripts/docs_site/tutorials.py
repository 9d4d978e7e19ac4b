"""The notebooks as pages, with what their cells show when someone follows them.

They run here, in this process, with the tests' own reader: it signs in on the practice server's
pages whenever a card asks. Cards are pictures that `scripts/pictures --docs` has taken.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import io
import json
import os
import re
import signal
import tempfile
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox import facade
from tests.helpers.reader import Reader

PICTURES = {
    "LoginCard": ("login", "The login card: what the notebook will ask for, and a button Sign in"),
    "ScopePicker": ("picker", "The scope picker: a table of services and the scopes they need"),
    "TokenView": ("tokens", "The tokens of a session, hidden, each with what it is for"),
    "ClaimsView": ("claims", "The claims of an ID token, and the checks that each one passed"),
    "SessionCard": ("session", "The session card: who is signed in, and until when"),
    "ClientForm": ("form", "The form for a client's registration"),
    "Trace": ("trace", "The trace: messages between browser, notebook, server and API"),
    "StepByStep": ("steps", "The next message of a sign-in, with its parameters to change"),
    "Diagnosis": ("doctor", "The verdict of doctor: this computer can take the answer"),
}
"""The picture of each kind of card, and the text for those who can't see it."""

_PATIENCE = 120
"""Seconds after which a cell is stuck, such as one whose sign-in nobody finishes."""

_LOOPBACK = re.compile(r'<a [^>]*href="http://(?:127\.0\.0\.1|localhost)[^"]*"[^>]*>(.*?)</a>')


class _Follower(Reader):
    """A reader who remembers which cards were shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.names: dict[str, object] = {"get_ipython": lambda: None}
        self.shown: list[object] = []

    def click(self, card: ow.LoginCard) -> None:
        self.shown.append(card)
        super().click(card)


def write(notebooks: Path, site: Path, *, run: bool = True) -> None:
    """Write a page for each notebook into the folder `site`, and the list of them."""
    folder = site / "tutorials"
    folder.mkdir(exist_ok=True)
    for file in sorted(notebooks.glob("*.ipynb")):
        cells = json.loads(file.read_text("utf-8"))["cells"]
        with contextlib.ExitStack() as stack:
            follow = stack.enter_context(_following()) if run else None
            parts = [
                _text(cell, folder, file.stem)
                if cell["cell_type"] == "markdown"
                else _code(cell, follow, folder, f"{file.stem}-{number}")
                for number, cell in enumerate(cells)
            ]
        page = f"% Made from notebooks/{file.name}\n\n" + "\n\n".join(parts) + "\n"
        (folder / f"{file.stem}.md").write_text(page, encoding="utf-8")


@contextlib.contextmanager
def _following() -> Iterator[Any]:
    """Yield a function that runs a cell as a person would, and returns what they would see."""
    here = Path.cwd()
    with (
        tempfile.TemporaryDirectory() as made,
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
    ):
        patch.setenv("XDG_STATE_HOME", made)
        patch.setenv("XDG_CONFIG_HOME", made)
        # A notebook may set this itself, which then has to be undone
        patch.setenv("OAUTH_WIDGETS_CONNECTIONS", str(Path(made) / "connections.toml"))
        os.chdir(made)
        reader = _Follower(patch)
        try:
            yield partial(_run, reader)
        finally:
            _end_processes(Path(made))
            for sandbox in list(facade._running.values()):  # noqa: SLF001 - none is to stay
                sandbox.stop()
            os.chdir(here)


def _end_processes(folder: Path) -> None:
    """End the practice servers that a notebook started to outlive it."""
    for file in folder.rglob("sandbox.json"):
        with contextlib.suppress(OSError, KeyError):
            os.kill(json.loads(file.read_text("utf-8"))["process"], signal.SIGTERM)


def _run(reader: _Follower, source: str) -> list[object]:
    """Run one cell; return what it printed, the cards it showed, and its value."""
    printed = io.StringIO()
    reader.shown.clear()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        value = asyncio.run(asyncio.wait_for(reader.run(source, reader.names), _PATIENCE))
    if source.rstrip().endswith(";"):
        value = None
    shown = [one for one in reader.shown if one is not value]
    figures = [plt.figure(number) for number in plt.get_fignums()]
    return [
        *shown,
        *filter(None, [printed.getvalue()]),
        *([] if value is None else [value]),
        *figures,
    ]


def _text(cell: dict[str, Any], folder: Path, name: str) -> str:
    text = "".join(cell["source"])
    for attached, kinds in cell.get("attachments", {}).items():
        (encoded,) = kinds.values()
        (folder / f"{name}-{attached}").write_bytes(base64.b64decode(encoded))
        text = text.replace(f"attachment:{attached}", f"{name}-{attached}")
    return re.sub(r"\]\((\d\d-[\w-]+)\.ipynb\)", r"](\1.md)", text)


def _code(cell: dict[str, Any], follow: Any, folder: Path, name: str) -> str:  # noqa: ANN401
    source = "".join(cell["source"])
    parts = [f"```python\n{source}\n```"]
    for number, seen in enumerate(follow(source) if follow else []):
        parts.append(_output(seen, folder, f"{name}-{number}"))
    plt.close("all")
    return "\n\n".join(parts)


def _output(seen: Any, folder: Path, name: str) -> str:  # noqa: ANN401 - whatever a cell shows
    kind = type(seen).__name__
    if kind in PICTURES:
        return picture(*PICTURES[kind])
    if kind == "Figure":
        seen.savefig(folder / f"{name}.webp", dpi=110, bbox_inches="tight")
        return f"![The chart that this cell draws]({name}.webp)"
    if isinstance(seen, str) and "\n" in seen:
        shown = f"<pre>{html.escape(seen.rstrip())}</pre>"
    elif (markup := getattr(seen, "_repr_html_", lambda: None)()) is not None:
        shown = _LOOPBACK.sub(r"\1", markup)
    else:
        shown = f"<pre>{html.escape(repr(seen))}</pre>"
    return f'```{{raw}} html\n<div class="ow-output">{shown}</div>\n```'


def picture(name: str, text: str) -> str:
    """Return a picture that exists in a light and a dark version."""
    return "\n\n".join(
        f":::{{image}} ../images/{name}-{theme}.webp\n:alt: {text}\n:class: only-{theme}\n:::"
        for theme in ("light", "dark")
    )
