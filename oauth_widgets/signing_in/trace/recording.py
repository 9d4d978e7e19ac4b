"""Everything that passes for one sign-in or session, redacted before it is kept."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from oauth_widgets._net import watching
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.grants import DeviceLogin
from oauth_widgets.signing_in.pending import PendingLogin
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.signing_in.trace.message import Message
from oauth_widgets.signing_in.trace.reading import (
    TOKENS,
    Reader,
    answer_pairs,
    counted,
    document_of,
    stopped,
)
from oauth_widgets.signing_in.trace.redaction import address

Source = SignIn | PendingLogin | DeviceLogin | Session

_MOST, _UNCLAIMED = 1000, 16
"""How many messages are kept, and how many exchanges until it is known whose they are."""
_REPEATED = {"API request", "device poll"}


class Recording:
    """What passes for `source` from now on: a sign-in, a device sign-in or a session.

    `changed` may be set, and is called after each new message, on any thread. An exchange belongs
    here if it shares a secret with what is known of `source`; secrets are compared by fingerprint,
    and none is kept. Ends with `stop()`, or once nothing refers to it. Raises ConfigurationError.
    """

    def __init__(self, source: Source) -> None:
        if not isinstance(source, SignIn | PendingLogin | DeviceLogin | Session):
            raise ConfigurationError(
                f"A trace needs a card or a session, not {type(source).__name__}.",
                next_step="Pass what ow.login(…), begin_login(…) or device_login(…) returned.",
            )
        begun = source.request if isinstance(source, PendingLogin) else source
        asked = begun._request if isinstance(begun, DeviceLogin) else begun  # noqa: SLF001
        self.server = begun.server
        self._source = source
        self.changed: Callable[[], None] = lambda: None
        self._reader = Reader(self.server, asked.client.client_id)
        self._mark = self._reader.redactor.mark
        self._known: set[str] = set()
        self._offered: dict[str, float] = {}
        self._messages: list[Message] = []
        self._unclaimed: deque[tuple[set[str], list[Message]]] = deque(maxlen=_UNCLAIMED)
        self._keys_due = False
        self._lock = threading.RLock()
        listener = _weakly(self._hear)
        watching.watchers.append(listener)
        self.stop = weakref.finalize(self, watching.watchers.remove, listener)
        self._begin(source)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that has passed so far, in order."""
        with self._lock:
            return tuple(sorted(self._messages, key=lambda one: one.at))

    def _begin(self, source: Source) -> None:
        """Take what `source` has begun already."""
        if isinstance(source, Session):
            self._follow(source)
        elif isinstance(source, DeviceLogin):
            self._reader.redactor.allow(source.requested_scope)
            self._hear(watched.CodeShown(source, source._answer.device_code))  # noqa: SLF001
        elif isinstance(source, PendingLogin):
            self._offer(source.request)
        else:
            for pending in source.begun:
                self._offer(pending.request)
            if source.signed_in:
                self._follow(source.result)

    def _follow(self, session: Session) -> None:
        """Know the tokens of `session`, now and after each refresh."""
        learn = _weakly(self._learn_tokens)
        learn(session)
        weakref.finalize(self, session.watch(lambda: learn(session)))

    def _hear(self, event: object) -> None:
        with self._lock:
            before = self._messages[-1:]
            self._take(event)
            heard = self._messages[-1:] != before
            del self._messages[:-_MOST]
        if heard:
            self.changed()

    def _take(self, event: object) -> None:
        shows = (self._source, getattr(self._source, "device", None))
        match event:
            case watching.Exchanged():
                self._exchanged(event)
            case watched.Offered() if event.owner is self._source:
                self._offer(event.request)
            case watched.Returned() if (mark := self._mark(event.request.state)) in self._offered:
                pairs = answer_pairs(event.url.reveal())
                self._learn(value for name, value in pairs if name in {"code", *TOKENS})
                self._messages += self._reader.returned(event, self._offered[mark])
            case watched.CodeShown() if event.owner in shows:
                self._learn([event.device_code.reveal()])
                if not any(one.kind == "device code" for one in self._messages[-1:]):
                    now = self._reader.now()
                    self._messages.append(Message(now, "notebook", "browser", "device code"))
            case watched.Judged() if self._mark(event.raw.reveal()) in self._known:
                self._keys_due = False
                self._messages.append(self._reader.judged(event))
            case watched.Failed() if self._marks(event.request.secrets) & self._known:
                if not (self._messages and self._messages[-1].failed):
                    self._messages.append(stopped(self._reader.now(), event.failure))
            case watched.Fetched():
                self._band(event)

    def _offer(self, request: AuthorizationRequest) -> None:
        self._learn([request.state, request.nonce, request.code_verifier.reveal()])
        self._messages += self._reader.offered(request)
        self._offered[self._mark(request.state)] = self._messages[-1].at

    def _exchanged(self, event: watching.Exchanged) -> None:
        request, answer = event.request, event.answer
        at_server = self._reader.kind(request)[1] == "server"
        members = document_of(answer) if at_server else {}
        found = map(members.get, (*TOKENS, "device_code"))
        received = [one for one in found if isinstance(one, str)]
        marks = self._marks([*request.secrets, *received])
        keys = self._keys_due and request.url == self.server.jwks_uri
        if not (keys or marks & self._known):
            if at_server and request.form:
                self._unclaimed.append((marks, list(self._reader.exchanged(event))))
            return
        self._learn(received)
        self._keys_due = keys or "id_token" in members
        self._keep(*self._reader.exchanged(event))

    def _keep(self, sent: Message, answered: Message) -> None:
        """Keep an exchange, in one with the exchange before if that was the same."""
        last = self._messages[-2:]
        if sent.kind in _REPEATED and [*map(_alike, last)] == [_alike(sent), _alike(answered)]:
            sent = replace(last[0], times=last[0].times + 1)
            answered = replace(answered, times=sent.times)
            del self._messages[-2:]
        self._messages += (sent, answered)

    def _band(self, event: watched.Fetched) -> None:
        """Say how many rows there were, at the last answer from that address."""
        requested = ("API request", address(event.url))
        sent = [
            at for at, one in enumerate(self._messages[:-1]) if (one.kind, one.address) == requested
        ]
        for at in sent[-1:]:
            note = f"{event.rows:,} rows on {counted(event.pages, 'page')}"
            self._messages[at + 1] = replace(self._messages[at + 1], note=note)

    def _learn(self, values: Iterable[str]) -> None:
        """Count `values` as secrets of this trace, and take in what shares one of them."""
        self._known |= self._marks(values)
        for one in [one for one in self._unclaimed if one[0] & self._known]:
            self._unclaimed.remove(one)
            self._messages += one[1]

    def _learn_tokens(self, session: Session) -> None:
        if session.signed_out:
            return
        id_token = session.id_token.raw if session.id_token else None
        tokens = (session.access_token, session.refresh_token, id_token)
        with self._lock:
            self._reader.redactor.allow(session.requested_scope)
            self._learn(one.reveal() for one in tokens if one is not None)

    def _marks(self, values: Iterable[str]) -> set[str]:
        return {self._mark(one) for one in values}


def _alike(one: Message) -> tuple[object, ...]:
    errors = [each.value for each in one.parameters if each.name == "error"]
    return one.kind, one.method, one.address, one.status, errors


def _weakly(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return what calls `method` without keeping its object alive."""
    reference = weakref.WeakMethod(method)

    def call(value: object) -> None:
        if (known := reference()) is not None:
            known(value)

    return call
