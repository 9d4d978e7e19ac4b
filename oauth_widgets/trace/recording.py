"""Everything that passes for one sign-in or session, redacted before it is kept."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from oauth_widgets._net import watching
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.grants import DeviceLogin
from oauth_widgets.signing_in.pending import PendingLogin
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.trace.message import Message
from oauth_widgets.trace.reading import TOKENS, Reader, answer_pairs, document_of
from oauth_widgets.trace.redaction import address

Source = SignIn | PendingLogin | DeviceLogin | Session

_MOST = 1000
"""How many messages are kept; the oldest are dropped."""
_UNCLAIMED = 16
"""How many exchanges are kept, redacted, until it is known whose they are."""
_REPEATED = {"API request", "device poll"}


class Recording:
    """What passes for `source` from now on: a sign-in, a device sign-in or a session.

    `changed` is called after each new message, on any thread. An exchange belongs here if it
    shares a secret with what is known of `source`; secrets are compared by fingerprint, and none
    is kept. Ends with `stop()`, or once nothing refers to it. Raises ConfigurationError.
    """

    def __init__(self, source: Source, changed: Callable[[], None] = lambda: None) -> None:
        if not isinstance(source, SignIn | PendingLogin | DeviceLogin | Session):
            raise ConfigurationError(
                f"A trace is made of a card or a session, not {type(source).__name__}.",
                next_step="Give what ow.login(…), begin_login(…) or device_login(…) returned.",
            )
        begun = source.request if isinstance(source, PendingLogin) else source
        client = begun._client if isinstance(begun, DeviceLogin) else begun.client  # noqa: SLF001
        self.server = begun.server
        self._source = source
        self._changed = changed
        self._reader = Reader(self.server, client.client_id)
        self._mark = self._reader.redactor.mark
        self._known: set[str] = set()
        self._offered: dict[str, float] = {}
        self._messages: list[Message] = []
        self._unclaimed: deque[tuple[set[str], list[Message]]] = deque(maxlen=_UNCLAIMED)
        self._keys_due = False
        self._lock = threading.RLock()
        listener = _listener(weakref.ref(self))
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
        """Know the tokens of `session`, now and after each renewal."""
        ours = weakref.ref(self)

        def learn() -> None:
            recording = ours()
            if recording is not None and not session.signed_out:
                recording._learn_tokens(session)  # noqa: SLF001 - its own

        learn()
        weakref.finalize(self, session.watch(learn))

    def _hear(self, event: object) -> None:
        with self._lock:
            before = self._messages[-1:]
            self._take(event)
            heard = self._messages[-1:] != before
            del self._messages[:-_MOST]
        if heard:
            self._changed()

    def _take(self, event: object) -> None:
        match event:
            case watching.Exchanged():
                self._exchanged(event)
            case watched.Offered() if event.owner is self._source:
                self._offer(event.request)
            case watched.Returned() if self._mark(event.request.state) in self._offered:
                self._returned(event)
            case watched.CodeShown() if self._shows(event.owner):
                self._learn([event.device_code.reveal()])
                if not any(one.kind == "device code" for one in self._messages[-1:]):
                    self._messages.append(self._reader.code_shown())
            case watched.Judged() if self._mark(event.raw.reveal()) in self._known:
                self._keys_due = False
                self._messages.append(self._reader.judged(event))
            case watched.Failed() if self._marks(event.request.secrets) & self._known:
                if not (self._messages and self._messages[-1].failed):
                    self._messages.append(self._reader.failed(event))
            case watched.Fetched():
                self._band(event)

    def _offer(self, request: AuthorizationRequest) -> None:
        self._learn([request.state, request.nonce, request.code_verifier.reveal()])
        self._messages += self._reader.offered(request)
        self._offered[self._mark(request.state)] = self._messages[-1].at

    def _returned(self, event: watched.Returned) -> None:
        pairs = answer_pairs(event.url.reveal())
        self._learn(value for name, value in pairs if name in {"code", *TOKENS})
        offered = self._offered[self._mark(event.request.state)]
        self._messages += self._reader.returned(event, offered)

    def _shows(self, owner: object) -> bool:
        return owner is not None and owner in (self._source, getattr(self._source, "device", None))

    def _exchanged(self, event: watching.Exchanged) -> None:
        request, answer = event.request, event.answer
        at_server = self._reader.kind(request)[1] == "server"
        members = document_of(answer) if at_server and isinstance(answer, Response) else {}
        found = [members.get(name) for name in (*TOKENS, "device_code")]
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
        alike = [_alike(one) for one in last] == [_alike(sent), _alike(answered)]
        if alike and sent.kind in _REPEATED:
            times = last[0].times + 1
            sent, answered = replace(last[0], times=times), replace(answered, times=times)
            del self._messages[-2:]
        self._messages += (sent, answered)

    def _band(self, event: watched.Fetched) -> None:
        """Say how many rows there were, at the last answer from that address."""
        place = address(event.url)
        for at, one in reversed([*enumerate(self._messages)][:-1]):
            if one.kind == "API request" and one.address == place:
                pages = f"{event.pages:,} page{'s' * (event.pages != 1)}"
                note = f"{event.rows:,} rows on {pages}"
                self._messages[at + 1] = replace(self._messages[at + 1], note=note)
                return

    def _learn(self, values: Iterable[str]) -> None:
        """Count `values` as secrets of this trace, and take in what shares one of them."""
        self._known |= self._marks(values)
        for one in tuple(self._unclaimed):
            marks, messages = one
            if marks & self._known:
                self._unclaimed.remove(one)
                self._messages += messages

    def _learn_tokens(self, session: Session) -> None:
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


def _listener(recording: weakref.ref[Recording]) -> Callable[[object], None]:
    """Return what passes events on to `recording` without keeping it alive."""

    def hear(event: object) -> None:
        listening = recording()
        if listening is not None:
            listening._hear(event)  # noqa: SLF001 - its own listener

    return hear
