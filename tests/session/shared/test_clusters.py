"""Which clusters may be given a token, and how politely all of one ask."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster

from oauth_widgets import errors
from oauth_widgets._net.loop import run
from oauth_widgets.resource.gate import Gate
from oauth_widgets.session.shared import clusters, sharing, turns
from oauth_widgets.session.shared.parts import cut, fitted, joined, samples, schema_of
from oauth_widgets.session.shared.sealing import new_key, public

from ...helpers.mint import Mint
from ...helpers.rigged import Answer, Sent, answer, as_json, rigged
from ...helpers.waiting import until

SOON = 20.0


@pytest.mark.check(id="shared/transport")
@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("tls://10.0.0.1:8786", True),
        ("inproc://10.0.0.1/12/3", True),
        ("tcp://127.0.0.1:8786", True),
        ("tcp://127.9.9.9:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://localhost:8786", True),
        ("tcp://10.0.0.1:8786", False),
        ("tcp://0.0.0.0:8786", False),
        ("tcp://127.0.0.1.example:8786", False),
        ("tcp://user@10.0.0.1:8786", False),
        ("tcp://127.0.0.1@10.0.0.1:8786", False),
        ("ws://127.0.0.1:8786", False),
        ("ucx://10.0.0.1:8786", False),
        ("tcp://[", False),
        ("tcp://", False),
        ("10.0.0.1:8786", False),
        ("", False),
    ],
)
def test_tokens_go_only_where_no_one_else_can_read_them(address: str, private: bool) -> None:
    assert clusters.is_private(address) == private


@pytest.mark.check(id="shared/transport")
def test_a_scheduler_in_the_clear_is_refused_before_anything_is_sent(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    for name in ("run", "subscribe_topic"):
        monkeypatch.setattr(client, name, lambda *given, **_: sent.append(given))
    monkeypatch.setattr(client, "scheduler", SimpleNamespace(address="tcp://10.0.0.1:8786"))
    with pytest.raises(errors.ConfigurationError, match=r"10\.0\.0\.1:8786 is on another host"):
        mint.session().share(client)
    monkeypatch.undo()
    assert sent == []


@pytest.mark.check(id="shared/transport")
def test_a_worker_in_the_clear_that_joins_later_gets_no_token(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Any] = []

    async def noted(_: Client, workers: list[str], *__: object) -> dict[str, Any]:
        reached.extend(workers)
        return {}

    monkeypatch.setattr(sharing, "on_workers", noted)
    session = mint.session()
    shares = sharing.Sharing(session, client)
    shares._note(session.access_token)  # noqa: SLF001 - as at the beginning
    question = {"key": public(new_key()).hex(), "number": 0, "refused": False}
    for address in ("tcp://10.0.0.2:1234", "tls://10.0.0.2:1234"):
        run(shares._asked({**question, "worker": address}))  # noqa: SLF001 - what an event leads to
    # It is sent on the I/O loop, after the question was answered
    until(lambda: reached)
    assert set(reached) == {"tls://10.0.0.2:1234"}


@pytest.mark.check(id="shared/transport")
def test_a_worker_in_the_clear_is_refused_though_its_scheduler_is_here(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def there(*_: object) -> dict[str, str]:
        return {"tcp://10.0.0.2:1234": "0.1.0"}

    monkeypatch.setattr(clusters, "on_workers", there)
    with pytest.raises(errors.ConfigurationError, match=r"worker at tcp://10\.0\.0\.2:1234"):
        mint.session().share(client)


@pytest.mark.check(id="shared/version")
def test_a_worker_without_this_package_is_refused_by_name(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def there(*_: object) -> dict[str, str | None]:
        return {"inproc://one": None}

    monkeypatch.setattr(clusters, "on_workers", there)
    with pytest.raises(errors.WorkerUnprepared, match="inproc://one doesn't have") as caught:
        mint.session().share(client)
    assert 'pip install "oauth-widgets[dask]==' in caught.value.next_step


def test_a_closed_client_shares_nothing(mint: Mint, cluster: LocalCluster) -> None:
    # A default client that is closed twice would stay Dask's scheduler for later tests
    client = Client(cluster, set_as_default=False)
    client.close()
    with pytest.raises(errors.ConfigurationError, match="isn't connected: it is closed"):
        mint.session().share(client)


# politeness


def rows_of(shared: Any, first: int) -> int:
    frame = shared.frame("/orders/{id}", each={"id": list(range(first, first + 6))})
    return len(frame)


def test_all_workers_together_send_only_so_many_requests_at_once(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", 3)
    under_way: list[int] = []
    lock = threading.Lock()
    now = 0

    def counted(_: Sent) -> Answer:
        nonlocal now
        with lock:
            now += 1
            under_way.append(now)
        time.sleep(0.005)
        with lock:
            now -= 1
        return as_json([{"id": 1}])

    with rigged(counted) as api:
        shared = mint.session(api=api.origin).share(client)
        read = client.map(rows_of, [shared] * 4, range(0, 24, 6), pure=False)
        assert sum(client.gather(read)) == 24
        shared.unshare()
    assert len(under_way) == 24
    assert 1 < max(under_way) <= 3


def test_a_pause_that_an_api_asks_for_reaches_all_workers(
    mint: Mint, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut: list[float] = []
    real = Gate.shut_for

    def noted(gate: Gate, pause: float) -> None:
        shut.append(pause)
        real(gate, min(pause, 0.05))

    monkeypatch.setattr(Gate, "shut_for", noted)
    busy = [as_json({}, status=429, retry_after="7")]
    with rigged(lambda _: busy.pop() if busy else as_json([{"id": 1}])) as api:
        shared = mint.session(api=api.origin).share(client)
        busy, refusals = [], busy
        workers = list(client.scheduler_info()["workers"])
        assert len(workers) == 2
        for worker in workers:
            client.submit(rows_of, shared, 0, pure=False, workers=[worker]).result(SOON)
        busy += refusals
        client.submit(rows_of, shared, 0, pure=False, workers=workers[:1]).result(SOON)
        # The worker that was told, the client, and the other worker.
        until(lambda: len(shut) >= 3)
        shared.unshare()
    assert len(shut) == 3
    assert all(6 < pause <= 7 for pause in shut)


def test_a_turn_goes_from_request_to_request_and_back_if_there_is_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[str] = []
    given_back = asyncio.Event()

    class Counted(turns.Turns):
        async def _acquire(self) -> None:
            steps.append("borrowed")

        def _give_back(self) -> None:
            steps.append("given back")
            given_back.set()

    async def pages_by_cursor() -> None:
        at_one: Any = SimpleNamespace(loop=SimpleNamespace(asyncio_loop=asyncio.get_running_loop()))
        counted = Counted(at_one, "turns")
        # Only the last is idle for as long as it may be.
        for idle in (0.01, 60, 0.01):
            monkeypatch.setattr(turns, "_IDLE", idle)
            counted.leave(await counted.enter())
            if idle == 60:
                await asyncio.sleep(0.03)
                assert steps == ["borrowed"]
        await given_back.wait()

    run(asyncio.wait_for(pages_by_cursor(), SOON))
    assert steps == ["borrowed", "given back"]


def test_turns_that_came_at_the_same_moment_all_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    left = ["one", "another"]
    none_left = asyncio.Event()

    class Counted(turns.Turns):
        async def _acquire(self) -> None:
            pass

        def _give_back(self) -> None:
            left.pop()
            if not left:
                none_left.set()

    async def two_requests() -> None:
        at_one: Any = SimpleNamespace(loop=SimpleNamespace(asyncio_loop=asyncio.get_running_loop()))
        counted = Counted(at_one, "turns")
        both = await asyncio.gather(counted.enter(), counted.enter())
        monkeypatch.setattr(turns, "_IDLE", 0)
        for _ in both:
            counted.leave(min(both))
        await none_left.wait()

    run(asyncio.wait_for(two_requests(), SOON))
    assert left == []


# a lazy frame


def test_every_row_is_in_one_part() -> None:
    for count in (1, 2, 16, 1000, 1_000_003):
        for threads in (1, 3, 64):
            parts = cut(count, threads)
            assert len(parts) <= 1001
            assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]
            assert (parts[0].start, parts[-1].stop) == (0, count)
            assert all(part.start < part.stop for part in parts)
    assert cut(0, 4) == [slice(0, 0)]
    assert samples(0) == []
    assert samples(1) == [0]
    assert samples(5) == [0, 2, 4]


def test_columns_of_all_samples_are_those_of_the_frame() -> None:
    one = pa.schema({"id": pa.int64(), "name": pa.null()})
    other = pa.schema({"id": pa.float64(), "name": pa.string(), "more": pa.bool_()})
    schema = joined([one, other])
    assert dict(zip(schema.names, schema.types, strict=True)) == {
        "id": pa.float64(),
        "name": pa.string(),
        "more": pa.bool_(),
    }
    with pytest.raises(errors.UnexpectedAnswer, match="disagree about a column"):
        joined([pa.schema({"id": pa.int64()}), pa.schema({"id": pa.list_(pa.int64())})])
    assert schema_of(pd.DataFrame({"id": pd.Series(dtype="int64")})) == pa.schema(
        {"id": pa.int64()}
    )
    with pytest.raises(errors.ConfigurationError, match="meta= must be a DataFrame, not dict"):
        schema_of({"id": "int64"})


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"id": ["x"]}, "'id' holds string, which can't become int64"),
        ({"id": [2.5]}, "'id' holds double"),
        ({"id": [1], "extra": [1]}, "'extra', which the first pages don't have"),
    ],
)
def test_a_part_that_does_not_fit_is_refused_and_loses_nothing(
    table: dict[str, Any], fault: str
) -> None:
    schema = pa.schema({"id": pa.int64(), "name": pa.string()})
    assert fitted(pa.table({"id": [1.0]}), schema).to_pylist() == [{"id": 1, "name": None}]
    with pytest.raises(errors.UnexpectedAnswer, match=fault) as caught:
        fitted(pa.table(table), schema)
    assert "meta=DataFrame" in caught.value.next_step


def paged(sent: Sent) -> Answer:
    """Two orders for each customer; they follow a cursor."""
    customer, _, cursor = sent.target.removeprefix("/api/customers/").partition("/orders?after=")
    customer = customer.partition("/")[0]
    if int(customer) == 404:
        return answer(status=404)
    following = None if cursor else f"/api/customers/{customer}/orders?after=1"
    return as_json({"items": [{"order": f"{customer}-{cursor or 0}"}], "next": following})


def in_order(frame: Any) -> list[tuple[int, str]]:
    computed = frame.compute()
    return sorted(zip(computed["id"], computed["order"], strict=True))


def test_a_lazy_frame_has_the_rows_of_frame(mint: Mint, client: Client) -> None:
    customers = {"id": list(range(30))}
    with rigged(paged) as api:
        session = mint.session(api=f"{api.origin}/api")
        shared = session.share(client)
        lazy = shared.dask_frame("/customers/{id}/orders", each=customers)
        looked_at = len(api.sent)
        assert looked_at == 6
        assert lazy.npartitions == 16
        assert in_order(lazy) == sorted(
            session.frame("/customers/{id}/orders", each=customers).itertuples(index=False)
        )
        some = shared.dask_frame(
            "/customers/{id}/orders", each={"id": [1, 404]}, missing="skip", meta=lazy.head(0)
        )
        assert in_order(some) == [(1, "1-0"), (1, "1-1")]
        one = shared.dask_frame("/customers/3/orders")
        assert one.npartitions == 1
        assert list(one.compute()["order"]) == ["3-0", "3-1"]
        with pytest.raises(errors.ConfigurationError, match="limit= applies"):
            shared.dask_frame("/customers/3/orders", limit=3)
        shared.unshare()


@pytest.mark.check(id="shared/origin")
def test_a_part_of_a_lazy_frame_takes_no_token_away(mint: Mint, client: Client) -> None:
    with rigged(as_json([])) as stranger:
        mint.pages["/api/away"] = as_json({}, status=302, location=f"{stranger.origin}/x")
        mint.pages["/api/moved"] = as_json({}, status=302, location="/api/away")
        shared = mint.session().share(client)
        lazy = shared.dask_frame("/moved", meta=pd.DataFrame())
        with pytest.raises(errors.ForeignOrigin, match=stranger.origin):
            lazy.compute()
        shared.unshare()
        assert stranger.sent == []
