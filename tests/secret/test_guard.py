"""The leak guard: what is saved is searched in every place, and nothing harmless is reported."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
import os
import random
import struct
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import oauth_widgets as ow
from oauth_widgets import cli
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret import guard
from oauth_widgets.secret.guard import scan

from ..helpers.people import sign_in
from .secrets_to_plant import jwt, opaque, planted

ROOT = Path(__file__).parents[2]
TEXTS = {name: (text, secret) for name, text, secret in planted()}
STATE = "application/vnd.jupyter.widget-state+json"


# The places of a notebook that can hold a secret


def code(source: Any = "1 + 1", *outputs: Any, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": "c0ffee",
        "metadata": {},
        "outputs": list(outputs),
        "source": source,
        **more,
    }


def data(mime: str, content: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {mime: content}, "metadata": {}}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def notebook(*cells: Any, **metadata: Any) -> dict[str, Any]:
    usual = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": list(cells), "metadata": usual | metadata, "nbformat": 4, "nbformat_minor": 5}


def states(*models: dict[str, Any]) -> dict[str, Any]:
    return {
        STATE: {
            "version_major": 2,
            "version_minor": 0,
            "state": {
                f"{n:032x}": {"model_name": "TextModel", "state": s} for n, s in enumerate(models)
            },
        }
    }


def png(dice: random.Random, text: str = "", size: int = 40) -> str:
    """Return a real image of random pixels, with a comment, as base64."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
    rows = b"".join(b"\0" + dice.randbytes(3 * size) for _ in range(size))
    comment = chunk(b"tEXt", b"Comment\0" + text.encode())
    body = b"\x89PNG\r\n\x1a\n" + head + comment + chunk(b"IDAT", zlib.compress(rows))
    return base64.b64encode(body + chunk(b"IEND", b"")).decode()


DICE = random.Random(7)
PLACES: dict[str, Callable[[str], Any]] = {
    "source": lambda text: notebook(code(text)),
    "source in lines": lambda text: notebook(
        code(["import os\n", *text.splitlines(keepends=True)])
    ),
    "markdown": lambda text: notebook({"cell_type": "markdown", "metadata": {}, "source": text}),
    "stream": lambda text: notebook(
        code("1", {"output_type": "stream", "name": "stderr", "text": [text]})
    ),
    "traceback": lambda text: notebook(
        code(
            "1",
            {
                "output_type": "error",
                "ename": "E",
                "evalue": "",
                "traceback": ["\x1b[31mE\x1b[39m", text],
            },
        )
    ),
    "error": lambda text: notebook(
        code("1", {"output_type": "error", "ename": "E", "evalue": text, "traceback": []})
    ),
    "output metadata": lambda text: notebook(
        code("1", {**data("text/plain", "x"), "metadata": {"note": text}})
    ),
    "widget state": lambda text: notebook(code(), widgets=states({"value": "x"}, {"value": text})),
    "attachment": lambda text: notebook(
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "![a](attachment:a.png)",
            "attachments": {"a.png": {"image/png": png(DICE, text)}},
        }
    ),
    "attachment as text": lambda text: notebook(
        {
            "cell_type": "raw",
            "metadata": {},
            "source": "",
            "attachments": {"a.txt": {"text/plain": text}},
        }
    ),
    "cell metadata": lambda text: notebook(code(metadata={"tags": [text]})),
    "notebook metadata": lambda text: notebook(code(), papermill={"parameters": {"a": text}}),
    "third format": lambda text: {"nbformat": 3, "worksheets": [{"cells": [{"input": text}]}]},
    "no cells": lambda text: {"cells": {"a": text}},
    **{
        mime: lambda text, mime=mime: notebook(code("1", data(mime, text)))  # type: ignore[misc]
        for mime in (
            *("text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml"),
            *("application/javascript", "application/x-whatever"),
        )
    },
    "application/json": lambda text: notebook(code("1", data("application/json", {"a": [text]}))),
    "text/html in lines": lambda text: notebook(
        code("1", data("text/html", text.splitlines(keepends=True)))
    ),
    "image/png": lambda text: notebook(code("1", data("image/png", png(DICE, text) + "\n"))),
    "image/jpeg": lambda text: notebook(
        code(
            "1",
            data(
                "image/jpeg",
                base64.b64encode(b"\xff\xd8\xff\xe0" + text.encode() + DICE.randbytes(99)).decode(),
            ),
        )
    ),
}
CLEARED = {"stream", "traceback", "error", "output metadata", "widget state"} | {
    place for place in PLACES if "/" in place
}


