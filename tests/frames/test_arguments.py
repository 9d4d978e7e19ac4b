"""No error repeats what was passed: it may be a secret that was meant for something else."""

from __future__ import annotations

import asyncio
import inspect
import random
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json
from tests.secret.secrets_to_plant import jwt, opaque

DICE = random.Random(1)
SECRETS = {"JWT": jwt(DICE), "opaque": opaque(DICE)}
OWN = "access-1"
GOOD = {"url_or_path": "/events", "base_url": "/events"}
METHODS = ("frame", "arrow", "to_parquet", "to_dataset", "preview", "aopen", "http", "ahttp")


def shapes(name: str, secret: str) -> Iterator[dict[str, Any]]:
    """Yield arguments that have a secret in every place where `name` takes text."""
    for value in (secret, [secret], [secret, 3], {secret: secret}, {secret: [1]}, {"id": secret}):
        yield {name: value}
    yield {name: {secret: 1j}}
    if name == "paging":
        for kind, takes in (("cursor", "parameter"), ("last", "parameter"), ("cursor", "body")):
            yield {name: {kind: secret, takes: secret}}
        yield {name: {"page": secret}, "params": {secret: secret}}
    if name == "each":
        yield {name: {secret: [None]}, "url_or_path": f"/events/{{{secret}}}"}
        yield {name: {secret: [""]}, "url_or_path": f"/events/{{{secret}}}"}
        yield {name: {secret: [1], "id": [1, 2]}, "url_or_path": f"/{{{secret}}}/{{id}}"}
    if name in {"since", "key"}:
        yield {"since": {"parameter": secret, "column": secret}, "key": secret}
        yield {"since": {"parameter": "since", "column": secret}, "key": "id"}
    if name in {"path", "folder"}:
        yield {name: f"{secret}\0"}
    if name == "json":
        yield {name: secret, "method": "POST"}
    if name == "timestamps":
        yield {name: {"id": secret}}
        yield {name: {secret: "s"}}


def shown(problem: errors.OAuthError) -> str:
    """Return all that an error, or one that caused it, may show."""
    links: list[BaseException] = [problem]
    while (cause := links[-1].__cause__) is not None:
        links.append(cause)
    said = [f"{one!r}{one}{vars(one)}" for one in links]
    return "".join([*traceback.format_exception(problem), *said])


def refusal(session: ow.Session, method: str, given: dict[str, Any]) -> str:
    """Return all that is shown if arguments are refused; "" if they aren't."""
    try:
        made = getattr(session, method)(**given)
        if inspect.iscoroutine(made):
            made = asyncio.run(made)
    except errors.OAuthError as problem:
        return shown(problem)
    if hasattr(made, "close"):
        made.close()
    return ""


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("method", METHODS)
def test_no_argument_is_repeated_by_an_error(
    method: str, kind: str, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = SECRETS[kind]
    mint.pages["/api/events"] = as_json({"items": [{"id": 1, "name": "a"}], "next": None})
    session, refused = mint.session(), 0
    call = getattr(session, method)
    names = inspect.signature(call).parameters
    needed = {"path": tmp_path / "x.parquet", "folder": tmp_path / "x"}
    for name in names:
        for number, given in enumerate(shapes(name, secret)):
            needed["folder"] = tmp_path / f"{name}-{number}"
            good = {one: value for one, value in {**GOOD, **needed}.items() if one in names}
            if not given.keys() <= names.keys():
                continue
            said = refusal(session, method, {**good, **given})
            assert secret not in said, (name, number)
            refused += said != ""
    assert refused


@pytest.mark.parametrize("kind", ["frame", "arrow", "to_parquet", "to_dataset"])
@pytest.mark.parametrize(
    "given",
    [
        {"records": OWN},
        {"records": f"items.{OWN}"},
        {"timestamps": [OWN]},
        {"timestamps": {OWN: "s"}},
        {"paging": {"last": OWN, "parameter": OWN}},
        {"key": OWN},
        {"key": OWN, "since": {"parameter": "since", "column": OWN}},
    ],
    ids=str,
)
def test_a_name_that_the_answer_lacks_is_shown_without_the_token(
    given: dict[str, Any], kind: str, mint: Mint, tmp_path: Path
) -> None:
    if "key" in given and kind != "to_dataset":
        pytest.skip("only a dataset has a key")
    mint.pages["/api/events"] = as_json({"items": [{"id": 1}]})
    place = {"to_parquet": [tmp_path / "x.parquet"], "to_dataset": [tmp_path / "x"]}
    with pytest.raises(errors.OAuthError) as refused:
        getattr(mint.session(), kind)("/events", *place.get(kind, []), **given)
    assert OWN not in shown(refused.value)
    assert "***" in shown(refused.value)
