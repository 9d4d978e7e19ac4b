"""What a client does at a server, each as the matrix of faults wants it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as paq
import requests

import oauth_widgets as ow
from oauth_widgets._net.trust import current_ca, proxy_to
from tests.protocol.builders import CLIENT
from tests.protocol.keys import rsa_key

from .world import FILE, RECORDS, World

SCOPE = "openid offline_access"
EVERY_ID = [record["id"] for record in RECORDS]

Use = Callable[[], Any]


@dataclass(frozen=True)
class Operation:
    """Something to do, whose request to `path` goes wrong.

    `prepare` is done while all is well, and returns the use. `right` says whether what a use
    returned is so, looking at the world too. `harmless` is for a question that may be asked twice,
    `final` for one that is used up by a failure after which everything starts again. `own` is False
    where another's client sends the request, and its errors are what a person sees. `reads` is
    False where any answer of status 200 is one.
    """

    name: str
    path: str
    prepare: Callable[[World], Use]
    right: Callable[[World, Any], bool]
    harmless: bool = False
    final: bool = False
    own: bool = True
    reads: bool = True


def found(world: World) -> ow.AuthorizationServer:
    return replace(ow.discover(world.origin), api=world.api)


def signed_in(world: World) -> ow.Session:
    pending = ow.begin_login(found(world), CLIENT, scope=SCOPE)
    return pending.finish(world.authorize(pending.url))


def _discover(world: World) -> Use:
    return lambda: ow.discover(world.origin)


def _finish(world: World) -> Use:
    pending = ow.begin_login(found(world), CLIENT, scope=SCOPE)
    back = world.authorize(pending.url)
    return lambda: pending.finish(back)


def _after_rotation(world: World) -> Use:
    """Sign in with keys known, that the server has just replaced by others."""
    signed_in(world)
    world.behaviour.keys = [rsa_key("two")]
    return _finish(world)


def _as_client(world: World) -> Use:
    server = found(world)
    return lambda: ow.client_credentials(server, CLIENT)


def _on_device(world: World) -> Use:
    server = found(world)
    return lambda: ow.device_login(server, CLIENT)


def _polling(world: World) -> Use:
    pending = ow.device_login(found(world), CLIENT)
    # a second between two questions is the least that a server may ask for
    pending._answer = replace(pending._answer, interval=0.05)  # noqa: SLF001
    return pending.finish


def _session(use: Callable[[ow.Session], Any]) -> Callable[[World], Use]:
    def prepare(world: World) -> Use:
        session = signed_in(world)
        return lambda: use(session)

    return prepare


def _refresh(session: ow.Session) -> ow.Session:
    session.refresh()
    return session


def _ended(world: World) -> Use:
    session = signed_in(world)
    # the access token is refused from here on, and the page is read with another one
    world.forget(session.access_token.reveal())
    return lambda: session.frame("/events", progress=False)


_files = itertools.count()


def _to_parquet(world: World) -> Use:
    session = signed_in(world)
    path = world.folder / f"events-{next(_files)}.parquet"
    return lambda: session.to_parquet("/events", path, progress=False)


def _to_dataset(world: World) -> Use:
    session = signed_in(world)
    folder = world.folder / f"events-{next(_files)}"
    return lambda: session.to_dataset("/events", folder, progress=False)


def _read(session: ow.Session) -> bytes:
    with session.open("/file") as file:
        return file.read()


def _by_httpx(session: ow.Session) -> Any:
    with session.http() as http:
        return http.get("/more").raise_for_status().json()


def _by_requests(session: ow.Session) -> Any:
    with requests.Session() as client:
        url = f"{session.server.api}/more"
        # It gets as arguments what we take from the environment
        client.trust_env, client.verify = False, current_ca() or True
        client.proxies = {"https": proxy_to(url) or ""}
        answer = client.get(url, auth=session.auth, timeout=2)
    answer.raise_for_status()
    return answer.json()


def _is_signed_in(world: World, session: Any) -> bool:
    token = session.access_token.reveal()
    return token in world.alive and session.frame("/events", progress=False).shape[0] == len(
        RECORDS
    )


def _is_renewed(world: World, session: Any) -> bool:
    renews = session.refresh_token
    return renews.reveal() in world.alive and _is_signed_in(world, session)


def _is_signed_out(world: World, _: Any) -> bool:
    return not world.alive


def _is_whole(_: World, rows: Any) -> bool:
    rows = getattr(rows, "path", rows)
    if isinstance(rows, Path):  # A file or a folder of files.
        rows = paq.read_table(rows)
    ids = rows["id"]
    return list(ids.to_pylist() if hasattr(ids, "to_pylist") else ids) == EVERY_ID


def _is_one_page(_: World, records: Any) -> bool:
    return records == RECORDS[len(RECORDS) // 3 : 2 * len(RECORDS) // 3]


METADATA = "/.well-known/openid-configuration"
OPERATIONS = [
    Operation("discover", METADATA, _discover, lambda w, s: s.issuer == w.origin, harmless=True),
    Operation("finish", "/token", _finish, _is_signed_in, final=True),
    Operation("finish, keys", "/jwks", _finish, _is_signed_in, harmless=True, final=True),
    Operation(
        "finish, keys again", "/jwks", _after_rotation, _is_signed_in, harmless=True, final=True
    ),
    Operation("client_credentials", "/token", _as_client, _is_signed_in),
    Operation("device_login", "/device", _on_device, lambda _, d: d.user_code == "BCDF-GHJK"),
    Operation("device_login polling", "/token", _polling, _is_signed_in, final=True),
    Operation("refresh", "/token", _session(_refresh), _is_renewed),
    Operation("refresh, keys", "/jwks", _session(_refresh), _is_renewed, harmless=True),
    Operation("refresh while reading", "/token", _ended, _is_whole),
    Operation(
        "userinfo",
        "/userinfo",
        _session(lambda s: s.userinfo()),
        lambda _, info: info.claims["name"] == "Alice",
        harmless=True,
    ),
    Operation(
        "introspect", "/introspect", _session(lambda s: s.introspect()), lambda _, i: i.active
    ),
    Operation("revoke", "/revoke", _session(lambda s: s.revoke()), _is_signed_out, reads=False),
    Operation("logout", "/revoke", _session(lambda s: s.logout()), _is_signed_out, reads=False),
    Operation(
        "frame",
        "/api/more",
        _session(lambda s: s.frame("/events", progress=False)),
        _is_whole,
        harmless=True,
    ),
    Operation(
        "frame, first page",
        "/api/events",
        _session(lambda s: s.frame("/events", progress=False)),
        _is_whole,
        harmless=True,
    ),
    Operation(
        "arrow",
        "/api/last",
        _session(lambda s: s.arrow("/events", progress=False)),
        _is_whole,
        harmless=True,
    ),
    Operation("to_parquet", "/api/more", _to_parquet, _is_whole, harmless=True),
    Operation("to_dataset", "/api/more", _to_dataset, _is_whole, harmless=True),
    Operation(
        "open", "/api/file", _session(_read), lambda _, b: b == FILE, harmless=True, reads=False
    ),
    Operation("http().get", "/api/more", _session(_by_httpx), _is_one_page, own=False),
    Operation("requests", "/api/more", _session(_by_requests), _is_one_page, own=False),
]

FOREIGN = (httpx.HTTPError, requests.RequestException, ValueError)
"""What another's client raises, or whoever reads an answer of its as the JSON that it is not."""
