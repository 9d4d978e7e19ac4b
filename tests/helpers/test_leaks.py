"""The search for leaks finds every one."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from .leaks import leaks

SECRET = "s3cret/with+odd?chars>~"


@pytest.mark.parametrize(
    "content",
    [
        SECRET.encode(),
        quote(SECRET, safe="").encode(),
        *(b64encode(b"x" * before + SECRET.encode() + b"after") for before in range(7)),
        urlsafe_b64encode(SECRET.encode()),
    ],
)
def test_a_secret_is_found_in_every_form(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "saved.ipynb"
    file.write_bytes(b"before" + content + b"after")
    assert leaks({"the secret": SECRET}, [file])


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    file = tmp_path / "saved.ipynb"
    file.write_bytes(b"nothing to see")
    assert leaks({"the secret": SECRET}, [file]) == []
