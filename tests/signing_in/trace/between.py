"""A proxy in front of a server, and what a trace says in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx

import oauth_widgets as ow
from oauth_widgets.signing_in.trace.message import Message
from oauth_widgets.signing_in.trace.recording import Recording
from tests.helpers.people import LOOPBACK
from tests.helpers.rigged import Rigged, Sent, rigged

ENDPOINTS = (
    *("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"),
    *("introspection_endpoint", "revocation_endpoint", "device_authorization_endpoint", "api"),
)
_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "date", "server"}


@dataclass
class Between:
    """A proxy in front of a server: what the notebook sent through it, and what was answered."""

    server: ow.AuthorizationServer
    client: ow.ClientMetadata
    exchanges: list[tuple[str, str, int]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


@contextmanager
def between(server: ow.AuthorizationServer, client: ow.ClientMetadata) -> Iterator[Between]:
    origin = str(server.token_endpoint).rpartition("://")[2].partition("/")[0]

    def respond(sent: Sent) -> bytes:
        headers = {name: value for name, value in sent.headers.items() if name != "host"}
        with httpx.Client(trust_env=False, verify=LOOPBACK, timeout=30) as through:
            answer = through.request(
                sent.method, f"http://{origin}{sent.target}", headers=headers, content=sent.body
            )
        path = sent.target.partition("?")[0]
        if sent.headers["user-agent"] == "oauth-widgets":
            proxied.exchanges.append((sent.method, path, answer.status_code))
        else:
            proxied.pages.append(path)
        kept = [pair for pair in answer.headers.multi_items() if pair[0] not in _HOP]
        body = answer.content
        if path.startswith("/api/"):
            # Links to further pages lead through here, too.
            kept = [(name, value.replace(origin, proxy.origin[7:])) for name, value in kept]
            body = body.replace(origin.encode(), proxy.origin[7:].encode())
        kept += [("content-length", str(len(body))), ("connection", "close")]
        lines = [f"HTTP/1.1 {answer.status_code} so", *(f"{name}: {value}" for name, value in kept)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    with rigged(respond) as proxy:
        proxied = Between(_moved(server, origin, proxy), client)
        yield proxied


def _moved(server: ow.AuthorizationServer, origin: str, proxy: Rigged) -> ow.AuthorizationServer:
    here = {name: getattr(server, name) for name in ENDPOINTS}
    there = {
        name: value.replace(f"http://{origin}", proxy.origin)
        for name, value in here.items()
        if value
    }
    return replace(server, **there)


def exchanges(recording: Recording) -> list[tuple[str, str, int]]:
    """Return what the trace says was sent straight from the kernel, and answered."""
    straight = [one for one in recording.messages if one.sender != one.to]
    straight = [one for one in straight if not one.through_browser]
    found: list[tuple[str, str, int]] = []
    for sent, answered in zip(straight[::2], straight[1::2], strict=True):
        assert (sent.sender, answered.to, answered.sender) == ("notebook", "notebook", sent.to)
        assert answered.status is not None
        path = "/" + sent.address.split("/", 3)[3]
        found += [(sent.method, path, answered.status)] * sent.times
    return found


def kinds(recording: Recording) -> list[str]:
    return [one.kind for one in recording.messages]


def only(recording: Recording, kind: str) -> Message:
    (found,) = [one for one in recording.messages if one.kind == kind]
    return found


def values(message: Message) -> dict[str, str]:
    return {one.name: one.value for one in message.parameters}
