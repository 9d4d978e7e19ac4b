"""What axe finds in a page or a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "peers" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
# Everything axe knows: accessibility by law, and what it calls good practice.
FIND = """async ([part, rules]) => {
  const only = rules && { runOnly: { type: "rule", values: rules } };
  const { violations, passes } = await axe.run(part ?? document, only ?? {});
  return {
    passes: passes.length,
    found: violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\\n${html}\\n${failureSummary}`)),
  };
}"""


def load_axe(page: Page) -> None:
    """Have axe at hand in `page`."""
    page.evaluate(AXE.read_text("utf-8"))


def nothing_found(page: Page, part: str | None = None) -> None:
    """Fail with all that axe finds in `page`, or in what the selector `part` names."""
    checked = page.evaluate(FIND, [part, None])
    assert checked["found"] == [], "\n".join(checked["found"])
    assert checked["passes"] > 3


def colours_found_right(page: Page, part: str | None = None) -> None:
    """Fail with what axe finds of the colours there: nothing else depends on the look."""
    checked = page.evaluate(FIND, [part, ["color-contrast", "link-in-text-block"]])
    assert checked["found"] == [], "\n".join(checked["found"])
