"""What a page is sent for a widget: its file, with those beside it that it imports written in.

A notebook's page takes one module and one style sheet a widget, and can fetch no others. Comments
and most of the indentation stay behind, since every saved notebook may hold what is sent.
"""

from __future__ import annotations

import re
from importlib.resources import files

_IMPORT = re.compile(
    r'^(?:import \{[^{}]*\} from|@import) "\./([\w-]+\.(?:js|css))";\n', re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/|/\*).)*\*/)\n", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def source(name: str) -> str:
    """Return `name` from this folder, each file it imports once and before it."""
    return "\n".join(_in_order(name, set()))


def _in_order(name: str, seen: set[str]) -> list[str]:
    if name in seen:
        return []
    seen.add(name)
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    before = [part for other in _IMPORT.findall(text) for part in _in_order(other, seen)]
    code = _INDENT.sub(" ", _COMMENT.sub("", _IMPORT.sub("", text)))
    return [*before, code.strip() + "\n"]
