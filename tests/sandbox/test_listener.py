from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from .._net.http.asking import certified

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A self-signed certificate for 127.0.0.1 and this machine's name."""
    file = str(certified(tmp_path_factory.mktemp("tls") / "both.pem"))
    return {"tls_cert": file, "tls_key": file}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_any_loopback_host_will_do(fresh: Any, host: str) -> None:
    if host != "localhost":
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, 0))
            except OSError:
                pytest.skip(f"this machine has no {host}")
    sandbox = fresh(host=host)
    shown = f"[{host}]" if ":" in host else host
    assert sandbox.issuer == f"http://{shown}:{sandbox.port}"
    assert httpx.get(sandbox.discovery, trust_env=False).json()["issuer"] == sandbox.issuer


_EVERYWHERE = "0.0.0.0"  # noqa: S104 - refused, as the tests say


@pytest.mark.parametrize("host", [_EVERYWHERE, "192.0.2.1", "sandbox.example", "::", ""])
def test_another_host_needs_tls(fresh: Any, host: str) -> None:
    with pytest.raises(ValueError, match="TLS certificate"):
        fresh(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "own name"])
def test_with_tls_any_named_host_will_do(fresh: Any, tls: dict[str, str], host: str) -> None:
    if host == "own name":
        host = socket.gethostname()
    sandbox = fresh(host=host, **tls)
    assert sandbox.issuer == f"https://{host}:{sandbox.port}"
    context = ssl.create_default_context(cafile=tls["tls_cert"])
    with httpx.Client(verify=context, trust_env=False, base_url=sandbox.issuer) as http:
        assert http.get(sandbox.discovery).json()["issuer"] == sandbox.issuer
        request = {
            "client_id": "notebook",
            "redirect_uri": "http://127.0.0.1/callback",
            "response_type": "code",
            "scope": "openid",
        }
        cookie = http.get("/oauth2/auth", params=request).headers["set-cookie"]
    assert cookie.endswith("; SameSite=lax; Secure")


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (_EVERYWHERE, "Name the host"),
        ("::", "Name the host"),
        ("a b", "no host 'a b'"),
        ("192.0.2.1", r"This computer has no address 192\.0\.2\.1\."),
    ],
)
def test_a_host_has_to_be_one_that_people_can_use(
    fresh: Any, tls: dict[str, str], host: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        fresh(host=host, port=18443, **tls)


def test_tls_needs_both_files_and_good_ones(
    fresh: Any, tls: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="both a certificate and its key"):
        fresh(tls_cert=tls["tls_cert"])
    for wrong, said in (
        (__file__, "Both must be PEM files"),
        (str(tmp_path / "none.pem"), "none.pem cannot be read: No such file"),
    ):
        with pytest.raises(ValueError, match=said):
            fresh(**{**tls, "tls_key": wrong})


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_a_port(fresh: Any, port: int) -> None:
    with pytest.raises(ValueError, match="0 to 65535"):
        fresh(port=port)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "You aren't allowed to listen on port 443. Choose 1024 or above"),
        (errno.EPERM, "You aren't allowed to listen on port 443"),
        (errno.EAFNOSUPPORT, "This computer has no address 127.0.0.1"),
        (errno.EMFILE, f"can't listen on port 443 at 127.0.0.1: {os.strerror(errno.EMFILE)}."),
    ],
)
def test_why_it_cannot_listen_is_said(
    fresh: Any, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "socket", refused)
    with pytest.raises(ValueError, match=said):
        fresh(port=443)
