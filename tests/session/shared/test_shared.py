"""A session shared with a cluster: tasks read with it, and their graph has no token."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.session.shared import in_task as task_room
from oauth_widgets.session.shared import mailbox

from ...helpers.mint import Mint
from ...helpers.rigged import as_json, rigged
from ...helpers.twins import both
from ...helpers.waiting import until

SOON = 20.0
"""Seconds for whatever should take a moment."""


def in_task(client: Any, function: Callable[..., Any], *given: Any, **how: Any) -> Any:
    return client.submit(function, *given, pure=False, **how).result(SOON)


def frame_of(shared: Any, address: str, **options: Any) -> pd.DataFrame:
    made: pd.DataFrame = shared.frame(address, **options)
    return made


def boxes_of(shared: Any) -> list[dict[str, Any]]:
    """Return what the mailboxes of a shared session contain, whatever the worker."""
    boxes = [box for at_one in mailbox._mailboxes.values() for box in at_one.values()]  # noqa: SLF001 - nothing else tells
    return [vars(box) for box in boxes if repr(vars(box)["_identity"]).strip("'") in repr(shared)]


@pytest.fixture
def session(mint: Mint) -> ow.Session:
    return mint.session()


@pytest.fixture
def shared(session: ow.Session, client: Client) -> Iterator[Any]:
    handle = session.share(client)
    yield handle
    handle.unshare()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "PATIENCE", 0.3)
    monkeypatch.setattr(mailbox, "BETWEEN", 0.1)


# reading


def test_a_task_reads_what_the_session_reads(
    shared: Any, session: ow.Session, client: Client, mint: Mint
) -> None:
    mint.pages["/api/orders?a=1"] = as_json([{"id": 1}, {"id": 2}])

    def three_ways(shared: Any) -> Any:
        params = {"a": 1}
        with shared.open("/orders", params) as file:
            return shared.frame("/orders", params), shared.arrow("/orders", params), file.read()

    frame, table, file = in_task(client, three_ways, shared)
    expected = session.frame("/orders", {"a": 1})
    assert frame.equals(expected)
    assert table.to_pandas().equals(expected)
    assert file == b'[{"id": 1}, {"id": 2}]'


def test_options_are_those_of_frame(shared: Any, client: Client) -> None:
    frame = in_task(client, frame_of, shared, "/customers/{id}", each={"id": [3, 4]}, limit=1)
    assert frame["id"].tolist() == [3]


def test_a_worker_that_joins_later_reads_too(
    shared: Any, client: Client, cluster: LocalCluster
) -> None:
    before = set(cluster.scheduler.workers)
    cluster.scale(3)
    client.wait_for_workers(3, SOON)
    joined = [address for address in cluster.scheduler.workers if address not in before]
    assert len(in_task(client, frame_of, shared, "/orders", workers=joined)) == 1
    cluster.scale(2)


def test_a_doubt_about_the_rows_is_a_warning_in_the_client(
    shared: Any, client: Client, mint: Mint
) -> None:
    mint.pages["/api/orders"] = as_json([{"id": 1}] * 100)
    told: list[Any] = []
    client.subscribe_topic("warn", told.append)

    def doubtful(shared: Any) -> int:
        with pytest.warns(errors.MaybeIncompleteWarning):
            return len(shared.frame("/orders"))

    assert in_task(client, doubtful, shared) == 100
    client.get_events("warn")
    assert b"MaybeIncompleteWarning" in told[0][1]["category"]


# one token, renewed by the client


def test_a_refused_token_is_renewed_once_for_all_workers(
    shared: Any, client: Client, mint: Mint
) -> None:
    in_task(client, frame_of, shared, "/orders")
    mint.revoke()
    addresses = [f"/orders/{number}" for number in range(12)]
    read = client.map(frame_of, [shared] * 12, addresses, pure=False)
    assert [frame["token"][0] for frame in client.gather(read)] == ["access-2"] * 12
    assert len(mint.asked("/token")) == 1


def test_workers_get_a_new_token_before_they_use_the_old_one_in_vain(
    shared: Any, session: ow.Session, client: Client, mint: Mint
) -> None:
    in_task(client, frame_of, shared, "/orders")
    session.refresh()
    until(lambda: any("number=2" in repr(box) for box in boxes_of(shared)))
    in_task(client, frame_of, shared, "/orders")
    assert [sent.token for sent in mint.asked("/api/orders")] == ["access-1", "access-2"]


def test_a_failed_renewal_reaches_the_task_as_its_own_error(
    shared: Any, client: Client, mint: Mint
) -> None:
    mint.revoke()
    mint.refusal = as_json({"error": "invalid_grant"}, status=400)
    with pytest.raises(errors.InvalidGrant):
        in_task(client, frame_of, shared, "/orders")


def test_a_token_that_cannot_be_renewed_is_refused_as_in_a_session(
    mint: Mint, client: Client
) -> None:
    shared = mint.session(refreshable=False).share(client)
    mint.revoke()
    with pytest.raises(errors.InvalidToken, match="does not accept this token"):
        in_task(client, frame_of, shared, "/orders")
    shared.unshare()


# the token stays with its API


@pytest.mark.check(id="shared/origin")
def test_a_task_gets_no_token_to_a_foreign_origin(shared: Any, client: Client, mint: Mint) -> None:
    with rigged(as_json([])) as stranger:
        mint.pages["/api/moved"] = as_json({}, status=302, location=f"{stranger.origin}/x")
        mint.pages["/api/twice"] = as_json({}, status=302, location="/api/moved")
        mint.pages["/api/next"] = as_json({"items": [{}], "next": f"{stranger.origin}/api/next"})
        for address in (f"{stranger.origin}/api/orders", "/moved", "/twice", "/next"):
            with pytest.raises(errors.ForeignOrigin):
                in_task(client, frame_of, shared, address)
        assert stranger.sent == []


@pytest.mark.check(id="shared/origin")
def test_a_session_that_does_not_know_its_api_is_not_shared(client: Client) -> None:
    server = ow.AuthorizationServer(issuer="https://issuer.example")
    session = ow.Session.from_token(server, "the-token")
    with pytest.raises(errors.ConfigurationError, match="doesn't know its API"):
        session.share(client)


@pytest.mark.check(id="shared/handle")
def test_a_handle_is_only_an_id_elsewhere(shared: Any, session: ow.Session) -> None:
    pickled = pickle.dumps(shared)
    assert session.access_token.reveal().encode() not in pickled
    elsewhere = pickle.loads(pickled)  # noqa: S301 - made above
    assert vars(elsewhere).keys() == {"_identity", "_version"}
    with pytest.raises(errors.NotShared, match="only in tasks of the cluster"):
        elsewhere.frame("/orders")
    for refused in (elsewhere.unshare, elsewhere.dask_frame):
        with pytest.raises(errors.NotShared, match="only in the process that shares"):
            refused()
    assert "hidden" in repr(shared)


@pytest.mark.check(id="shared/sealed")
def test_no_token_is_in_events_dump_logs_or_graph(
    mint: Mint, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shared = mint.session().share(client)

    def read_and_fail(shared: Any) -> None:
        shared.frame("/orders")
        shared.frame("/refused")

    mint.pages["/api/refused"] = as_json({}, status=400)
    future = client.submit(read_and_fail, shared, pure=False)
    with pytest.raises(errors.ResourceError):
        future.result(SOON)
    mint.revoke()
    in_task(client, frame_of, shared, "/orders")
    client.dump_cluster_state(str(tmp_path / "state"), format="yaml")
    logs = [client.get_events(), client.get_worker_logs(), client.get_scheduler_logs()]
    (tmp_path / "events").write_text(repr(logs) + caplog.text)
    (tmp_path / "graph").write_bytes(cloudpickle.dumps((future.key, shared)))
    written = [file.read_bytes() for file in tmp_path.iterdir()]
    assert any(b"oauth-widgets/" in text for text in written)
    for token in (b"access-1", b"access-2", b"refresh-1", b"refresh-2"):
        assert not any(token in text for text in written), token
    shared.unshare()


# the end


@pytest.mark.check(id="shared/wiped")
def test_unshare_wipes_the_token_from_the_workers(
    session: ow.Session, client: Client, mint: Mint
) -> None:
    shared = session.share(client)
    in_task(client, frame_of, shared, "/orders")
    assert any(box["_letter"] for box in boxes_of(shared))
    shared.unshare()
    assert not any(box["_letter"] for box in boxes_of(shared))
    before = len(mint.asked("/api/"))
    shared.unshare()
    for worker in client.scheduler_info()["workers"]:
        with pytest.raises(errors.NotShared, match="isn't shared anymore"):
            in_task(client, frame_of, shared, "/orders", workers=[worker])
    assert len(mint.asked("/api/")) == before


@pytest.mark.check(id="shared/wiped")
def test_unshare_ends_a_job_that_runs_and_no_request_follows(
    session: ow.Session, client: Client, mint: Mint
) -> None:
    shared = session.share(client)

    def job(shared: Any) -> None:
        while True:
            shared.frame("/orders")

    jobs = [client.submit(job, shared, pure=False) for _ in range(3)]
    until(lambda: len(mint.asked("/api/")) >= 9)
    shared.unshare()
    for running in jobs:
        with pytest.raises(errors.NotShared, match="isn't shared anymore"):
            running.result(SOON)
    before = len(mint.asked("/api/"))
    assert not any(box["_letter"] for box in boxes_of(shared))
    with pytest.raises(errors.NotShared):
        in_task(client, frame_of, shared, "/orders")
    assert len(mint.asked("/api/")) == before


def test_two_shares_of_one_session_end_one_by_one(
    session: ow.Session, client: Client, mint: Mint
) -> None:
    first, second = session.share(client), session.share(client)
    for shared in (first, second):
        in_task(client, frame_of, shared, "/orders")
    first.unshare()
    assert boxes_of(second)
    mint.revoke()
    assert in_task(client, frame_of, second, "/orders")["token"].tolist() == ["access-2"]
    with pytest.raises(errors.NotShared, match="isn't shared anymore"):
        in_task(client, frame_of, first, "/orders")
    second.unshare()


@pytest.mark.check(id="shared/wiped")
def test_signing_out_wipes_the_token_from_the_workers(session: ow.Session, client: Client) -> None:
    shared = session.share(client)
    in_task(client, frame_of, shared, "/orders")
    session.logout()
    until(lambda: not any(box["_letter"] for box in boxes_of(shared)))
    with pytest.raises(errors.NotShared, match="signed out"):
        in_task(client, frame_of, shared, "/orders")


@pytest.mark.usefixtures("impatient")
def test_without_its_client_a_task_fails_and_can_resume_with_another(
    mint: Mint, cluster: LocalCluster, client: Client
) -> None:
    session = mint.session()
    here = f"{mint.origin}/api/list"
    mint.pages["/api/list"] = as_json({"items": [{"id": 1}], "next": f"{here}?page=2"})
    mint.pages["/api/list?page=2"] = as_json({"items": [{"id": 2}], "next": None})
    with Client(cluster, set_as_default=False) as leaving:
        gone = session.share(leaving)
        in_task(client, frame_of, gone, "/list", limit=1)
    with pytest.raises(errors.ClusterProblem, match="keep the access token until it expires"):
        gone.unshare()
    mint.revoke()

    def resumed(gone: Any, present: Any) -> pd.DataFrame:
        try:
            made: pd.DataFrame = gone.frame("/list")
        except errors.ClientGone as problem:
            made = problem.resume(present)
        return made

    with pytest.raises(errors.ClientGone, match="hasn't answered") as caught:
        in_task(client, frame_of, gone, "/list")
    assert "submit the task again" in caught.value.next_step
    present = session.share(client)
    assert in_task(client, resumed, gone, present)["id"].tolist() == [1, 2]
    present.unshare()


@pytest.mark.usefixtures("impatient")
def test_a_handle_in_another_cluster_gets_no_token(shared: Any, client: Client, mint: Mint) -> None:
    in_task(client, frame_of, shared, "/orders")
    before = len(mint.asked("/api/"))
    with (
        LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0") as another,
        Client(another, set_as_default=False) as other,
        pytest.raises(errors.ClientGone, match="hasn't answered"),
    ):
        in_task(other, frame_of, shared, "/orders")
    assert len(mint.asked("/api/")) == before


# what can't work


@pytest.mark.check(id="shared/version")
def test_a_worker_with_another_version_is_told_what_to_install(
    session: ow.Session, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = session.share(client)
    needed = importlib.metadata.version("oauth-widgets")
    real = importlib.metadata.version

    def other(name: str) -> str:
        return "0.0.9" if name == "oauth-widgets" else real(name)

    def none(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    for version, has in ((other, "has oauth-widgets 0.0.9"), (none, "doesn't have oauth-widgets")):
        with monkeypatch.context() as patch:
            patch.setattr(importlib.metadata, "version", version)
            patch.setattr(task_room, "VERSION", None)
            with pytest.raises(errors.WorkerUnprepared, match=has) as caught:
                in_task(client, frame_of, shared, "/orders")
        assert f'"oauth-widgets[dask]=={needed}"' in caught.value.next_step
    shared.unshare()


def test_an_async_task_is_refused_before_it_blocks_its_worker(shared: Any, client: Client) -> None:
    async def blocking(shared: Any) -> Any:
        return shared.frame("/orders")

    with pytest.raises(errors.ConfigurationError, match="async"):
        in_task(client, blocking, shared)


@both
def test_share_takes_a_dask_client_that_is_connected(call: Any, session: ow.Session) -> None:
    with pytest.raises(errors.ConfigurationError, match="not str"):
        call(session, "share", "tcp://127.0.0.1:8786")


def test_an_asynchronous_client_shares_with_the_awaitable_twins(
    session: ow.Session, cluster: LocalCluster
) -> None:
    async def reading() -> list[str]:
        address = cluster.scheduler_address
        async with Client(address, asynchronous=True, set_as_default=False) as client:
            with pytest.raises(errors.ConfigurationError, match="asynchronous"):
                session.share(client)
            shared = await session.ashare(client)
            frame = await client.submit(frame_of, shared, "/orders", pure=False)
            await shared.aunshare()
            return list(frame["token"])

    assert asyncio.run(reading()) == ["access-1"]
