"""The keys of practice servers, which participants of a class type into cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import oauth_widgets as ow
from oauth_widgets.sandbox.server.state.site import new_key

_CONNECT = 'sandbox = ow.sandbox.connect("https://class.example", key="{}")'


@pytest.mark.parametrize(
    ("source", "output"), [(_CONNECT, ""), ("sandbox.key.reveal()", "'{}'")], ids=["cell", "output"]
)
def test_the_key_of_a_space_is_found_in_a_saved_notebook(
    source: str, output: str, tmp_path: Path
) -> None:
    key = new_key()
    shown = {"text/plain": output.format(key)}
    result = {"output_type": "execute_result", "data": shown, "metadata": {}, "execution_count": 1}
    cell = {
        "cell_type": "code",
        "source": source.format(key),
        "outputs": [result],
        "metadata": {},
        "execution_count": 1,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    file = tmp_path / "class.ipynb"
    file.write_text(json.dumps(notebook))
    (finding,) = ow.scan([file])
    assert "key of a practice server" in str(finding)
    assert key not in str(finding)
