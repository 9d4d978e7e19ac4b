"""The pages as Sphinx reads them: those of docs/, and the project's own pages next to them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# Pages that GitHub expects at the top of a repository
_AT_THE_TOP = {
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
# It mentions everything once, so a search would show it before the pages that explain
_NOT_SEARCHED = {"changelog.md"}
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")
_SKIP = re.compile(r"(?m)^# skip: .*\n")


def gather(root: Path, to: Path) -> None:
    """Copy every page to the folder `to`, with links that lead to pages of the site."""
    shutil.copytree(root / "docs", to)
    for name, page in _AT_THE_TOP.items():
        shutil.copyfile(root / name, to / page)
    for page in to.rglob("*.md"):
        text = page.read_text("utf-8")
        depth = len(page.relative_to(to).parts) - 1
        head = "---\nnosearch: true\n---\n\n" if page.name in _NOT_SEARCHED else ""
        page.write_text(head + _SKIP.sub("", _relinked(text, "../" * depth)), encoding="utf-8")


def _relinked(text: str, up: str) -> str:
    """Lead links to the site's own pages; what is no page of it becomes the name of a file."""

    def led(found: re.Match[str]) -> str:
        title, address = found.groups()
        path, mark, anchor = address.partition("#")
        name = path.rsplit("/", 1)[-1]
        if "://" in address or not path:
            return found[0]
        if name in _AT_THE_TOP:
            return f"[{title}]({up}{_AT_THE_TOP[name]}{mark}{anchor})"
        if name.endswith(".ipynb"):
            return f"[{title}]({up}tutorials/{name.removesuffix('.ipynb')}.md)"
        if path.startswith("docs/"):
            return f"[{title}]({up}{path.removeprefix('docs/')}{mark}{anchor})"
        if re.match(
            r"(\.\./)*(tests|oauth_widgets|scripts|binder|notebooks)/|LICENSE|README", path
        ):
            return f"{title} (`{path.removeprefix('../')}`)"
        return found[0]

    return _LINK.sub(led, text)