def save(file: Path, content: Any, **form: Any) -> Path:
    form = {"indent": 1, "ensure_ascii": False} | form
    file.write_text(json.dumps(content, **form) + "\n", encoding="utf-8")
    return file


def missed_in(folder: Path, place: str) -> list[str]:
    missed = []
    # Each place has every notation, and a fourth of the parameters in each
    for name, (text, secret) in list(TEXTS.items())[list(PLACES).index(place) % 4 :: 4]:
        found = scan([save(folder / "a.ipynb", PLACES[place](text))])
        if not found:
            missed.append(name)
        assert not any(secret in str(one) for one in found)
        assert {one.clearable for one in found} <= {place in CLEARED}
    return missed


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_any_kind_is_missed_in_any_place_of_a_notebook(
    place: str, tmp_path: Path
) -> None:
    assert missed_in(tmp_path, place) == []


@pytest.mark.parametrize("name", ["a.py", "a.md", "a.log", "a.html", ".env", "a.json", "noname"])
def test_no_secret_of_any_kind_is_missed_in_a_text_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    packed = (str.encode, lambda text: gzip.compress(text.encode()))
    wide = (lambda text: text.encode("utf-16"), lambda text: text.encode("utf-32"))
    for number, (kind, (text, _)) in enumerate(list(TEXTS.items())[len(name) % 3 :: 3]):
        for pack in (packed, wide)[number % 2]:
            file.write_bytes(pack(text))
            assert scan([file]), kind


def test_a_parameter_is_found_in_json_whose_names_and_values_are_apart(tmp_path: Path) -> None:
    answer = {"access_token": opaque(DICE), "nested": [{"refresh_token": opaque(DICE)}]}
    for content in (
        notebook(code("1", data("application/json", answer))),
        notebook(code(), widgets=states(answer)),
        notebook(code(metadata=answer)),
        notebook(code(), parameters=answer),
    ):
        found = scan([save(tmp_path / "a.ipynb", content)])
        assert [one.kind for one in found] == ["access token", "refresh token"]


def test_a_column_of_a_csv_file_has_its_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"user": ["a", "b"], "access_token": [opaque(DICE), opaque(DICE)], "hash": [1, 2]}
    )
    for name, separator in (("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t")):
        frame.to_csv(tmp_path / name, sep=separator, index=False)
        found = scan([tmp_path / name])
        assert [(one.where, one.kind) for one in found] == [
            ("line 2", "access token"),
            ("line 3", "access token"),
        ]


def test_a_finding_says_where_and_what_and_tells_equal_secrets_apart(tmp_path: Path) -> None:
    one, other = f"x\n?code={opaque(DICE)}", f"?code={opaque(DICE)}"
    outputs = [data("text/plain", one), data("text/html", other), data("text/plain", one)]
    file = save(tmp_path / "a.ipynb", notebook(code(), code("1", *outputs)))
    first, second, third = scan([file])
    assert first.where == "cell 2, output 1, text/plain, line 2"
    assert second.where == "cell 2, output 2, text/html, line 1"
    assert first.kind == "authorization code"
    assert first.mask == third.mask != second.mask
    assert str(first) == f"{file}: {first.where}: authorization code {first.mask}"


def test_broken_notebooks_are_read_as_text(tmp_path: Path) -> None:
    token = opaque(DICE)
    content = json.dumps(notebook(code(f"a\nrequests.get(u, access_token='{token}')")), indent=1)
    for broken in (content[:-40], content.replace('"cells"', "cells"), "[" * 100_000 + content):
        (tmp_path / "a.ipynb").write_text(broken)
        assert [one.kind for one in scan([tmp_path / "a.ipynb"])] == ["access token"]


