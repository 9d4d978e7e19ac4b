"""Made-up secrets of every kind, as files contain them, and the spellings they hide in."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import string
import zipfile
import zlib
from base64 import a85encode, b32encode, b64encode, b85encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote

PARAMETERS = (
    *("access_token", "refresh_token", "id_token", "client_secret", "code_verifier"),
    *("device_code", "client_assertion", "assertion", "code"),
)
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
    for parameter in PARAMETERS:
        for name, form in NOTATIONS.items():
            # HTML has an element of that name, and in prose any word follows a code
            if parameter == "code" and name in NOT_OF_A_CODE:
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
        "JWT, padded": ".".join(part + "=" * (-len(part) % 4) for part in jwt(dice).split(".")),
        "JWT with a tab": jwt(dice, header='{\t"alg": "ES256"}'),
        "dapi": "dapi" + opaque(dice, 32, "0123456789abcdef"),
        "Q~": f"a1B8Q~{opaque(dice, 34)}",
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
    "as parse_qs returns it": "{{'{0}': ['{1}'], 'state': ['s-1']}}",
    "in the JSON of a frame": '{{"{0}":{{"0":"{1}"}}}}',
    "in the dict of a frame": "{{'{0}': {{0: '{1}'}}}}",
    "in three quotes": '{0} = """{1}"""',
    "in brackets": '{0} = (\n    "{1}"\n)',
    "as a default": 'os.environ.get("{0}") or "{1}"',
    "with a type": '{0}: Final[str] = "{1}"',
    "numbered": '{0}_2 = "{1}"',
    "of production": '{0}_PROD="{1}"',
    "several": "{0}s = ['{1}']",
    "in bold": "**{0}:** `{1}`",
    "after an arrow": "{0} → `{1}`",
    "after a wide colon": "{0}\uff1a`{1}`",
    "after a blank that doesn't break": "{0}:\u00a0{1}",
    "in bold of HTML": "<b>{0}</b>: <code>{1}</code>",
    "in a list of HTML": "<dt>{0}</dt><dd>{1}</dd>",
    "in a block of YAML": "{0}: >-\n  {1}\n",
    "in a HAR with more": '{{"name": "{0}", "type": "string", "value": "{1}"}}',
    "between semicolons": "{0};{1}",
    "in CDATA": "<{0}><![CDATA[{1}]]></{0}>",
    "in a frame": "{0:>46}  expires_in\n0  {1}        3600",
    "in a frame's HTML": "<table><thead><tr><th></th><th>{0}</th><th>n</th></tr></thead>"
    "<tbody><tr><th>0</th><td>{1}</td><td>3</td></tr></tbody></table>",
    "in a table of Markdown": "| a | {0} |\n|---|---|\n| 1 | {1} |",
    "with soft hyphens": "{0}&shy;={1}",
    "after moves of a cursor": "{0}\x1b[K=\x1b[38:2:9:9:9m{1}\x1b(B\x1b[m",
    "in a split frame": '{{"columns":["n","{0}"],"index":[0],"data":[[3600,"{1}"]]}}',
    "in one split column": '{{"columns":["{0}"],"index":[0],"data":[["{1}"]]}}',
    "in the split dict of a frame": "{{'columns': ['{0}', 'n'], 'data': [['{1}', 1]]}}",
    "in lists": '[["id", "{0}"],\n ["a, b", "{1}"]]',
    "in an indented split frame": '{{\n "columns": [\n  "n",\n  "{0}"\n ],\n'
    ' "data": [\n  [\n   1,\n   "{1}"\n  ]\n ]\n}}',
    "in SQL": "INSERT INTO t (id, {0}, at) VALUES (1, '{1}', NOW());",
    "in SQL of MySQL": "insert into `t` (`{0}`) values\n('{1}'),\n('b')",
    "in a dump of PostgreSQL": "COPY t (id, {0}) FROM stdin;\n1\t{1}\n\\.\n",
    "in LaTeX": "\\begin{{tabular}}{{lr}}\n & {0} & n \\\\\n\\midrule\n0 & {1} & 3 \\\\\n",
    "in printed CSV": "a,{0},b\n1,{1},2\n",
    "in a wide table of Markdown": "| a | {0} | n |\n|---|---|---|\n| some long text | {1} | 3 |",
    "after its value in HTML": '<input value="{1}" type="hidden" name="{0}">',
    "after its value in JSON": '{{"value": "{1}", "name": "{0}"}}',
    "after its value in YAML": "- value: {1}\n  name: {0}\n",
    "before its value in YAML": "- name: {0}\n  value: {1}\n",
    "in a pair of XML": "<name>{0}</name>\n  <value>{1}</value>",
    "in a pair of big letters": '{{"Value": "{1}", "Key": "{0}"}}',
    "in meta data": '<meta content="{1}" name="{0}"/>',
    "highlighted": '<span class="n">{0}</span><span class="o">=</span>'
    '<span class="s2">&quot;{1}&quot;</span>',
}
NOT_OF_A_CODE = {
    *("in XML", "said in prose", "in CDATA", "after an arrow", "in a frame", "in a frame's HTML"),
    *("in a table of Markdown", "of production", "between semicolons", "in a split frame"),
    *("in one split column", "in the split dict of a frame", "in an indented split frame"),
    *("in lists", "in SQL", "in SQL of MySQL", "in a dump of PostgreSQL", "in LaTeX"),
    *("in printed CSV", "in a wide table of Markdown", "after its value in HTML"),
    *("after its value in JSON", "after its value in YAML", "before its value in YAML"),
    *("in a pair of XML", "in a pair of big letters", "in meta data"),
}
assert len(NOTATIONS) % 2, "every second one would always be of the same notation"

JOINED = {
    "GitHub's scheme": "Authorization: token {0}",
    "GitHub's scheme in a dict": "headers = {{'Authorization': 'token {0}'}}",
    "another scheme in JSON": '{{"Authorization": "ApiKey {0}"}}',
    "bearer joined": "headers['Authorization'] = 'Bearer ' + '{0}'",
    "bearer by %": '"Bearer %s" % "{0}"',
    "bearer by format": "'Bearer {{}}'.format('{0}')",
    "in a sentence with is": "Access token is {0}",
}
PAIRED = {
    "in an address before its host": "https://client-1:{0}@as.example/token",
    "curl's option": "curl -u client-1:{0} https://as.example/token",
    "curl's long option": "curl --user 'client-1:{0}' https://as.example/token",
    "a pair of requests": 'requests.post(url, auth=("client-1", "{0}"))',
    "a pair of httpx": "httpx.BasicAuth(username='client-1', password='{0}')",
}
"""A client's name and secret in one."""
NAMED_TOKEN = {
    "token in an address": "http://localhost:8888/lab?token={0}",
    "token in a form": "token={0}&token_type_hint=refresh_token",
    "token in Python": "token = '{0}'",
    "token in JSON": '{{"token": "{0}"}}',
    "token of a bearer": "BEARER_TOKEN={0}",
    "bearer in tags": "Authorization: <b>Bearer</b> <i>{0}</i>",
    "bearer in a form": "Authorization%3A+Bearer+{0}",
}
KEYS = {
    "private JWK": '{{"kty": "EC", "crv": "P-256", "x": "{1}", "d": "{0}"}}',
    "private JWK in another order": "{{'d': '{0}', 'kty': 'OKP'}}",
    "symmetric JWK": '{{"k":"{0}","kty":"oct"}}',
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
    for name, form in PAIRED.items():
        yield name, form.format(secret), secret
    for name, form in NAMED_TOKEN.items():
        yield name, form.format(secret), secret
    for code in ("a8f5f167f44f", "83749283748273487234", "qwxzertyuiplkjhgf", "4/0AX4XfWhQp3l_8"):
        yield f"redirect with {code}", f"https://app.example/cb?state=s-1&code={code}&iss=x", code
    for name, form in KEYS.items():
        yield name, form.format(secret, opaque(dice)), secret
    yield "basic", f"Authorization: Basic {pair}", pair
    key = encodebytes(dice.randbytes(400)).decode()
    for kind in ("", "RSA ", "EC ", "ENCRYPTED "):
        pem = f"-----BEGIN {kind}PRIVATE KEY-----\n{key}-----END {kind}PRIVATE KEY-----\n"
        yield f"{kind}private key", pem, key.replace("\n", "")[:60]


def _at(offset: int) -> Callable[[str], str]:
    return lambda text: b64encode(b"\0" * offset + text.encode() + b"\0").decode()


def _numbers(form: str, between: str = "") -> Callable[[str], str]:
    return lambda text: between.join(form.format(byte) for byte in text.encode())


def broken(text: str, width: int, between: str) -> str:
    """Return `text` in pieces of `width` characters."""
    return between.join(text[at : at + width] for at in range(0, len(text), width))


def deflated(text: str) -> bytes:
    """Return `text` compressed without a header."""
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(text.encode()) + packer.flush()


def archived(text: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with `text` in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("empty.txt", "")
        archive.writestr("folder/a.txt", text)
    return file.getvalue()


OF_32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
OF_ZEROMQ = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
)


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
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal after a digit": lambda text: "a" + text.encode().hex().upper(),
    "hexadecimal in pairs": lambda text: text.encode().hex(" "),
    "hexadecimal in lines": lambda text: broken(text.encode().hex(), 60, "\n  "),
    "gzip in hexadecimal": lambda text: gzip.compress(text.encode()).hex(),
    "base64 in hexadecimal": lambda text: _at(1)(text).encode().hex(),
    "hexadecimal in base64": lambda text: _at(1)(text.encode().hex()),
    "list of bytes": lambda text: str(list(text.encode())),
    "UTF-16 in base64": lambda text: b64encode(b"x" + text.encode("utf-16-le")).decode(),
    "the other UTF-16 in base64": lambda text: b64encode(text.encode("utf-16-be")).decode(),
    "UTF-16 in gzip in base64": lambda text: b64encode(
        gzip.compress(text.encode("utf-16"))
    ).decode(),
    "bytes of UTF-16 in Python": lambda text: repr(text.encode("utf-16-le")),
    "bytes of zlib in Python": lambda text: f"data = {zlib.compress(text.encode())!r}",
    "zlib inside other data in base64": lambda text: b64encode(
        b"zTXt\0" + zlib.compress(text.encode()) + b"rest"
    ).decode(),
    "zlib in zlib in base64": lambda text: b64encode(
        zlib.compress(zlib.compress(text.encode()))
    ).decode(),
    "base64 in indented lines": lambda text: broken(_at(1)(text), 64, "\n    "),
    "base64 in quoted lines": lambda text: (
        f'"{broken(_at(2)(text), 76, chr(34) + chr(10) + chr(34))}"'
    ),
    "escaped by JavaScript": lambda text: "".join(f"\\u{{{ord(c):x}}}" for c in text),
    "escaped by numbers of eight": _numbers("\\{:03o}"),
    "escaped at length": lambda text: "".join(f"\\U{ord(c):08x}" for c in text),
    "escaped by an old JavaScript": lambda text: "".join(f"%u{ord(c):04x}" for c in text),
    "base32": lambda text: b32encode(text.encode()).decode(),
    "base32 after its own letters": lambda text: "ABC" + b32encode(text.encode()).decode(),
    "base32 in small letters": lambda text: b32encode(text.encode()).decode().lower(),
    "base32 in lines": lambda text: broken(b32encode(text.encode()).decode(), 64, "\n"),
    "base32 with digits first": lambda text: b32encode(text.encode()).decode().translate(OF_32),
    "base85": lambda text: f"data = '{b85encode(text.encode()).decode()}'",
    "base85 after its own letters": lambda text: "AB" + b85encode(text.encode()).decode(),
    "base85 of zlib": lambda text: b85encode(zlib.compress(text.encode())).decode(),
    "base85 of ZeroMQ": lambda text: (
        b85encode(text.encode(), pad=True).decode().translate(OF_ZEROMQ)
    ),
    "Ascii85": lambda text: a85encode(text.encode()).decode(),
    "Ascii85 of Adobe": lambda text: a85encode(text.encode(), adobe=True).decode(),
    "Ascii85 in lines": lambda text: a85encode(
        b" " * 40 + b"\n" + text.encode() + bytes(8), wrapcol=72, foldspaces=True
    ).decode(),
    "Ascii85 in JSON": lambda text: json.dumps({"data": a85encode(text.encode()).decode()}),
    "deflate in base64": lambda text: b64encode(deflated(text)).decode(),
    "deflate in a URL": lambda text: f"?x={quote(b64encode(deflated(text)).decode(), safe='')}",
    "deflate in hexadecimal": lambda text: deflated(text).hex(),
    "bytes of deflate in Python": lambda text: f"data = {deflated(text)!r}",
    "zip in base64": lambda text: b64encode(archived(text)).decode(),
    "zip without compression in base64": lambda text: b64encode(
        archived(text, zipfile.ZIP_STORED)
    ).decode(),
    "bytes of zip in Python": lambda text: repr(archived(text)),
    "bzip2 in base64": lambda text: b64encode(bz2.compress(text.encode())).decode(),
    "xz in base64": lambda text: b64encode(lzma.compress(text.encode(), preset=0)).decode(),
    "HTML": escape,
    "HTML by numbers": lambda text: "".join(
        # HTML has no way to write other control characters
        c if c == "\x1b" else f"&#{ord(c)};"
        for c in text
    ),
}
