"""Everything that can go wrong, in one tree.

OAuthError
├── ConfigurationError                what was described cannot work; nothing was sent
│   ├── CannotListen                  this machine cannot wait for the answer at that address
│   └── ForkedProcess                 only the process that signed in may do this
├── TransportError                    no usable answer came; the same call may work later
│   ├── ServerUnreachable             refused, unknown host, TLS failure, connection lost
│   ├── DeadlineExceeded              the whole exchange took longer than allowed
│   ├── AnswerTooLarge                more bytes came than any such answer needs
│   └── AnswerLost                    the request went out and may have worked, but nobody knows
├── InvalidResponse                   an answer came that breaks the standard or is not for us
│   ├── InvalidDocument               not the JSON object it should be
│   ├── InvalidMetadata               the server's description of itself
│   ├── InvalidAuthorizationResponse  what the browser brought back
│   │   ├── StateMismatch             belongs to another sign-in, or was used already
│   │   └── IssuerMismatch            comes from another server
│   ├── InvalidTokenResponse          what the token endpoint sent
│   ├── InvalidKeySet                 the server's signing keys
│   ├── InvalidIDToken                the signed statement of who signed in
│   │   ├── UntrustedSignature        unsigned, wrongly signed, or by an unknown key
│   │   ├── WrongIssuer               made by another server
│   │   ├── WrongAudience             made for another client
│   │   ├── WrongNonce                made for another sign-in
│   │   ├── WrongSubject              says another person than before
│   │   └── ExpiredIDToken            out of date, or from the future
│   └── InvalidUserInfo               what the userinfo endpoint sent
├── ErrorResponse                     the authorization server said no, in the standard's words
│   ├── AccessDenied  InvalidRequest  InvalidClient  InvalidGrant  InvalidScope
│   ├── UnauthorizedClient  UnsupportedGrantType  UnsupportedResponseType
│   ├── ServerFailure  TemporarilyUnavailable
│   └── PersonNeeded                  login_required and its kin: only a person can go on
├── ResourceError                     the API said no, or is not to be trusted with the token
│   ├── InvalidToken                  the token is expired, revoked or unknown
│   ├── InsufficientScope             the token is good, but does not cover this
│   ├── ForeignOrigin                 the address is not the API's; nothing was sent
│   ├── ResourceBusy                  the API asks to be left alone for a while
│   └── UnexpectedAnswer              not the records that were asked for
├── StoreProblem                      a place for kept sign-ins can't be used; all stay signed in
│   ├── StoreUnavailable              there is no such place here
│   ├── StoreLocked                   another program holds it, or it must be unlocked
│   ├── StoreReadOnly                 it can't be written, or is full
│   ├── StoreExposed                  other users of the computer could read it
│   ├── StoreDamaged                  what it holds can't be read
│   └── StoreTooNew                   a newer version of this package wrote it
└── SignInIncomplete                  there is no session yet
    ├── NeedsAPerson                  only a person can sign in, and nobody is there
    ├── NotSignedIn                   nobody has signed in so far
    ├── SignInCancelled               a person pressed Cancel
    └── SignInTimeout                 nobody came back in time

Every error says what happened and what to do next. None ever holds a token, a code or a secret.
A failed cell shows the caller's own lines alone; `%tb` shows every frame.
"""

from __future__ import annotations

import math
import re
from typing import Any, ClassVar, TypeVar

from oauth_widgets.errors import _traceback

Problem = TypeVar("Problem", bound="OAuthError")

_SHOWN_CHARACTERS = 300
# a code as the standards write them; anything else may be a sentence about somebody
_CODE = re.compile(r"[a-z_]{1,40}")


