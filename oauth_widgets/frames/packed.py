"""A page as bytes that hold all of it, for a file that pages wait in."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from oauth_widgets.frames.columns import Meant, Page

_PAGE = b"page"
_MEANT = b"meant"


def packed(page: Page) -> memoryview:
    """Return the bytes of a page."""
    arrays = list(page.arrays.values())
    paths = list(page.arrays)
    places = {path: at for at, path in enumerate(paths)}
    facts: dict[str, Any] = {
        "rows": page.rows,
        "paths": paths,
        "objects": sorted(page.objects),
        "mixed": sorted(places[path] for path in page.mixed),
    }
    notes = {}
    if page.meant is not None:
        facts["traits"] = [sorted(page.meant[path].traits) for path in paths]
        kinds = [pa.field(str(at), page.meant[path].kind) for at, path in enumerate(paths)]
        notes[_MEANT] = pa.schema(kinds).serialize().to_pybytes()
    names = [str(at) for at in range(len(arrays))]
    batch = pa.RecordBatch.from_arrays(
        arrays, names=names, metadata={_PAGE: json.dumps(facts).encode(), **notes}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return memoryview(sink.getvalue())


def unpacked(body: bytes | bytearray) -> Page:
    """Return the page that `packed` was given.

    Raises what Arrow and Python raise for other bytes: ArrowException, OSError, ValueError,
    LookupError, TypeError.
    """
    batch = pa.ipc.open_stream(pa.py_buffer(body)).read_next_batch()
    notes = batch.schema.metadata
    facts = json.loads(notes[_PAGE])
    paths = [tuple(path) for path in facts["paths"]]
    meant = None
    if _MEANT in notes:
        kinds = pa.ipc.read_schema(pa.py_buffer(notes[_MEANT]))
        meant = {
            path: Meant(kind.type, frozenset(traits))
            for path, kind, traits in zip(paths, kinds, facts["traits"], strict=True)
        }
    return Page(
        facts["rows"],
        dict(zip(paths, batch.columns, strict=True)),
        frozenset(map(tuple, facts["objects"])),
        frozenset(paths[at] for at in facts["mixed"]),
        meant,
    )
