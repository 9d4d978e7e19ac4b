"""A card that walks through one sign-in, with each message open to be changed before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import traitlets as t

from oauth_widgets.errors import CannotListen
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.secret import Secret
from oauth_widgets.servers.kinds import check_kinds
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.callback.beacon import ask_where
from oauth_widgets.signing_in.callback.loopback import Listeners
from oauth_widgets.signing_in.callback.page import page_of, unseen_page
from oauth_widgets.signing_in.callback.ways import loopback_uris
from oauth_widgets.signing_in.pending import PendingLogin, begin_login
from oauth_widgets.signing_in.trace.message import Parameter, step_of
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets._source import source
from oauth_widgets.widgets._steps import Noticed, Steps, purpose


class StepByStep(Card):
    """A card that shows the next message of one sign-in, and lets you change it before it is sent.

    In the page, edit a parameter, predict who will notice, and press Send. In code, `edit` changes
    parameters of the next message, `advance` sends it, and `bring` takes the address at which the
    browser ended. It ends with a `session`, or with `noticed`: this notebook's own check or the
    server's refusal. `ow.Trace(steps)` shows all that has passed. Raises ConfigurationError.

        steps = ow.StepByStep(sandbox.server, sandbox.client, scope="openid")
        steps.edit(state="mine")
        steps.advance()
    """

    _esm = source("step_by_step.js")
    _css = source("step_by_step.css")

    server = t.Unicode().tag(sync=True)
    done: t.List[str] = t.List(t.Unicode()).tag(sync=True)
    phase = t.Unicode("edit").tag(sync=True)
    verdict = t.Unicode().tag(sync=True)

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        *,
        scope: str | Iterable[str] = (),
    ) -> None:
        check_kinds(server, client)
        self._listeners = Listeners(fits=lambda _: self._steps.in_browser, on_answer=self.bring)
        self._page = unseen_page()
        address = self._listen(next(iter(client.redirect_uris), None))

        def begin() -> PendingLogin:
            return begin_login(server, client, scope=scope, redirect_uri=address)

        self._begin = begin
        try:
            self._steps = Steps(begin())
        except BaseException:
            self._listeners.close()
            raise
        super().__init__(server=server.title)
        self._changed()

    @property
    def pending(self) -> PendingLogin:
        """The sign-in that it walks through."""
        return self._steps.pending

    @property
    def next(self) -> str:
        """What happens next, in a few words; "" once it has ended."""
        if self._steps.in_browser:
            return step_of("person")[0]
        return self._steps.draft.step if self._steps.draft else ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the next message, and what each is for; secrets are dots."""
        parts = self._steps.draft.parts if self._steps.draft else {}
        reader = self._steps.reader
        now = reader.now()
        return tuple(reader.redactor.parameter(*part, now) for part in parts.items())

    @property
    def url(self) -> str:
        """The address to open in a browser, once the first message has been sent."""
        return front_channel.seen(self._steps.address, self._page)

    @property
    def session(self) -> Session | None:
        """The session, if the sign-in went well; else None."""
        return self._steps.session

    @property
    def noticed(self) -> Noticed | None:
        """Who refused a message, and by which check; None if no one has."""
        return self._steps.noticed

    def edit(self, **changes: str | None) -> None:
        """Change the next message's parameters; None takes one out: `steps.edit(state="mine")`."""
        self._steps.edit(changes)
        self._changed()

    def advance(self) -> str:
        """Send the next message; return what is next, or who noticed it: `steps.advance()`."""
        self._steps.send()
        self._fail(self.noticed.error if self.noticed else None)
        self._changed()
        return str(self.noticed) if self.noticed else self.verdict or self.next

    def bring(self, url: str | Secret) -> None:
        """Take the address at which the browser ended; its parameters are the next message.

            steps.advance()
            webbrowser.open(steps.url)
            steps.bring(ow.Secret.ask("Address of the last page"))

        Raises ConfigurationError if no answer is expected now.
        """
        self._steps.bring(url.reveal() if isinstance(url, Secret) else url)
        self._changed()

    def again(self) -> None:
        """Begin anew, with a new state, nonce and code verifier: `steps.again()`."""
        self._steps = Steps(self._begin())
        self._fail(None)
        self._changed()

    def close(self) -> None:
        """Take the card away, and stop listening for the browser: `steps.close()`."""
        # A card whose arguments were refused is closed too, when it is collected.
        if "_listeners" in vars(self):
            self._listeners.close()
        super().close()

    def __repr__(self) -> str:
        return f"<StepByStep at {self.server}: {self.verdict or f'next, {self.next!r}'}>"

    def _listen(self, registered: str | None) -> str | None:
        """Listen for the browser if it can come back to this machine; return the redirect URI."""
        if registered is None or not loopback_uris((registered,), self._page):
            return registered
        try:
            return self._listeners.listen(registered, registered)
        except CannotListen:
            # The address can still be pasted.
            return registered

    def _mirror(self) -> None:
        steps = self._steps
        self.done = [*steps.done]
        signed_in = "Signed in." if steps.session else ""
        self.verdict = steps.noticed.who if steps.noticed else signed_in
        ends = {"noticed": steps.noticed, "signed_in": steps.session, "browser": steps.in_browser}
        self.phase = next((name for name, holds in ends.items() if holds), "edit")

    def _greet(self) -> None:
        """Send the open page the message as it is: its values are in no trait."""
        draft = self._steps.draft
        section = step_of(draft.kind)[1] if draft else ""
        parts = draft.parts.items() if draft else ()
        rows = [[name, value, *purpose(name)] for name, value in parts]
        about = {"step": self.next, "section": section, "url": self.url}
        self.send({"kind": "draft", **about, "rows": rows})

    def _heard(self, widget: object, message: Mapping[str, Any], buffers: object) -> None:
        super()._heard(widget, message, buffers)
        if message.get("kind") == "hello":
            ask_where(self.send)

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "page":
            self._page = page_of(message)
            self._changed()
        elif kind == "again":
            self.again()
        elif kind in {"step", "bring"}:
            self._work("sending", lambda: self._acted(kind, message))

    def _acted(self, kind: str, message: Mapping[str, Any]) -> None:
        """Do what a person clicked."""
        if kind == "bring":
            self.bring(str(message.get("address", "")))
            return
        changes = message.get("changes")
        self._steps.edit(changes if isinstance(changes, dict) else {})
        self.advance()
        if self.noticed is not None:
            # The card shows what its work raises.
            raise self.noticed.error