@pytest.mark.parametrize("content", [[], {"cells": 1}, {"cells": [1, None, {"outputs": [3]}]}, "x"])
def test_notebooks_that_are_none_are_searched_without_an_error(
    content: Any, tmp_path: Path
) -> None:
    assert scan([save(tmp_path / "a.ipynb", content)]) == []
    widgets = {"metadata": {"widgets": {STATE: content}}}
    assert scan([save(tmp_path / "a.ipynb", widgets)]) == []


def test_data_that_leaks_by_its_name_is_found_and_not_printed(tmp_path: Path) -> None:
    token = "ghp_" + opaque(DICE, 36, "abcdefghijkLMNOPQ0123456789")
    file = save(tmp_path / "a.ipynb", notebook(code("1", data(f"x/{token}", "a"))))
    (found,) = scan([file])
    assert found.clearable
    assert token not in str(found)
    data_ = data(f"text/{token}", f"?code={opaque(DICE)}")
    assert all(token not in str(one) for one in scan([save(file, notebook(code("1", data_)))]))


def test_json_that_is_a_list_of_strings_keeps_them_apart(tmp_path: Path) -> None:
    output = data("application/json", ["access_token", opaque(DICE)])
    (found,) = scan([save(tmp_path / "a.ipynb", notebook(code("1", output)))])
    assert found.kind == "access token"


def test_two_members_of_one_name_are_both_searched(tmp_path: Path) -> None:
    cell = json.dumps(code("1", data("text/plain", f"?code={opaque(DICE)}")))
    cell = cell.removesuffix("}") + ', "outputs": []}'
    (tmp_path / "a.ipynb").write_text('{"cells": [' + cell + '], "nbformat": 4}')
    assert [one.kind for one in scan([tmp_path])] == ["authorization code"]


def test_a_packed_csv_file_has_its_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1], "refresh_token": [opaque(DICE)]})
    frame.to_csv(tmp_path / "a.csv.gz", index=False)
    assert [one.kind for one in scan([tmp_path])] == ["refresh token"]


def test_the_same_secret_on_a_long_line_is_counted_quickly(tmp_path: Path) -> None:
    once = b"access_token='" + opaque(DICE).encode() + b"' "

    def seconds(times: int) -> float:
        (tmp_path / "a.txt").write_bytes(b"x\n" * 40 * times + once * times)
        began = time.process_time()
        assert len(scan([tmp_path])) == 1
        return time.process_time() - began

    assert seconds(8_000) < 64 * seconds(500)


# The running session's own values


def test_the_very_values_of_a_session_are_found_in_any_spelling(tmp_path: Path) -> None:
    sandbox = ow.sandbox.start("playground")
    scope = "openid offline_access"
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=scope)
    session = pending.finish(sign_in(pending.url))
    sandbox.stop()
    assert session.id_token
    secrets = (session.access_token, session.refresh_token, session.id_token.raw)
    for secret in (*secrets, sandbox.client.client_secret):
        assert secret is not None
        value = secret.reveal()
        for text in (value, base64.b64encode(f"a{value}".encode()).decode()):
            file = save(tmp_path / "a.ipynb", notebook(code(f"x {text} y")))
            assert "value of this session" in {one.kind for one in scan([file], session)}
    assert scan([save(tmp_path / "a.ipynb", notebook(code()))], session) == []


