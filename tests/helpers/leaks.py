"""Finds secrets in files that must not contain any."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote


def shapes(secret: str) -> dict[str, bytes]:
    """Every form a secret may hide in: as it is, URL-encoded, base64 at each of three offsets."""
    raw = secret.encode()
    found = {"plain": raw, "url": quote(secret, safe="").encode()}
    for offset in range(3):
        # The characters at both ends also depend on the text around the secret
        inner = b64encode(b"\0" * offset + raw).rstrip(b"=")
        found[f"base64+{offset}"] = inner[(0, 2, 3)[offset] : -1]
    found["base64url"] = found["base64+0"].translate(bytes.maketrans(b"+/", b"-_"))
    return found


def leaks(secrets: Mapping[str, str], files: Iterable[Path]) -> list[str]:
    """Return the findings, as `file: name of the secret (form)`."""
    assert secrets
    assert all(len(secret) >= 8 for secret in secrets.values())
    return [
        f"{file.name}: {found}"
        for file in files
        for found in secrets_in(file.read_bytes(), secrets)
    ]


def secrets_in(content: bytes, secrets: Mapping[str, str]) -> list[str]:
    """Return the findings, as `name of the secret (form)`."""
    return [
        f"{name} ({form})"
        for name, secret in secrets.items()
        for form, shape in shapes(secret).items()
        if shape in content
    ]
