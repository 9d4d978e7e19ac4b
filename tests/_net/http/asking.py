"""How tests ask through the door to the network, and certificates for servers that answer."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from oauth_widgets._net import http
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request, Response


def get(url: str, **limits: Any) -> Response:
    return run(http.send(Request("GET", url), **limits))


def certified(file: Path, *, host: str = "127.0.0.1", hours: tuple[int, int] = (-1, 1)) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rigged")])
    now = dt.datetime.now(dt.UTC)
    own = x509.DNSName(socket.gethostname())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host)), own])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(hours=hours[0]))
        .not_valid_after(now + dt.timedelta(hours=hours[1]))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
