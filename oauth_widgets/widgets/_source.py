"""What a page is sent for a widget: its file, with the files that it imports inlined.

A notebook's page loads one module and one style sheet per widget, and can fetch no others. Comments
and indentation are left out, since every saved notebook may contain the result.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(
    r'^(?:import \{[^{}]*\} from|@import) "\./([\w-]+\.(?:js|css))";\n', re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/|/\*).)*\*/)\n", re.MULTILINE | re.DOTALL)
_TYPE = re.compile(r"/\*\* @type [^*\n]* \*/ ?")
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_AROUND_SIGNS = re.compile(r"(?<!\s)\s*([{};,])\s*|(?<=[a-z0-9]):\s+")
_NEXT_LINE = re.compile(r"(?<=[{(,;])\n|\n(?=\n|[}).?:|&])")
_IN_BRACES = re.compile(r"(?<=\{) | (?=\})|;(?=\})|,(?=[}\])])")
_OPERATOR = re.compile(r" (=>|[!=]==|&&|\|\||\?\?) ")


def source(name: str) -> str:
    """Return `name` from this folder, after each file that it imports, once."""
    return "\n".join(_in_order(name, set()))


def _in_order(name: str, joined: set[str]) -> list[str]:
    if name in joined:
        return []
    joined.add(name)
    imported, code = _read(name)
    return [*(part for other in imported for part in _in_order(other, joined)), code]


@cache
def _read(name: str) -> tuple[list[str], str]:
    """Return the files that `name` imports, and its own code; most cards share most files."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    code = _EXPORT.sub("", _INDENT.sub("", _TYPE.sub("", _COMMENT.sub("", _IMPORT.sub("", text)))))
    if name.endswith(".css"):
        code = _AROUND_SIGNS.sub(lambda found: found[1] or ":", code).replace(";}", "}")
    code = _OPERATOR.sub(r"\1", _IN_BRACES.sub("", _NEXT_LINE.sub("", code))).strip()
    return _IMPORT.findall(text), code
