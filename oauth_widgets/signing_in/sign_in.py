"""One sign-in by a person, from the address to open to the session, whatever the way back."""

from __future__ import annotations

import threading
import time
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from oauth_widgets._net import loop, watching
from oauth_widgets._net.address import check_redirect_uri
from oauth_widgets.errors import (
    CannotListen,
    ConfigurationError,
    MixUpWarning,
    NotSignedIn,
    OAuthError,
    SignInCancelled,
    SignInTimeout,
)
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.servers import redirect_advice
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.begun import Begun
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.callback.loopback import Listeners
from oauth_widgets.signing_in.callback.page import Page, as_registered, unseen_page
from oauth_widgets.signing_in.callback.pasted import check_pasted
from oauth_widgets.signing_in.callback.ways import Way, better, local, same_request, ways
from oauth_widgets.signing_in.grants import DeviceLogin, device_login
from oauth_widgets.signing_in.keeping import Keeping
from oauth_widgets.signing_in.mix_up import mix_up
from oauth_widgets.signing_in.pending import PendingLogin, begin_login

Phase = Literal["ready", "finishing", "failed", "signed_in", "cancelled", "expired"]

_ENDS = {"signed_in", "cancelled", "expired"}


class SignIn:
    """A person's sign-in at `server`, which may be tried again until it has ended.

    `changed` is called after every change, on any thread; `again` makes another sign-in for a
    wider scope. `way` is how the answer returns, `better` the address to register so that
    nothing has to be pasted. `failure` is why the last try failed, `device` the code to enter on
    another device, once one was requested. `keeper` restores a saved sign-in, or saves the new one.
    Raises ConfigurationError for what cannot work, and whatever restoring a sign-in may raise.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        *,
        scope: Scope = Scope(),  # noqa: B008 - frozen
        redirect_uri: str | None = None,
        extra: Any = None,  # noqa: ANN401 - as begin_login takes it
        changed: Callable[[], None] = lambda: None,
        again: Callable[[Scope], Any] | None = None,
        keeper: Keeper | None = None,
        **api: Any,  # noqa: ANN401 - likewise
    ) -> None:
        self.server = server
        self.client = client
        self.phase: Phase = "ready"
        self.failure: OAuthError | None = None
        self.device: DeviceLogin | None = None
        self.better = ""
        self._changed = changed
        self._again = again
        self.keeping = Keeping(keeper)
        self._common = {"scope": scope, **api}
        self._extra = extra
        chosen = () if redirect_uri is None else (check_redirect_uri(redirect_uri),)
        self._registered = chosen or client.redirect_uris
        self._admits = redirect_uri is None
        self._session: Session | None = None
        self._page = unseen_page()
        self._settled = False
        self._judging = threading.Lock()
        self._judged: PendingLogin | None = None
        self._changing = threading.RLock()
        self.begun = Begun()
        self._listeners = Listeners(
            fits=lambda state: self.begun.with_state(state) is not None, on_answer=self.answer
        )
        self._alarm: loop.Work[None] | None = None
        self._polling: loop.Work[Session] | None = None
        try:
            self._begin()
            self._take_up()
        except BaseException:
            self._stop()
            raise

    @property
    def url(self) -> str:
        """The address to open, as the person's browser sees it; "" once it has ended."""
        return "" if self.ended else self.seen(self._pending.url)

    def seen(self, url: str) -> str:
        """Return `url` as the person's browser reaches it."""
        return front_channel.seen(url, self._page)

    @property
    def danger(self) -> str:
        """A warning about the address that the answer returns to; "" if there is none."""
        return mix_up(self._pending.request.redirect_uri)

    @property
    def scope(self) -> Scope:
        """The scope that is asked for."""
        return self._pending.request.scope

    @property
    def expires_at(self) -> float:
        """When the address expires, in seconds since the epoch."""
        return self._pending.request.expires_at

    @property
    def blocked(self) -> bool:
        """Whether the browser cannot reach the practice server in this kernel."""
        far = bool(self._page.base) and self._page.elsewhere and not self._page.proxy
        front = front_channel.of(self._pending.url)
        return far and front is not None and front.port is not None

    @property
    def result(self) -> Session:
        """The session. Raises NotSignedIn, SignInCancelled or SignInTimeout while there is none."""
        if self._session is not None:
            return self._session
        if self.phase == "cancelled":
            raise SignInCancelled("The sign-in was canceled.")
        if self.phase == "expired":
            raise SignInTimeout("The sign-in link has expired.")
        if self.failure is not None:
            raise NotSignedIn(
                f"The last attempt failed: {self.failure.own_words}",
                next_step=self.failure.next_step,
            ) from self.failure
        raise NotSignedIn("You haven't signed in yet.")

    @property
    def ended(self) -> bool:
        """Whether answers are no longer accepted."""
        return self.phase in _ENDS

    @property
    def signed_in(self) -> bool:
        """Whether there is a session."""
        return self._session is not None

    def over(self) -> bool:
        """Tell whether it has ended and all callbacks have run; this looks at the clock too."""
        # A timer stands still while the machine sleeps; the clock does not.
        self._expire()
        return self._settled

    def wait(self, seconds: float) -> None:
        """Block for `seconds`, or not at all if it has ended."""
        # An event would end this sooner, but Ctrl+C could leave its lock held.
        time.sleep(0 if self._settled else seconds)

    def see(self, page: Page) -> None:
        """Note the address of the person's page, and choose the way back anew if that helps."""
        with self._changing:
            if self.ended or self.phase == "finishing" or page == self._page:
                return
            self._page = page
            self._admit(page)
            self._begin(unless=self.way)
        self._changed()

    def answer(self, url: str) -> None:
        """Judge an answer from the browser; one that belongs to no request is ignored."""
        pending = self.begun.answered_by(url)
        if pending is not None:
            self._judge(pending, Secret(url))

    def paste(self, text: Secret) -> None:
        """Judge what a person pasted, and say kindly what is wrong with it."""
        self._judge(self.begun.answered_by(text.reveal()) or self._pending, text, pasted=True)

    def on_device(self) -> None:
        """Ask for a code to enter on another device, and wait until the person has done so."""
        with self._changing:
            if self.phase == "failed":
                # If it fails the same way again, that has to show as a new failure.
                self.phase, self.failure = "ready", None
        self._changed()
        try:
            device = device_login(self.server, self.client, extra=self._extra, **self._common)
        except OAuthError as failure:
            self._refused(failure)
            return
        if self._again is not None:
            device.again = self._again
        with self._changing:
            if self.ended or self._polling is not None:
                return
            self.device, self.failure, self.phase = device, None, "ready"
            self._polling = polling = loop.Work(device.afinish())
        self._changed()
        with suppress(CancelledError), self._refusing("Waiting for the other device failed"):
            session = polling.result()
            self.keeping.keep(session)
            self.end("signed_in", session)

    def end(self, phase: Phase, session: Session | None = None) -> None:
        """End it. If an answer and a click on Cancel coincide, the first one wins."""
        with self._changing:
            if self.ended:
                return
            self._session, self.phase, self.device = session, phase, None
        try:
            self._changed()
        finally:
            self._stop()
            # Waiting threads continue now, so everything has to be done by here.
            self._settled = True

    def restart(self) -> None:
        """Begin again after it was cancelled or has expired."""
        with self._changing:
            if not self._settled or self._session is not None:
                return
            self._settled, self.phase, self.failure = False, "ready", None
            self._begin()
        self._changed()

    def another(self) -> None:
        """Begin again, and have the server ask which account to use."""
        with self._changing:
            if self.phase not in {"signed_in", "failed"}:
                return
            extra = dict(self._extra or {})
            prompts = self.server.prompt_values_supported or ()
            prompt = "select_account" if "select_account" in prompts else "login"
            # Without consent there is no refresh token (OpenID Connect Core 11).
            if "consent" in extra.get("prompt", "") or "offline_access" in self.scope:
                prompt += " consent"
            self._extra = {**extra, "prompt": prompt}
            self._settled = False
            self._session, self.phase, self.failure = None, "ready", None
            self._begin()
        self._changed()

    def _take_up(self) -> None:
        """Use the saved sign-in, if there is one."""
        request = {**self._common, "extra": self._extra}
        session = self.keeping.taken_up(self.server, self.client, self._again, **request)
        if session is not None:
            self._session, self.phase = session, "signed_in"
            self._stop()
            self._settled = True

    def _admit(self, page: Page) -> None:
        """Register this page's address at the practice server, which can't know it in advance."""
        front = front_channel.of(self._pending.url)
        if front is None or not self._admits or not page.elsewhere or page.framed:
            return
        uri = page.callback_uris[0]
        if uri in self._registered:
            return
        try:
            front.register(self.client.client_id, uri)
        except ConfigurationError:
            # The other ways remain.
            return
        self._registered = (*self._registered, uri)
        self.client = replace(self.client, redirect_uris=self._registered)

    def _begin(self, *, unless: Way | None = None) -> None:
        """Make a request for the best way back, unless the one for `unless` serves it too."""
        barred: dict[str, str] = {}
        while True:
            advice = redirect_advice(self.server)
            all_ways = ways(
                self._registered,
                self._page,
                issuer=self.server.issuer,
                own=advice.register if advice else None,
                barred=barred,
            )
            way = next(way for way in all_ways if way.works)
            self.better = better(all_ways)
            if unless is not None and same_request(way, unless):
                self.way = way
                return
            try:
                redirect_uri = self._listening(way)
                break
            except CannotListen as problem:
                # Each address fails once, and pasting listens nowhere, so this ends.
                barred[way.redirect_uri] = problem.message
        self.way = way
        begin = partial(begin_login, self.server, self.client, extra=self._extra, **self._common)
        try:
            self._pending = begin(redirect_uri=redirect_uri)
        except MixUpWarning:
            # Warnings are errors here. This one is raised once per address, and the card shows it.
            self._pending = begin(redirect_uri=redirect_uri)
        if self._again is not None:
            self._pending.again = self._again
        self.begun.add(self._pending)
        if watching.watchers:
            watching.tell(watched.Offered(self, self._pending.request))
        self._set_alarm()

    def _listening(self, way: Way) -> str | None:
        """Listen where `way` needs it, and return the redirect URI to ask for."""
        if way.name not in {"loopback", "proxy"}:
            return way.redirect_uri or None
        return self._listeners.listen(way.redirect_uri, local(way.redirect_uri, self._page))

    def _judge(self, pending: PendingLogin, url: Secret, *, pasted: bool = False) -> None:
        # A reloaded page sends its answer again. Any other answer waits its turn.
        if self._judged is pending:
            return
        with self._judging:
            with self._changing:
                if self.ended or pending.used:
                    return
                self._judged, self.phase = pending, "finishing"
            try:
                with self._refusing("Checking the answer failed", pending):
                    self._changed()
                    url = as_registered(url, pending.request.redirect_uri)
                    if pasted:
                        check_pasted(pending.request, url)
                    session = pending.finish(url)
                    self.keeping.keep(session)
                    self.end("signed_in", session)
            finally:
                self._judged = None

    @contextmanager
    def _refusing(self, broken_off: str, pending: PendingLogin | None = None) -> Iterator[None]:
        """Refuse what is raised here, so that neither our faults nor Stop keep a cell waiting.

        `broken_off` says what a fault of ours did. CancelledError is the end of the sign-in.
        """
        try:
            yield
        except OAuthError as failure:
            self._refused(failure, pending)
        except CancelledError:
            raise
        except BaseException as failure:
            self._refused(NotSignedIn(f"{broken_off}: {type(failure).__name__}."), pending)
            raise

    def _refused(self, failure: OAuthError, pending: PendingLogin | None = None) -> None:
        with self._changing:
            # A sign-in that has just ended must not be revived.
            if self.ended:
                return
            self.phase, self.failure = "failed", failure
            if pending is None:
                self.device = self._polling = None
                pending = self._pending
            if pending.used or time.time() >= pending.request.expires_at:
                self.begun.drop(pending)
                if pending is self._pending:
                    self._begin()
        self._changed()

    def _expire(self) -> None:
        with self._changing:
            # An answer being judged, or a wait for another device, ends by other means.
            idle = self.phase != "finishing" and self._polling is None
            if self.ended or not idle or time.time() < self.expires_at:
                return
        self.end("expired")

    def _set_alarm(self) -> None:
        """End it when its link expires, even if no cell waits for it."""
        if self._alarm is not None:
            self._alarm.cancel()
        # Waiting cells look at the clock too.
        with suppress(OAuthError):
            self._alarm = loop.later(self.expires_at - time.time(), self._expire)

    def _stop(self) -> None:
        self.begun.clear()
        if self._alarm is not None:
            self._alarm.cancel()
        if self._polling is not None:
            self._polling.cancel()
        self._alarm, self._polling = None, None
        self._listeners.close()