def test_secrets_of_plain_words_are_found_by_their_value(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("it says correct horse")
    assert scan([tmp_path]) == []
    assert len(scan([tmp_path], [ow.Secret("correct horse")])) == 1
    assert len(scan([tmp_path], ["correct horse", "battery staple"])) == 1
    with pytest.raises(ConfigurationError, match="known="):
        scan([tmp_path], ["abc"])


@pytest.mark.parametrize(
    "text", ["steps.again()", "session.access_token", "os.environ['TOKEN']", "take_it_from_here(x)"]
)
def test_code_that_documentation_quotes_after_a_name_is_no_secret(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text(f"A new state and code verifier: `{text}`.")
    assert scan([tmp_path]) == []


# Harmless notebooks


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


def test_two_hundred_notebooks_with_images_and_hashes_raise_no_alarm(tmp_path: Path) -> None:
    dice = random.Random(11)
    for number in range(200):
        save(tmp_path / f"{number}.ipynb", harmless(dice))
    assert list(map(str, scan([tmp_path]))) == []


def test_our_own_notebooks_and_documents_are_clean() -> None:
    own = ("notebooks", "docs", "oauth_widgets", "binder", "README.md", "SECURITY.md")
    paths = [path for path in map(ROOT.joinpath, own) if path.exists()]
    assert len(paths) > 3
    assert list(map(str, scan(paths))) == []


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


# Which files are read


def test_folders_are_searched_with_their_checkpoints_and_without_what_is_installed(
    tmp_path: Path,
) -> None:
    leak = f"access_token={opaque(DICE)}"
    read = [".env", "a/b/c.md", "a/.ipynb_checkpoints/x-checkpoint.ipynb", "log.gz"]
    skipped = [".git/config", "node_modules/a.js", "env/lib/x.py", "a/__pycache__/y"]
    for name in read + skipped:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        content = leak.encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    (tmp_path / "env/pyvenv.cfg").touch()
    (tmp_path / "binary").write_bytes(b"\0\1" + leak.encode())
    assert {one.file for one in scan([tmp_path])} == {tmp_path / name for name in read}


def test_links_are_not_followed_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "out/a.txt").write_text(f"access_token={opaque(DICE)}")
    (tmp_path / "in/file").symlink_to(tmp_path / "out/a.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/dangling").symlink_to(tmp_path / "nothing")
    assert scan([tmp_path / "in"]) == []
    assert len(scan([tmp_path / "in/file"])) == 1


def test_what_is_larger_than_a_window_is_found_on_both_sides_of_its_edge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_WINDOW", 20_000)
    monkeypatch.setattr(guard, "_OVERLAP", 1_000)
    monkeypatch.setattr(guard, "_LARGEST_NOTEBOOK", 1_000)
    for name, pack in (("a.ipynb", bytes), ("a.gz", gzip.compress)):
        for before in range(19_900, 20_100, 7):
            text = (
                b"x\n" * (before // 2) + b"?access_token=" + opaque(DICE).encode() + b"\n" * 30_000
            )
            (tmp_path / name).write_bytes(pack(text))
            (found,) = scan([tmp_path / name])
            assert found.where == f"line {before // 2 + 1}"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, b""])
def test_a_byte_order_mark_is_no_obstacle(mark: bytes, tmp_path: Path) -> None:
    content = json.dumps(notebook(code(f"?code={opaque(DICE)}"))).encode()
    (tmp_path / "a.ipynb").write_bytes(mark + content)
    (found,) = scan([tmp_path])
    assert found.where == "cell 1, line 1"


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        scan([tmp_path / "nothing"])
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"a" * 9999)[:-9])
    with pytest.raises(ConfigurationError, match=r"a\.gz cannot be read"):
        scan([tmp_path])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="not a regular file"):
        scan([tmp_path / "pipe"])


# Clearing


def leaky() -> dict[str, Any]:
    token = f"access_token={opaque(DICE)}"
    return notebook(
        code(
            f"# {token}", data("text/plain", "é 1.0"), data("text/plain", token), data("x/y", token)
        ),
        code("b", data("text/plain", token), data("text/plain", "kept"), data("text/html", token)),
        widgets=states({"value": "kept"}, {"value": token}),
    )


@pytest.mark.parametrize(
    "form",
    [
        {"indent": 1},
        {"indent": 4},
        {"indent": "\t"},
        {"ensure_ascii": True},
        {"indent": None},
        {"indent": None, "separators": (",", ":")},
    ],
    ids=str,
)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_clearing_takes_out_what_leaks_and_keeps_all_else_as_it_was(
    form: dict[str, Any], line: str, end: str, tmp_path: Path
) -> None:
    form = {"indent": 1, "ensure_ascii": False} | form
    content = leaky()
    before = (json.dumps(content, **form) + end).replace("\n", line).encode()
    file = tmp_path / "a.ipynb"
    file.write_bytes(before)
    file.chmod(0o640)

    copy = guard.clear(file)

    for cell, kept in zip(content["cells"], ([0], [1]), strict=True):
        cell["outputs"] = [cell["outputs"][index] for index in kept]
    del content["metadata"]["widgets"][STATE]["state"][f"{1:032x}"]
    assert file.read_bytes() == (json.dumps(content, **form) + end).replace("\n", line).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.where for one in scan([file])] == ["cell 1, line 1"]
    assert copy == tmp_path / "a.ipynb.before-clean"
    assert copy.read_bytes() == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.ipynb", "a.ipynb.before-clean"]


