"""Tables, in which a value is below its name: HTML, aligned text, rows and lists of cells."""

from __future__ import annotations

import re

_NAME = re.compile(
    rb"(?:(?:access|refresh|id|bearer)[ _-]?token|client[ _-]?secret|code[ _-]?verifier"
    rb"|device[ _-]?code|(?:client[ _-]?)?assertion)s?"
)
_WORDS = re.compile(rb"token|secret|verifier|device[ _-]?code|assertion")
_ROWS, _LINE, _WIDEST = 8, 2000, 2**16
"""How many rows below a name are looked at, how much of its own row, and how much of theirs."""
_HTML_CELL = re.compile(rb"<t[hd]\b[^<>]{0,200}>\s{0,80}([^<>]{0,16384}?)\s{0,80}</t[hd]>")
_ENDS_A_CELL = re.compile(rb"s?(?:\s|\||\xe2\x94\x82|$)")
_CELL = re.compile(
    rb"""\s*+(?:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)'|`([^`]*+)`|([^,;\t|&"'`\[\]()]*+))
    [^,;\t|&\[\]()]*+(?:[,;\t|&]|$)""",
    re.VERBOSE | re.DOTALL,
)
