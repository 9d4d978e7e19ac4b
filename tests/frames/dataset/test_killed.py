"""A process that is killed at any moment costs nothing; `scripts/test soak` kills more of them."""

from __future__ import annotations

import os
from pathlib import Path

from .killing import kill_many

KILLS = int(os.environ.get("KILLS", "5"))


def test_kills_at_random_moments_leave_the_rows_of_one_whole_fetch(tmp_path: Path) -> None:
    assert kill_many(KILLS, tmp_path, seed=KILLS)
