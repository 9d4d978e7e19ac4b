"""What claims mean, and which of their values may be saved with a notebook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from oauth_widgets.protocol.id_token import Verdict
from oauth_widgets.widgets import _words as words

MASK = "••••••••"

PLAIN = {"iss", "aud", "azp", "exp", "iat", "nbf", "auth_time", "acr", "amr"}
"""Claims whose values say nothing about a person."""


def shown(value: object) -> str:
    """Return a claim's value as text for people."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def claim_row(name: str, value: str) -> dict[str, Any]:
    """Return one claim as a page shows it."""
    return {"name": name, "value": value, "meaning": words.MEANINGS.get(name, "")}


def claim_rows(claims: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return claims with their values as a page shows them: for an open page only."""
    return [claim_row(name, shown(value)) for name, value in claims.items()]


def judged_rows(
    claims: Mapping[str, Any], verdicts: Iterable[Verdict], **values: str
) -> list[dict[str, Any]]:
    """Return claims with the results of their checks; checked claims come first.

    A claim that was missed has a row too. `values` are shown for entries that are not claims.
    """
    texts = {name: shown(value) for name, value in claims.items()} | values
    judged = {
        verdict.claim: verdict
        for verdict in verdicts
        if verdict.claim in texts or verdict.passed is False
    }
    names = [*judged, *(name for name in claims if name not in judged)]
    return [
        claim_row(name, texts.get(name, ""))
        | {"passed": judged[name].passed, "reason": judged[name].reason}
        if name in judged
        else claim_row(name, texts[name])
        for name in names
    ]


def masked(rows: list[dict[str, Any]], plain: set[str]) -> list[dict[str, Any]]:
    """Return rows that may be saved: values are masked unless their names are in `plain`."""
    return [
        row if row["name"] in plain or not row["value"] else row | {"value": MASK} for row in rows
    ]
