"""Parts that are gone or damaged are named and fetched again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

from .scripted import MANIFEST, UPDATES, Scripted, fetched, same


def damage(file: Path) -> None:
    body = file.read_bytes()
    file.write_bytes(body[:50] + bytes([body[50] ^ 1]) + body[51:])


@pytest.mark.parametrize("harm", [Path.unlink, damage, lambda file: file.write_bytes(b"")])
@pytest.mark.parametrize("options", [{}, UPDATES], ids=["whole", "since"])
def test_a_part_that_is_gone_or_damaged_is_named_and_fetched_again(
    harm: Any, options: Any, api: Scripted, folder: Path
) -> None:
    info = fetched(api, folder, **options)
    harm(info.files[1])
    seen = ow.dataset_info(folder)
    assert seen.damaged == ("part-00001.parquet",)
    assert not seen.complete
    before = len(api.asked)
    with pytest.warns(errors.DatasetRepairedWarning, match="part-00001.parquet was deleted"):
        fetched(api, folder, **options)
    again = api.asked[before:]
    same(api, folder, in_order=not options)
    if not options:
        assert again == [f"/rows?cursor={at}" for at in (30, 40, 50)]


def test_a_part_of_many_addresses_is_fetched_again(api: Scripted, folder: Path) -> None:
    api.each = {str(n): [{"id": n * 100 + at} for at in range(25)] for n in range(4)}
    call: dict[str, Any] = {"at": "/of/{n}/rows", "each": {"n": range(4)}, "partition_rows": 7}
    info = fetched(api, folder, **call)
    info.files[3].unlink()
    with pytest.warns(errors.DatasetRepairedWarning):
        fetched(api, folder, **call)
    same(api, folder, "/of/{n}/rows", each={"n": range(4)})


def test_a_part_that_the_api_no_longer_has_is_said_to_be_lost(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    info.files[-1].unlink()
    del api.rows[95:]
    with (
        pytest.warns(errors.DatasetRepairedWarning),
        pytest.raises(errors.DatasetDamaged, match="part-00003"),
    ):
        fetched(api, folder)


def test_a_touched_part_is_read_and_stays(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    os.utime(info.files[0])
    before = len(api.asked)
    assert fetched(api, folder).complete
    assert len(api.asked) == before


def test_a_newer_version_and_a_manifest_cut_short_are_said(api: Scripted, folder: Path) -> None:
    fetched(api, folder)
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(json.dumps(json.loads(text) | {"version": 2}))
    for call in (lambda: fetched(api, folder), lambda: ow.dataset_info(folder)):
        with pytest.raises(errors.DatasetTooNew, match="newer version"):
            call()
    (folder / MANIFEST).write_text(text[:-20])
    for call in (lambda: fetched(api, folder), lambda: ow.dataset_info(folder)):
        with pytest.raises(errors.DatasetDamaged, match="cut short") as refused:
            call()
        assert "delete the folder" in refused.value.next_step
