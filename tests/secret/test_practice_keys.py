"""The keys of practice servers, which participants of a class type into cells."""

from __future__ import annotations

from pathlib import Path

import nbformat.v4 as nb
import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox.server.state.site import new_key


@pytest.mark.parametrize("place", ["a cell", "an output"])
def test_the_key_of_a_space_is_found_in_a_saved_notebook(place: str, tmp_path: Path) -> None:
    key = new_key()
    cell = nb.new_code_cell("sandbox.key.reveal()")
    if place == "a cell":
        cell.source = f'sandbox = ow.sandbox.connect("https://class.example", key="{key}")'
    else:
        cell.outputs = [nb.new_output("execute_result", {"text/plain": repr(key)})]
    file = tmp_path / "class.ipynb"
    file.write_text(nb.writes(nb.new_notebook(cells=[cell])))
    (finding,) = ow.scan([file])
    assert "key of a practice server" in str(finding)
    assert key not in str(finding)
