"""What the documentation says of an error, without a network."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from oauth_widgets.errors import ConfigurationError

_SECTION = re.compile(r"^#{2,3} (\w+)$", re.MULTILINE)
_NEXT = re.compile(r"^#{2,3} ", re.MULTILINE)
_MARKUP = re.compile(r"\*\*|\[([^\[\]]+)\]\([^()\[\]]*\)")


def explained(name: str) -> str:
    """Return the cause and the fix of the error `name`, or of a server's, such as invalid_grant.

    Raises ConfigurationError if there is none.
    """
    packaged = files("oauth_widgets") / "errors" / "errors.md"
    # In a clone it is one of the pages next to the package.
    clone = Path(__file__).parents[2] / "docs" / "errors.md"
    page = (packaged if packaged.is_file() else clone).read_text("utf-8")
    sections = {found[1]: found.start() for found in _SECTION.finditer(page)}
    alike = {one.lower(): one for one in sections}
    name = alike.get(name.replace("_", "").lower(), name)
    if name not in sections:
        near = get_close_matches(name, sections, n=3, cutoff=0.4)
        raise ConfigurationError(
            f"There is no error named {name!r}.",
            next_step=f"Did you mean {' or '.join(near)}?"
            if near
            else "Copy the name before the colon in the error.",
        )
    text = page[sections[name] :]
    end = _NEXT.search(text, 1)
    text = text if end is None else text[: end.start()]
    return _MARKUP.sub(r"\1", text).strip().lstrip("# ")
