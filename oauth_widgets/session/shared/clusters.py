"""Whether a cluster may be given a token, and how to reach its workers from our loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from distributed import Client

from oauth_widgets._net.address import is_loopback
from oauth_widgets.errors import (
    ClusterProblem,
    ConfigurationError,
    WorkerUnprepared,
    foreign_text,
)
from oauth_widgets.session.shared.ticket import Unprepared, check_version, installed, version_there
from oauth_widgets.session.shared.turns import on_loop

_SEALED = ("tls", "inproc")
_CONNECT = 'Client("tls://…", security=…)'


def check_client(client: object) -> None:
    """Raise ConfigurationError unless `client` is a Dask client that is connected."""
    if not isinstance(client, Client):
        raise ConfigurationError(
            f"share takes a Dask client, not {type(client).__name__}.",
            next_step="Pass a Dask client: session.share(distributed.Client(…)).",
        )
    if client.status != "running":
        raise ConfigurationError(
            f"The Dask client isn't connected: it is {client.status}.",
            next_step="Pass a connected client to share.",
        )
    check_private(client.scheduler.address, "scheduler")


def check_blocking(client: Client, instead: str) -> None:
    """Raise ConfigurationError if waiting here would keep Dask's own loop from working."""
    if getattr(client, "asynchronous", False):
        raise ConfigurationError(
            "This Dask client is asynchronous, so a blocking call would never return.",
            next_step=f"Call {instead}.",
        )


def check_private(address: str, what: str) -> None:
    """Raise ConfigurationError if others could read what is sent to `address`."""
    # check: shared/transport
    if not is_private(address):
        raise ConfigurationError(
            f"The {what} at {foreign_text(address)} is on another host and doesn't use TLS, so the "
            "token was not sent there.",
            next_step=f"Start the cluster with TLS, and connect to it with {_CONNECT}.",
        )


def is_private(address: str) -> bool:
    """Whether what is sent to an address of Dask's stays secret: TLS, or this machine alone."""
    scheme, _, rest = address.partition("://")
    if scheme in _SEALED:
        return True
    try:
        host = urlsplit(f"//{rest}").hostname or ""
    except ValueError:
        return False
    return scheme == "tcp" and is_loopback(host)


async def check_workers(client: Client) -> None:
    """Ask every worker for its version of this package, and see how it is connected.

    Raises ConfigurationError or WorkerUnprepared.
    """
    there = await on_workers(client, None, version_there())
    needed = installed() or ""
    for address, version in there.items():
        check_private(address, "worker")
        # check: shared/version
        try:
            check_version(f"The worker at {address}", version, needed)
        except Unprepared as problem:
            message, next_step = problem.parts
            raise WorkerUnprepared(message, next_step=next_step) from None


async def on_workers(
    client: Client,
    workers: list[str] | None,
    act: Callable[..., Any],
    *given: Any,  # noqa: ANN401 - what the function takes
) -> dict[str, Any]:
    """Run `act` on some workers, all if that is None; return what each gave.

    Those that are gone or fail are left out. Raises ClusterProblem if the client is closed.
    """

    async def sent() -> dict[str, Any]:
        found = await client.run(act, *given, workers=workers, on_error="return")
        return {at: got for at, got in found.items() if not isinstance(got, Exception)}

    if client.status in ("closing", "closed"):
        raise ClusterProblem("The Dask client is closed.")
    try:
        return await on_loop(client.loop, sent)
    except (OSError, RuntimeError) as problem:
        raise ClusterProblem(f"The cluster can't be reached ({type(problem).__name__}).") from None