def test_half_a_character_stays_an_escape_when_a_notebook_is_cleared(tmp_path: Path) -> None:
    kept = data("text/plain", "é HALF")
    content = notebook(code("1", kept, data("text/plain", f"?code={opaque(DICE)}")))
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(content, ensure_ascii=False).replace("HALF", "\\ud83d"), "utf-8")
    assert guard.clear(file)
    text = file.read_text("utf-8")
    (output,) = json.loads(text)["cells"][0]["outputs"]
    assert output["data"]["text/plain"] == "é \ud83d"


def test_clearing_touches_nothing_that_has_nothing_to_clear(tmp_path: Path) -> None:
    for name, content in {
        "a.ipynb": json.dumps(notebook(code(f"?code={opaque(DICE)}"))),
        "b.md": f"?code={opaque(DICE)}",
        "c.ipynb": f"broken ?code={opaque(DICE)}",
    }.items():
        file = tmp_path / name
        file.write_text(content)
        assert guard.clear(file) is None
        assert file.read_text() == content
    assert len(list(tmp_path.iterdir())) == 3


def test_clearing_never_overwrites_an_earlier_copy(tmp_path: Path) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    before = file.read_bytes()
    (tmp_path / "a.ipynb.before-clean").write_text("mine")
    with pytest.raises(ConfigurationError, match="before-clean cannot be written"):
        guard.clear(file)
    assert file.read_bytes() == before
    assert (tmp_path / "a.ipynb.before-clean").read_text() == "mine"


def test_a_failure_while_clearing_leaves_the_notebook_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    before = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        guard.clear(file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


# The command and its hook


def run(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.main(["scan", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_ends_with_0_1_or_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = save(tmp_path / "clean.ipynb", notebook(code()))
    assert run(clean, capsys=capsys) == (0, "", "No secret found in 1 file.\n")

    leaking = save(tmp_path / "leaking.ipynb", leaky())
    status, out, err = run(clean, leaking, capsys=capsys)
    assert status == 1
    assert len(out.splitlines()) == 6
    assert out.startswith(f"{leaking}: cell 1, line 1: access token ••••")
    assert "Found 6 secrets" in err
    assert "--clean" in err

    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b broken")
    status, out, err = run(tmp_path, capsys=capsys)
    assert status == 2
    assert len(out.splitlines()) == 6
    assert "a.gz cannot be read" in err
    assert run(tmp_path / "nothing", capsys=capsys)[0] == 2
    with pytest.raises(SystemExit) as ended:
        cli.main(["scan"])
    assert ended.value.code == 2


def test_the_command_cleans_and_says_where_the_copy_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(tmp_path / "a.ipynb", leaky())
    status, out, err = run("--clean", file, capsys=capsys)
    assert status == 1
    assert len(out.splitlines()) == 6
    assert f"{file}.before-clean still contains the secret" in err
    assert "Remove those in code" in err
    status, out, _ = run(file, capsys=capsys)
    assert (status, len(out.splitlines())) == (1, 1)


def test_the_command_prints_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, _ in TEXTS.values():
        with (tmp_path / "a.txt").open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    said = "".join(run(tmp_path, capsys=capsys)[1:])
    assert [name for name, (_, secret) in TEXTS.items() if secret in said] == []


def test_the_hook_runs_the_command_on_notebooks_and_text() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "oauth-widgets-scan"
    assert hook["language"] == "python"
    assert hook["types_or"] == ["jupyter", "text"]
    command, *arguments = hook["entry"].split()
    assert command == "oauth-widgets"
    ended = subprocess.run(  # noqa: S603 - ourselves
        [
            *(sys.executable, "-c", "import sys; from oauth_widgets.cli import main; main()"),
            *(*arguments, "--help"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "--clean" in ended.stdout
