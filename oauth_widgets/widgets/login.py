"""The login card: a button that signs someone in, and what came of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t
from IPython.display import display, publish_display_data

from oauth_widgets.callback.loopback import LoopbackListener, loopback_uri
from oauth_widgets.callback.person import check_person, hears_widgets
from oauth_widgets.errors import (
    ConfigurationError,
    NotSignedIn,
    OAuthError,
    SignInCancelled,
    SignInTimeout,
)
from oauth_widgets.pending import PendingLogin, begin_login
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.session import Session
from oauth_widgets.widgets._card import names_nearest
from oauth_widgets.widgets._details import details, own_words, server_words
from oauth_widgets.widgets._source import source

_TICK = 0.1
_VIEW = "application/vnd.jupyter.widget-view+json"
_AWAIT = "Write `await ow.login(…)` instead of `ow.login(…).wait()`."
_OF_A_SESSION = {name for name in dir(Session) if not name.startswith("_")} | {"client"}
_NOT_YET = (
    "This is the card, not the session yet: write `session = await ow.login(…)`, or use "
    "card.session once someone has signed in."
)
_LAST_VALUE = "Show the card as the cell's last value, then use card.session in the next cell."


class LoginCard(anywidget.AnyWidget):
    """A widget that signs someone in. Made by `login`.

    `await card` shows it and returns the session; `card.wait()` does so without `await`; as a
    cell's last value it is shown and the cell ends, with the session in `card.session` later.
    What it syncs, and so what a saved notebook may hold, is never secret and never personal.
    """

    _esm = source("login.js")
    _css = source("login.css")

    phase = t.Unicode("ready").tag(sync=True)
    url = t.Unicode().tag(sync=True)
    server = t.Unicode().tag(sync=True)
    asked = t.List(t.Unicode()).tag(sync=True)
    way = t.Unicode().tag(sync=True)
    pastes = t.Bool(default_value=False).tag(sync=True)
    problem = t.Unicode().tag(sync=True)
    next_step = t.Unicode().tag(sync=True)
    restarts = t.Bool(default_value=True).tag(sync=True)

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        *,
        redirect_uri: str | None = None,
        **request: Any,
    ) -> None:
        self._settled = threading.Event()
        self._judging = threading.Lock()
        self._ending = threading.RLock()
        self._ended = ""
        self._session: Session | None = None
        self._failure: OAuthError | None = None
        self._stands = False
        self._listener: LoopbackListener | None = None
        self._alarm: threading.Timer | None = None
        registered = (redirect_uri,) if redirect_uri else client.redirect_uris
        self._loopback = loopback_uri(registered)

        def begin() -> PendingLogin:
            uri = self._redirect_uri(registered)
            pending = begin_login(server, client, redirect_uri=uri, **request)
            pending.again = again
            return pending

        def again(wider: Scope) -> LoginCard:
            return LoginCard(
                server, client, redirect_uri=redirect_uri, **request | {"scope": wider}
            )

        self._begin = begin
        try:
            self._pending = begin()
        except OAuthError:
            self._stop_listening()
            raise
        super().__init__(server=server.title, asked=list(self._pending.request.scope))
        self.pastes = self._listener is None
        if self._listener is not None:
            self.way = "The answer comes straight back to this computer."
        self._offer()
        self.on_msg(self._heard)

    @property
    def session(self) -> Session:
        """The session. Raises NotSignedIn, SignInCancelled or SignInTimeout while there is none."""
        if self._session is not None:
            return self._session
        if self._ended == "cancelled":
            raise SignInCancelled("The sign-in was cancelled.")
        if self._ended == "expired":
            raise SignInTimeout("Nobody signed in before the link expired.")
        if self._failure is not None:
            raise NotSignedIn(
                f"The last try failed: {own_words(self._failure)}",
                next_step=self._failure.next_step,
            ) from self._failure
        raise NotSignedIn("Nobody has signed in yet.")

    def __await__(self) -> Generator[Any, None, Session]:
        return self._until_settled().__await__()

    def wait(self) -> Session:
        """Show the card, block until someone has signed in, and return the session.

        Raises SignInCancelled, SignInTimeout, or ConfigurationError where the answer can only be
        pasted: a cell that blocks cannot hear the card.
        """
        self._show(hears=False)
        while not self._over():
            self._settled.wait(_TICK)
        return self.session

    def close(self) -> None:
        """Take the card away and stop waiting."""
        if self._session is None:
            self._end("cancelled")
        super().close()

    if not TYPE_CHECKING:  # a type checker says so on its own

        def __getattr__(self, name: str) -> Any:
            if name in _OF_A_SESSION:
                raise AttributeError(_NOT_YET)
            return super().__getattribute__(name)

    def __repr__(self) -> str:
        return f"<LoginCard for {self.server}: {self.phase.replace('_', ' ')}>"

    def _ipython_display_(self) -> None:
        # the one way to be shown that every version of ipywidgets and anywidget has in common
        self._stands = self.restarts = True
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        publish_display_data({"text/plain": repr(self), _VIEW: view})

    def _redirect_uri(self, registered: tuple[str, ...]) -> str | None:
        if self._loopback is None:
            return registered[0] if registered else None
        if self._listener is None:
            self._listener = LoopbackListener(
                self._loopback,
                fits=lambda state: state == self._pending.request.state,
                on_answer=self._finish,
            )
        return self._listener.redirect_uri

    def _show(self, *, hears: bool) -> None:
        """Show the card below the cell that waits, unless it stands below another one.

        `hears` tells whether that cell takes what is pasted into it.
        """
        if self._session is not None or self.comm is None:
            return
        check_person()
        if self.pastes and not hears:
            raise ConfigurationError(
                "A pasted address does not reach the card while this cell waits.",
                next_step=_AWAIT if hears_widgets() else _LAST_VALUE,
            )
        if self._stands:
            return
        self._again()
        display(self)
        # when that cell is over, a session from a new start would reach nobody
        self._stands = self.restarts = False

    async def _until_settled(self) -> Session:
        self._show(hears=hears_widgets())
        # short sleeps: the answer may come on any thread, and Stop must end the wait
        while not self._over():  # noqa: ASYNC110
            await asyncio.sleep(_TICK)
        return self.session

    def _over(self) -> bool:
        # a timer stands still while the machine sleeps; the clock does not
        if not self._settled.is_set() and time.time() > self._pending.request.expires_at:
            self._end("expired")
        return self._settled.is_set()

    def _offer(self, phase: str = "ready", problem: str = "", next_step: str = "") -> None:
        self._set_alarm()
        with self.hold_sync():
            self.url, self.phase = self._pending.url, phase
            self.problem, self.next_step = problem, next_step

    def _set_alarm(self) -> None:
        """Have the card end with its link, since it may be that no cell waits and looks."""
        self._stop_alarm()
        pending = self._pending

        def expire() -> None:
            if pending is self._pending:
                self._end("expired")

        left = max(0.0, pending.request.expires_at - time.time())
        self._alarm = threading.Timer(left, expire)
        self._alarm.daemon = True
        self._alarm.start()

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _finish(self, url: str) -> None:
        """Judge an answer; runs on a thread of its own, so that no cell has to be free for it."""
        # a reloaded page sends its answer again: one at a time, and none once it is over
        if not self._judging.acquire(blocking=False):
            return
        try:
            with self._ending:
                if self._ended:
                    return
                self.phase = "finishing"
            session = self._pending.finish(url)
        except OAuthError as failure:
            self._refused(failure)
        except Exception as failure:
            # a fault of ours must not leave the card waiting for ever
            self._refused(
                OAuthError(f"Something failed that should not: {type(failure).__name__}.")
            )
            raise
        else:
            self._end("signed_in", session)
        finally:
            self._judging.release()

    def _refused(self, failure: OAuthError) -> None:
        # or a card that ends at this moment would come back to life
        with self._ending:
            if self._ended:
                return
            self._failure = failure
            if self._pending.used or time.time() >= self._pending.request.expires_at:
                self._pending = self._begin()
            self._quote_server()
            self._offer("failed", own_words(failure), failure.next_step)

    def _quote_server(self) -> None:
        # a message may overtake the state, so it names the address that the failure left standing
        words = server_words(self._failure)
        self.send({"kind": "said", "url": self._pending.url, "words": words})

    def _end(self, phase: str, session: Session | None = None) -> None:
        # an answer and a click on Cancel may come at once: the first one counts
        with self._ending:
            if self._ended:
                return
            self._session, self._ended = session, phase
        if session is not None:
            self.send(details(session))
        with self.hold_sync():
            # the address holds the state, which is no longer needed
            self.url, self.phase, self.problem, self.next_step = "", phase, "", ""
        self._stop_alarm()
        self._stop_listening()
        self._settled.set()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _again(self) -> None:
        if self._session is None and self._settled.is_set():
            self._ended, self._failure = "", None
            self._settled.clear()
            self._pending = self._begin()
            self._offer()

    def _greet(self) -> None:
        """Tell a page that has just opened what no trait holds."""
        if self._session is None:
            if self.phase == "failed":
                self._quote_server()
            return
        try:
            told = details(self._session)
        except NotSignedIn:
            self.phase = "signed_out"
        else:
            self.send(told)

    def _heard(self, _: object, message: Mapping[str, Any], __: object) -> None:
        kind, url = message.get("kind"), message.get("url")
        if kind == "hello":
            self._greet()
        elif kind == "cancel":
            self._end("cancelled")
        elif kind == "again" and self.restarts:
            self._again()
        elif kind == "answer" and isinstance(url, str):
            threading.Thread(target=self._finish, args=(url,), daemon=True).start()


@names_nearest
def login(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    redirect_uri: str | None = None,
    extra: Mapping[str, str] | None = None,
    api: str | None = None,
    api_origins: Iterable[str] = (),
) -> LoginCard:
    """Return a card that signs someone in: `session = await ow.login(server, client, scope=…)`.

    `redirect_uri` chooses among the client's own. `extra` holds further request parameters, such
    as `prompt`. `api` is the address that relative API paths are under, where the server does not
    name it, and `api_origins` may be sent the token as well. Raises ConfigurationError.
    """
    return LoginCard(
        server,
        client,
        scope=Scope(scope),
        redirect_uri=redirect_uri,
        extra=extra,
        api=api,
        api_origins=api_origins,
    )
