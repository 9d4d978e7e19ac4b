"""Every card in every state, looked at by axe in browsers of other makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..axe import AXE, FIND
from ..conftest import PICTURES
from ..gallery import CARDS, SETUP, in_one_cell
from .lab import opened_and_run, theme

if TYPE_CHECKING:
    from ..servers import Servers
    from .page import Engine

pytestmark = pytest.mark.engines

SHOWN = "(count) => document.querySelectorAll('.jp-OutputArea-output .ow-card').length >= count"
CUT_OFF = """() => [...document.querySelectorAll(".ow-card")]
  .filter((card) => card.scrollWidth > card.clientWidth).map((card) => card.innerText)"""
NARROW = """() => {
  const outer = document.querySelectorAll(".ow-card:not(.ow-card .ow-card)");
  for (const card of outer) card.style.width = "320px";
}"""


@pytest.mark.timeout(600)
def test_every_card_is_drawn_whole_and_axe_finds_nothing(engine: Engine, servers: Servers) -> None:
    page = opened_and_run(engine, servers.jupyter("lab"), SETUP, in_one_cell(CARDS))
    page.wait_for(SHOWN, len(CARDS))
    page.run(f"() => {{ {AXE.read_text('utf-8')} }}")
    for name in ("Dark", "Light"):
        theme(page, name)
        checked = page.run(FIND, [".jp-OutputArea", None])
        assert checked["found"] == [], "\n".join(checked["found"])
        PICTURES.mkdir(parents=True, exist_ok=True)
        kind = type(engine).__name__.lower()
        (PICTURES / f"{kind}-{name.lower()}.png").write_bytes(engine.picture(page))
    assert page.run(CUT_OFF) == []
    page.run(NARROW)
    assert page.run(CUT_OFF) == []