def foreign_text(text: str) -> str:
    """Make words of another party fit to show: one line, printable, at most 300 characters."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 2 * _SHOWN_CHARACTERS])
    line = " ".join(printable.split())
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def without_frames(problem: OAuthError) -> OAuthError:
    """Return `problem` with no traceback on it or on its causes, whose frames may hold secrets.

    Tracebacks that show local variables are common, and notebooks save them.
    """
    cause: BaseException | None = problem
    while cause is not None:
        cause.__traceback__ = None
        cause = cause.__cause__ or cause.__context__
    return problem


def for_a_client(problem: Problem) -> Problem:
    """Return `problem`, met by a client that signs in as itself, with a step that needs no person.

    What it says of a person is taken out of it.
    """
    if isinstance(problem, InsufficientScope):
        problem.next_step += " If that is refused, have the client registered for it."
    elif problem.person_can_help:
        problem.next_step = (
            "Call ow.client_credentials(server, client, scope=…) for a new session. If that is "
            "refused, check what the client is registered for."
        )
    if isinstance(problem, ErrorResponse) and problem.person_can_help:
        ours, problem.summary = problem.summary, "The server refused the client."
        problem.message = problem.message.replace(ours, problem.summary, 1)
    return problem


class OAuthError(Exception):
    """Root of everything this package raises on purpose.

    `message` says what happened, `next_step` what to do about it, both in plain words. Where it
    ended a fetch of many pages, `partial` is what came before and `resume` goes on with it.
    """

    unfinished: Any = None
    """The fetch that this ended, where it ended one: it has `partial`, `resume` and `aresume`."""

    next_step: str = "Read what the server said, and try again."
    retry_may_help: bool = False
    """Whether the same call may work later, with nobody doing anything."""
    person_can_help: ClassVar[bool] = False
    """Whether a person at the sign-in page can put it right."""

    def __init__(self, message: str, *, next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if next_step is not None:
            self.next_step = next_step

    @property
    def own_words(self) -> str:
        """What happened in our own words, fit to be saved."""
        return self.message

    @property
    def server_words(self) -> str:
        """What the server said of it, which may name a person; "" where it said no more."""
        return ""

    @property
    def partial(self) -> Any:  # noqa: ANN401 - what was to be made of the pages
        """What had come of a fetch that this ended: a DataFrame or a table; None for no fetch."""
        return None if self.unfinished is None else self.unfinished.partial

    def resume(self, session: Any = None) -> Any:  # noqa: ANN401 - likewise
        """Go on with the fetch that this ended, where it stopped, and return the whole.

        `session` is another one to go on with, such as one with more scope. Raises
        ConfigurationError where this ended no fetch.
        """
        return self._fetch().resume(session)

    async def aresume(self, session: Any = None) -> Any:  # noqa: ANN401 - likewise
        """Await `resume`."""
        return await self._fetch().aresume(session)

    def _fetch(self) -> Any:  # noqa: ANN401 - likewise
        if self.unfinished is None:
            raise ConfigurationError(
                "This error ended no fetch of pages.", next_step="Call again what failed."
            )
        return self.unfinished

    def _render_traceback_(self) -> list[str]:
        # the name that IPython looks for
        return _traceback.lines(self)

    def __str__(self) -> str:
        end = "" if self.message.endswith((".", "!", "?", "…")) else "."
        return f"{self.message}{end} {self.next_step}".strip()


class ConfigurationError(OAuthError):
    """What was described cannot work, so nothing was sent."""

    next_step = "Correct that and call again."


class CannotListen(ConfigurationError):
    """This machine cannot wait for the answer at that address; the message says why."""

    next_step = "Register another address for the client, or paste the answer: card.paste()."


class ForkedProcess(ConfigurationError):
    """A forked child would change what its parent uses: its tokens, or the wait for another device.

    A server takes a refresh token once, so a child that renews would end the parent's session.
    """

    next_step = "Do this in the process that signed in, before it forks, or sign in anew here."


class TransportError(OAuthError):
    """No usable answer came. `sent` says whether the request may have reached the server."""

    next_step = "Try again in a moment."
    retry_may_help = True

    def __init__(self, message: str, *, sent: bool = True, next_step: str | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.sent = sent


class ServerUnreachable(TransportError):
    """Refused, unknown host, TLS failure, or the connection was lost."""

    next_step = "Check the address, your network and any proxy, then try again."


class DeadlineExceeded(TransportError):
    """The whole exchange took longer than allowed."""


class AnswerTooLarge(TransportError):
    """More bytes came than any such answer needs; reading stopped."""

    next_step = "Check that the address is the one you meant."
    retry_may_help = False


class AnswerLost(TransportError):
    """The request went out and may have worked, but its answer never came.

    A server that hands out a new refresh token at each renewal may have used the old one up.
    """

    next_step = "Try once more; if that is refused, sign in again."


class InvalidResponse(OAuthError):
    """An answer came that breaks the standard or is not for us; it was not used."""

    next_step = "Nothing was accepted. If it happens again, tell whoever runs the server."


class InvalidDocument(InvalidResponse):
    """Not the JSON object it should be."""


class InvalidMetadata(InvalidResponse):
    """The server's description of itself cannot be used (RFC 8414, OIDC Discovery)."""

    next_step = "Check the issuer address, letter by letter."


