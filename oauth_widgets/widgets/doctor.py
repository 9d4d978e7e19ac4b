"""Whether signing in works here, as a card that also asks the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oauth_widgets._net.loop import arun, run
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.signing_in.callback.beacon import ask_where
from oauth_widgets.signing_in.callback.page import Page, page_of, unseen_page
from oauth_widgets.signing_in.callback.person import in_a_kernel
from oauth_widgets.signing_in.diagnosis import Diagnosis, diagnosed
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets._source import source

Rows = list[list[Any]]


class DoctorTable(Card):
    """Shows what `rows` returns for the page that it is in.

    `text` and `html` are its output if no script runs. Addresses of the page are sent to the open
    page only, since those of a hub contain its users' names.
    """

    _esm = source("doctor.js")
    _css = source("doctor.css")

    def __init__(self, rows: Callable[[Page], Rows], *, text: str, html: str) -> None:
        self._rows = rows
        self._plain = {"text/plain": text, "text/html": html}
        super().__init__()

    def __repr__(self) -> str:
        return self._plain["text/plain"]

    def _still(self) -> dict[str, str]:
        return self._plain

    def _greet(self) -> None:
        self._show(unseen_page())
        ask_where(self.send)

    def _act(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "page":
            self._show(page_of(message))

    def _show(self, page: Page) -> None:
        self.send({"kind": "rows", "rows": self._rows(page), "complete": bool(page.base)})


class DiagnosisCard(Diagnosis):
    """A diagnosis that a notebook shows as a `DoctorTable`."""

    def _ipython_display_(self) -> None:
        if not in_a_kernel():
            # This has IPython show the text instead.
            raise NotImplementedError
        DoctorTable(self.rows, text=str(self), html=self._repr_html_())._ipython_display_()


def doctor(server: str | AuthorizationServer | None = None) -> Diagnosis:
    """Check whether you can sign in from here, and which redirect URI to register.

    `server` is an issuer, or a description such as `ow.servers.github()`. Looks at the ways an
    answer can reach this kernel, at certificates and proxies, and at that server. A notebook shows
    the result as a card, which also asks the page. A server that doesn't answer is a finding, not
    an error.

        ow.doctor("https://id.example")
    """
    return run(diagnosed(server, DiagnosisCard))


async def adoctor(server: str | AuthorizationServer | None = None) -> Diagnosis:
    """Await `doctor`."""
    return await arun(diagnosed(server, DiagnosisCard))
