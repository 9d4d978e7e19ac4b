"""What works here, as a table that asks the page as well."""

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
    """Shows what `rows` returns for the page that it stands in.

    `text` and `html` stand in its place where no script runs. Addresses of the page go to the open
    page alone, since a hub's hold its users' names.
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

    def _told(self, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "page":
            self._show(page_of(message))

    def _show(self, page: Page) -> None:
        self.send({"kind": "rows", "rows": self._rows(page), "asked": bool(page.base)})


class DiagnosisCard(Diagnosis):
    """A diagnosis that a notebook shows as a `DoctorTable`."""

    def _ipython_display_(self) -> None:
        if not in_a_kernel():
            # IPython's way of asking for the text instead
            raise NotImplementedError
        DoctorTable(self.rows, text=str(self), html=self._repr_html_())._ipython_display_()


def doctor(server: str | AuthorizationServer | None = None) -> Diagnosis:
    """Look at what works here: ways back to this kernel, trust, and the server.

    `server` is an issuer, or a description such as `ow.servers.github()`. Says which redirect URIs
    to have registered. In a notebook it shows as a table, which asks the page as well; a server
    that does not answer is a finding, not an error.
    """
    return run(diagnosed(server, DiagnosisCard))


async def adoctor(server: str | AuthorizationServer | None = None) -> Diagnosis:
    """Await `doctor`."""
    return await arun(diagnosed(server, DiagnosisCard))
