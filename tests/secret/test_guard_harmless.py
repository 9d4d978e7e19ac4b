"""Nothing harmless is reported, and each secret once, where it is."""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from oauth_widgets.secret import guard
from oauth_widgets.secret.guard import scan

from .notebooks import DICE, code, data, notebook, png, save, states, stream
from .secrets_to_plant import jwt, opaque


@pytest.mark.parametrize(
    "text", ["steps.again()", "session.access_token", "os.environ['TOKEN']", "take_it_from_here(x)"]
)
def test_code_that_documentation_quotes_after_a_name_is_no_secret(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text(f"A new state and code verifier: `{text}`.")
    assert scan([tmp_path]) == []


def harmless(dice: random.Random) -> dict[str, Any]:
    rows = 12
    frame = pd.DataFrame(
        {
            "id": [str(uuid.UUID(bytes=dice.randbytes(16))) for _ in range(rows)],
            "sha256": [sha256(dice.randbytes(4)).hexdigest() for _ in range(rows)],
            "commit": [dice.randbytes(20).hex() for _ in range(rows)],
            "code": [dice.choice(["NO", "SE", "DK"]) for _ in range(rows)],
            "etag": [opaque(dice, 32) for _ in range(rows)],
            "value": [dice.random() for _ in range(rows)],
        }
    )
    plot = {
        "data": [
            {
                "type": "scatter",
                "y": {"dtype": "f8"},
                "x": [dice.random() for _ in range(50)],
                "bdata": base64.b64encode(dice.randbytes(4000)).decode(),
            }
        ],
        "layout": {"template": {"colorway": ["#636efa"]}},
    }
    names = [opaque(dice, 3, "abcdefgh") for _ in range(300)]
    script = ";".join(f"function {n}(t,e){{return t.{n}=e+{dice.random()},t.code}}" for n in names)
    path = " ".join(f"{dice.uniform(0, 99):.4f},{dice.uniform(0, 99):.4f}" for _ in range(200))
    jpeg = base64.b64encode(b"\xff\xd8\xff\xe0\0\x10JFIF" + dice.randbytes(10_000)).decode()
    return notebook(
        code(
            ["import oauth_widgets as ow\n", "client_secret=ow.Secret.ask('client secret')"],
            data("image/png", png(dice, "made by a library", size=50) + "\n"),
            data("image/jpeg", jpeg),
            data("image/svg+xml", [f'<svg id="{uuid.uuid4()}"><path d="M {path}"/></svg>']),
            data("text/html", frame.to_html()),
            data("text/plain", frame.to_string()),
            data("application/vnd.plotly.v1+json", plot),
            data("text/html", f"<script>{script}</script><img src='data:image/png;{png(dice)}'>"),
            data("text/plain", base64.urlsafe_b64encode(dice.randbytes(5_000)).decode()),
            data("text/csv", frame.to_csv()),
            data("application/json", json.loads(frame.to_json())),
            id=opaque(dice, 8),
        ),
        widgets=states(
            {"_view_module": "anywidget", "value": opaque(dice, 22), "_anywidget_id": "x"}
        ),
    )


@pytest.mark.hypothesis
def test_notebooks_with_images_and_hashes_raise_no_alarm(tmp_path: Path) -> None:
    dice = random.Random(11)
    for number in range(settings().max_examples // 4):
        save(tmp_path / f"{number}.ipynb", harmless(dice))
    assert list(map(str, scan([tmp_path]))) == []


SPLIT: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "a token in two pieces of a stream": lambda token: (
        "1",
        stream(f"a\nit is {token[:90]}"),
        stream(f"{token[90:]} it was\n"),
    ),
    "a token in two displays": lambda token: (
        "1",
        data("text/plain", f"'{token[:90]}'"),
        data("text/plain", [f"'{token[90:]}'", "\nb"]),
    ),
    "a name and its value": lambda token: (
        "1",
        stream("access_token:\n"),
        stream(f"{token[-43:]}\n"),
    ),
    "a name and its value in two displays": lambda token: (
        "1",
        data("text/plain", "'client_secret'"),
        data("text/plain", f"'{token[-43:]}'"),
    ),
}


@pytest.mark.parametrize("way", SPLIT)
def test_a_secret_in_two_outputs_is_found_and_cleared(way: str, tmp_path: Path) -> None:
    token = jwt(DICE)
    file = save(tmp_path / "a.ipynb", notebook(code(*SPLIT[way](token))))
    assert [one.where.split(", ")[1] for one in scan([file])][-2:] == ["output 1", "output 2"]
    guard.clear(file)
    assert json.loads(file.read_text())["cells"][0]["outputs"] == []


@pytest.mark.parametrize("source", ["answer['access_token']", "x = 1\nsession.refresh_token"])
def test_a_value_is_named_by_the_end_of_its_cell(source: str, tmp_path: Path) -> None:
    cell = code(source, data("text/plain", f"'{opaque(DICE)}'"))
    (finding,) = scan([save(tmp_path / "a.ipynb", notebook(cell))])
    assert finding.clearable


def test_a_secret_in_one_output_is_not_reported_of_its_neighbour(tmp_path: Path) -> None:
    whole, other = stream(f"access_token={opaque(DICE)}\n"), stream("sha 3f9a1c2b7d8e4f50a1b2c3d4")
    file = save(tmp_path / "a.ipynb", notebook(code("1", whole, other)))
    assert [one.where for one in scan([file])] == ["cell 1, output 1, text, line 1"]
