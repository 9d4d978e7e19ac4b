"""Secrets are recognized in every notation and spelling, and other text is not."""

from __future__ import annotations

import base64
import random
import tracemalloc
import uuid
import zlib
from collections.abc import Callable
from hashlib import sha256
from itertools import islice

import pytest

from oauth_widgets.secret.shapes import hits

from ..helpers.growth import is_within
from .secrets_to_plant import PARAMETERS, SPELLINGS, broken, jwt, opaque, planted

PLANTED = list(planted())
BROKEN = {
    "lines": ("", "\n", ""),
    "indented lines": ("", "\n    ", ""),
    "lines ending in a backslash": ("", "\\\n", ""),
    "literals": ('"', '" "', '"'),
    "literals in lines": ("'", "'\n    '", "'"),
    "added literals": ('"', '" + "', '"'),
    "lines of HTML": ("", "<br>", ""),
    "possible line breaks": ("", "<wbr>", ""),
    "characters without width": ("", "\u200b", ""),
}


def some(number: int) -> list[tuple[str, str, str]]:
    """Return every kind of secret, and every notation with one of the parameters or two."""
    parameters = [one for one in PLANTED if one[0].startswith(PARAMETERS)]
    return parameters[number % 7 :: 7] + [one for one in PLANTED if one not in parameters]


def missed(spelling: str) -> list[str]:
    spell = SPELLINGS[spelling]
    return [
        name
        for name, text, secret in some(list(SPELLINGS).index(spelling))
        # What is not ASCII ends a text in UTF-16
        if not ("UTF-16" in spelling and not text.isascii())
        and not any(
            secret.encode() in hit.secret.replace(b"\n", b"")
            for hit in hits(f"before\n{spell(text)}\nafter".encode())
        )
    ]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_secret_of_any_kind_is_missed_in_any_spelling(spelling: str) -> None:
    assert missed(spelling) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("value", ["blue horse", "tr0ub4dor&3", "é+/=\"'<ü>", "A" * 40])
def test_a_known_value_is_found_in_any_spelling(spelling: str, value: str) -> None:
    text = f"some words before {value} and after"
    found = hits(SPELLINGS[spelling](text).encode(), [value.encode()])
    assert value.encode() in {hit.secret for hit in found}


@pytest.mark.parametrize("way", BROKEN)
def test_a_token_or_a_known_value_is_found_in_pieces(way: str) -> None:
    before, between, after = BROKEN[way]
    for width in (30, 60, 80):
        token = jwt(random.Random(width))
        text = f"print:\n{before}{broken(token, width, between)}{after}\nafter".encode()
        assert any(hit.secret.startswith(token.encode()) for hit in hits(text))
        assert token.encode()[1:] in {hit.secret for hit in hits(text, [token.encode()[1:]])}


@pytest.mark.parametrize("dot", ["\\.", "%2E", "\\u002e", "&#46;", "&period;", "%252e", "\\056"])
def test_a_jwt_is_found_with_its_dots_escaped(dot: str) -> None:
    token = jwt(random.Random(0))
    found = hits(f"the token {token.replace('.', dot)} as a pattern".encode())
    assert token.encode() in {hit.secret for hit in found}


