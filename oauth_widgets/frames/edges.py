"""Connections of GraphQL: each record is the node of an edge (the Relay specification)."""

from __future__ import annotations

from types import NoneType
from typing import Any

import pyarrow as pa

from oauth_widgets.frames.columns import members
from oauth_widgets.frames.envelope import Rows

_NODE = "node"
_CURSOR = "cursor"


def nodes_of(edges: Rows) -> tuple[Rows, bool] | None:
    """Return the nodes of edges as records, and whether there are cursors; None for no edges.

    An edge has a node and maybe its cursor. If it has other members, it is a record itself.
    """
    if isinstance(edges.holds, list):
        return _listed(edges.holds)
    return None if edges.holds is None else _in_arrow(edges.holds)


def _listed(edges: list[dict[str, Any]]) -> tuple[Rows, bool] | None:
    nodes = [edge.get(_NODE) for edge in edges]
    kinds = set(map(type, nodes))
    # A node that is gone is null.
    if dict not in kinds or not kinds <= {dict, NoneType}:
        return None
    if any(not edge.keys() <= {_NODE, _CURSOR} for edge in edges):
        return None
    return Rows([node or {} for node in nodes], len(nodes)), any(_CURSOR in edge for edge in edges)


def _in_arrow(edges: pa.StructArray) -> tuple[Rows, bool] | None:
    names = {edges.type.field(at).name: at for at in range(edges.type.num_fields)}
    if _NODE not in names or not names.keys() <= {_NODE, _CURSOR}:
        return None
    nodes = members(edges)[names[_NODE]]
    return (Rows(nodes, len(nodes)), _CURSOR in names) if pa.types.is_struct(nodes.type) else None
