from __future__ import annotations

import datetime as dt
import errno
import ipaddress
import os
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A self-signed certificate for 127.0.0.1 and this machine's name."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sandbox")])
    now = dt.datetime.now(dt.UTC)
    names = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName(socket.gethostname()),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return {"tls_cert": str(folder / "cert.pem"), "tls_key": str(folder / "key.pem")}


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


@pytest.mark.parametrize("host", [_EVERYWHERE, "::"])
def test_a_host_has_to_be_one_that_people_can_use(
    fresh: Any, tls: dict[str, str], host: str
) -> None:
    with pytest.raises(ValueError, match="Name the host"):
        fresh(host=host, **tls)


def test_tls_needs_both_files_and_good_ones(
    fresh: Any, tls: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="both a certificate and its key"):
        fresh(tls_cert=tls["tls_cert"])
    for wrong, said in (
        (tls["tls_cert"], "Both must be PEM files"),
        (str(tmp_path / "none.pem"), "none.pem cannot be read: No such file"),
    ):
        with pytest.raises(ValueError, match=said):
            fresh(**{**tls, "tls_key": wrong})


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_a_port(fresh: Any, port: int) -> None:
    with pytest.raises(ValueError, match="0 to 65535"):
        fresh(port=port)


def test_an_unknown_host_is_said_to_be_so(fresh: Any, tls: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no host 'a b'"):
        fresh(host="a b", **tls)


def test_another_machines_address_is_not_called_a_taken_port(
    fresh: Any, tls: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"This computer has no address 192\.0\.2\.1\."):
        fresh(host="192.0.2.1", port=18443, **tls)


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