@pytest.mark.parametrize(
    "text",
    [
        "client_secret=ow.Secret.ask('client secret')",
        'client_secret = os.environ["CLIENT_SECRET_OF_2024"]',
        'Secret.env("CLIENT_SECRET")',
        "client_secret=settings.OAUTH2_CLIENT_SECRET\n)",
        "refresh_token = newest_refresh_token_of_2024",
        'access_token = response2.json()["access_token"]',
        "f(access_token=first_session_2.access_token, code=answer_of_2024.code_1)",
        "Authorization: Bearer YOUR_ACCESS_TOKEN_123",
        "Authorization: Bearer {token}, Bearer ${ACCESS_TOKEN_1}",
        "Basic authentication is for clients: Basic understanding-of-everything",
        '{"access_token": "••••", "client_secret": "<your-client-secret-1>"}',
        '{"token_type": "Bearer", "access_token": "string", "id_token": "id_token_hint"}',
        "client_secret=xxxxxxxxxxxxxxxxxxxxxxx1&code=...............1",
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbBuGJSstw-cM",
        '{"code": "invalid_request_parameter", "error_code": "a81bc81b-dead-4e5d-abff-90865d1e"}',
        "<pre><code>3f9a1c2b7d8e4f50a1b2</code></pre>",
        "RhipPjpDPOp+T4Udh0tJuV5h7l+e5B4upjCs4Xbs+basic+QWxhZGRpbjpvcGVuIHNlc2FtZQ",
        "failed with code 550e8400-e29b-41d4-a716-446655440000",
        "client_secret_basic, client_secret_post, private_key_jwt",
        "-----BEGIN PRIVATE KEY----- is how a key begins",
        "eyJhbGciOi.is.short and eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.has-no-alg",
        "zip_code=12345678901234567890 postcode: AB12CD34EF56GH78IJ90",
        "def exchange(code: str, access_token: str | None = None) -> None: ...",
        "The continuation token is 550e8400e29b41d4a716446655440000 today",
        '{"next_token": "550e8400-e29b-41d4-a716-446655440000"}',
        '<pre><code>"+(r?s:es(s,!0))+"</code></pre>',
        "<table><tr><th>code</th></tr><tr><td>3f9a1c2b7d8e4f50a1b2c3d4</td></tr></table>",
        "access_token_url: https://login.example/oauth2/v2.0/token",
        "git clone https://user:password@git.example/a; docker run -u 1000:1000 image",
        'requests.get(url, auth=("user", "password"))',
        '{"kty": "EC", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "d": "x"}',
        "Bearer\nOAuth2TokenMixin2024",
        "import AsyncAssertionClient\nfrom .oauth1 import AsyncOAuth1Client2, OAuth2ClientAuth",
        "?code=200&state=NY and ?code=AUTHORIZATION_CODE&state=STATE",
        '["id","access_token"],["3f9a1c2b7d8e4f50a1b2c3d4","••••"]',
        "id,access_token\n3f9a1c2b7d8e4f50a1b2c3d4,None\n",
        "INSERT INTO t (sha, client_secret) VALUES ('3f9a1c2b7d8e4f50a1b2c3d4', NULL)",
        '<input name="csrf" value="3f9a1c2b7d8e4f50"><input name="client_secret" value="">',
        '<input value="" name="client_secret"><input value="3f9a1c2b7d8e4f50" name="csrf">',
        '{"value": "3f9a1c2b7d8e4f50", "name": "etag"}, {"name": "access_token"}',
        "def f(access_token, code):\n    g('3f9a1c2b7d8e4f50a1b2c3d4', 'a')",
        "- name: CLIENT_SECRET\n- name: hash\n  value: 3f9a1c2b7d8e4f50a1b2c3d4\n",
        "hf_hub_download_and_more_of_the_same_kind, ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
)
def test_words_names_and_placeholders_are_no_secrets(text: str) -> None:
    assert list(hits(text.encode())) == []


@pytest.mark.parametrize("seed", range(5))
def test_hashes_ids_and_random_data_are_no_secrets(seed: int) -> None:
    dice = random.Random(seed)
    lines = []
    for _ in range(200):
        lines += [
            f"sha256:{sha256(dice.randbytes(9)).hexdigest()}",
            f"commit {dice.randbytes(20).hex()}",
            f'"id": "{uuid.UUID(bytes=dice.randbytes(16))}"',
            f"integrity=sha512-{base64.b64encode(dice.randbytes(64)).decode()}",
            f'etag: "{opaque(dice, 32)}"',
        ]
    blob = base64.b64encode(dice.randbytes(100_000))
    url = base64.urlsafe_b64encode(dice.randbytes(100_000))
    assert list(hits("\n".join(lines).encode() + b"\n" + blob + b"\n" + url)) == []


WORST = {
    "JWT beginnings": b"eyJ",
    "JWT beginnings in parts": b"eyJ" * 2000 + b".",
    "names": b"access_token",
    "names and quotes": b'code"="',
    "names and blanks": b"code" + b" " * 79,
    "names and attributes": b'code" ' + b"a" * 197,
    "names in tables": b"code</th> " * 8 + b"<td ",
    "bearer": b"bearer ",
    "basic": b"Basic QWxhZGRpbjpvcGVu ",
    "private keys": b"-----BEGIN PRIVATE KEY-----\n",
    "prefixes": b"ghp_",
    "gzip": b"\x1f\x8b\x08\0",
    "gzip in base64": base64.b64encode(b"\x1f\x8b\x08" + b"\0" * 27),
    "escapes": b"%41\\u0041&amp;",
    "escaped lines": b"%41\n",
    "colours": b"\x1b[",
    "spans": b"<span ",
    "short runs": b"abcdefghijklmnopqrstuvw ",
    "lines of base64": b"QUJD" * 19 + b"\n",
    "cells": b"code</td> <td" + b" " * 80,
    "hexadecimal": b"6566 ",
    "hexadecimal lines": b"65" * 40 + b"\n",
    "lists of numbers": b"101, ",
    "UTF-16": b"a\0",
    "zlib": b"x\x9c\x4b\x4c\x4a",
    "zlib cut off": zlib.compress(b"abc def" * 500)[:-6],
    "tables": b"<table><tr>" + b"<th>access_token</th>" * 9,
    "columns": b"access_token   \n",
    "columns in one line": b" access_token",
    "broken lines": b"eyJhbGciOiJSUzI1NiJ9.\n",
    "literals": b'"eyJabc" + ',
    "keys": b'"kty":"d","d":"' + b"aB3" * 20 + b'",',
    "pairs": b"://" + b"a" * 100,
    "pairs in calls": b'auth=("',
    "redirects": b"&code=a1b2c3d4&state=",
    "brackets": b"code: [{[{",
    "links of a terminal": b"\x1b]",
    "one long line": b'access_token="aZ3bY4cX5dW6eV7fU8" ',
    "base85": b"9jqo^BlbD-BleB1DJ+*+F(f,q",
    "base85 in lines": b"9jqo^BlbD-BleB1DJ+*+F(f,q\n",
    "base32": b"MFXGIIDT",
    "base32 in lines": b"MFXGIIDT" * 8 + b"\n",
    "zip": b"PK\3\4",
    "bytes of Python": b"b'K",
    "rows": b"id,access_token\n",
    "long rows": b"access_token," * 100 + b"\n" + b"a," * 999 + b"\n",
    "lists": b'["id","access_token"],',
    "lists that don't end": b'["id","access_token"][\'',
    "rows of SQL": b"(access_token) values ",
    "pairs of name and value": b"name=access_token value=a",
    "values before names": b"value=aaaaaaaaa name=access_token ",
    "xz": b"\xfd7zXZ\0",
    "bzip2": b"BZh91AY&SY",
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_text_takes_time_in_proportion_to_its_length(name: str) -> None:
    def found(size: int) -> Callable[[], object]:
        text = WORST[name] * (size // len(WORST[name]))
        return lambda: list(islice(hits(text), 1000))

    def is_linear(size: int) -> bool:
        # Sixteen times as much would take 256 times as long if it were quadratic
        return is_within(64, found(16 * size), found(size), enough=0.064)

    # Where an end far away is looked for, time is in proportion beyond that distance
    assert is_linear(1_750) or is_linear(7_000)


def test_gzip_that_unpacks_to_much_more_is_read_up_to_a_limit() -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    assert list(hits(base64.b64encode(packed))) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 128 * 2**20


def test_archives_in_archives_are_read_up_to_one_limit() -> None:
    """Three of them in a few kilobytes would be gigabytes."""

    def read(packed: bytes) -> Callable[[], object]:
        text = base64.b64encode(packed)
        return lambda: list(hits(text))

    once = zlib.compress(bytes(2**24), 9)
    thrice = zlib.compress(zlib.compress(once * 900, 9) * 900, 9)
    assert len(thrice) < 64_000
    assert read(thrice)() == read(once)() == []
    assert is_within(16, read(thrice), read(once))


@pytest.mark.parametrize("odd", ["&#" + "1" * 5000 + ";", "\\u{110000}", "\\Uffffffff", "%uD800"])
def test_an_escape_of_no_character_hides_nothing(odd: str) -> None:
    found = hits(f"{odd} access&#95;token='aB3dE4fG5hI6jK7lM8nO'".encode())
    assert "access token" in {one.kind for one in found}


def test_what_is_shown_of_a_hit_is_where_the_outermost_spelling_starts() -> None:
    token = jwt(random.Random(0))
    text = f"one\ntwo {SPELLINGS['base64+1'](token)}"
    (found,) = hits(text.encode())
    assert (found.kind, found.secret.decode(), found.start) == ("JWT", token, len("one\ntwo "))
