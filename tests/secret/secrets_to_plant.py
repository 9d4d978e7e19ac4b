"""Made-up secrets of every kind, as files contain them, and the spellings they hide in."""

from __future__ import annotations

import gzip
import json
import random
import string
import zlib
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote

OPAQUE = string.ascii_letters + string.digits + "-_"


def opaque(dice: random.Random, length: int = 43, letters: str = OPAQUE) -> str:
    return "".join(dice.choices(letters, k=length))


def jwt(dice: random.Random, *, header: str = '{"alg":"RS256","kid":"k-1"}') -> str:
    def part(text: bytes) -> str:
        return urlsafe_b64encode(text).rstrip(b"=").decode()

    claims = json.dumps({"sub": opaque(dice, 12), "exp": dice.randrange(10**9)}).encode()
    return ".".join(map(part, (header.encode(), claims, dice.randbytes(256))))


def planted(seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Yield a name, a text and the secret in it, for every kind in every notation."""
    dice = random.Random(seed)
    for parameter in (
        *("access_token", "refresh_token", "id_token", "client_secret", "code_verifier"),
        *("device_code", "client_assertion", "assertion", "code"),
    ):
        for name, form in NOTATIONS.items():
            # HTML has an element of that name, and in prose any word follows a code
            if parameter == "code" and name in {"in XML", "said in prose"}:
                continue
            secret = opaque(dice)
            yield f"{parameter} {name}", form.format(parameter, secret), secret
    for name, secret in {
        "JWT": jwt(dice),
        "JWT with blanks": jwt(dice, header='{ "typ": "JWT", "alg": "none" }'),
        "JWT over lines": jwt(dice, header='{\n  "alg": "ES256"\n}'),
        "JWE": f"{jwt(dice)}.{opaque(dice, 30)}.{opaque(dice, 22)}",
        "ghp": "ghp_" + opaque(dice, 36, string.ascii_letters + string.digits),
        "gho": "gho_" + opaque(dice, 36, string.ascii_letters + string.digits),
        "github_pat": "github_pat_" + opaque(dice, 82, string.ascii_letters + string.digits),
        "glpat": "glpat-" + opaque(dice, 20),
        "xoxb": f"xoxb-{dice.randrange(10**11)}-{opaque(dice, 24, string.ascii_letters)}",
        "ya29": "ya29." + opaque(dice, 120),
        "GOCSPX": "GOCSPX-" + opaque(dice, 28),
        "1//0": "1//0" + opaque(dice, 60),
        "hf": "hf_" + opaque(dice, 34, string.ascii_letters),
        "doo": "doo_v1_" + opaque(dice, 64, "0123456789abcdef"),
    }.items():
        yield name, f"it is {secret} here", secret
    yield from _headers_and_keys(dice)


NOTATIONS = {
    "in an address": "https://app.example/callback?{0}={1}&state=s-1",
    "in a fragment": "https://app.example/callback#{0}={1}",
    "in a form": "grant_type=authorization_code&{0}={1}",
    "in an environment": "{0}={1}\nOTHER=1",
    "in JSON": '{{"expires_in": 3600, "{0}": "{1}", "a": 1}}',
    "in compact JSON": '{{"{0}":"{1}"}}',
    "in YAML": "{0}: {1}\nother: 1",
    "in a repr": "{{'{0}': '{1}', 'expires_in': 3600}}",
    "in Python": '{0} = "{1}"',
    "typed in Python": "{0}: str = '{1}'",
    "in a call": 'ClientMetadata(client_id="me", {0}=ow.Secret("{1}"))',
    "by subscript": 'data["{0}"] = "{1}"',
    "in a line of CSV": "{0},{1}",
    "said in prose": "The {0} is {1}",
    "in a tuple": '[("{0}", "{1}")]',
    "in a HAR": '{{"name": "{0}", "value": "{1}"}}',
    "in a Series": "{0}      {1}\nexpires_in   3600",
    "in a form to post": '<input type="hidden" name="{0}" value="{1}"/>',
    "in XML": "<{0}>{1}</{0}>",
    "in R": '{0} <- "{1}"',
    "in a drawn table": "│ {0} │ {1} │",
    "in a comparison": "if {0} == '{1}':",
    "in a table": "<tr>\n<th>{0}</th>\n      <td>{1}</td></tr>",
    "in Markdown": "| {0} | {1} |",
    "in colours": "\x1b[38;5;21m{0}\x1b[39m\x1b[38;5;241m=\x1b[39m\x1b[38;5;124m'\x1b[39m{1}'",
    "highlighted": '<span class="n">{0}</span><span class="o">=</span>'
    '<span class="s2">&quot;{1}&quot;</span>',
}


JOINED = {
    "GitHub's scheme": "Authorization: token {0}",
    "GitHub's scheme in a dict": "headers = {{'Authorization': 'token {0}'}}",
    "another scheme in JSON": '{{"Authorization": "ApiKey {0}"}}',
    "bearer joined": "headers['Authorization'] = 'Bearer ' + '{0}'",
    "bearer by %": '"Bearer %s" % "{0}"',
    "bearer by format": "'Bearer {{}}'.format('{0}')",
    "in a sentence with is": "Access token is {0}",
}
WORDS = [
    ("words in a call", 'f(client_secret="correct-horse-battery-staple")', "correct-horse-battery"),
    ("words in JSON", '{"client_secret": "sesameopen"}', "sesameopen"),
    ("words in Python", "access_token = 'opensesame'", "opensesame"),
    ("words joined", "'Bearer ' + 'opensesame'", "opensesame"),
]
"""Secrets made of words are found if they are quoted and named."""


def _headers_and_keys(dice: random.Random) -> Iterator[tuple[str, str, str]]:
    secret = opaque(dice)
    yield "bearer", f"Authorization: Bearer {secret}", secret
    yield "IPython's %env", f"%env CLIENT_SECRET {secret}", secret
    yield "in a sentence", f"access token: {secret}", secret
    yield "hint", f"?id_token_hint={secret}", secret
    yield "DPoP", f"Authorization: DPoP {secret}", secret
    yield "bearer in a dict", f"{{'authorization': 'bearer {secret}'}}", secret
    pair = b64encode(f"client-1:{secret}".encode()).decode()
    for name, form in JOINED.items():
        yield name, form.format(secret), secret
    yield from WORDS
    yield "basic", f"Authorization: Basic {pair}", pair
    key = encodebytes(dice.randbytes(400)).decode()
    for kind in ("", "RSA ", "EC ", "ENCRYPTED "):
        pem = f"-----BEGIN {kind}PRIVATE KEY-----\n{key}-----END {kind}PRIVATE KEY-----\n"
        yield f"{kind}private key", pem, key.replace("\n", "")[:60]


def _at(offset: int) -> Callable[[str], str]:
    return lambda text: b64encode(b"\0" * offset + text.encode() + b"\0").decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64+0": _at(0),
    "base64+1": _at(1),
    "base64+2": _at(2),
    "base64 after its own letters": lambda text: "abc/" + _at(0)(text),
    "base64url": lambda text: urlsafe_b64encode(text.encode()).rstrip(b"=").decode(),
    "base64 in lines": lambda text: encodebytes(text.encode()).decode(),
    "base64 in lines of JSON": lambda text: json.dumps(encodebytes(text.encode()).decode()),
    "base64 twice": lambda text: _at(2)(_at(1)(text)),
    "zlib in base64": lambda text: b64encode(zlib.compress(text.encode())).decode(),
    "zlib in base64url": lambda text: urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode(),
    "gzip in base64": lambda text: b64encode(gzip.compress(text.encode())).decode(),
    "base64 in gzip in base64": lambda text: b64encode(
        gzip.compress(_at(1)(text).encode())
    ).decode(),
    "URL-encoded": lambda text: quote(text, safe=""),
    "every character URL-encoded": lambda text: "".join(f"%{b:02x}" for b in text.encode()),
    "URL-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64, URL-encoded": lambda text: quote(_at(0)(text), safe=""),
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "escaped": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "escaped by Python": lambda text: "".join(f"\\x{b:02X}" for b in text.encode()),
    "HTML": escape,
    "HTML by numbers": lambda text: "".join(
        # HTML has no way to write other control characters
        c if c == "\x1b" else f"&#{ord(c)};"
        for c in text
    ),
}
