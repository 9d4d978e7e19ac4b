"""Build the documentation, check it, and print how large it is and how long it took."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from sphinx.cmd.build import build_main

from scripts.docs_site import links, sources, tutorials

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".cache" / "docs"


def main(arguments: list[str]) -> int:
    """Build what is in docs/, and return the exit status."""
    started = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    source, html = WORK / "source", WORK / "html"
    sources.gather(ROOT, source)
    tutorials.write(ROOT / "notebooks", source, run="--quick" not in arguments)
    ran = time.monotonic()
    options = ["-W", "--keep-going", "-n", "-q", "-j", "2", "-c", str(Path(__file__).parent)]
    if status := build_main([*options, str(source), str(html)]):
        return status
    problems = links.problems(html)
    for one in problems:
        print(one)
    files = [one for one in html.rglob("*") if one.is_file()]
    print(
        f"{len(list(html.rglob('*.html')))} pages, "
        f"{sum(one.stat().st_size for one in files) / 1e6:.1f} MB, "
        f"in {time.monotonic() - started:.0f} s ({ran - started:.0f} s of them for the tutorials): "
        f"{html.relative_to(ROOT)}/index.html"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