class InvalidAuthorizationResponse(InvalidResponse):
    """What the browser brought back cannot be used (RFC 6749 4.1.2)."""

    next_step = "Start the sign-in again."


class StateMismatch(InvalidAuthorizationResponse):
    """The answer belongs to another sign-in, or was used already (RFC 6749 10.12)."""

    person_can_help = True


class IssuerMismatch(InvalidAuthorizationResponse):
    """The answer comes from another server than the one asked (RFC 9207)."""


class InvalidTokenResponse(InvalidResponse):
    """What the token endpoint sent cannot be used (RFC 6749 5.1)."""


class InvalidKeySet(InvalidResponse):
    """The server's signing keys cannot be used (RFC 7517)."""


class InvalidIDToken(InvalidResponse):
    """The signed statement of who signed in cannot be trusted (OIDC Core 3.1.3.7)."""

    next_step = "The sign-in was refused for your safety. Start it again."


class UntrustedSignature(InvalidIDToken):
    """Unsigned, wrongly signed, or signed by a key the server does not publish."""


class WrongIssuer(InvalidIDToken):
    """The ID token was made by another server."""


class WrongAudience(InvalidIDToken):
    """The ID token was made for another client."""


class WrongNonce(InvalidIDToken):
    """The ID token was made for another sign-in."""


class WrongSubject(InvalidIDToken):
    """The ID token speaks of another person than before."""


class ExpiredIDToken(InvalidIDToken):
    """The ID token is out of date, or from the future."""

    next_step = "Check this machine's clock, then start the sign-in again."


class InvalidUserInfo(InvalidResponse):
    """What the userinfo endpoint sent cannot be used (OIDC Core 5.3)."""


class ErrorResponse(OAuthError):
    """The authorization server said no (RFC 6749 4.1.2.1 and 5.2).

    `error`, `error_description` and `error_uri` are the server's own words, made fit to show.
    """

    def __init__(
        self,
        error: str,
        error_description: str | None = None,
        error_uri: str | None = None,
        *,
        next_step: str | None = None,
    ) -> None:
        self.error = foreign_text(error)
        self.error_description = foreign_text(error_description or "") or None
        self.error_uri = foreign_text(error_uri or "") or None
        said = f"{self.error}: {self.error_description}" if self.error_description else self.error
        message = f"{self.summary} The server said: {said.rstrip('.')}."
        super().__init__(message, next_step=next_step)

    summary = "The server refused."
    """What happened, in our own words."""

    @property
    def own_words(self) -> str:
        """What happened in our own words, with the server's code at most."""
        code = f" The server said: {self.error}." if _CODE.fullmatch(self.error) else ""
        return self.summary + code

    @property
    def server_words(self) -> str:
        """What the server said of it, which may name a person; "" where it said no more."""
        code = "" if _CODE.fullmatch(self.error) else self.error
        return ": ".join(filter(None, [code, self.error_description]))


class AccessDenied(ErrorResponse):
    """`access_denied`: the person, or the server for them, said no."""

    person_can_help = True
    summary = "Permission was refused on the sign-in page."
    next_step = "Sign in again and allow it, or ask for fewer scopes."


class InvalidRequest(ErrorResponse):
    """`invalid_request`: something in the request is missing or wrong."""

    summary = "The server could not understand the request."
    next_step = "Check redirect URI and parameters against the client's registration."


class InvalidClient(ErrorResponse):
    """`invalid_client`: the server does not accept the client's id and secret."""

    summary = "The server did not accept the client's id and secret."
    next_step = "Check client_id, client_secret and token_endpoint_auth_method."


class InvalidGrant(ErrorResponse):
    """`invalid_grant`: the code or refresh token is expired, used or revoked."""

    person_can_help = True
    summary = "The sign-in is no longer valid."
    next_step = "Sign in again."


class InvalidScope(ErrorResponse):
    """`invalid_scope`: a scope is unknown to the server or not allowed for this client."""

    person_can_help = True
    summary = "The server does not give what was asked for."
    next_step = "Ask for at least one scope, and only for such as the client is registered for."


class UnauthorizedClient(ErrorResponse):
    """`unauthorized_client`: this client may not sign in this way."""

    summary = "This client may not sign in this way."
    next_step = "Have the client registered for this grant."


class UnsupportedGrantType(ErrorResponse):
    """`unsupported_grant_type`: the server does not know this grant."""

    summary = "The server does not offer this way to sign in."
    next_step = "Use another way to sign in."


