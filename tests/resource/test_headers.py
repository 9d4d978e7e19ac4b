"""The token as headers, for tools that want a dict, and what displays show of it."""

from __future__ import annotations

import base64
import copy
import gc
import io
import pickle
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

import httpx
import pandas as pd
import pytest
import requests
from IPython.core.ultratb import VerboseTB
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.secret import Lent, Secret

from ..helpers.mint import Mint
from ..helpers.rigged import answer, rigged
from ..helpers.tracebacks import with_locals
from ..helpers.twins import both
from .clients import CERTIFICATES, tokens


@both
def test_headers_hold_a_fresh_token_for_one_address(call: Any, mint: Mint) -> None:
    found = call(mint.session(seconds=5), "headers", f"{mint.api}/events.csv")
    assert dict(found) == {"Authorization": "Bearer access-2"}
    assert found["authorization"] == "Bearer access-2"
    assert (len(found), "Cookie" in found) == (1, False)
    with pytest.raises(KeyError):
        _ = found["cookie"]


@both
@pytest.mark.check(id="bearer/origin")
def test_headers_for_another_origin_are_refused_at_once(call: Any, mint: Mint) -> None:
    for url in ("https://evil.example/", "http://api.example/", f"{mint.origin}@evil.example/"):
        with pytest.raises((errors.ForeignOrigin, errors.ConfigurationError)):
            call(mint.session(seconds=5), "headers", url)
    assert mint.asked("/token") == []


@pytest.mark.check(id="secrets/hidden")
def test_headers_show_no_token_and_are_not_pickled(mint: Mint) -> None:
    found = mint.session().headers("/events")
    assert repr(found) == str(found) == f"<headers for {mint.origin}: token hidden>"
    assert "access-1" not in f"{vars(found)}"
    assert copy.deepcopy(found) == found
    with pytest.raises(TypeError):
        pickle.dumps(found)


LONG = "tok-" + "aZ9-_~+/" * 6 + "end="


def by_headers(session: ow.Session, url: str) -> Any:
    return requests.get(url, headers=session.headers(url), timeout=10).raise_for_status()


def by_plain_headers(session: ow.Session, url: str) -> Any:
    return httpx.get(url, headers=dict(session.headers(url)), trust_env=False).raise_for_status()


def by_auth(session: ow.Session, url: str) -> Any:
    return requests.get(url, auth=session.auth, timeout=10).raise_for_status()


def by_auth_of_httpx(session: ow.Session, url: str) -> Any:
    return httpx.get(
        url, auth=session.auth, trust_env=False, verify=CERTIFICATES
    ).raise_for_status()


def by_pandas(session: ow.Session, url: str) -> Any:
    return pd.read_csv(url, storage_options=session.headers(url))


def as_displays_show(problem: BaseException) -> Iterator[str]:
    """Yield what rich, `%xmode Verbose` and others that print locals make of an error."""
    verbose = VerboseTB(theme_name="nocolor")
    yield "\n".join(verbose.structured_traceback(type(problem), problem, problem.__traceback__, 9))
    shown = io.StringIO()
    every = Traceback.from_exception(
        type(problem), problem, problem.__traceback__, show_locals=True, extra_lines=0
    )
    Console(file=shown, width=300).print(every)
    yield shown.getvalue()
    yield with_locals(problem)


def pieces(token: str) -> set[str]:
    """Return each run of eight characters, plain, URL-encoded and in base64."""
    spelled = {token, quote(token, safe=""), *(base64.b64encode(token.encode()).decode(),)}
    return {one[at : at + 8] for one in spelled for at in range(len(one) - 7)}


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        *((use, b"") for use in (by_headers, by_plain_headers, by_auth, by_auth_of_httpx)),
        *((use, "no server there") for use in (by_auth, by_auth_of_httpx)),
        *((use, answer(status=500)) for use in (by_auth, by_pandas)),
    ],
)
@pytest.mark.check(id="secrets/hidden")
def test_no_display_of_a_failure_in_other_tools_shows_the_token(
    use: Any, fault: bytes | str, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Highlighting whole files takes rich a second each time, and changes no value of a local
    monkeypatch.setattr(Traceback, "_guess_lexer", lambda *_: "text")
    with rigged(fault if isinstance(fault, bytes) else b"") as api:
        session = mint.session(api=api.origin)
        session._last = replace(session._last, access_token=Secret(LONG))  # noqa: SLF001
        if fault == "no server there":
            api.close()
        # Each tool has its own errors.
        with pytest.raises((OSError, HTTPException, httpx.HTTPError)) as failed:
            use(session, f"{api.origin}/towns.csv")
    assert fault == "no server there" or api.sent[0].token == LONG
    for shown in as_displays_show(failed.value):
        assert not [piece for piece in pieces(LONG) if piece in shown]


@pytest.mark.check(id="secrets/hidden")
def test_a_lent_token_is_a_string_that_shows_dots() -> None:
    lent = Lent(f"Bearer {LONG}")
    assert lent == f"Bearer {LONG}"
    assert f"{lent}".encode() == lent.encode("latin-1")
    for shown in (repr(lent), repr(lent[:80]), repr({"a": [lent]}), f"{lent!r}", pretty_repr(lent)):
        assert "••••" in shown
        assert not [piece for piece in pieces(LONG) if piece in shown]
    assert pretty_repr({"a": lent}, max_string=20).count("tok-") == 0
    # tools remember by repr, and have to see that a token is another one
    assert repr(lent) != repr(Lent("Bearer another"))
    assert copy.deepcopy(lent) is copy.copy(lent) is lent
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps({"a": lent})


def test_headers_are_a_dict_for_tools_that_want_one(mint: Mint) -> None:
    found = mint.session().headers("/events")
    assert isinstance(found, dict)
    assert {**found} == dict(found) == found.copy() == {"Authorization": "Bearer access-1"}
    for shown in (repr({**found}), repr(found.copy()), repr(list(found.values()))):
        assert "access-1" not in shown


def read_by_headers(session: ow.Session, url: str) -> Any:
    options: Any = session.headers(url)
    return pd.read_csv(url, storage_options=options)


def read_by_open(session: ow.Session, url: str) -> Any:
    with session.open(url) as file:
        return pd.read_csv(file)


@pytest.mark.parametrize(
    ("read", "seen"),
    [(read_by_headers, ["Bearer access-1"]), (read_by_open, [])],
    ids=["storage_options", "open"],
)
@pytest.mark.check(id="bearer/redirect")
def test_what_pandas_does_with_headers_on_a_redirect_does_not_happen_to_open(
    read: Callable[[ow.Session, str], Any], seen: list[str], mint: Mint
) -> None:
    table = answer(b"n\n1\n", kind="text/csv")
    with rigged(table) as elsewhere:
        away = answer(status=302, location=f"{elsewhere.origin}/towns.csv")
        mint.pages["/api/towns.csv"] = away
        if seen:
            assert read(mint.session(), f"{mint.api}/towns.csv")["n"].tolist() == [1]
        else:
            with pytest.raises(errors.ResourceError):
                read(mint.session(), f"{mint.api}/towns.csv")
        assert tokens(elsewhere) == seen
    with warnings.catch_warnings():
        # urllib leaves the answer that redirected to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
