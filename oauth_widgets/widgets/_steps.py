"""A sign-in that stops before each message, so that a learner can read and change it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from oauth_widgets._net import watching
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import (
    ConfigurationError,
    ErrorResponse,
    OAuthError,
    TransportError,
    without_frames,
)
from oauth_widgets.errors.kinds import check_text
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.pending import PendingLogin, spent
from oauth_widgets.signing_in.trace.message import WORDS, step_of
from oauth_widgets.signing_in.trace.reading import Reader, document_of, written
from oauth_widgets.signing_in.trace.recording import Recording

Whole = str | Request | Response
"""An address for the browser, a request, or an answer."""

_PROOFS = {"code", "code_verifier", "client_secret", "Authorization"}


@dataclass(frozen=True)
class Noticed:
    """Who refused a message, and by which check or with which error code of the standard."""

    by: str
    check: str
    error: OAuthError = field(repr=False)

    @property
    def who(self) -> str:
        """Who it was, and by what."""
        return f"{self.by} noticed ({self.check})."

    def __str__(self) -> str:
        return f"{self.who} {self.error.own_words}"


@dataclass(frozen=True)
class Draft:
    """A message before it is sent; `parts` are its parameters, which `edited` changes."""

    kind: str
    whole: Whole = field(repr=False)

    @property
    def step(self) -> str:
        """What its step is called."""
        status = f" {self.whole.status}" if isinstance(self.whole, Response) else ""
        return f"{step_of(self.kind)[0]}{status}"

    @property
    def parts(self) -> dict[str, str]:
        """The parameters by name, in order."""
        whole = self.whole
        if isinstance(whole, str):
            return dict(parse_qsl(urlsplit(whole).query, keep_blank_values=True))
        if isinstance(whole, Response):
            return {name: written(value) for name, value in document_of(whole).items()}
        proof = whole.headers.get("authorization")
        return dict(whole.form or ()) | ({"Authorization": proof} if proof else {})

    def edited(self, changes: Mapping[str, str | None]) -> Draft:
        """Return it with these parameters changed or added; None takes one out."""
        for name, value in changes.items():
            if value is not None:
                check_text(value, name)
        if not changes:
            return self
        if isinstance(self.whole, Request) and self.whole.form is None:
            raise ConfigurationError(
                "This message has no parameters to change.", next_step="Send it as it is."
            )
        parts = {**self.parts, **changes}
        kept = {name: value for name, value in parts.items() if value is not None}
        return replace(self, whole=_rebuilt(self.whole, kept))


def _rebuilt(whole: Whole, parts: dict[str, str]) -> Whole:
    if isinstance(whole, str):
        return urlunsplit(urlsplit(whole)._replace(query=urlencode(parts)))
    if isinstance(whole, Response):
        before = document_of(whole)
        members = {name: _as_before(value, before.get(name, "")) for name, value in parts.items()}
        return replace(whole, body=json.dumps(members).encode())
    secrets = (*whole.secrets, *(parts[name] for name in _PROOFS & parts.keys()))
    headers = {name: value for name, value in whole.headers.items() if name != "authorization"}
    proof = parts.pop("Authorization", None)
    if proof is not None:
        headers["authorization"] = proof
    return replace(whole, form=tuple(parts.items()), headers=headers, secrets=secrets)


def _as_before(value: str, before: object) -> object:
    """Return `value` as the kind of JSON that the member was before, if it can be read so."""
    if isinstance(before, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


class Steps:
    """One sign-in by code, one message at a time: `draft` is the next, `send` sends it.

    The exchange is the same that every sign-in runs. `draft` is None while the browser is away,
    and at the end, which is either `session` or `noticed`.
    """

    def __init__(self, pending: PendingLogin) -> None:
        self.pending = pending
        self.reader = Reader(pending.request.server, pending.request.client.client_id)
        self.reader.redactor.allow(pending.request.scope)
        self._recording = Recording(pending)
        self.done: list[str] = []
        self.draft: Draft | None = Draft("authorization request", pending.url)
        self.address = ""
        self.session: Session | None = None
        self.noticed: Noticed | None = None
        self._exchange: Exchange[ValidatedTokens]
        self._latest = Request("GET", pending.url)

    @property
    def in_browser(self) -> bool:
        """Whether the browser has to come back with an answer next."""
        return bool(self.address) and len(self.done) == 1 and self.draft is None

    @property
    def due(self) -> Draft:
        """The next message. Raises ConfigurationError if there is none."""
        if self.draft is not None:
            return self.draft
        if self.in_browser:
            raise ConfigurationError(
                "The browser hasn't come back with an answer yet.",
                next_step="Open steps.url, sign in, and copy the address where you end up. "
                "Then call steps.bring(address).",
            )
        raise ConfigurationError(
            "This sign-in has ended.", next_step="Start a new one: ow.StepByStep(…)."
        )

    def edit(self, changes: Mapping[str, str | None]) -> None:
        """Change parameters of the next message."""
        self.draft = self.due.edited(changes)

    def bring(self, url: str) -> None:
        """Take the address at which the browser ended, as the next message."""
        if not self.in_browser:
            raise ConfigurationError(
                "No answer from the browser is expected now.", next_step="Call steps.advance()."
            )
        url = check_text(url, "address").strip()
        try:
            urlsplit(url)
        except ValueError:
            raise ConfigurationError(
                "That is not an address.", next_step="Copy the whole address of the last page."
            ) from None
        self.draft = Draft("authorization response", url)

    def send(self) -> None:
        """Send the next message, and find out what follows."""
        draft, self.draft = self.due, None
        self.done.append(draft.step)
        try:
            step = self._sent(draft)
        except StopIteration as end:
            self.session = self.pending._session(end.value)  # noqa: SLF001 - as its finish
        except OAuthError as problem:
            spent(problem)
            self.noticed = self._refusal(without_frames(problem))
        else:
            self.draft = step

    def _sent(self, draft: Draft) -> Draft | None:
        whole = draft.whole
        if draft.kind == "authorization request":
            self.address = str(whole)
            return None
        if isinstance(whole, str):
            answer = Secret(whole or " ")
            self._exchange = self.pending._judged(answer, time.time())  # noqa: SLF001 - likewise
            return self._next(next(self._exchange))
        if isinstance(whole, Response):
            return self._next(self._exchange.send(whole))
        self._latest = whole if whole.secrets else self._latest
        try:
            return Draft("response", run(drive(_alone(whole))))
        except TransportError as problem:
            return self._next(self._exchange.throw(problem))

    def _next(self, request: object) -> Draft:
        assert isinstance(request, Request)  # noqa: S101 - an exchange of a code never pauses
        return Draft(self.reader.kind(request)[0], request)

    def _refusal(self, problem: OAuthError) -> Noticed:
        if watching.watchers:
            watching.tell(watched.Failed(self._latest, problem))
        if isinstance(problem, ErrorResponse):
            return Noticed("The server", problem.error, problem)
        if isinstance(problem, TransportError):
            return Noticed("The network", type(problem).__name__, problem)
        # The trace knows which check it was, and the error knows only its kind.
        failed = [one.failed.name for one in self._recording.messages if one.failed]
        return Noticed("This notebook", (failed or [type(problem).__name__])[-1], problem)


def _alone(request: Request) -> Exchange[Response]:
    return (yield request)


def purpose(name: str) -> tuple[str, str]:
    """Return what a parameter is for, and the section that defines it; "" for an unknown one."""
    about, section = WORDS["parameters"].get(name, ("", ""))
    return about, section
