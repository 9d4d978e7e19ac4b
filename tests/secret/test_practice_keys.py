"""The keys of practice servers, which participants of a class type into cells."""

from __future__ import annotations

from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox.server.state.site import new_key

from .notebooks import code, data, notebook, save

_CONNECT = 'sandbox = ow.sandbox.connect("https://class.example", key="{}")'


@pytest.mark.parametrize(
    ("source", "output"), [(_CONNECT, ""), ("sandbox.key.reveal()", "'{}'")], ids=["cell", "output"]
)
def test_the_key_of_a_space_is_found_in_a_saved_notebook(
    source: str, output: str, tmp_path: Path
) -> None:
    key = new_key()
    cell = code(source.format(key), data("text/plain", output.format(key)))
    (finding,) = ow.scan([save(tmp_path / "class.ipynb", notebook(cell))])
    assert "key of a practice server" in str(finding)
    assert key not in str(finding)
