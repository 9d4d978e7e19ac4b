"""The page on servers known by name, written from the presets: `python -m tests.servers.page`."""

from __future__ import annotations

from pathlib import Path

import oauth_widgets as ow
from oauth_widgets.servers.catalogue import HEADINGS, row

PAGE = Path(__file__).parents[2] / "docs/servers.md"

_HEAD = """\
# Servers known by name

`ow.servers` knows the addresses, scopes and peculiarities of these servers. Each is a function that
returns the server's description; nothing is sent:

```python
# skip: needs an account
server = ow.servers.github()
client = ow.ClientMetadata(
    client_id="my-app",
    client_secret=ow.Secret.ask("client secret"),
    redirect_uris=["http://127.0.0.1/callback/github.com/login/oauth"],    # as its section says
)
session = await ow.login(server, client, scope="read:user")
session.frame("/user/repos")
```

If the server issues tokens for your own API, name that API when you sign in:
`ow.login(server, client, api="https://api.example.com")`.

`ow.servers` alone in a cell shows the table, and `ow.servers.github` the section of one server.
`ow.ScopePicker(server, client)` lets you choose among the scopes. If a server runs at many
addresses, say which one is yours. If you leave that out or mistype it, the error shows the line to
write.

`ow.doctor(server)` shows the exact redirect URI to register for your server. Any path will do, but
use a different one for each server, so that one server's answer cannot pass for another's. For a
notebook on a laptop and later on a hub, register
[both addresses](real-server.md#which-redirect-uri-to-register).

{checked}

{table}

"Sign in from" lists the ways: on another *device* you type a code, and a *program* is a client that
signs in as itself, without a person.

"""
_TAIL = """
## A server that is not listed

```python
# skip: needs a server
server = ow.discover("https://login.example.org")
```

This asks the server at its issuer's address to describe itself (OpenID Connect Discovery, RFC
8414). You can give the address of an API instead. A FHIR server names the server for its tokens in
`/.well-known/smart-configuration`, and other APIs do so in `/.well-known/oauth-protected-resource`
(RFC 9728).

If there is no description, the error shows an `ow.AuthorizationServer(…)` to fill in. A
server that differs from the standards needs one of these fields. Errors name the one that helps:

| Field | For a server that |
|---|---|
| `scope_separator=","` | separates scopes with commas |
| `scope_aliases={"their name": "yours"}` | grants a scope under another name |
| `bearer_token_types=["bot"]` | calls its bearer tokens something else |
| `client_secret_basic_raw=True` | expects ID and secret unencoded in HTTP Basic |
| `public_client_sends_basic=True` | expects HTTP Basic from a client without a secret |
| `pkce=False` | refuses `code_challenge`; your client then needs a secret |
| `authorization_parameters={"audience": "…"}` | needs an extra parameter with each sign-in |
| `offline_access_parameters={"access_type": "offline"}` | has a parameter for that scope |

The client has `additional_audiences` and `id_token_signed_response_alg` for the same reason.
"""
_CHECKED = """\
**How this was checked:** from documentation. No account was used. For each server, the tests run a
twin on loopback that behaves as documented (`tests/servers/twins`): they sign in to it, refresh and
sign out. The practice server can behave like two of the servers, too. If a server behaves
differently today, please open an issue."""


def page() -> str:
    rows = [f"| {' | '.join(cells)} |" for cells in (HEADINGS, ["---"] * len(HEADINGS))]
    rows += [
        f"| {' | '.join([f'[`{one.name}`](#{anchor(one.title)})', *row(one)[1:]])} |"
        for one in ow.servers.PRESETS
    ]
    sections = (one._repr_markdown_() for one in ow.servers.PRESETS)
    head = _HEAD.format(checked=_CHECKED, table="\n".join(rows))
    return head + "\n".join(sections) + _TAIL


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
