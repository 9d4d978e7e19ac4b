"""What a first frame loads: nothing that its format does not need."""

from __future__ import annotations

import subprocess
import sys

from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json

SCRIPT = """
import sys
from tests.bench.signed_in import signed_in
session = signed_in(sys.argv[1])
assert "pyarrow" not in sys.modules and "pandas" not in sys.modules
rows = len(session.frame("/api/events", progress=False))
needless = {"pyarrow.parquet", "pyarrow.fs", "pyarrow.dataset", "matplotlib", "tqdm"}
print(rows, *(needless & sys.modules.keys()))
"""


def test_a_frame_of_json_loads_no_reader_of_other_formats_nor_file_systems(mint: Mint) -> None:
    mint.good = "a-token"
    mint.pages["/api/events"] = as_json([{"id": 1}, {"id": 2}])
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT, mint.origin], capture_output=True, text=True, check=False
    )
    assert (ran.stdout.split(), ran.returncode) == (["2"], 0), ran.stderr