class UnsupportedResponseType(UnsupportedGrantType):
    """`unsupported_response_type`: the server does not know this kind of answer."""


class ServerFailure(ErrorResponse):
    """`server_error`: the server failed."""

    retry_may_help = True
    summary = "The server failed."
    next_step = "Try again in a moment."


class TemporarilyUnavailable(ServerFailure):
    """`temporarily_unavailable`: the server is overloaded or in maintenance."""

    summary = "The server cannot answer right now."


class PersonNeeded(ErrorResponse):
    """`login_required`, `consent_required` and their kin: only a person can go on."""

    person_can_help = True
    summary = "A person has to do something on the sign-in page."
    next_step = "Sign in without prompt=none."


class ResourceError(OAuthError):
    """The API said no, or is not to be trusted with the token."""

    next_step = "Check the address and try again."


class InvalidToken(ResourceError):
    """The token is expired, revoked or unknown to the API (RFC 6750 3.1)."""

    person_can_help = True
    next_step = "Sign in again."


class InsufficientScope(ResourceError):
    """The token is good but does not cover this (RFC 6750 3.1).

    `missing` names the scopes that would be needed and are not there.
    """

    person_can_help = True

    def __init__(self, message: str, *, missing: tuple[str, ...] = ()) -> None:
        wanted = foreign_text(" ".join(missing)) or "…"
        super().__init__(message, next_step=f"Ask for more: session.ask_for({wanted!r}).")
        self.missing = missing


class ForeignOrigin(ResourceError):
    """The address is not the API's, so the token was not sent there."""

    next_step = "If you trust that origin with this token, name it in api_origins."


class ResourceBusy(ResourceError):
    """The API asks to be left alone for a while (RFC 6585 4, RFC 9110 15.6.4).

    `retry_after` is for how long, in seconds; None where it did not say.
    """

    next_step = "Wait a while and try again."
    retry_may_help = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        step = None
        if retry_after is not None:
            seconds = max(1, math.ceil(retry_after))
            step = f"Wait {seconds} second{'s' if seconds > 1 else ''} and try again."
        super().__init__(message, next_step=step)
        self.retry_after = retry_after


class UnexpectedAnswer(ResourceError):
    """The API answered with something else than the records asked for."""


class StoreProblem(OAuthError):
    """A place for kept sign-ins can't be used. Nobody is signed out by this."""

    next_step = "Try again, or sign in without keep=."


class StoreUnavailable(StoreProblem):
    """There is no such place here: no keyring, or a package is missing."""


class StoreLocked(StoreProblem):
    """Another program holds it, or it has to be unlocked first."""

    next_step = "Try again in a moment."
    retry_may_help = True


class StoreReadOnly(StoreProblem):
    """It can't be written, or is full. The refresh token isn't spent unless that works."""

    next_step = "Make it writable, then try again."
    retry_may_help = True


class StoreExposed(StoreProblem):
    """Other users of this computer could read what is kept."""


class StoreDamaged(StoreProblem):
    """What it holds can't be read. It is left as it is."""

    next_step = "Remove it, then sign in again: oauth-widgets logout NAME."


class StoreTooNew(StoreProblem):
    """A newer version of this package wrote what it holds. It is left as it is."""

    next_step = "Update oauth-widgets here: pip install --upgrade oauth-widgets."


class SignInIncomplete(OAuthError):
    """There is no session yet."""

    person_can_help = True
    next_step = "Click the sign-in button, or run the cell again."


class NeedsAPerson(SignInIncomplete):
    """Only a person can sign in, and nobody is there who could."""

    next_step = "Sign in from a notebook or a terminal first."


class NotSignedIn(SignInIncomplete):
    """Nobody has signed in so far."""


class SignInCancelled(SignInIncomplete):
    """A person pressed Cancel."""

    next_step = "Run the cell again when you want to sign in."


class SignInTimeout(SignInIncomplete):
    """Nobody came back from the sign-in page in time."""

    next_step = "Run the cell again for a fresh link."


class MixUpWarning(UserWarning):
    """Answers of several servers come to one address and cannot be told apart (RFC 9700 4.4)."""


class ImplicitGrantWarning(UserWarning):
    """A sign-in uses the implicit grant, whose token travels through the browser's address bar."""


def __dir__() -> list[str]:
    kinds = {name: value for name, value in globals().items() if isinstance(value, type)}
    return sorted(
        name for name, kind in kinds.items() if issubclass(kind, OAuthError | UserWarning)
    )
