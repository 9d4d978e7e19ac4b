"""A code to enter on another device, and the wait for the person there."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator, Mapping
from concurrent.futures import CancelledError, Future
from typing import Any

import traitlets as t
from IPython.display import display

from oauth_widgets._net.loop import start
from oauth_widgets.errors import NotSignedIn, OAuthError, SignInCancelled, SignInTimeout
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.callback.beacon import ask_where
from oauth_widgets.signing_in.callback.page import Page, page_of
from oauth_widgets.signing_in.callback.person import check_person, in_a_kernel
from oauth_widgets.signing_in.grants import DeviceLogin
from oauth_widgets.widgets import _words as words
from oauth_widgets.widgets._card import Card, check_kind
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets._terminal import say

_TICK = 0.1


class DeviceCode(Card):
    """A widget for a sign-in on another device: `ow.DeviceCode(ow.device_login(server, client))`.

    It shows the code, the page to enter it at and what to check there (RFC 8628 3.3 and 5.4), and
    starts waiting for the person immediately. `await card` and `card.wait()` show it and return
    the session; as a cell's last value it is shown, with the session in `card.session` later. Like
    a login card's link, the code is synced until it expires.

        session = await ow.DeviceCode(ow.device_login(server, client, scope="openid"))
    """

    _esm = source("device_code.js")
    _css = source("device_code.css")

    phase = t.Unicode("waiting").tag(sync=True)
    server = t.Unicode().tag(sync=True)
    user_code = t.Unicode().tag(sync=True)
    verification_uri = t.Unicode().tag(sync=True)
    verification_uri_complete = t.Unicode().tag(sync=True)
    expires_at = t.Unicode().tag(sync=True)
    requested = t.List(t.Unicode()).tag(sync=True)

    # ipywidgets also closes a widget whose arguments were refused.
    _waiting: Future[Session] = Future()

    def __init__(self, login: DeviceLogin) -> None:
        step = "Pass what ow.device_login(server, client, scope=…) returned."
        login = check_kind("login", login, DeviceLogin, step)
        self._login = login
        self._stands = False
        super().__init__(
            server=login.server.title,
            user_code=login.user_code,
            verification_uri=login.verification_uri,
            verification_uri_complete=login.verification_uri_complete or "",
            expires_at=login.expires_at.isoformat(),
            requested=list(login.requested_scope),
        )
        self._waiting = start(login.afinish())
        self._waiting.add_done_callback(self._on_decision)

    @property
    def session(self) -> Session:
        """The session. Raises NotSignedIn, SignInCancelled or SignInTimeout while there is none."""
        if self._session is not None:
            return self._session
        if self._waiting.cancelled():
            raise SignInCancelled("The sign-in was canceled.")
        if isinstance(self._failure, SignInTimeout):
            raise SignInTimeout(self._failure.message)
        if self._failure is not None:
            raise NotSignedIn(
                f"The sign-in failed: {self._failure.own_words}",
                next_step=words.CODE_AGAIN,
            ) from self._failure
        raise NotSignedIn(words.NO_CODE, next_step=words.ENTER_CODE)

    def __await__(self) -> Generator[Any, None, Session]:
        return self._until_decided().__await__()

    def wait(self) -> Session:
        """Show the card, block until the person has decided, and return the session.

        Raises SignInCancelled, SignInTimeout, or NotSignedIn with the refusal as its cause.

            session = ow.DeviceCode(ow.device_login(server, client, scope="openid")).wait()
        """
        self._show()
        while not self._over():
            time.sleep(_TICK)
        return self.session

    def close(self) -> None:
        """Remove the card and stop waiting: `card.close()`."""
        self._waiting.cancel()
        super().close()

    def __repr__(self) -> str:
        return f"<DeviceCode for {self.server}: {self.phase.replace('_', ' ')}>"

    def _ipython_display_(self) -> None:
        self._stands = True
        super()._ipython_display_()

    def _show(self) -> None:
        if self._over() or self._stands:
            return
        waits = front_channel.answer_at(self.verification_uri_complete) is None
        if waits and check_person() == "terminal":
            say(words.enter_code(self.server, self.verification_uri, self.user_code))
        elif waits or in_a_kernel():
            display(self)

    async def _until_decided(self) -> Session:
        self._show()
        # Short sleeps, since the decision arrives on another thread and Stop must end the wait.
        while not self._over():  # noqa: ASYNC110
            await asyncio.sleep(_TICK)
        return self.session

    def _over(self) -> bool:
        return self.phase != "waiting"

    def _on_decision(self, waiting: Future[Session]) -> None:
        # This runs on the loop's thread, where an observer of the phase couldn't make a request.
        threading.Thread(target=self._decided, args=(waiting,), daemon=True).start()

    def _decided(self, waiting: Future[Session]) -> None:
        """Show the outcome. Called once, on a thread that may wait for the network."""
        try:
            self._follow(waiting.result())
            self._end("signed_in")
        except CancelledError:
            self._end("cancelled")
        except SignInTimeout as failure:
            self._failure = failure
            self._end("expired")
        except OAuthError as failure:
            self._fail(failure)
            self._end("failed")
        except Exception as failure:
            # A bug must not leave a cell waiting forever.
            self._fail(OAuthError(words.OUR_FAULT.format(type(failure).__name__)))
            self._end("failed")
            raise

    def _end(self, phase: str) -> None:
        with self._changing, self.hold_sync():
            # The code is useless now.
            self.user_code, self.verification_uri_complete, self.phase = "", "", phase

    def _greet(self) -> None:
        """Ask a page that has just opened for its address."""
        if not self._waiting.done():
            ask_where(self.send)

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "cancel":
            self._waiting.cancel()
        elif kind == "page":
            self._see(page_of(message))

    def _see(self, page: Page) -> None:
        """Show the addresses as the person's browser reaches them."""
        complete = self._login.verification_uri_complete
        with self._changing, self.hold_sync():
            if not self._over():
                self.verification_uri = front_channel.seen(self._login.verification_uri, page)
                self.verification_uri_complete = (
                    front_channel.seen(complete, page) if complete else ""
                )
