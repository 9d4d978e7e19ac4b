"""What Sphinx is told about the documentation."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version as version_of
from typing import Any

from sphinx.application import Sphinx

project = "oauth_widgets"
author = "the authors of oauth_widgets"
release = version_of("oauth-widgets")
version = release
html_title = f"oauth_widgets {release}"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["toc.not_readable"]

autodoc_member_order = "groupwise"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 90
python_use_unqualified_type_names = True
add_module_names = False
# Signatures name types; those without a page of their own are plain text
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": True,
    "header_links_before_dropdown": 6,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
html_sidebars = {"index": []}
copyright = "the authors of oauth_widgets; BSD-3-Clause"  # noqa: A001 - Sphinx's own name


def _restructured(*event: Any) -> None:  # noqa: ANN401 - Sphinx's own six arguments
    """Translate our docstrings: one backtick around code, and four spaces before an example."""
    lines: list[str] = event[-1]
    text = inspect.cleandoc("\n".join(lines))
    text = re.sub(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)", r"``\1``", text)
    text = text.replace("*", r"\*") if "**" in text else text
    made, inside = [], False
    for line in text.splitlines():
        indented = line.startswith("    ")
        if indented and not inside and (not made or not made[-1].strip()):
            made += [".. code-block:: python", ""]
            inside = True
        elif line.strip() and not indented:
            inside = False
        made.append(line)
    lines[:] = made


def setup(app: Sphinx) -> None:
    """Have docstrings read the way they are written."""
    app.connect("autodoc-process-docstring", _restructured)
