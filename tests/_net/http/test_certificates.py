"""Which certificates are trusted, and what is said of those that are not."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import truststore

import oauth_widgets as ow
from oauth_widgets._net import trust
from oauth_widgets._net.unreachable import unreachable
from oauth_widgets.errors import ConfigurationError, ServerUnreachable

from ...helpers.mint import running_mint
from ...helpers.rigged import answer, rigged
from .asking import certified, get, tls


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.check(id="transport/tls")
def test_a_certificate_that_is_not_trusted_is_refused_and_named(
    certificate: Path,
) -> None:
    with rigged(answer(), tls(certificate)) as server:
        with pytest.raises(ServerUnreachable, match="certificate") as refused:
            get(server.origin)
        assert server.sent == []
    assert 'ow.trust("cert.pem")' in refused.value.next_step


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.parametrize(
    ("made", "reason", "step"),
    [
        ({"hours": (-2, -1)}, "has expired", "Check this machine's clock."),
        ({"hours": (1, 2)}, "not valid yet", "Check this machine's clock"),
        ({"host": "127.0.0.2"}, "issued for another host", "Check the host in the address."),
    ],
)
def test_a_certificate_that_is_trusted_and_wrong_is_told_by_what_is_wrong(
    made: dict[str, Any], reason: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certified(tmp_path / "certificate.pem", **made)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with rigged(answer(), tls(file)) as server, pytest.raises(ServerUnreachable) as refused:
        get(server.origin)
    assert reason in refused.value.message
    assert refused.value.next_step.startswith(step)
    assert not refused.value.retry_may_help
    assert not refused.value.sent


def causes(*chain: Exception) -> Exception:
    for outer, inner in itertools.pairwise(chain):
        outer.__cause__ = inner
    return chain[0]


def unverified(code: int) -> ssl.SSLCertVerificationError:
    problem = ssl.SSLCertVerificationError()
    problem.verify_code = code
    return problem


@pytest.mark.parametrize(
    ("problem", "reason", "passes"),
    [
        (causes(httpx.ConnectError("x"), unverified(18)), "it is self-signed", False),
        (causes(httpx.ConnectError("x"), unverified(19)), "no known authority", False),
        (causes(httpx.ConnectError("x"), unverified(20)), "no known authority", False),
        (causes(httpx.ConnectError("x"), unverified(64)), "issued for another host", False),
        (causes(httpx.ConnectError("x"), ssl.SSLError()), "use TLS", False),
        (causes(httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "")), "name", False),
        (
            causes(httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "")),
            "connection",
            True,
        ),
        (causes(httpx.ConnectError("x"), ConnectionRefusedError()), "no connection", True),
        (httpx.ProxyError("407 Proxy Authentication Required"), "a username and password", False),
        (httpx.ProxyError("403 Forbidden"), "refused to connect to it, status 403", False),
        (httpx.ProxyError("501 Unsupported"), "refused to connect to it, status 501", False),
        (httpx.ProxyError("503 Not now"), "the proxy answered with status 503", True),
        (httpx.ProxyError("Host unreachable"), "the proxy refused to connect to it", False),
        (httpx.ReadError("x"), "the connection was cut", True),
    ],
)
def test_what_a_failure_advises_fits_whether_it_passes(
    problem: Exception, reason: str, passes: bool
) -> None:
    failure = unreachable(problem, "https://api.example", proxied=False)
    assert reason in failure.message
    assert failure.retry_may_help == passes
    assert ("try again" in failure.next_step) == passes


@pytest.mark.usefixtures("_new_client", "_no_choice")
def test_where_no_tls_is_spoken_no_certificate_is_blamed() -> None:
    with rigged(answer()) as server:
        with pytest.raises(ServerUnreachable, match="doesn't use TLS on that port") as refused:
            get(server.origin.replace("http:", "https:"))
        assert server.sent == []
    assert "ow.trust" not in str(refused.value)


@pytest.mark.usefixtures("_new_client")
@pytest.mark.check(id="transport/tls")
def test_nor_is_it_taken_where_other_certificates_are_trusted(
    certificate: Path, another_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(another_certificate))
    with rigged(answer(), tls(certificate)) as server:
        with pytest.raises(ServerUnreachable, match="certificate"):
            get(server.origin)
        assert server.sent == []


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.check(id="transport/tls")
def test_the_clients_of_a_session_do_not_take_it_either(awaited: bool, certificate: Path) -> None:
    with rigged(answer(), tls(certificate)) as server, running_mint() as mint:
        session = mint.session(api=server.origin)

        def blocking() -> None:
            with session.http() as client:
                client.get("/")

        async def awaiting() -> None:
            async with session.ahttp() as client:
                await client.get("/")

        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            asyncio.run(awaiting()) if awaited else blocking()
        assert server.sent == []


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_the_systems_own_store_is_trusted_where_nothing_is_chosen() -> None:
    assert isinstance(trust.context_for(trust.current_ca()), truststore.SSLContext)
    assert (ow.trust().authorities, ow.trust().ca) == ("the system's own", None)


@pytest.mark.usefixtures("_new_client", "_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_a_chosen_file_is_trusted_and_stands_before_the_environments(
    certificate: Path, another_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(another_certificate))
    assert ow.trust().ca == str(another_certificate)
    assert ow.trust(ca=certificate).ca == str(certificate)
    assert ow.trust().authorities == "those in certificate.pem"
    with rigged(answer(b"trusted"), tls(certificate)) as server:
        assert get(server.origin).body == b"trusted"


@pytest.mark.usefixtures("_no_choice")
@pytest.mark.check(id="transport/proxies")
def test_a_file_without_certificates_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "folder.pem").mkdir()
    for name, said in (
        ("missing.pem", "No such file or directory"),
        ("folder.pem", "Is a directory"),
        ("empty.pem", "it contains no certificates in PEM format"),
        ("a\0.pem", "it isn't a valid file name"),
    ):
        shown = name.replace("\0", " ")
        with pytest.raises(ConfigurationError, match=f"{shown}: {said}"):
            ow.trust(ca=tmp_path / name)
    assert ow.trust().ca is None


@pytest.mark.usefixtures("_new_client")
@pytest.mark.check(id="transport/proxies")
def test_a_certificate_in_ssl_cert_file_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with rigged(answer(b"trusted"), tls(certificate)) as server:
        assert get(server.origin).body == b"trusted"
