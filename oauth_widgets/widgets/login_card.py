"""The login card: a button that signs someone in, and the result."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets  # type: ignore[import-untyped]
import traitlets as t
from IPython.display import display

from oauth_widgets.errors import AccessDenied, ConfigurationError, NeedsAPerson, OAuthError
from oauth_widgets.errors.answers import IssuerMismatch, WrongIssuer
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.session.kept.keeper import Keeper
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback.beacon import ask_where
from oauth_widgets.signing_in.callback.page import page_of
from oauth_widgets.signing_in.callback.person import check_person, hears_widgets, in_a_kernel
from oauth_widgets.signing_in.finishing import finish, finish_in_practice
from oauth_widgets.signing_in.keeping import Keeping
from oauth_widgets.signing_in.scope_menu import scope_meanings
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.signing_in.trace.recording import Recording
from oauth_widgets.widgets import _words as words
from oauth_widgets.widgets._aside import aside
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets._inside import SESSION, TRACE, Inside, Views, recorded, views_of
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets._still import still
from oauth_widgets.widgets._terminal import ask_for_address, show_in_terminal

_TICK = 0.1
_OF_A_SESSION = {name for name in dir(Session) if not name.startswith("_")} | {"client"}


class LoginCard(Card):
    """A widget that signs someone in. Made by `login`.

    `await card` shows it and returns the session; `card.wait()` does so without `await`, and
    `card.paste()` asks for the address of the last page. In a terminal or a script all three print
    the address and open the browser, and Ctrl+C ends the sign-in. As a cell's last value it is
    shown and the cell ends, with the session in `card.session` later. Once someone has signed in it
    holds the session's own card, and shows scopes, tokens and claims on request; after a failure,
    too, it shows what happened.

        card = ow.login(server, client, scope="openid")
        session = await card
    """

    _esm = source("login.js")
    _css = source("login.css")

    phase = t.Unicode("ready").tag(sync=True)
    url = t.Unicode().tag(sync=True)
    server = t.Unicode().tag(sync=True)
    requested = t.List(t.Unicode()).tag(sync=True)
    meanings = t.Dict().tag(sync=True)
    refused = t.Bool(default_value=False).tag(sync=True)
    suspect = t.Bool(default_value=False).tag(sync=True)
    way = t.Unicode().tag(sync=True)
    notes = t.Unicode().tag(sync=True)
    pastes = t.Bool(default_value=False).tag(sync=True)
    devices = t.Bool(default_value=False).tag(sync=True)
    restarts = t.Bool(default_value=True).tag(sync=True)
    deaf = t.Bool(default_value=False).tag(sync=True)
    views = t.List(t.Unicode()).tag(sync=True)
    inside = t.Dict().tag(sync=True, **ipywidgets.widget_serialization)

    usual_views: ClassVar[Views] = {}

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        *,
        views: Views | None = None,
        **request: Any,
    ) -> None:
        def again(wider: Scope) -> LoginCard:
            # The session that is widened keeps the result.
            changed = request | {"scope": wider, "keeper": None}
            return LoginCard(server, client, views=views, **changed)

        self._in_a_cell = self._displayed = self._rendered = self._in_terminal = False
        self._last_aside: dict[str, Any] = {}
        self._last_still: dict[str, str] = {}
        self._inside = Inside(self.usual_views if views is None else views, self._follow)
        self._recording: Recording | None = None
        self._display_id = uuid.uuid4().hex
        self._sign_in = SignIn(server, client, **request, again=again, changed=self._changed)
        super().__init__(
            server=server.title,
            requested=list(self._sign_in.scope),
            meanings=scope_meanings(server, self._sign_in.scope),
            devices=server.device_authorization_endpoint is not None,
        )
        self._changed()

    @property
    def session(self) -> Session:
        """The session, with what was granted later in this card.

        Raises NotSignedIn, SignInCancelled or SignInTimeout while there is none.
        """
        return self._sign_in.result if self._session is None else self._session

    def __await__(self) -> Generator[Any, None, Session]:
        return self._until_settled().__await__()

    def wait(self) -> Session:
        """Show the card, block until someone has signed in, and return the session.

        Raises SignInCancelled, SignInTimeout, or ConfigurationError if the answer must be
        pasted: a cell that blocks can't hear the card.

            session = ow.login(server, client, scope="openid").wait()
        """
        with self._unheard():
            if self._show(hears=self._comes_by_itself):
                return self._ask()
            while not self._over():
                self._sign_in.wait(_TICK)
        return self.session

    def paste(self) -> Session:
        """Show the card, ask for the address of the window's last page, and return the session.

        Use it if the page runs no scripts, or if a waiting cell can't hear the card. What is typed
        is neither shown nor saved; typing nothing cancels. Raises SignInCancelled then, or
        ConfigurationError if there is no one to ask.

            session = ow.login(server, client, scope="openid").paste()
        """
        with self._unheard():
            self._show()
            return self._ask()

    def _over(self) -> bool:
        """Tell whether the wait has ended. Raises what failed, in a terminal."""
        failure = self._sign_in.failure
        # A terminal shows no card to try again with, so the wait would last until the link expires.
        if self._in_terminal and failure is not None:
            raise failure
        return self._sign_in.over()

    def _ask(self) -> Session:
        """Ask for the address until the sign-in has ended."""
        ask_for_address(self._sign_in, in_terminal=self._in_terminal)
        return self.session

    def finish(self, url: str | Secret) -> Session:
        """Give the card the address that a browser ended at, and return the session.

        This is for code, as `PendingLogin.finish` is, and raises the same errors.

            import webbrowser

            card = ow.login(sandbox.server, sandbox.client, scope="openid phone")
            webbrowser.open(card.url)
            session = card.finish(ow.Secret.ask("Address of the last page"))
        """
        finish(self._sign_in, url)
        return self.session

    def close(self) -> None:
        """Take the card away and stop waiting: `card.close()`."""
        # A card whose arguments were refused is closed too, when it is collected.
        if "_sign_in" in vars(self):
            self._sign_in.end("cancelled")
            self._stop_recording()
            self._forget()
        super().close()

    if not TYPE_CHECKING:  # A type checker says so without this.

        def __getattr__(self, name: str) -> Any:
            if name in _OF_A_SESSION:
                raise AttributeError(words.NOT_YET)
            return super().__getattribute__(name)

    def __repr__(self) -> str:
        return f"<LoginCard for {self.server}: {self.phase.replace('_', ' ')}>"

    def _ipython_display_(self) -> None:
        with suppress(OAuthError):
            finish_in_practice(self._sign_in)
        self._in_a_cell = self._displayed = self.restarts = True
        self._publish_anew()

    def _still(self) -> dict[str, str]:
        return still(self._sign_in, ended=self.ended)

    def _publish_anew(self, *, update: bool = False) -> None:
        output = self._still()
        if not update or output != self._last_still:
            self._last_still = output
            self._publish(output, transient={"display_id": self._display_id}, update=update)

    def _show(self, *, hears: bool = True) -> bool:
        """Show the card below the waiting cell, unless another cell shows it already.

        `hears` tells whether that cell gets the answer. Return whether to ask for it in a prompt.
        """
        if self._sign_in.signed_in or self.comm is None:
            return False
        if finish_in_practice(self._sign_in):
            if in_a_kernel():
                display(self)
            return False
        try:
            self._in_terminal = check_person() == "terminal"
        except NeedsAPerson as problem:
            problem.next_step = self._sign_in.keeping.beforehand or problem.next_step
            raise
        if self._in_terminal:
            self._sign_in.restart()
            return not show_in_terminal(self._sign_in, hears=self._comes_by_itself)
        if not hears:
            raise ConfigurationError(
                words.UNHEARD,
                next_step=words.AWAIT if hears_widgets() else words.LAST_VALUE,
            )
        if not self._in_a_cell:
            self._sign_in.restart()
            display(self)
            # Once that cell has ended, the session of a new start would be lost.
            self._in_a_cell = self.restarts = False
        return self.deaf and not self._comes_by_itself

    @property
    def _comes_by_itself(self) -> bool:
        return self._sign_in.way.name in {"loopback", "proxy"}

    async def _until_settled(self) -> Session:
        with self._unheard(deaf=not hears_widgets()):
            if self._show():
                return self._ask()
            # Short sleeps, since the answer may arrive on any thread and Stop must end the wait.
            while not self._over():  # noqa: ASYNC110
                await asyncio.sleep(_TICK)
        return self.session

    @contextmanager
    def _unheard(self, *, deaf: bool = True) -> Iterator[None]:
        """Keep the card from offering what the kernel can't hear meanwhile."""
        self.deaf = deaf
        self._changed()
        try:
            yield
        except BaseException:
            if self._in_terminal:
                # No card is left there that could be clicked.
                self._sign_in.end("cancelled")
            raise
        finally:
            self.deaf = False
            self._changed()

    def _changed(self) -> None:
        """Show the state of the sign-in; on any thread, one at a time: the last one wins."""
        with self._changing:
            if self._sign_in.signed_in and self._session is None:
                # This calls `_changed` again.
                self._follow(self._sign_in.result)
            else:
                self._mirror()

    def _mirror(self) -> None:
        sign_in = self._sign_in
        failure = sign_in.failure if sign_in.phase == "failed" else None
        if sign_in.signed_in:
            failure = sign_in.keeping.problem
        problem, next_step = words.trouble(sign_in, failure)
        self._send_aside()
        with self.hold_sync():
            self.way, self.notes = sign_in.way.why, words.notes(sign_in)
            self.pastes = sign_in.way.name == "paste" or (self.deaf and not self._comes_by_itself)
            # The address holds the state, which is not needed after the sign-in.
            self.url = "" if sign_in.blocked else sign_in.url
            self.problem, self.next_step = problem, next_step
            self.refused = isinstance(failure, AccessDenied)
            self.suspect = isinstance(failure, IssuerMismatch | WrongIssuer)
            phase = self._phase(sign_in)
            self.ended = phase == "signed_out"
            # Whoever hears of the phase finds all else as it is then.
            self.phase = phase
        if failure is not self._failure:
            self._failure = failure
            self._quote_server()
        # An update draws a rendered card anew, so that has to wait for the end.
        if self._displayed and (sign_in.ended or (failure and not self._rendered)):
            self._publish_anew(update=True)
        # A card that asked for more on behalf of another one is closed by now.
        if self._rendered and self.comm:
            self._record()
            self.views = [] if self.ended else self._openable()
            if not self.ended:
                self._open(SESSION)

    def _phase(self, sign_in: SignIn) -> str:
        if self._session is not None and self._session.signed_out:
            return "signed_out"
        return "blocked" if sign_in.blocked and sign_in.phase != "failed" else sign_in.phase

    def _send_aside(self, *, anew: bool = False) -> None:
        """Send open pages what no trait holds, if it has changed or a page is new."""
        said = aside(self._sign_in)
        if anew or said != self._last_aside:
            self._last_aside = said
            self.send(said)

    def _follow(self, session: Session) -> None:
        super()._follow(session)
        self._inside.follow(session)

    def _record(self) -> None:
        """Record what passes from when a page shows this card until someone has signed in."""
        if self._sign_in.ended:
            # What the session does later shall cost nothing.
            self._stop_recording()
        elif TRACE in self._inside.views and not (self._recording and self._recording.stop.alive):
            # The diagram of a sign-in that has ended makes way for that of the next one.
            self._inside.close()
            self.inside = {}
            self._recording = Recording(self._sign_in)

    def _stop_recording(self) -> None:
        if self._recording is not None:
            self._recording.stop()

    def _openable(self) -> list[str]:
        """Return the views that have something to show now."""
        views = [] if self._session is None else views_of(self._session, self._inside.views)
        failure, over = self._sign_in.failure, self._session is not None
        return [*views, TRACE] if recorded(self._recording, failure, over=over) else views

    def _open(self, name: str) -> None:
        """Put the view of that name into the card, and follow it if it asks for more."""
        with self._changing:
            about = self._recording if name == TRACE else self._session
            if about is not None:
                self.inside = self._inside.open(name, about)

    def _take_place_of(self, session: Session, *, another: bool) -> None:
        """Save the sign-in as `session` is saved, if it is; have `another` person sign in."""
        if isinstance(session.keeper, Keeper):
            self._sign_in.keeping = Keeping(session.keeper)
        if another:
            self._sign_in.end("signed_in", session)
            self._begin_for_another()

    def _begin_for_another(self) -> None:
        """Begin again as another person, unless the new session would be lost."""
        with self._changing:
            if self._session is not None and self.restarts:
                self._forget()
            if self._session is None:
                self._sign_in.another()

    def _forget(self) -> None:
        """Stop showing the session; code that has it keeps it."""
        super()._forget()
        self.inside, self.views = {}, []
        self._inside.close()

    def _greet(self) -> None:
        """Tell a page that has just opened what it could not know, and ask for its address."""
        self._rendered = True
        self._send_aside(anew=True)
        self._changed()
        if not self._sign_in.ended:
            ask_where(self.send)

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        url = message.get("url")
        in_a_thread: dict[str, Callable[[], None]] = {"device": self._sign_in.on_device}
        if isinstance(url, str):
            in_a_thread["answer"] = lambda: self._sign_in.answer(url)
            in_a_thread["pasted"] = lambda: self._sign_in.paste(Secret(url or " "))
        if kind == "page":
            self._sign_in.see(page_of(message))
        elif kind == "cancel":
            self._sign_in.end("cancelled")
        elif kind == "again" and self.restarts:
            self._sign_in.restart()
        elif kind == "another":
            self._begin_for_another()
        elif kind == "open" and message.get("view") in self.views:
            self._open(message["view"])
        elif kind in in_a_thread:
            # It must not need a free cell.
            threading.Thread(target=in_a_thread[kind], daemon=True).start()
