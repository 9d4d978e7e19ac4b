"""What is in a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path

import pyarrow as pa

from oauth_widgets.errors import ConfigurationError, foreign_text
from oauth_widgets.frames.dataset.folder import Folder, folder_of
from oauth_widgets.frames.dataset.manifest import Manifest
from oauth_widgets.frames.dataset.page_log import rows_in
from oauth_widgets.frames.size import shown_size
from oauth_widgets.secret.table import as_table


@dataclass(frozen=True)
class DatasetInfo:
    """What is in a dataset, as it was when this was made.

    `rows` counts those that are safe: in `files`, and if it isn't `complete`, in pages that wait to
    become one. `files` are the Parquet parts in order, `size` their bytes and `schema` their
    columns. `address` is the source of the rows, without parameters, and `who` the server and the
    client. `began` and `completed` are when the latest fetch began and ended, as aware datetimes.
    `damaged` names parts that were deleted or changed; the next call fetches them again.
    """

    path: Path
    address: str
    rows: int
    files: tuple[Path, ...]
    size: int
    complete: bool
    schema: pa.Schema
    began: datetime
    completed: datetime | None
    who: Mapping[str, str]
    damaged: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self._lines)

    def _repr_html_(self) -> str:
        return as_table((), self._lines)

    @property
    def _lines(self) -> list[tuple[str, str]]:
        state = "incomplete: repeat the call to continue"
        if self.complete and self.completed is not None:
            state = f"complete since {self.completed:%Y-%m-%d %H:%M} UTC"
        parts = f"{len(self.files):,} part{'s' * (len(self.files) != 1)}"
        lines = [
            ("Dataset", foreign_text(str(self.path))),
            ("Source", foreign_text(self.address)),
            ("State", state),
            ("Rows", f"{self.rows:,} in {parts}, {shown_size(self.size)}"),
            ("Columns", foreign_text(", ".join(self.schema.names)) or "none"),
        ]
        if self.damaged:
            names = ", ".join(self.damaged)
            lines.append(("Damaged", f"{names}: repeat the call to repair the dataset"))
        return lines


def dataset_info(folder: str | PathLike[str]) -> DatasetInfo:
    """Return what is in the dataset that `session.to_dataset` made in `folder`.

    Nothing is sent, and nothing is changed. A part that has another size or another time of change
    than it was written with is read whole, to see whether it is damaged. Raises
    ConfigurationError if the folder holds no dataset, DatasetDamaged or DatasetTooNew.

        session.to_dataset("/events", "events")
        ow.dataset_info("events")
    """
    place = folder_of(folder)
    with place.named_problems():
        place.check()
        manifest = place.read()
        if manifest is None:
            raise ConfigurationError(
                f"folder is {place}, which contains no dataset.",
                next_step="Make one with session.to_dataset(…).",
            )
        return info_of(place, manifest)


def info_of(folder: Folder, manifest: Manifest) -> DatasetInfo:
    """Return what is in a dataset with this manifest. Raises OSError."""
    moving = {name for aside, name in manifest.moves.items() if (folder.inner / aside).exists()}
    damaged = tuple(
        part.name
        for part in manifest.parts
        if part.name not in moving and not folder.is_whole(part)
    )
    whole = [part for part in manifest.parts if part.name not in damaged]
    waiting = 0 if manifest.completed else rows_in(folder.pages(manifest.journal))
    schema = folder.schema(whole[-1]) if whole else pa.schema([])
    return DatasetInfo(
        path=folder.path,
        address=manifest.query.address,
        rows=manifest.rows + waiting,
        files=tuple(folder.path / part.name for part in manifest.parts),
        size=sum(part.size for part in manifest.parts),
        complete=manifest.completed is not None and not damaged,
        schema=schema.remove_metadata(),
        began=datetime.fromisoformat(manifest.began),
        completed=datetime.fromisoformat(manifest.completed) if manifest.completed else None,
        who={name: value for name, value in manifest.who.items() if name != "person"},
        damaged=damaged,
    )
