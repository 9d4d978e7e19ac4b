"""Whatever a manifest says, it is read, or refused with an error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames.dataset.manifest import manifest_of

from .scripted import MANIFEST, Scripted, changing, scripted

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def api() -> Iterator[Scripted]:
    with scripted(changing(40)) as running:
        yield running


@pytest.fixture(scope="module")
def stopped(api: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with two parts and two pages in none."""
    folder = tmp_path_factory.mktemp("some") / "rows"
    api.trouble = lambda target: b"nothing" if "cursor=30" in target else None
    with pytest.raises(errors.OAuthError):
        api.session().to_dataset("/rows", folder, partition_rows=10, progress=False)
    api.trouble = lambda _: None
    return folder


def places(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value."""
    inner: Any = found.items() if isinstance(found, dict) else ()
    inner = enumerate(found) if isinstance(found, list) else inner
    return [path, *(way for name, value in inner for way in places(value, (*path, name)))]


def with_value(found: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.copy(found)
    changed[path[0]] = with_value(found[path[0]], path[1:], value)
    return changed


def test_what_was_written_is_read(stopped: Path) -> None:
    text = (stopped / MANIFEST).read_bytes()
    manifest = manifest_of(text, "it")
    assert json.loads(manifest.text()) == json.loads(text)
    assert len(manifest.parts) == 2


@given(data=st.data())
def test_any_bytes_are_read_or_refused(data: st.DataObject, stopped: Path) -> None:
    text = (stopped / MANIFEST).read_bytes()
    at = data.draw(st.integers(0, len(text)))
    for body in (data.draw(st.binary()), text[:at], text[:at] + data.draw(st.binary()) + text[at:]):
        with suppress(errors.DatasetProblem):
            manifest_of(body, "it")


@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_any_value_at_any_place_is_continued_or_refused(
    data: st.DataObject, api: Scripted, stopped: Path
) -> None:
    whole = json.loads((stopped / MANIFEST).read_bytes())
    kept = {file: file.read_bytes() for file in stopped.rglob("*") if file.is_file()}
    path = data.draw(st.sampled_from(places(whole)))
    changed = with_value(whole, path, data.draw(JSON))
    (stopped / MANIFEST).write_text(json.dumps(changed))
    try:
        with suppress(errors.OAuthError):
            ow.dataset_info(stopped)
        with suppress(errors.OAuthError, UserWarning):
            api.session().to_dataset("/rows", stopped, partition_rows=10, progress=False)
    finally:
        for file in stopped.rglob("*"):
            if file.is_file():
                file.unlink()
        for file, body in kept.items():
            file.write_bytes(body)


@pytest.mark.parametrize("name", ["../../x.parquet", "/etc/passwd", "part-1.parquet", ""])
def test_a_part_is_nowhere_but_in_the_folder(name: str, stopped: Path) -> None:
    whole = json.loads((stopped / MANIFEST).read_bytes())
    for changed in (
        whole | {"parts": [whole["parts"][0] | {"name": name}]},
        whole | {"drops": [name]},
        whole | {"moves": {"new-1": name}},
        whole | {"moves": {name: "part-00000.parquet"}},
    ):
        with pytest.raises(errors.DatasetDamaged):
            manifest_of(json.dumps(changed).encode(), "it")
